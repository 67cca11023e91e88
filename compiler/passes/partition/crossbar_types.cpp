#include "compiler/passes/partition/crossbar_types.h"

#include <algorithm>
#include <numeric>
#include <utility>

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

// The source that has the fewest types left comes next, of those the one with most synapses: once
// four classes are told apart, most sources have one type left, and few choices are free.
uint32_t TypeSolver::mostBound(llvm::ArrayRef<TypeSet> left, llvm::ArrayRef<bool> done) const {
  uint32_t found = kNone;
  const auto synapsesOf = [&](uint32_t place) { return firstUse[place + 1] - firstUse[place]; };
  for (uint32_t place = 0; place < left.size(); ++place) {
    if (done[place])
      continue;
    const bool better =
        found == kNone || sizeOf(left[place]) < sizeOf(left[found]) ||
        (sizeOf(left[place]) == sizeOf(left[found]) && synapsesOf(place) > synapsesOf(found));
    if (better)
      found = place;
  }
  return found;
}

// A type for every source, the lowest that is left.
bool TypeSolver::colour(llvm::ArrayRef<uint32_t> neurons, CoreTypes &out) const {
  std::vector<TypeSet> left(used.size(), static_cast<TypeSet>((1u << limits.types) - 1));
  llvm::SmallVector<bool> done(used.size(), false);
  for (size_t count = 0; count < used.size(); ++count) {
    const uint32_t place = mostBound(left, done);
    if (left[place] == 0)
      return false;
    done[place] = true;
    const unsigned type = llvm::countTrailingZeros(left[place]);
    const auto mask = static_cast<TypeSet>(1u << type);
    out.sources[place].types = mask;
    for (size_t at = firstUse[place]; at < firstUse[place + 1]; ++at) {
      const Use &use = uses[at];
      if (std::exchange(out.weights[use.neuron][type], use.weight) != 0)
        continue; // the weight it has already
      for (const CrossbarSynapses::Synapse &synapse : synapses.into(neurons[use.neuron]))
        if (synapse.weight != use.weight)
          left[local[synapse.source]] &= static_cast<TypeSet>(~mask);
    }
  }
  return true;
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
  // Only single weights, not sums, can be a type's.
  const auto inRange = [&](const Use &use) {
    return use.weight >= limits.low && use.weight <= limits.high;
  };
  const bool coloured = std::all_of(uses.begin(), uses.end(), inRange) && colour(neurons, out);
  if (!coloured)
    takeFewest(neurons, out);
  for (const CoreTypes::Source &source : out.sources)
    out.axons += sizeOf(source.types);
  return out;
}

} // namespace snnc::compiler::partition
