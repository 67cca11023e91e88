#include "compiler/passes/place/hop_cost.h"

#include "compiler/core_ir/by_target.h"

#include <cstdlib>
#include <map>

namespace snnc::compiler::place {

using namespace core_ir;

namespace {

double distance(Position a, Position b) {
  return std::abs(static_cast<int>(a.x) - static_cast<int>(b.x)) +
         std::abs(static_cast<int>(a.y) - static_cast<int>(b.y));
}

constexpr uint32_t kNoCluster = UINT32_MAX;

std::vector<std::vector<uint32_t>> clusterOfNeuron(const CoreIr &ir, const net::QuantNet &net) {
  std::vector<std::vector<uint32_t>> owner;
  for (const net::QuantPopulation &population : net.populations)
    owner.emplace_back(population.size(), kNoCluster);
  for (uint32_t c = 0; c < ir.clusters.size(); ++c)
    for (const Run &run : ir.clusters[c].runs)
      for (uint32_t k = 0; k < run.count; ++k)
        owner[run.population][run.first + k] = c;
  return owner;
}

// Collects the messages of one projection, cluster by cluster.
class Counter {
public:
  Counter(const CoreIr &ir, const net::QuantNet &net)
      : ir(ir), net(net), owner(clusterOfNeuron(ir, net)), between(ir.clusters.size()) {
    traffic.fromHost.assign(ir.clusters.size(), 0.0);
  }

  Traffic run() {
    for (uint32_t p = 0; p < net.projections.size(); ++p)
      addProjection(p);
    for (const std::map<uint32_t, double> &row : between) {
      std::vector<Flow> &flows = traffic.flows.emplace_back();
      for (const auto &[to, messages] : row)
        flows.push_back({to, messages});
    }
    return std::move(traffic);
  }

private:
  void addProjection(uint32_t p) {
    const net::QuantProjection &projection = net.projections[p];
    const ByTarget synapses(projection);
    const uint32_t sources = preCount(projection);
    std::vector<uint32_t> lastSeen(sources, kNoCluster);
    std::vector<bool> any(sources, false);
    for (uint32_t c = 0; c < ir.clusters.size(); ++c)
      for (const Run &run : ir.clusters[c].runs) {
        if (run.population != projection.target)
          continue;
        for (uint32_t neuron = run.first; neuron < run.first + run.count; ++neuron)
          synapses.forEach(neuron, [&](uint32_t source, int16_t) {
            if (lastSeen[source] == c)
              return;
            lastSeen[source] = c;
            any[source] = true;
            addMessage(projection.source, source, c);
          });
      }
    for (bool used : any)
      traffic.lowerBound += used ? 1.0 : 0.0;
  }

  void addMessage(uint32_t population, uint32_t source, uint32_t to) {
    traffic.messages += 1.0;
    if (net.populations[population].isInput) {
      traffic.fromHost[to] += 1.0;
      return;
    }
    const uint32_t from = owner[population][source];
    if (from == to)
      return;
    between[from][to] += 1.0;
    between[to][from] += 1.0;
  }

  const CoreIr &ir;
  const net::QuantNet &net;
  const std::vector<std::vector<uint32_t>> owner;
  std::vector<std::map<uint32_t, double>> between;
  Traffic traffic;
};

} // namespace

Traffic trafficOf(const CoreIr &ir, const net::QuantNet &net) {
  return Counter(ir, net).run();
}

double hopsOf(const Traffic &traffic, uint32_t cluster, Position at,
              const std::vector<Position> &positions, const std::vector<bool> &placed) {
  double hops = traffic.fromHost[cluster] * distance(at, {0, 0});
  for (const Flow &flow : traffic.flows[cluster])
    if (placed[flow.to])
      hops += flow.messages * distance(at, positions[flow.to]);
  return hops;
}

double totalHops(const Traffic &traffic, const std::vector<Position> &positions) {
  double hops = 0.0;
  for (uint32_t c = 0; c < positions.size(); ++c) {
    hops += traffic.fromHost[c] * distance(positions[c], {0, 0});
    for (const Flow &flow : traffic.flows[c])
      hops += 0.5 * flow.messages * distance(positions[c], positions[flow.to]);
  }
  return hops;
}

} // namespace snnc::compiler::place
