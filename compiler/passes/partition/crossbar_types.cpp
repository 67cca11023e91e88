#include "compiler/passes/partition/crossbar_types.h"

#include <algorithm>
#include <numeric>

namespace snnc::compiler::partition {

using namespace core_ir;

// `used`, `local` and the synapses by source.
void TypeSolver::collect(llvm::ArrayRef<uint32_t> neurons) {
  for (uint32_t source : used)
    local[source] = kNone;
  used.clear();
  for (uint32_t neuron : neurons)
    for (const CrossbarSynapses::Synapse &synapse : synapses.into(neuron))
      if (local[synapse.source] == kNone) {
        local[synapse.source] = 0;
        used.push_back(synapse.source);
      }
  std::sort(used.begin(), used.end());
  for (uint32_t place = 0; place < used.size(); ++place)
    local[used[place]] = place;
  firstUse.assign(used.size() + 1, 0);
  for (uint32_t neuron : neurons)
    for (const CrossbarSynapses::Synapse &synapse : synapses.into(neuron))
      ++firstUse[local[synapse.source] + 1];
  std::partial_sum(firstUse.begin(), firstUse.end(), firstUse.begin());
  uses.resize(firstUse.back());
  std::vector<size_t> next(firstUse.begin(), firstUse.end() - 1);
  for (uint32_t k = 0; k < neurons.size(); ++k)
    for (const CrossbarSynapses::Synapse &synapse : synapses.into(neurons[k]))
      uses[next[local[synapse.source]]++] = {k, synapse.weight};
}

// The first type that agrees with all synapses of the source.
bool TypeSolver::takeType(uint32_t place, CoreTypes &out) const {
  const llvm::ArrayRef mine =
      llvm::ArrayRef(uses).slice(firstUse[place], firstUse[place + 1] - firstUse[place]);
  for (uint32_t type = 0; type < limits.types; ++type) {
    const bool agrees = std::all_of(mine.begin(), mine.end(), [&](const Use &use) {
      const int16_t weight = out.weights[use.neuron][type];
      return weight == 0 || weight == use.weight;
    });
    if (!agrees)
      continue;
    for (const Use &use : mine)
      out.weights[use.neuron][type] = use.weight;
    out.sources[place].types = static_cast<TypeSet>(1u << type);
    return true;
  }
  return false;
}

bool TypeSolver::colour(llvm::ArrayRef<uint32_t> order, CoreTypes &out) const {
  std::fill(out.weights.begin(), out.weights.end(), TypeWeights{});
  return std::all_of(order.begin(), order.end(),
                     [&](uint32_t place) { return takeType(place, out); });
}

void TypeSolver::takeFewest(llvm::ArrayRef<uint32_t> neurons, CoreTypes &out) const {
  std::vector<TypeSets> sets(used.size(), UINT16_MAX);
  for (size_t k = 0; k < neurons.size(); ++k) {
    out.weights[k] = synapses.typeWeights(neurons[k]);
    for (const CrossbarSynapses::Synapse &synapse : synapses.into(neurons[k]))
      sets[local[synapse.source]] &= synapses.sets(neurons[k], synapse);
  }
  for (size_t place = 0; place < used.size(); ++place)
    out.sources[place].types = smallest(sets[place]);
}

CoreTypes TypeSolver::solve(llvm::ArrayRef<uint32_t> neurons) {
  collect(neurons);
  CoreTypes out;
  out.weights.resize(neurons.size());
  for (uint32_t source : used)
    out.sources.push_back({source, 0});
  std::vector<uint32_t> order(used.size());
  std::iota(order.begin(), order.end(), 0u);
  // Only single weights, not sums, can be a type's.
  const auto inRange = [&](const Use &use) {
    return use.weight >= limits.low && use.weight <= limits.high;
  };
  bool coloured = std::all_of(uses.begin(), uses.end(), inRange);
  if (coloured && !colour(order, out)) {
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      return firstUse[a + 1] - firstUse[a] > firstUse[b + 1] - firstUse[b];
    });
    coloured = colour(order, out);
  }
  if (!coloured)
    takeFewest(neurons, out);
  for (const CoreTypes::Source &source : out.sources)
    out.axons += sizeOf(source.types);
  return out;
}

} // namespace snnc::compiler::partition
