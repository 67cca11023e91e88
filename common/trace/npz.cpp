#include "common/trace/npz.h"

#include "common/support/diag.h"

#include <cassert>
#include <set>

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

// A population 'o.v' and the membrane of 'o' are one array.
static llvm::Error checkNames(llvm::ArrayRef<SampleTrace> samples, llvm::StringRef path) {
  std::set<std::string> names;
  if (!samples.empty())
    for (const PopulationTrace &population : samples[0].populations)
      names.insert(population.name);
  for (const std::string &name : names)
    for (const char *field : {".v", ".u"})
      if (names.count(name + field) != 0)
        return support::Diag(support::DiagCode::DuplicateName, {path.str(), 0, ""},
                             "the state of '" + name + "' and the layer '" + name + field +
                                 "' would be one array")
            .help("rename the layer, or leave --trace-state out")
            .take();
  return llvm::Error::success();
}

llvm::Error writeNpz(llvm::ArrayRef<SampleTrace> samples, bool state, llvm::StringRef path) {
  if (state)
    if (llvm::Error error = checkNames(samples, path))
      return error;
  return support::writeNpz(toArrays(samples, state), path);
}

} // namespace snnc::trace
