// One line per cluster that FileCheck can match, its details indented below:
//
//   cluster @hidden.0 neurons 0..3, @out neurons 0..1
//     load neurons 6 groups 2 axons 4 slots 0 words 8 block_bits 512
//     at (0, 0)
//     group 0..3 skew 0
//     axon 0 @in_hidden[2] dense row 0 words 1 at 0
//     out 0 -> @out.0 axon 3 delay 0
#include "compiler/core_ir/core_ir.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/FormatVariadic.h"

namespace snnc::compiler::core_ir {

std::vector<std::string> clusterNames(const CoreIr &ir, const net::QuantNet &net) {
  std::vector<uint32_t> next(net.populations.size(), 0);
  std::vector<std::string> names;
  for (const Cluster &cluster : ir.clusters) {
    const uint32_t population = cluster.runs.empty() ? 0 : cluster.runs[0].population;
    names.push_back(
        llvm::formatv("@{0}.{1}", net.populations[population].name, next[population]++).str());
  }
  return names;
}

static void printHeader(const Cluster &cluster, const std::string &name, const net::QuantNet &net,
                        llvm::raw_ostream &os) {
  os << "cluster " << name;
  constexpr size_t kShown = 8;
  const char *separator = "";
  for (const Run &run : llvm::ArrayRef(cluster.runs).take_front(kShown)) {
    if (run.population != cluster.runs[0].population)
      os << separator << " @" << net.populations[run.population].name;
    else
      os << separator;
    os << llvm::formatv(" neurons {0}..{1}", run.first, run.first + run.count - 1);
    separator = ",";
  }
  if (cluster.runs.size() > kShown)
    os << llvm::formatv(", {0} more runs", cluster.runs.size() - kShown);
  os << '\n';
  for (const Run &run : cluster.runs)
    os << llvm::formatv("  run @{0}[{1}..{2}] local {3}\n", net.populations[run.population].name,
                        run.first, run.first + run.count - 1, run.local);
  const Load &load = cluster.load;
  os << llvm::formatv(
      "  load neurons {0} groups {1} axons {2} slots {3} words {4} block_bits {5}\n", load.neurons,
      load.groups, load.inputAxons, load.outputSlots, load.synapseWords, load.blockBits);
}

static void printRoutes(const Cluster &cluster, const std::vector<std::string> &names,
                        const net::QuantNet &net, llvm::raw_ostream &os) {
  for (const image::Group &group : cluster.groups)
    os << llvm::formatv("  group {0}..{1} skew {2}\n", group.first, group.first + group.count - 1,
                        group.skew);
  for (size_t i = 0; i < cluster.axons.size(); ++i) {
    const Axon &axon = cluster.axons[i];
    os << llvm::formatv("  axon {0} @{1}[{2}] {3} row {4} words {5} at {6}\n", i,
                        net.projections[axon.projection].name, axon.source,
                        axon.sparse ? "sparse" : "dense", axon.baseRow, axon.words, axon.address);
  }
  for (size_t local = 0; local < cluster.outPointers.size(); ++local) {
    const image::OutPointer &pointer = cluster.outPointers[local];
    for (uint32_t i = pointer.base; i < uint32_t{pointer.base} + pointer.count; ++i) {
      const Slot &slot = cluster.slots[i];
      os << llvm::formatv("  out {0} -> {1} axon {2} delay {3}\n", local, names[slot.cluster],
                          slot.axon, unsigned{slot.delay});
    }
  }
}

void print(const CoreIr &ir, const net::QuantNet &net, llvm::raw_ostream &os) {
  const std::vector<std::string> names = clusterNames(ir, net);
  os << llvm::formatv("cores @{0} used {1} lower_bound {2}", net.name, ir.clusters.size(),
                      ir.coresLowerBound);
  if (ir.placed)
    os << llvm::formatv(" mesh {0}x{1}", ir.meshWidth, ir.meshHeight);
  os << '\n';
  for (size_t i = 0; i < ir.clusters.size(); ++i) {
    const Cluster &cluster = ir.clusters[i];
    printHeader(cluster, names[i], net, os);
    if (ir.placed)
      os << llvm::formatv("  at ({0}, {1})\n", cluster.x, cluster.y);
    printRoutes(cluster, names, net, os);
  }
  for (const HostInput &input : ir.inputs)
    for (const HostRoute &route : input.routes)
      os << llvm::formatv("host @{0}[{1}] -> {2} axon {3} offset {4}\n",
                          net.populations[input.population].name, route.element,
                          names[route.cluster], route.axon, route.offset);
}

} // namespace snnc::compiler::core_ir
