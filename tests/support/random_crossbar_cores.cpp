#include "tests/support/random_crossbar_cores.h"

#include <algorithm>

namespace snnc::test {
namespace {

using net::CrossbarCore;
using net::CrossbarNeuron;
using support::Rng;

class Maker {
public:
  Maker(Rng &rng, const target::CoreSpec &spec, const RandomCoresOptions &options)
      : rng(rng), spec(spec), options(options) {}

  net::CrossbarNet run() {
    net.name = "random";
    net.width = upTo(options.maxSide);
    net.height = upTo(options.maxSide);
    net.axons = upTo(std::min(options.maxAxons, spec.inputAxons));
    net.neurons = upTo(std::min(options.maxNeurons, spec.neurons));
    net.types = upTo(spec.axonTypes);
    net.ticks = options.ticks;
    large = rng.below(8) == 0;
    density = rng.uniform();
    placeCores();
    for (CrossbarCore &core : net.cores)
      fill(core);
    addPackets();
    return std::move(net);
  }

private:
  uint32_t upTo(uint32_t most) { return static_cast<uint32_t>(rng.between(1, most)); }
  bool chance(double p) { return rng.uniform() < p; }
  // Small, so that values meet each other; or anything that a register of `bits` holds.
  int32_t value(int32_t small, uint32_t bits) {
    const int64_t bound = int64_t{1} << (bits - 1);
    if (large && chance(0.5))
      return static_cast<int32_t>(chance(0.1) ? -bound : rng.between(-bound, bound - 1));
    return static_cast<int32_t>(rng.between(-small, small));
  }

  // At least one; the bus, if there is one, on a place that is left.
  void placeCores() {
    const uint64_t places = uint64_t{net.width} * net.height;
    const uint64_t bus = places > 1 && chance(0.8) ? rng.below(places) : places;
    const uint64_t always = bus == 0 ? 1 : 0;
    for (uint64_t p = 0; p < places; ++p) {
      const auto x = static_cast<uint16_t>(p % net.width), y = static_cast<uint16_t>(p / net.width);
      if (p == bus)
        net.bus = {x, y, upTo(12)};
      else if (p == always || chance(0.8))
        net.cores.push_back({x, y, {}, {}, {}, {}});
    }
  }

  void fill(CrossbarCore &core) {
    for (uint32_t a = 0; a < net.axons; ++a)
      core.axonTypes.push_back(static_cast<uint8_t>(rng.below(net.types)));
    core.crossbar.resize(size_t{net.neurons} * net.rowWords());
    bool resting = false; // rows of neurons that fall asleep
    for (uint32_t i = 0; i < net.neurons; ++i) {
      if (i % spec.lanes() == 0)
        resting = chance(0.3);
      core.neurons.push_back(neuron(core, resting));
      for (uint32_t k = 0; k < net.types; ++k)
        core.weights.push_back(chance(0.15) ? 0 : value(4, spec.weightBits));
      for (uint32_t a = 0; a < net.axons; ++a)
        if (chance(density))
          core.crossbar[size_t{i} * net.rowWords() + a / 64] |= uint64_t{1} << (a % 64);
    }
  }

  CrossbarNeuron neuron(const CrossbarCore &core, bool resting) {
    CrossbarNeuron n;
    n.enabled = chance(0.9);
    n.resetMode = chance(0.5) ? net::CrossbarReset::Linear : net::CrossbarReset::Hard;
    n.floorInclusive = chance(0.5);
    n.leak = resting || chance(0.4) ? 0 : value(2, spec.leakBits);
    n.threshold = std::max(value(8, spec.thresholdBits), resting || chance(0.9) ? 1 : 0);
    n.floor = std::min(value(6, spec.thresholdBits), chance(0.9) ? -1 : 0);
    n.reset = value(3, spec.thresholdBits);
    n.vInit = resting ? 0 : value(6, spec.membraneBits);
    const auto x = static_cast<int32_t>(rng.below(net.width));
    const auto y = static_cast<int32_t>(rng.below(net.height));
    const bool onBus = net.bus && x == net.bus->x && y == net.bus->y;
    n.target.dx = static_cast<int16_t>(x - core.x);
    n.target.dy = static_cast<int16_t>(y - core.y);
    n.target.axon = static_cast<uint16_t>(rng.below(onBus ? net.bus->outputs : net.axons));
    n.target.delay = static_cast<uint8_t>(rng.below(spec.largestDelay() + 1));
    return n;
  }

  // Bursts and silence; to any place but the bus.
  void addPackets() {
    for (uint32_t tick = 0; tick < options.ticks; ++tick)
      for (uint64_t n = chance(0.5) ? 0 : rng.below(2 * net.axons + 1); n > 0; --n) {
        const auto x = static_cast<uint16_t>(rng.below(net.width));
        const auto y = static_cast<uint16_t>(rng.below(net.height));
        if (!net.bus || x != net.bus->x || y != net.bus->y)
          net.packets.push_back({tick, x, y, static_cast<uint16_t>(rng.below(net.axons))});
      }
  }

  Rng &rng;
  const target::CoreSpec &spec;
  const RandomCoresOptions &options;
  net::CrossbarNet net;
  bool large = false;
  double density = 0.5;
};

} // namespace

net::CrossbarNet randomCrossbarCores(Rng &rng, const target::CoreSpec &core,
                                     const RandomCoresOptions &options) {
  return Maker(rng, core, options).run();
}

} // namespace snnc::test
