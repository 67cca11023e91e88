#include "tests/cosim/random_image.h"

#include "common/image/synapse_words.h"

#include <algorithm>

namespace snnc::test {

using support::Rng;

namespace {

bool chance(Rng &rng, double p) {
  return rng.uniform() < p;
}

// Signed, of any magnitude below 2^bits with equal weight per binary order; corners often.
int32_t anyOrder(Rng &rng, unsigned bits) {
  const auto most = static_cast<int32_t>((1u << bits) - 1);
  if (chance(rng, 0.1))
    return chance(rng, 0.5) ? most : -most;
  const int32_t magnitude =
      static_cast<int32_t>(rng.next() >> (64 - bits)) >> static_cast<int32_t>(rng.below(bits));
  return chance(rng, 0.5) ? magnitude : -magnitude;
}

uint16_t anyDecay(Rng &rng) {
  const uint16_t corners[] = {0, 1, 4095, 4094};
  return chance(rng, 0.5) ? corners[rng.below(4)] : static_cast<uint16_t>(rng.below(4096));
}

net::NeuronConfig anyNeuron(Rng &rng, const target::CoreSpec &spec) {
  net::NeuronConfig n;
  n.threshold = chance(rng, 0.8) ? std::abs(anyOrder(rng, 20)) : anyOrder(rng, 23);
  n.resetSubtract = chance(rng, 0.5);
  n.reset = n.resetSubtract ? std::abs(anyOrder(rng, 23)) : anyOrder(rng, 23);
  if (chance(rng, 0.4))
    n.reset = 0;
  n.vInit = chance(rng, 0.5) ? 0 : anyOrder(rng, 23);
  n.biasMant = static_cast<int16_t>(chance(rng, 0.6) ? 0 : anyOrder(rng, 12));
  n.biasExp = static_cast<uint8_t>(rng.below(spec.biasExpMax + 1));
  n.du = anyDecay(rng);
  n.dv = anyDecay(rng);
  n.refractory = static_cast<uint8_t>(chance(rng, 0.6) ? 1 : rng.between(1, spec.refractoryMax));
  n.compareGe = chance(rng, 0.5);
  n.biasToCurrent = chance(rng, 0.3);
  return n;
}

class CoreMaker {
public:
  CoreMaker(Rng &rng, const target::CoreSpec &spec, const RandomImageOptions &options,
            image::CoreImage &core)
      : rng(rng), spec(spec), options(options), format(image::WordFormat::of(spec)), core(core) {}

  void tables() {
    registers();
    core.neurons.resize(rng.between(1, std::min(options.maxNeurons, spec.neurons)));
    for (net::NeuronConfig &neuron : core.neurons)
      neuron = anyNeuron(rng, spec);
    groups();
    synapses();
    core.axons.resize(rng.between(1, std::min(options.maxAxons, spec.inputAxons)));
    for (image::AxonEntry &axon : core.axons)
      axon = anyAxon();
  }

  void outputs(const std::vector<image::CoreImage> &cores) {
    core.outPointers.resize(core.neurons.size());
    core.outSlots.resize(rng.between(0, std::min<uint32_t>(spec.outputSlots, 4 * spec.neurons)));
    for (image::OutSlot &slot : core.outSlots) {
      const image::CoreImage &to = cores[rng.below(cores.size())];
      slot = {to.x, to.y, static_cast<uint8_t>(rng.below(spec.delaySlots)),
              static_cast<uint16_t>(rng.below(to.axons.size()))};
    }
    // Runs may overlap: a table is only read.
    for (image::OutPointer &pointer : core.outPointers) {
      pointer.base = static_cast<uint16_t>(rng.below(core.outSlots.size() + 1));
      const uint64_t rest = core.outSlots.size() - pointer.base;
      pointer.count =
          static_cast<uint16_t>(rng.below(std::min<uint64_t>(rest, options.maxSlotsPerNeuron) + 1));
    }
  }

private:
  void registers() {
    const int32_t a = anyOrder(rng, 23), b = anyOrder(rng, 23);
    const bool full = chance(rng, 0.6);
    core.vmin = full ? -(1 << 23) + 1 : std::min(a, b);
    core.vmax = full ? (1 << 23) - 1 : std::max(a, b);
    core.duOffset = static_cast<uint8_t>(rng.below(2));
  }

  void groups() {
    const auto used = static_cast<uint32_t>(core.neurons.size());
    uint32_t free = 0;
    const uint64_t most = rng.below(spec.groups + 1);
    while (core.groups.size() < most && free < used) {
      const uint32_t first =
          chance(rng, 0.5) ? free : free + static_cast<uint32_t>(rng.below(used - free));
      const auto count = static_cast<uint32_t>(rng.between(1, used - first));
      core.groups.push_back({static_cast<uint16_t>(first), static_cast<uint16_t>(count),
                             static_cast<uint32_t>(rng.below(4))});
      free = first + count;
    }
  }

