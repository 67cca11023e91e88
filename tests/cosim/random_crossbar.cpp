// The crossbar half of random_image.h.
#include "tests/cosim/random_crossbar.h"

namespace snnc::test {

using support::Rng;

namespace {

bool chance(Rng &rng, double p) {
  return rng.uniform() < p;
}

// Signed, `bits` wide, any magnitude with equal weight per binary order; both ends often.
int32_t anySigned(Rng &rng, uint32_t bits) {
  const int32_t bound = int32_t{1} << (bits - 1);
  if (chance(rng, 0.05))
    return chance(rng, 0.5) ? bound - 1 : -bound;
  const int64_t most = int64_t{1} << rng.below(bits);
  return static_cast<int32_t>(
      std::clamp<int64_t>(rng.between(-most, most), -int64_t{bound}, int64_t{bound} - 1));
}

net::CrossbarConfig anyNeuron(Rng &rng, const target::CoreSpec &spec, bool resting) {
  net::CrossbarConfig n;
  const bool small = chance(rng, 0.7); // values that meet each other, floors that are hit exactly
  const uint32_t bits = small ? std::min(4u, spec.thresholdBits) : spec.thresholdBits;
  n.threshold = anySigned(rng, bits);
  if (chance(rng, 0.8))
    n.threshold = std::abs(std::max(n.threshold, -n.threshold - 1)) + (resting ? 1 : 0);
  n.floor = chance(rng, 0.8) ? -std::abs(anySigned(rng, bits)) : anySigned(rng, bits);
  n.floor = std::max(n.floor, -(1 << (spec.thresholdBits - 1)));
  n.reset = anySigned(rng, bits);
  n.leak = resting || chance(rng, 0.4) ? 0 : anySigned(rng, std::min(bits, spec.leakBits));
  n.vInit = resting || chance(rng, 0.5) ? 0 : anySigned(rng, spec.membraneBits);
  n.linearReset = chance(rng, 0.5);
  n.floorInclusive = chance(rng, 0.5);
  n.threshold = std::min(n.threshold, (1 << (spec.thresholdBits - 1)) - 1);
  return n;
}

} // namespace

void fillCrossbar(Rng &rng, const target::CoreSpec &spec, uint32_t maxNeurons, uint32_t maxAxons,
                  image::CoreImage &core) {
  image::CrossbarTables &tables = core.crossbar;
  const auto neurons = static_cast<uint32_t>(rng.between(1, std::min(maxNeurons, spec.neurons)));
  const auto axons = static_cast<uint32_t>(rng.between(1, std::min(maxAxons, spec.inputAxons)));
  for (uint32_t a = 0; a < axons; ++a)
    tables.axonTypes.push_back(static_cast<uint8_t>(rng.below(spec.axonTypes)));
  bool resting = false;
  const double density = rng.uniform();
  tables.rows.resize(size_t{neurons} * spec.rowWords());
  for (uint32_t i = 0; i < neurons; ++i) {
    if (i % spec.lanes() == 0)
      resting = chance(rng, 0.4);
    tables.neurons.push_back(anyNeuron(rng, spec, resting));
    tables.enabled.push_back(chance(rng, 0.9));
    for (uint32_t k = 0; k < spec.axonTypes; ++k)
      tables.weights.push_back(static_cast<int16_t>(
          chance(rng, 0.1) ? 0 : anySigned(rng, chance(rng, 0.7) ? 3 : spec.weightBits)));
    for (uint32_t a = 0; a < axons; ++a)
      if (chance(rng, density))
        tables.rows[size_t{i} * spec.rowWords() + a / 64] |= uint64_t{1} << (a % 64);
  }
}

void fillCrossbarOutputs(Rng &rng, const target::CoreSpec &spec,
                         const std::vector<image::CoreImage> &cores, image::CoreImage &core) {
  for (size_t i = 0; i < core.neuronCount(); ++i) {
    image::OutPointer &pointer = core.outPointers.emplace_back();
    pointer.base = static_cast<uint16_t>(core.outSlots.size());
    if (chance(rng, 0.3))
      continue;
    const image::CoreImage &to = cores[rng.below(cores.size())];
    core.outSlots.push_back({to.x, to.y, static_cast<uint8_t>(rng.below(spec.largestDelay() + 1)),
                             static_cast<uint16_t>(rng.below(to.axonCount()))});
    pointer.count = 1;
  }
}

} // namespace snnc::test
