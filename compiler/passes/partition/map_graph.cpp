#include "compiler/passes/partition/map_graph.h"

#include "common/net/synapses.h"

namespace snnc::compiler::partition {

MapGraph::MapGraph(const Problem &problem) : firstEdge{0} {
  const net::QuantNet &net = problem.net;
  for (uint32_t p = 0; p < net.projections.size(); ++p) {
    const net::QuantProjection &projection = net.projections[p];
    const bool fromHost = net.populations[projection.source].isInput;
    const uint32_t sources = preCount(projection);
    for (uint32_t s = 0; s < sources; ++s) {
      projectionOf.push_back(p);
      rate.push_back(problem.rates.at(projection.source, s));
      sourceOf.push_back(fromHost ? kHost : problem.idOf(projection.source, s));
    }
    firstEdge.push_back(firstEdge.back() + sources);
  }
  const uint32_t all = problem.neurons();
  inStart.assign(size_t{all} + 1, 0);
  outStart.assign(size_t{firstEdge.back()} + 1, 0);
  const auto forEach = [&](uint32_t id, auto f) {
    const auto [population, neuron] = problem.neuronOf(id);
    for (uint32_t p : problem.into[population])
      problem.synapses[p].forEach(neuron,
                                  [&](uint32_t source, int16_t) { f(firstEdge[p] + source); });
  };
  for (uint32_t id = 0; id < all; ++id) {
    inStart[id + 1] = inStart[id];
    forEach(id, [&](uint32_t edge) {
      ++inStart[id + 1];
      ++outStart[edge + 1];
    });
  }
  for (uint32_t edge = 0; edge < firstEdge.back(); ++edge)
    outStart[edge + 1] += outStart[edge];
  edges.resize(inStart.back());
  targets.resize(inStart.back());
  std::vector<uint64_t> next(outStart.begin(), outStart.end() - 1);
  for (uint32_t id = 0; id < all; ++id) {
    uint64_t at = inStart[id];
    forEach(id, [&](uint32_t edge) {
      edges[at++] = edge;
      targets[next[edge]++] = id;
    });
  }
}

void MapGraph::renumberTargets(const std::vector<uint32_t> &place) {
  for (uint32_t &target : targets)
    target = place[target];
}

uint64_t writtenOut(const Problem &problem) {
  uint64_t synapses = 0;
  for (const net::QuantProjection &projection : problem.net.projections)
    synapses += net::synapseCount(projection);
  return synapses;
}

} // namespace snnc::compiler::partition
