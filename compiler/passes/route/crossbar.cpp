#include "compiler/passes/route/crossbar.h"

#include <algorithm>
#include <tuple>

namespace snnc::compiler::route {

using namespace core_ir;

namespace {

void buildGroups(const CrossbarIr &ir, CrossbarCluster &cluster) {
  cluster.groups.clear();
  for (size_t k = 0; k < cluster.cells.size(); ++k) {
    const uint32_t window = windowOf(ir, cluster.cells[k]);
    if (cluster.groups.empty() || cluster.groups.back().skew != window)
      cluster.groups.push_back({static_cast<uint16_t>(k), 0, window});
    ++cluster.groups.back().count;
  }
}

CrossbarHostInput hostInput(const CrossbarIr &ir, const net::QuantNet &net, uint32_t population) {
  CrossbarHostInput input;
  input.population = population;
  for (uint32_t c = 0; c < ir.clusters.size(); ++c)
    for (uint32_t a = 0; a < ir.clusters[c].axons.size(); ++a) {
      const CrossbarAxon &axon = ir.clusters[c].axons[a];
      if (!axon.relay && net.projections[axon.from].source == population)
        input.routes.push_back(
            {axon.source, c, static_cast<uint16_t>(a), hostOffset(ir, net, axon)});
    }
  std::sort(input.routes.begin(), input.routes.end(),
            [](const CrossbarHostRoute &a, const CrossbarHostRoute &b) {
              return std::tie(a.element, a.cluster, a.axon) <
                     std::tie(b.element, b.cluster, b.axon);
            });
  return input;
}

} // namespace

void forCrossbar(CrossbarIr &ir, const net::QuantNet &net) {
  for (CrossbarCluster &cluster : ir.clusters) {
    buildGroups(ir, cluster);
    for (CrossbarCell &cell : cluster.cells)
      if (cell.cluster != CrossbarCell::kNowhere)
        cell.delay = static_cast<uint8_t>(delayOf(ir, net, cell));
  }
  ir.inputs.clear();
  for (uint32_t input : net.inputs)
    ir.inputs.push_back(hostInput(ir, net, input));
  ir.routed = true;
}

} // namespace snnc::compiler::route
