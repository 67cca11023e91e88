#include "common/trace/npz.h"

#include <cassert>

namespace snnc::trace {

// One field of one population over all samples; nothing if it was not recorded.
template <class T>
static void addField(support::NpyArrays &arrays, const std::string &name,
                     llvm::ArrayRef<SampleTrace> samples, size_t population,
                     std::vector<T> PopulationTrace::*field) {
  const PopulationTrace &first = samples[0].populations[population];
  if ((first.*field).empty() && first.size != 0 && samples[0].steps != 0)
    return;
  std::vector<T> values;
  values.reserve(samples.size() * (first.*field).size());
  for (const SampleTrace &sample : samples) {
    assert(sample.steps == samples[0].steps);
    const std::vector<T> &part = sample.populations[population].*field;
    values.insert(values.end(), part.begin(), part.end());
  }
  arrays[name] = support::NpyArray::of<T>({samples.size(), samples[0].steps, first.size}, values);
}

support::NpyArrays toArrays(llvm::ArrayRef<SampleTrace> samples, bool state) {
  support::NpyArrays arrays;
  if (samples.empty())
    return arrays;
  for (size_t p = 0; p < samples[0].populations.size(); ++p) {
    const PopulationTrace &population = samples[0].populations[p];
    addField(arrays, population.name, samples, p, &PopulationTrace::spikes);
    if (!state)
      continue;
    if (population.vReal.empty())
      addField(arrays, population.name + ".v", samples, p, &PopulationTrace::v);
    else
      addField(arrays, population.name + ".v", samples, p, &PopulationTrace::vReal);
    addField(arrays, population.name + ".u", samples, p, &PopulationTrace::u);
  }
  return arrays;
}

llvm::Error writeNpz(llvm::ArrayRef<SampleTrace> samples, bool state, llvm::StringRef path) {
  return support::writeNpz(toArrays(samples, state), path);
}

} // namespace snnc::trace
