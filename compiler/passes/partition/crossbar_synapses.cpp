#include "compiler/passes/partition/crossbar_synapses.h"

#include "compiler/core_ir/by_target.h"

#include <algorithm>

namespace snnc::compiler::partition {

CrossbarSynapses::CrossbarSynapses(const net::QuantNet &net, uint32_t population,
                                   core_ir::TypeLimits limits) {
  std::vector<core_ir::ByTarget> into;
  std::vector<uint32_t> base; // of each projection's sources, dense for now
  for (uint32_t p = 0; p < net.projections.size(); ++p) {
    const net::QuantProjection &projection = net.projections[p];
    if (projection.target != population)
      continue;
    into.emplace_back(projection);
    base.push_back(static_cast<uint32_t>(allSources.size()));
    const uint32_t sources = net.populations[projection.source].size();
    for (uint32_t i = 0; i < sources; ++i)
      allSources.push_back({p, i});
  }
  const uint32_t size = net.populations[population].size();
  start.reserve(size_t{size} + 1);
  start.push_back(0);
  for (uint32_t neuron = 0; neuron < size; ++neuron) {
    for (size_t k = 0; k < into.size(); ++k)
      into[k].forEach(neuron, [&](uint32_t source, int16_t weight) {
        synapses.push_back({base[k] + source, weight, 0});
      });
    start.push_back(synapses.size());
  }
  weightsOf.resize(size);
  for (uint32_t neuron = 0; neuron < size; ++neuron)
    classify(neuron, limits);
  turnOver();
}

std::vector<int32_t> CrossbarSynapses::values(uint32_t neuron) const {
  std::vector<int32_t> values;
  for (const Synapse &synapse : into(neuron))
    values.push_back(synapse.weight);
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

void CrossbarSynapses::classify(uint32_t neuron, core_ir::TypeLimits limits) {
  const std::vector<int32_t> different = values(neuron);
  Weights &weights = weightsOf[neuron];
  const auto types = core_ir::typeWeightsFor(different, limits);
  weights.realisable = types.has_value();
  if (!types)
    return;
  weights.types = *types;
  for (int32_t value : different)
    weights.sets.push_back(core_ir::realising(*types, value));
  for (size_t k = start[neuron]; k < start[neuron + 1]; ++k)
    synapses[k].value = static_cast<uint8_t>(
        std::lower_bound(different.begin(), different.end(), synapses[k].weight) -
        different.begin());
}

void CrossbarSynapses::turnOver() {
  firstTarget.assign(allSources.size() + 1, 0);
  for (const Synapse &synapse : synapses)
    ++firstTarget[synapse.source + 1];
  for (size_t s = 0; s < allSources.size(); ++s)
    firstTarget[s + 1] += firstTarget[s];
  targets.resize(synapses.size());
  std::vector<size_t> next(firstTarget.begin(), firstTarget.end() - 1);
  for (uint32_t neuron = 0; neuron < neurons(); ++neuron)
    for (const Synapse &synapse : into(neuron))
      targets[next[synapse.source]++] = neuron;
}

} // namespace snnc::compiler::partition
