// Ranges, table sizes and pointers of every core: what an engine indexes with.
#include "common/image/checker.h"
#include "common/image/synapse_words.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace snnc::image {

namespace {

class CoreVerifier {
public:
  CoreVerifier(const Image &image, const target::CoreSpec &spec, size_t index, Checker &check)
      : image(image), spec(spec), core(image.cores[index]), check(check), index(index),
        place("cores", index) {}

  void run() {
    check.require(core.x < image.meshWidth && core.y < image.meshHeight, place,
                  llvm::formatv("core ({0},{1}) lies outside the {2} x {3} mesh", core.x, core.y,
                                image.meshWidth, image.meshHeight));
    if (!kind() || !sizes())
      return;
    groups();
    for (size_t i = 0; i < core.outPointers.size(); ++i)
      outPointer(i, core.outPointers[i]);
    for (size_t i = 0; i < core.outSlots.size(); ++i)
      outSlot(i, core.outSlots[i]);
    if (spec.isCrossbar())
      verifyCrossbar(core, spec, index, check);
    else
      cuba();
  }

private:
  Place at(const char *table, size_t i) const { return {"cores", index, table, i}; }

  // The tables of one kind only.
  bool kind() {
    const bool cubaEmpty = core.neurons.empty() && core.axons.empty() && core.synapses.empty();
    return check.require(spec.isCrossbar() ? cubaEmpty : core.crossbar == CrossbarTables{}, place,
                         llvm::formatv("the tables of another kind of core, the target has "
                                       "{0} cores",
                                       nameOf(spec.kind)));
  }

  void cuba() {
    registers();
    for (size_t i = 0; i < core.neurons.size(); ++i)
      neuron(i, core.neurons[i]);
    for (size_t i = 0; i < core.axons.size(); ++i)
      axon(i, core.axons[i]);
    if (!check.failed())
      lists(); // reads the words
  }

  void registers() {
    check.require(fitsSigned(core.vmin, spec.membraneBits) &&
                      fitsSigned(core.vmax, spec.membraneBits) && core.vmin <= core.vmax,
                  place, llvm::formatv("vmin {0} and vmax {1} are no range", core.vmin, core.vmax));
    check.require(core.duOffset <= 1, place,
                  llvm::formatv("duOffset {0} is not 0 or 1", core.duOffset));
  }

  bool sizes() {
    auto limit = [&](size_t n, size_t most, const char *what) {
      return check.require(n <= most, place,
                           llvm::formatv("{0} {1}, the target has {2}", n, what, most));
    };
    const bool fits = limit(core.groups.size(), spec.groups, "groups") &
                      limit(core.neuronCount(), spec.neurons, "neurons") &
                      limit(core.outSlots.size(), spec.outputSlots, "output slots") &
                      limit(core.axonCount(), spec.inputAxons, "input axons") &
                      limit(core.synapses.size(), spec.synapseWords, "synapse words");
    return fits && check.require(core.outPointers.size() == core.neuronCount(), place,
                                 llvm::formatv("{0} output pointers for {1} neurons",
                                               core.outPointers.size(), core.neuronCount()));
  }

  void groups() {
    uint32_t free = 0;
    for (size_t i = 0; i < core.groups.size(); ++i) {
      const Group &group = core.groups[i];
      const uint32_t end = uint32_t{group.first} + group.count;
      check.require(group.count != 0 && group.first >= free && end <= core.neuronCount(),
                    at("groups", i),
                    llvm::formatv("neurons {0}..{1} overlap another group or leave the core's {2}",
                                  group.first, end, core.neuronCount()));
      free = std::max(free, end);
    }
  }

  void neuron(size_t i, const net::NeuronConfig &neuron) {
    const bool good = fitsSigned(neuron.threshold, spec.membraneBits) &&
                      fitsSigned(neuron.reset, spec.membraneBits) &&
                      (!neuron.resetSubtract || neuron.reset >= 0) &&
                      fitsSigned(neuron.vInit, spec.membraneBits) &&
                      fitsSigned(neuron.biasMant, spec.biasMantBits) &&
                      neuron.biasExp <= spec.biasExpMax && neuron.du >> spec.decayBits == 0 &&
                      neuron.dv >> spec.decayBits == 0 && neuron.refractory >= 1 &&
                      neuron.refractory <= spec.refractoryMax;
    check.require(good, at("neurons", i), "a register holds a value wider than it is");
  }

  void outPointer(size_t i, const OutPointer &pointer) {
    check.require(size_t{pointer.base} + pointer.count <= core.outSlots.size(),
                  at("outPointers", i),
                  llvm::formatv("slots {0}..{1} leave the core's {2}", pointer.base,
                                uint32_t{pointer.base} + pointer.count, core.outSlots.size()));
    check.require(!spec.isCrossbar() || pointer.count <= 1, at("outPointers", i),
                  llvm::formatv("{0} targets, a crossbar neuron has one", pointer.count));
  }

  void outSlot(size_t i, const OutSlot &slot) {
    const auto found = std::lower_bound(image.cores.begin(), image.cores.end(), slot,
                                        [](const CoreImage &a, const OutSlot &b) {
                                          return std::pair(a.y, a.x) < std::pair(b.y, b.x);
                                        });
    const bool there = found != image.cores.end() && found->x == slot.x && found->y == slot.y;
    if (!check.require(there, at("outSlots", i),
                       llvm::formatv("there is no core ({0},{1})", slot.x, slot.y)))
      return;
    check.require(slot.axon < found->axonCount(), at("outSlots", i),
                  llvm::formatv("axon {0} of core ({1},{2}), which has {3}", slot.axon, slot.x,
                                slot.y, found->axonCount()));
    check.require(
        slot.delay <= spec.largestDelay(), at("outSlots", i),
        llvm::formatv("delay {0}, the target has {1} delay slots", slot.delay, spec.delaySlots));
  }

