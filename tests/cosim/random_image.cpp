#include "tests/cosim/random_image.h"

#include "common/image/synapse_words.h"
#include "tests/cosim/random_crossbar.h"

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

// At rest with nothing to move it but spikes; one in ten fires by itself all the same.
net::NeuronConfig restingNeuron(Rng &rng, const target::CoreSpec &spec) {
  net::NeuronConfig n = anyNeuron(rng, spec);
  n.threshold = chance(rng, 0.9) ? std::abs(n.threshold) : -1;
  n.biasMant = 0;
  n.vInit = n.reset = 0;
  if (chance(rng, 0.5)) { // forgets what moved it
    n.du = n.dv = 4095;
    n.refractory = 1;
  }
  return n;
}

class CoreMaker {
public:
  CoreMaker(Rng &rng, const target::CoreSpec &spec, const RandomImageOptions &options,
            image::CoreImage &core)
      : rng(rng), spec(spec), options(options), format(image::WordFormat::of(spec)), core(core) {}

  void tables() {
    if (spec.isCrossbar()) {
      fillCrossbar(rng, spec, options.maxNeurons, options.maxAxons, core);
      groups();
      return;
    }
    registers();
    core.neurons.resize(rng.between(1, std::min(options.maxNeurons, spec.neurons)));
    // Whole rows at rest, so that rows fall asleep and wake.
    bool resting = false;
    for (size_t i = 0; i < core.neurons.size(); ++i) {
      if (i % spec.lanes() == 0)
        resting = chance(rng, 0.3);
      core.neurons[i] = resting ? restingNeuron(rng, spec) : anyNeuron(rng, spec);
    }
    groups();
    synapses();
    core.axons.resize(rng.between(1, std::min(options.maxAxons, spec.inputAxons)));
    for (image::AxonEntry &axon : core.axons)
      axon = anyAxon();
  }

  void outputs(const std::vector<image::CoreImage> &cores) {
    if (spec.isCrossbar())
      return fillCrossbarOutputs(rng, spec, cores, core);
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
    const auto used = static_cast<uint32_t>(core.neuronCount());
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

  // Lists of words, one after the other; what axons share is a whole list. What is over stays
  // unused.
  void synapses() {
    const auto words =
        static_cast<uint32_t>(rng.between(1, std::min(options.maxWords, spec.synapseWords)));
    while (core.synapses.size() < words) {
      const auto left = static_cast<uint32_t>(words - core.synapses.size());
      const auto count =
          static_cast<uint32_t>(rng.between(1, std::min(left, options.maxWordsPerAxon)));
      addList(count, chance(rng, 0.5));
    }
  }
  void addList(uint32_t words, bool sparse) {
    const auto used = static_cast<uint32_t>(core.neurons.size());
    List list;
    list.address = static_cast<uint32_t>(core.synapses.size());
    list.sparse = sparse;
    if (sparse) {
      // Low indices leave room for base rows.
      const uint64_t bound = chance(rng, 0.3) ? used : rng.between(1, used);
      uint32_t most = 0;
      for (uint32_t w = 0; w < words; ++w)
        core.synapses.push_back(sparseWord(bound, most));
      list.baseRows = (used - 1 - most) / format.lanes + 1;
    } else {
      // On the last, partly used row the lanes beyond the used neurons must be 0.
      const uint32_t rest = used % format.lanes;
      const bool cut = rest != 0 && chance(rng, 0.5);
      const uint32_t rows = used / format.lanes + (cut ? 1 : 0);
      words = std::min(words, std::max(rows, 1u));
      for (uint32_t w = 0; w < words; ++w)
        core.synapses.push_back(denseWord(cut && w + 1 == words ? rest : format.lanes));
      list.baseRows = rows < words ? 0 : rows - words + 1;
    }
    list.words = static_cast<uint16_t>(words);
    if (list.baseRows != 0)
      lists.push_back(list);
  }
  uint64_t denseWord(uint32_t lanes) {
    uint64_t word = 0;
    for (uint32_t lane = 0; lane < lanes; ++lane)
      word |= format.putDense(lane, anyWeight());
    return word;
  }
  // Indices below `bound`; `most` becomes the largest that has a weight.
  uint64_t sparseWord(uint64_t bound, uint32_t &most) {
    uint64_t word = 0, banks = 0;
    for (uint32_t pair = 0; pair < format.pairs; ++pair) {
      const auto index = static_cast<uint32_t>(rng.below(bound));
      const uint64_t bank = uint64_t{1} << (index % format.lanes);
      if (banks & bank)
        continue;
      banks |= bank;
      const int32_t weight = anyWeight();
      word |= format.putPair(pair, index, weight);
      if (weight != 0)
        most = std::max(most, index);
    }
    return word;
  }

  // Any list at any base row: several axons on one list is the rule.
  image::AxonEntry anyAxon() {
    image::AxonEntry axon;
    axon.exponent = static_cast<uint8_t>(chance(rng, 0.5) ? 0 : rng.below(spec.exponentMax + 1));
    if (lists.empty() || chance(rng, 0.1)) {
      axon.sparse = chance(rng, 0.5);
      return axon; // no words
    }
    const List &list = lists[rng.below(lists.size())];
    axon.sparse = list.sparse;
    axon.address = list.address;
    axon.words = list.words;
    axon.baseRow =
        static_cast<uint16_t>(chance(rng, 0.2) ? list.baseRows - 1 : rng.below(list.baseRows));
    return axon;
  }

  struct List {
    uint32_t address = 0;
    uint16_t words = 0;
    uint32_t baseRows = 0; // 0 .. baseRows-1 are legal
    bool sparse = false;
  };
  Rng &rng;
  const target::CoreSpec &spec;
  const RandomImageOptions &options;
  const image::WordFormat format;
  image::CoreImage &core;
  std::vector<List> lists;
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
