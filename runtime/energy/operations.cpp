#include "runtime/energy/operations.h"

#include "common/net/synapses.h"

#include <algorithm>

namespace snnc::runtime::energy {

// Multiply-accumulates of one step as a dense framework executes the layer: padding and zeros too.
static uint64_t denseMacs(const net::DenseInts &map) {
  return uint64_t{map.rows} * map.cols;
}
static uint64_t denseMacs(const net::SparseInts &map) {
  return map.values.size();
}
static uint64_t denseMacs(const net::ConvInts &map) {
  return map.kernel.size() * map.window.outSize();
}

template <class Joined> static uint64_t denseMacsOf(const Joined &joined) {
  return std::visit([](const auto &map) { return denseMacs(map); }, joined.weights);
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
  uint64_t acs = 0, macs = 0;
  const std::vector<uint32_t> first = net::firstTicks(net);
  for (const net::QuantProjection &projection : net.projections) {
    macs += denseMacsOf(projection);
    const net::OutgoingInts synapses(projection);
    const uint32_t sources = net.populations[projection.source].size();
    const uint32_t lost = lostSteps(net, first, projection);
    for (uint32_t i = 0; i < sources; ++i)
      if (const uint64_t count = spikes.before(projection.source, i, lost); count != 0)
        synapses.forEach(i, [&](uint32_t, int16_t) { acs += count; });
  }
  for (const net::HostLayer &layer : net.hostLayers)
    macs += denseMacsOf(layer);
  const double inferences = static_cast<double>(samples);
  Operations operations;
  operations.denseMacs = static_cast<double>(macs) * steps;
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
