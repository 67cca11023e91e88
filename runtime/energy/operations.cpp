#include "runtime/energy/operations.h"

#include <algorithm>

namespace snnc::runtime::energy {

// Nonzero weights from each source neuron.
static std::vector<uint64_t> fanOut(const net::QuantProjection &projection, uint32_t sources) {
  std::vector<uint64_t> degree(sources, 0);
  if (const auto *dense = std::get_if<net::DenseInts>(&projection.weights)) {
    for (size_t i = 0; i < dense->values.size(); ++i)
      degree[i % dense->cols] += dense->values[i] != 0;
    return degree;
  }
  const auto &sparse = std::get<net::SparseInts>(projection.weights);
  for (uint32_t source = 0; source < sparse.pres; ++source)
    for (uint64_t k = sparse.rowStart[source]; k < sparse.rowStart[source + 1]; ++k)
      degree[source] += sparse.values[k] != 0;
  return degree;
}

static uint64_t storedWeights(const net::QuantProjection &projection) {
  if (const auto *dense = std::get_if<net::DenseInts>(&projection.weights))
    return dense->values.size();
  return std::get<net::SparseInts>(projection.weights).values.size();
}

// Last steps of a sample whose spikes arrive through `projection` after the last tick, so that the
// host never sends them. A neuron's message of the last tick still reaches its core.
static uint32_t lostSteps(const net::QuantNet &net, const std::vector<uint32_t> &first,
                          const net::QuantProjection &projection) {
  if (first.empty() || !net.populations[projection.source].isInput)
    return 0;
  const uint32_t due = first[projection.target] + projection.delay;
  const uint32_t last = *std::max_element(first.begin(), first.end());
  return due > last ? due - last : 0;
}

Operations countOperations(const net::QuantNet &net, const SpikeCounts &spikes,
                           const Activity &activity, uint64_t hostMacs, uint32_t steps,
                           uint64_t samples) {
  uint64_t acs = 0, weights = 0;
  const std::vector<uint32_t> first = net::firstTicks(net);
  for (const net::QuantProjection &projection : net.projections) {
    weights += storedWeights(projection);
    const uint32_t sources = net.populations[projection.source].size();
    const std::vector<uint64_t> degree = fanOut(projection, sources);
    const uint32_t lost = lostSteps(net, first, projection);
    for (uint32_t i = 0; i < sources; ++i)
      acs += spikes.before(projection.source, i, lost) * degree[i];
  }
  for (const net::HostLayer &layer : net.hostLayers)
    weights += layer.weights.values.size();
  const double inferences = static_cast<double>(samples);
  Operations operations;
  operations.denseMacs = static_cast<double>(weights) * steps;
  operations.effectiveAcs = static_cast<double>(acs) / inferences;
  operations.hostMacs = static_cast<double>(hostMacs) / inferences;
  operations.effectiveMacs = operations.hostMacs;
  operations.synops = static_cast<double>(activity.synops) / inferences;
  operations.neuronUpdates =
      static_cast<double>(activity.updatesActive + activity.updatesInactive) / inferences;
  operations.synopsAgree = acs == activity.synops;
  return operations;
}

} // namespace snnc::runtime::energy
