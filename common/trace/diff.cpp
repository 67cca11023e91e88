#include "common/trace/trace.h"

#include <cassert>

namespace snnc::trace {

// One field of one population in one step; `first` keeps the earliest difference.
template <class T>
static uint64_t diffRow(const std::vector<T> &a, const std::vector<T> &b, Divergence at,
                        uint32_t size, const char *field, std::optional<Divergence> &first) {
  uint64_t mismatches = 0;
  const size_t begin = size_t{at.step} * size;
  for (uint32_t neuron = 0; neuron < size; ++neuron) {
    const int64_t x = a[begin + neuron], y = b[begin + neuron];
    if (x == y)
      continue;
    ++mismatches;
    // Neurons before fields: a later field of an earlier neuron comes first.
    if (!first ||
        (first->step == at.step && first->population == at.population && neuron < first->neuron)) {
      first = at;
      first->neuron = neuron;
      first->field = field;
      first->a = x;
      first->b = y;
    }
  }
  return mismatches;
}

TraceDiff diff(const SampleTrace &a, const SampleTrace &b) {
  assert(a.steps == b.steps && a.populations.size() == b.populations.size());
  TraceDiff result;
  for (uint32_t step = 0; step < a.steps; ++step) {
    for (uint32_t p = 0; p < a.populations.size(); ++p) {
      const PopulationTrace &x = a.populations[p], &y = b.populations[p];
      assert(x.size == y.size && x.spikes.size() == y.spikes.size());
      Divergence at;
      at.step = step;
      at.population = p;
      result.spikeMismatches += diffRow(x.spikes, y.spikes, at, x.size, "spike", result.first);
      if (!x.v.empty() && !y.v.empty())
        result.stateMismatches += diffRow(x.v, y.v, at, x.size, "v", result.first);
      if (!x.u.empty() && !y.u.empty())
        result.stateMismatches += diffRow(x.u, y.u, at, x.size, "u", result.first);
    }
  }
  return result;
}

} // namespace snnc::trace
