#include "runtime/machine/population_index.h"

#include <algorithm>

namespace snnc::runtime {

PopulationIndex::PopulationIndex(const image::Image &image) : spans(image.cores.size()) {
  for (uint32_t p = 0; p < image.populations.size(); ++p)
    for (const image::Segment &segment : image.populations[p].segments)
      spans[segment.core].push_back({segment.local, segment.count, p, segment.first});
  for (std::vector<Span> &core : spans)
    std::sort(core.begin(), core.end(),
              [](const Span &a, const Span &b) { return a.local < b.local; });
}

std::optional<PopulationIndex::Neuron> PopulationIndex::find(uint32_t core, uint32_t local) const {
  const std::vector<Span> &list = spans[core];
  const auto after =
      std::upper_bound(list.begin(), list.end(), local,
                       [](uint32_t value, const Span &span) { return value < span.local; });
  if (after == list.begin())
    return std::nullopt;
  const Span &span = *(after - 1);
  if (local - span.local >= span.count)
    return std::nullopt;
  return Neuron{span.population, span.first + local - span.local};
}

} // namespace snnc::runtime
