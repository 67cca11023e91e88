#include "common/image/codec.h"
#include "common/image/synapse_words.h"
#include "common/support/hash.h"
#include "common/target/target.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

namespace snnc::image {

namespace {

using llvm::formatv;

template <class Range> std::string dims(const Range &shape) {
  std::string out;
  for (uint32_t extent : shape)
    out += (out.empty() ? "" : "x") + std::to_string(extent);
  return out;
}

template <class T>
void printSetting(const char *name, const net::Setting<T> &setting, const std::string &value,
                  llvm::raw_ostream &os) {
  os << formatv("  {0,-12} {1,-18} {2}", name, value, nameOf(setting.origin));
  if (!setting.reason.empty())
    os << ": " << setting.reason;
  os << '\n';
}

void printProfile(const Image &image, llvm::raw_ostream &os) {
  const net::Profile &p = image.profile;
  os << "profile\n";
  std::string dt;
  llvm::raw_string_ostream(dt) << llvm::format("%.9g s", p.dt.value);
  printSetting("dt", p.dt, dt, os);
  printSetting("tau-unit", p.tauUnit, nameOf(p.tauUnit.value), os);
  printSetting("integrator", p.integrator, nameOf(p.integrator.value), os);
  printSetting("reset", p.reset, nameOf(p.reset.value), os);
  printSetting("compare", p.compare, nameOf(p.compare.value), os);
  printSetting("bias-timing", p.biasTiming, nameOf(p.biasTiming.value), os);
  os << formatv("run: steps {0}, encode {1}, readout {2}\n",
                image.run.steps ? std::to_string(*image.run.steps) : "of the data",
                nameOf(image.run.encode), nameOf(image.run.readout));
}

std::string sizeText(const net::HostLayer &layer) {
  if (const auto *dense = std::get_if<net::DenseInts>(&layer.weights))
    return formatv("{0} x {1}", dense->rows, dense->cols);
  const auto &sparse = std::get<net::SparseInts>(layer.weights);
  return formatv("{0} of {1} x {2}", sparse.values.size(), sparse.posts, sparse.pres);
}

void printSegments(const Image &image, const PopulationMap &population, bool full,
                   llvm::raw_ostream &os) {
  constexpr size_t kShown = 32;
  const size_t count = population.segments.size(), shown = full ? count : std::min(count, kShown);
  for (const Segment &segment : llvm::ArrayRef(population.segments).take_front(shown))
    os << formatv("    {0}..{1} on core ({2},{3}) from local {4}\n", segment.first,
                  segment.first + segment.count - 1, image.cores[segment.core].x,
                  image.cores[segment.core].y, segment.local);
  if (shown < count)
    os << formatv("    {0} more\n", count - shown);
}

void printNetwork(const Image &image, bool full, llvm::raw_ostream &os) {
  os << formatv("populations {0}\n", image.populations.size());
  for (const PopulationMap &population : image.populations) {
    os << formatv("  '{0}' {1} {2}", population.name, dims(population.shape),
                  population.isInput ? "input" : "neurons");
    if (!population.isInput)
      os << formatv(", first tick {0}, {1} segments", population.skew, population.segments.size());
    os << '\n';
    printSegments(image, population, full, os);
  }
  for (const ProjectionInfo &p : image.projections)
    os << formatv("projection '{0}' {1} -> {2}, delay {3}, {4}-bit weights\n", p.name,
                  image.populations[p.source].name, image.populations[p.target].name, p.delay,
                  p.weightBits);
  for (const net::HostLayer &layer : image.hostLayers)
    os << formatv("host layer '{0}' {1} -> {2}, {3} weights of {4} bits\n", layer.name,
                  image.populations[layer.source].name, image.populations[layer.target].name,
                  sizeText(layer), layer.weightBits);
  for (const InputMap &input : image.inputs)
    os << formatv("input '{0}': {1} routes\n", image.populations[input.population].name,
                  input.routes.size());
  if (!image.copies.empty()) {
    const auto relays = std::count_if(image.copies.begin(), image.copies.end(),
                                      [](const NeuronCopy &copy) { return copy.relay; });
    os << formatv("copies {0}, relays {1}\n", image.copies.size() - size_t(relays), relays);
  }
  if (image.busColumns != 0)
    os << formatv("bus of {0} columns, {1} neurons on it\n", image.busColumns, image.bus.size());
}

void printWords(const CoreImage &core, const AxonEntry &axon, const WordFormat &format,
                llvm::raw_ostream &os) {
  for (uint32_t k = 0; k < axon.words; ++k) {
    const uint64_t word = core.synapses[axon.address + k];
    if (axon.sparse) {
      for (uint32_t pair = 0; pair < format.pairs; ++pair)
        if (const int32_t weight = format.pairWeight(word, pair))
          os << formatv(" {0}:{1}", axon.baseRow * format.lanes + format.pairNeuron(word, pair),
                        weight);
    } else {
      for (uint32_t lane = 0; lane < format.lanes; ++lane)
        if (const int32_t weight = format.denseWeight(word, lane))
          os << formatv(" {0}:{1}", (axon.baseRow + k) * format.lanes + lane, weight);
    }
  }
}

void printSlots(const CoreImage &core, size_t i, llvm::raw_ostream &os) {
  os << ", slots";
  const OutPointer &pointer = core.outPointers[i];
  for (size_t s = pointer.base; s < size_t{pointer.base} + pointer.count; ++s) {
    const OutSlot &slot = core.outSlots[s];
    os << formatv(" ({0},{1}):{2}+{3}", slot.x, slot.y, slot.axon, slot.delay);
  }
}

void printNeuron(const CoreImage &core, size_t i, llvm::raw_ostream &os) {
  const net::NeuronConfig &n = core.neurons[i];
  os << formatv("    neuron {0}: threshold {1}{2}, reset {3}{4}, vInit {5}, bias {6} << {7}{8}, "
                "du {9}, dv {10}, refractory {11}",
                i, n.compareGe ? ">= " : "> ", n.threshold, n.resetSubtract ? "-" : "", n.reset,
                n.vInit, n.biasMant, n.biasExp, n.biasToCurrent ? " to u" : "", n.du, n.dv,
                n.refractory);
  printSlots(core, i, os);
  os << '\n';
}

void printCrossbarNeuron(const CoreImage &core, size_t i, const target::CoreSpec &spec,
                         llvm::raw_ostream &os) {
  const CrossbarTables &tables = core.crossbar;
  const net::CrossbarConfig &n = tables.neurons[i];
  os << formatv("    neuron {0}{1}: threshold {2}, floor {3}{4}, reset {5}, leak {6}, vInit {7}, "
                "weights",
                i, tables.enabled[i] ? "" : " (off)", n.threshold, n.floorInclusive ? "<= " : "< ",
                n.floor, n.linearReset ? "linear" : std::to_string(n.reset), n.leak, n.vInit);
  for (uint32_t k = 0; k < spec.axonTypes; ++k)
    os << ' ' << tables.weights[i * spec.axonTypes + k];
  printSlots(core, i, os);
  os << ", axons";
  for (size_t a = 0; a < tables.axonTypes.size(); ++a)
    if (tables.connected(i, a, spec.rowWords()))
      os << ' ' << a;
  os << '\n';
}

void printCrossbar(const CoreImage &core, const target::CoreSpec &spec, llvm::raw_ostream &os) {
  for (const Group &group : core.groups)
    os << formatv("    group {0}..{1} first tick {2}\n", group.first, group.first + group.count - 1,
                  group.skew);
  for (size_t i = 0; i < core.crossbar.neurons.size(); ++i)
    printCrossbarNeuron(core, i, spec, os);
  os << "    axon types";
  for (uint8_t type : core.crossbar.axonTypes)
    os << ' ' << uint32_t{type};
  os << '\n';
}

void printTables(const Image &image, size_t index, const WordFormat &format,
                 llvm::raw_ostream &os) {
  const CoreImage &core = image.cores[index];
  for (const Group &group : core.groups)
    os << formatv("    group {0}..{1} first tick {2}\n", group.first, group.first + group.count - 1,
                  group.skew);
  for (size_t i = 0; i < core.neurons.size(); ++i)
    printNeuron(core, i, os);
  for (size_t a = 0; a < core.axons.size(); ++a) {
    const AxonEntry &axon = core.axons[a];
    if (axon.words == 0)
      continue;
    os << formatv("    axon {0}: {1}, words {2}..{3}, exponent {4}", a,
                  axon.sparse ? "sparse" : "dense", axon.address, axon.address + axon.words - 1,
                  axon.exponent);
    if (!image.axonSources.empty()) {
      const AxonSource &source = image.axonSources[index][a];
      os << formatv(", '{0}' from {1}", image.projections[source.projection].name, source.source);
    }
    os << ":";
    printWords(core, axon, format, os);
    os << '\n';
  }
}

} // namespace

static size_t wordsOf(const CoreImage &core) {
  return core.synapses.size() + core.crossbar.rows.size();
}

void dump(const Image &image, bool full, llvm::raw_ostream &os) {
  auto target = target::parseTarget(image.targetJson, "target of the image");
  os << formatv("image of '{0}'\n", image.netName);
  if (!target) {
    os << "its target cannot be read: " << llvm::toString(target.takeError());
    return;
  }
  os << formatv("target '{0}' {1}, mesh {2} x {3}, compiled for {4} steps\n", target->name,
                support::hex(image.targetFingerprint).substr(0, 12), image.meshWidth,
                image.meshHeight, image.steps == 0 ? "any" : std::to_string(image.steps));
  printProfile(image, os);
  printNetwork(image, full, os);
  const target::CoreSpec &spec = target->core;
  os << formatv("cores {0}\n", image.cores.size());
  for (size_t i = 0; i < image.cores.size(); ++i) {
    const CoreImage &core = image.cores[i];
    os << formatv("  core ({0},{1}): {2}/{3} neurons, {4}/{5} axons, {6}/{7} slots, {8}/{9} words",
                  core.x, core.y, core.neuronCount(), spec.neurons, core.axonCount(),
                  spec.inputAxons, core.outSlots.size(), spec.outputSlots, wordsOf(core),
                  spec.synapseWords);
    if (const uint64_t words = core.wordsWithoutSharing(); words > core.synapses.size())
      os << formatv(" ({0} without sharing)", words);
    if (spec.isCrossbar()) {
      os << '\n';
      if (full)
        printCrossbar(core, spec, os);
      continue;
    }
    os << formatv(", v {0}..{1}, du + {2}\n", core.vmin, core.vmax, core.duOffset);
    if (full)
      printTables(image, i, WordFormat::of(spec), os);
  }
}

} // namespace snnc::image