  int32_t anyWeight() {
    if (chance(rng, 0.2))
      return 0;
    return anyOrder(rng, format.weightBits - 1);
  }

  // Words 0 .. sparseFrom are dense, the rest sparse.
  void synapses() {
    core.synapses.resize(rng.between(1, std::min(options.maxWords, spec.synapseWords)));
    sparseFrom = static_cast<uint32_t>(rng.below(core.synapses.size() + 1));
    // Lanes beyond the used neurons stay 0 in every row that a word may land on.
    const uint32_t used = static_cast<uint32_t>(core.neurons.size());
    const uint32_t cut = used % format.lanes == 0 ? format.lanes : used % format.lanes;
    for (uint32_t w = 0; w < core.synapses.size(); ++w)
      core.synapses[w] =
          w < sparseFrom ? denseWord(chance(rng, 0.5) ? format.lanes : cut) : sparseWord();
    fullRows = used / format.lanes;
    rows = (used + format.lanes - 1) / format.lanes;
    for (uint32_t w = 0; w < sparseFrom; ++w)
      cutWords.push_back(isCut(core.synapses[w], cut));
  }
  bool isCut(uint64_t word, uint32_t cut) const {
    for (uint32_t lane = cut; lane < format.lanes; ++lane)
      if (format.denseWeight(word, lane) != 0)
        return false;
    return true;
  }
  uint64_t denseWord(uint32_t lanes) {
    uint64_t word = 0;
    for (uint32_t lane = 0; lane < lanes; ++lane)
      word |= format.putDense(lane, anyWeight());
    return word;
  }
  uint64_t sparseWord() {
    uint64_t word = 0, banks = 0;
    for (uint32_t pair = 0; pair < format.pairs; ++pair) {
      const auto neuron = static_cast<uint32_t>(rng.below(core.neurons.size()));
      const uint64_t bank = uint64_t{1} << (neuron % format.lanes);
      if (banks & bank)
        continue;
      banks |= bank;
      word |= format.putPair(pair, neuron, anyWeight());
    }
    return word;
  }

  image::AxonEntry anyAxon() {
    image::AxonEntry axon;
    axon.exponent = static_cast<uint8_t>(chance(rng, 0.5) ? 0 : rng.below(spec.exponentMax + 1));
    axon.sparse = chance(rng, 0.5);
    const uint32_t first = axon.sparse ? sparseFrom : 0;
    const auto end = static_cast<uint32_t>(axon.sparse ? core.synapses.size() : sparseFrom);
    if (first == end || chance(rng, 0.1))
      return axon; // no words
    axon.address = static_cast<uint32_t>(rng.between(first, end - 1));
    uint32_t words = static_cast<uint32_t>(
        rng.between(1, std::min(end - axon.address, options.maxWordsPerAxon)));
    if (!axon.sparse) {
      words = std::min(words, rows);
      axon.baseRow = static_cast<uint16_t>(rng.below(rows - words + 1));
      // Only the word on the last, partly used row must have its lanes cut.
      const uint32_t last = axon.baseRow + words - 1;
      if (last >= fullRows && !cutWords[axon.address + words - 1])
        --words;
    }
    axon.words = static_cast<uint16_t>(words);
    return axon;
  }

  Rng &rng;
  const target::CoreSpec &spec;
  const RandomImageOptions &options;
  const image::WordFormat format;
  image::CoreImage &core;
  uint32_t sparseFrom = 0, rows = 0, fullRows = 0;
  std::vector<bool> cutWords;
};

} // namespace

image::Image randomImage(Rng &rng, const target::Target &target,
                         const RandomImageOptions &options) {
  image::Image image;
  image.netName = "random";
  image.targetJson = target.json;
  image.targetFingerprint = target.fingerprint;
  image.meshWidth = options.meshWidth;
  image.meshHeight = options.meshHeight;
  const uint32_t tiles = options.meshWidth * options.meshHeight;
  const auto sure = static_cast<uint32_t>(rng.below(tiles));
  for (uint32_t tile = 0; tile < tiles; ++tile)
    if (tile == sure || chance(rng, 0.7)) {
      image::CoreImage core;
      core.x = static_cast<uint8_t>(tile % options.meshWidth);
      core.y = static_cast<uint8_t>(tile / options.meshWidth);
      image.cores.push_back(core);
    }
  for (image::CoreImage &core : image.cores)
    CoreMaker(rng, target.core, options, core).tables();
  for (image::CoreImage &core : image.cores)
    CoreMaker(rng, target.core, options, core).outputs(image.cores);
  return image;
}

} // namespace snnc::test
