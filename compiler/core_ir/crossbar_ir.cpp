// One line per cluster that FileCheck can match, its details indented below:
//
//   cluster @hidden.0 neurons 4 copies 2 relays 0 axons 6
//     at (0, 0)
//     group 0..5 skew 0
//     axon 0 @in_hidden[2] type 0
//     cell 0 @hidden[0] types [1 -1 0 0] -> @out.0 axon 3 delay 0
//     cell 1 copy @hidden[0] types [1 -1 0 0] -> @out.0 axon 4 delay 0
//     cell 2 relay @hidden[1] on axon 5 -> @out.1 axon 0 delay 0
#include "compiler/core_ir/crossbar_ir.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cassert>

namespace snnc::compiler::core_ir {

using Kind = CrossbarCell::Kind;

uint32_t delayOf(const CrossbarIr &ir, const net::QuantNet &net, const CrossbarCell &cell) {
  const CrossbarAxon &axon = ir.clusters[cell.cluster].axons[cell.axon];
  if (axon.relay)
    return 0;
  const uint32_t delay = net::hardwareDelay(net, ir.firstTick, net.projections[axon.from]);
  assert((cell.kind != Kind::Relay || delay > 0) && "no time for a relay");
  return cell.kind == Kind::Relay ? delay - 1 : delay;
}

uint32_t hostOffset(const CrossbarIr &ir, const net::QuantNet &net, const CrossbarAxon &axon) {
  const net::QuantProjection &projection = net.projections[axon.from];
  return ir.firstTick[projection.target] + projection.delay;
}

static size_t countOf(const CrossbarCluster &cluster, Kind kind) {
  return static_cast<size_t>(
      std::count_if(cluster.cells.begin(), cluster.cells.end(),
                    [kind](const CrossbarCell &cell) { return cell.kind == kind; }));
}

std::vector<std::string> clusterNames(const CrossbarIr &ir, const net::QuantNet &net) {
  std::vector<uint32_t> next(net.populations.size(), 0);
  uint32_t nextRelay = 0;
  std::vector<std::string> names;
  for (const CrossbarCluster &cluster : ir.clusters) {
    if (cluster.cells.empty() || cluster.cells.front().kind == Kind::Relay) {
      names.push_back(llvm::formatv("@relays.{0}", nextRelay++).str());
      continue;
    }
    const uint32_t population = cluster.cells.front().population;
    names.push_back(
        llvm::formatv("@{0}.{1}", net.populations[population].name, next[population]++).str());
  }
  return names;
}

static void printCell(const CrossbarCell &cell, const std::vector<std::string> &names,
                      const net::QuantNet &net, llvm::raw_ostream &os) {
  constexpr const char *kKinds[] = {"", " copy", " relay"};
  os << kKinds[static_cast<size_t>(cell.kind)]
     << llvm::formatv(" @{0}[{1}]", net.populations[cell.population].name, cell.neuron);
  if (cell.kind == Kind::Relay)
    os << llvm::formatv(" on axon {0}", cell.relayAxon);
  else
    os << llvm::formatv(" types [{0} {1} {2} {3}]", cell.weights[0], cell.weights[1],
                        cell.weights[2], cell.weights[3]);
  if (cell.cluster != CrossbarCell::kNowhere)
    os << llvm::formatv(" -> {0} axon {1}", names[cell.cluster], cell.axon);
}

void print(const CrossbarIr &ir, const net::QuantNet &net, llvm::raw_ostream &os) {
  const std::vector<std::string> names = clusterNames(ir, net);
  os << llvm::formatv("cores @{0} used {1} lower_bound {2}", net.name, ir.clusters.size(),
                      ir.coresLowerBound);
  if (ir.placed)
    os << llvm::formatv(" mesh {0}x{1}", ir.meshWidth, ir.meshHeight);
  os << '\n';
  for (size_t c = 0; c < ir.clusters.size(); ++c) {
    const CrossbarCluster &cluster = ir.clusters[c];
    os << llvm::formatv("cluster {0} neurons {1} copies {2} relays {3} axons {4}\n", names[c],
                        countOf(cluster, Kind::Home), countOf(cluster, Kind::Copy),
                        countOf(cluster, Kind::Relay), cluster.axons.size());
    if (ir.placed)
      os << llvm::formatv("  at ({0}, {1})\n", cluster.x, cluster.y);
    for (const image::Group &group : cluster.groups)
      os << llvm::formatv("  group {0}..{1} skew {2}\n", group.first, group.first + group.count - 1,
                          group.skew);
    for (size_t a = 0; a < cluster.axons.size(); ++a) {
      const CrossbarAxon &axon = cluster.axons[a];
      if (axon.relay)
        os << llvm::formatv("  axon {0} relay @{1}[{2}]\n", a, net.populations[axon.from].name,
                            axon.source);
      else
        os << llvm::formatv("  axon {0} @{1}[{2}] type {3}\n", a, net.projections[axon.from].name,
                            axon.source, unsigned{axon.type});
    }
    for (size_t k = 0; k < cluster.cells.size(); ++k) {
      os << "  cell " << k;
      printCell(cluster.cells[k], names, net, os);
      if (ir.routed && cluster.cells[k].cluster != CrossbarCell::kNowhere)
        os << " delay " << unsigned{cluster.cells[k].delay};
      os << '\n';
    }
  }
  for (const CrossbarHostInput &input : ir.inputs)
    for (const CrossbarHostRoute &route : input.routes)
      os << llvm::formatv("host @{0}[{1}] -> {2} axon {3} offset {4}\n",
                          net.populations[input.population].name, route.element,
                          names[route.cluster], route.axon, route.offset);
}

} // namespace snnc::compiler::core_ir