  void axon(size_t i, const AxonEntry &axon) {
    const bool inside = size_t{axon.address} + axon.words <= core.synapses.size();
    if (!check.require(inside, at("axons", i),
                       llvm::formatv("words {0}..{1} leave the core's {2}", axon.address,
                                     uint64_t{axon.address} + axon.words, core.synapses.size())))
      return;
    check.require(axon.words <= spec.listWords, at("axons", i),
                  llvm::formatv("a list of {0} words, the target's longest is {1}", axon.words,
                                spec.listWords));
    check.require(
        axon.exponent <= spec.exponentMax, at("axons", i),
        llvm::formatv("exponent {0}, the target has 0 .. {1}", axon.exponent, spec.exponentMax));
    const uint32_t rows = spec.neurons / format.lanes;
    const uint32_t end = uint32_t{axon.baseRow} + (axon.sparse ? 1 : axon.words);
    check.require(axon.words == 0 || end <= rows, at("axons", i),
                  llvm::formatv("rows {0}..{1} leave the core's {2}", axon.baseRow, end, rows));
  }

  // Every list of words once, whatever the number of axons that share it.
  void lists() {
    const auto place = [&](size_t i) {
      const AxonEntry &axon = core.axons[i];
      return std::tuple(axon.address, axon.words, axon.sparse);
    };
    std::vector<size_t> order;
    for (size_t i = 0; i < core.axons.size(); ++i)
      if (core.axons[i].words != 0)
        order.push_back(i);
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return place(a) < place(b); });
    std::optional<uint32_t> top;
    for (size_t k = 0; k < order.size(); ++k) {
      const size_t i = order[k];
      const AxonEntry &axon = core.axons[i];
      if (k == 0 || place(order[k - 1]) != place(i)) {
        if (k != 0 && !apart(order[k - 1], i))
          return;
        top = axon.sparse ? topOfSparse(i) : topOfDense(axon);
      }
      const uint32_t highest = axon.baseRow * format.lanes + top.value_or(0);
      if (top && highest >= core.neurons.size())
        noNeuron(i, highest);
    }
  }

  bool apart(size_t before, size_t i) {
    const AxonEntry &a = core.axons[before], &b = core.axons[i];
    return check.require(b.address >= a.address + a.words, at("axons", i),
                         llvm::formatv("its words {0}..{1} overlap {2}..{3} of axon {4}, which is "
                                       "not the same list",
                                       b.address, b.address + b.words - 1, a.address,
                                       a.address + a.words - 1, before));
  }

  // The highest neuron with a weight, counted from the base row.
  std::optional<uint32_t> topOfDense(const AxonEntry &axon) const {
    for (uint32_t k = axon.words; k-- > 0;)
      for (uint32_t lane = format.lanes; lane-- > 0;)
        if (format.denseWeight(core.synapses[axon.address + k], lane) != 0)
          return k * format.lanes + lane;
    return std::nullopt;
  }

  std::optional<uint32_t> topOfSparse(size_t i) {
    const AxonEntry &axon = core.axons[i];
    std::optional<uint32_t> top;
    for (uint32_t k = 0; k < axon.words; ++k) {
      const uint64_t word = core.synapses[axon.address + k];
      uint64_t banks = 0;
      for (uint32_t pair = 0; pair < format.pairs; ++pair) {
        if (format.pairWeight(word, pair) == 0)
          continue;
        const uint32_t neuron = format.pairNeuron(word, pair);
        const uint64_t bank = uint64_t{1} << (neuron % format.lanes);
        check.require((banks & bank) == 0, at("axons", i), "a sparse word uses one bank twice");
        banks |= bank;
        top = std::max(top.value_or(0), neuron);
      }
    }
    return top;
  }

  void noNeuron(size_t i, uint32_t neuron) {
    check.require(
        false, at("axons", i),
        llvm::formatv("a weight for neuron {0}, the core has {1}", neuron, core.neurons.size()));
  }

  const Image &image;
  const target::CoreSpec &spec;
  const CoreImage &core;
  Checker &check;
  const size_t index;
  const Place place;
  const WordFormat format = WordFormat::of(spec);
};

} // namespace

void verifyCores(const Image &image, const target::CoreSpec &spec, Checker &check) {
  constexpr uint32_t kMeshMost = 64; // router coordinates
  check.require(image.meshWidth >= 1 && image.meshWidth <= kMeshMost && image.meshHeight >= 1 &&
                    image.meshHeight <= kMeshMost,
                "mesh", llvm::formatv("a mesh of {0} x {1}", image.meshWidth, image.meshHeight));
  check.require(!image.cores.empty(), "cores", "an image without cores");
  for (size_t i = 1; i < image.cores.size(); ++i) {
    const CoreImage &a = image.cores[i - 1], &b = image.cores[i];
    check.require(std::pair(a.y, a.x) < std::pair(b.y, b.x), Place("cores", i),
                  "cores are not sorted by (y, x), or one place has two");
  }
  if (check.failed())
    return; // slots look their core up by the order
  for (size_t i = 0; i < image.cores.size(); ++i)
    CoreVerifier(image, spec, i, check).run();
}

} // namespace snnc::image
