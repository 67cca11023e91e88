#include "compiler/passes/place/hop_cost.h"

#include <map>
#include <set>

namespace snnc::compiler::place {

using namespace core_ir;

Traffic trafficOf(const CrossbarIr &ir, const net::QuantNet &net, const target::Target &) {
  const size_t clusters = ir.clusters.size();
  Traffic traffic;
  traffic.fromHost.assign(clusters, 0.0);
  traffic.received.assign(clusters, 0.0);
  std::vector<std::map<uint32_t, std::pair<double, double>>> between(clusters); // both ways, sent
  std::set<std::pair<uint32_t, uint32_t>> used; // (projection, source)
  for (uint32_t c = 0; c < clusters; ++c) {
    for (const CrossbarCell &cell : ir.clusters[c].cells) {
      if (cell.cluster == CrossbarCell::kNowhere)
        continue;
      traffic.messages += 1.0;
      traffic.received[cell.cluster] += 1.0;
      if (cell.cluster == c)
        continue;
      between[c][cell.cluster].first += 1.0;
      between[c][cell.cluster].second += 1.0;
      between[cell.cluster][c].first += 1.0;
    }
    for (const CrossbarAxon &axon : ir.clusters[c].axons) {
      if (axon.relay)
        continue;
      used.insert({axon.from, axon.source});
      if (net.populations[net.projections[axon.from].source].isInput)
        traffic.fromHost[c] += 1.0;
    }
    traffic.messages += traffic.fromHost[c];
    traffic.received[c] += traffic.fromHost[c];
  }
  traffic.lowerBound = static_cast<double>(used.size());
  for (const auto &row : between) {
    std::vector<Flow> &flows = traffic.flows.emplace_back();
    for (const auto &[to, sums] : row)
      flows.push_back({to, sums.first, sums.second});
  }
  return traffic;
}

} // namespace snnc::compiler::place
