#include "compiler/passes/partition/cut.h"

#include "compiler/passes/partition/parts.h"

#include <metis.h>

#include <cmath>

namespace snnc::compiler::partition {

// Undirected, without loops, in METIS' arrays.
struct GraphCut::Graph {
  std::vector<idx_t> start{0}, neighbours, weights;
};

namespace {

// Weights are integers and their sum is one.
double weightScale(const MapGraph &graph) {
  double total = 0;
  bool equal = true;
  for (uint32_t edge = 0; edge < graph.edgeCount(); ++edge) {
    total +=
        static_cast<double>(graph.rate[edge]) * static_cast<double>(graph.targetsOf(edge).size());
    equal = equal && graph.rate[edge] == graph.rate[0];
  }
  constexpr double kMost = 1 << 29;
  return total <= 0 ? 1.0 : equal ? 1.0 / graph.rate[0] : std::min(kMost / total, 1024.0);
}

} // namespace

GraphCut::GraphCut(const Problem &problem, const MapGraph &graph) : cut(new Graph) {
  const double scale = weightScale(graph);
  std::vector<idx_t> sum(problem.neurons(), 0);
  std::vector<uint32_t> seen;
  // Edges that a neuron sends.
  std::vector<std::vector<uint32_t>> sent(problem.net.populations.size());
  for (uint32_t p = 0; p < problem.net.projections.size(); ++p)
    sent[problem.net.projections[p].source].push_back(p);
  for (uint32_t id = 0; id < problem.neurons(); ++id) {
    seen.clear();
    const auto add = [&](uint32_t other, uint32_t edge) {
      if (other == id || other == MapGraph::kHost)
        return;
      if (sum[other] == 0)
        seen.push_back(other);
      sum[other] += std::max<idx_t>(1, static_cast<idx_t>(std::lround(graph.rate[edge] * scale)));
    };
    for (uint32_t edge : graph.edgesInto(id))
      add(graph.sourceOf[edge], edge);
    const auto [population, neuron] = problem.neuronOf(id);
    for (uint32_t p : sent[population])
      for (uint32_t target : graph.targetsOf(graph.firstEdge[p] + neuron))
        add(target, graph.firstEdge[p] + neuron);
    for (uint32_t other : seen) {
      cut->neighbours.push_back(static_cast<idx_t>(other));
      cut->weights.push_back(sum[other]);
      sum[other] = 0;
    }
    cut->start.push_back(static_cast<idx_t>(cut->neighbours.size()));
  }
}

GraphCut::~GraphCut() = default;

std::vector<uint32_t> GraphCut::into(uint64_t parts, uint64_t seed) const {
  auto vertices = static_cast<idx_t>(cut->start.size() - 1);
  std::vector<idx_t> part(cut->start.size() - 1, 0);
  if (parts > 1) {
    idx_t constraints = 1, wanted = static_cast<idx_t>(parts), objective = 0;
    idx_t options[METIS_NOPTIONS];
    METIS_SetDefaultOptions(options);
    options[METIS_OPTION_SEED] = static_cast<idx_t>(seed & 0x7FFFFFFF);
    METIS_PartGraphKway(&vertices, &constraints, cut->start.data(), cut->neighbours.data(), nullptr,
                        nullptr, cut->weights.data(), &wanted, nullptr, nullptr, options,
                        &objective, part.data());
  }
  return {part.begin(), part.end()};
}

FillResult mapCut(const MapperContext &context) {
  constexpr uint64_t kMostSynapses = uint64_t{1} << 29; // METIS counts both ends in 31 bits
  if (writtenOut(context.problem) > kMostSynapses) {
    if (context.remarks != nullptr)
      context.remarks->push_back("cut: too many synapses for METIS; contiguous instead");
    return mapContiguous(context);
  }
  const GraphCut cut(context.problem, MapGraph(context.problem));
  return fewestParts(context, [&](uint64_t parts) { return cut.into(parts, context.seed); });
}

} // namespace snnc::compiler::partition
