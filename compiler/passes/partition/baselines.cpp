// Mappers of other tools, to compare with.
#include "compiler/passes/partition/mappers.h"
#include "compiler/passes/partition/neuron_order.h"
#include "compiler/passes/partition/parts.h"

#include "common/support/rng.h"

#include <numeric>

namespace snnc::compiler::partition {

using namespace core_ir;

FillResult mapContiguous(const MapperContext &context) {
  const Problem &problem = context.problem;
  return fill(problem, networkOrder(problem, context.firstTick, false), context.fillOptions());
}

namespace {

// Place k of n things in `parts` equal parts.
uint64_t startOf(uint64_t k, uint64_t n, uint64_t parts) {
  return k * n / parts;
}

// Fewest equal parts of a population that each fit a core; 0 if more than `most`.
uint64_t equalParts(const Problem &problem, OpenCluster &open, uint32_t population, uint64_t most) {
  const uint64_t size = problem.net.populations[population].size();
  uint64_t parts =
      std::max<uint64_t>(1, (size + problem.limits.neurons - 1) / problem.limits.neurons);
  for (; parts <= std::min(size, most); ++parts) {
    const auto fits = [&](uint64_t part) {
      for (uint64_t n = startOf(part, size, parts); n < startOf(part + 1, size, parts); ++n)
        if (!open.tryAdd(population, static_cast<uint32_t>(n)))
          return false;
      return true;
    };
    uint64_t part = 0;
    for (; part < parts; ++part) {
      const bool whole = fits(part);
      const uint64_t held = open.empty() ? 1 : open.neurons();
      open.finish();
      if (whole)
        continue;
      // No part may be larger than what fitted here, or nearly: sizes differ by one.
      parts = std::max(parts, size / (held + 1));
      break;
    }
    if (part == parts)
      return parts;
  }
  return 0;
}

} // namespace

FillResult mapNengo(const MapperContext &context) {
  const Problem &problem = context.problem;
  Arrangement arrangement = networkOrder(problem, context.firstTick, true);
  OpenCluster open(problem, problem.limits);
  std::vector<uint32_t> starts;
  for (const uint32_t begin : arrangement.starts) {
    const uint32_t population = problem.neuronOf(arrangement.order[begin]).population;
    const uint64_t size = problem.net.populations[population].size();
    const uint64_t parts =
        std::max<uint64_t>(1, equalParts(problem, open, population, farBeyond(context.cores)));
    for (uint64_t part = 0; part < parts; ++part)
      starts.push_back(static_cast<uint32_t>(begin + startOf(part, size, parts)));
  }
  arrangement.starts = std::move(starts);
  return fill(problem, arrangement, context.fillOptions());
}

namespace {

// Of one class of registers, dealt out to `parts` cores.
std::vector<uint32_t> dealtOut(const Problem &problem, uint64_t parts, uint64_t seed) {
  support::Rng rng(seed);
  std::vector<uint32_t> order(problem.neurons());
  std::iota(order.begin(), order.end(), 0u);
  for (uint32_t i = problem.neurons(); i > 1; --i)
    std::swap(order[i - 1], order[rng.below(i)]);
  std::vector<uint32_t> part(problem.neurons());
  for (uint32_t i = 0; i < problem.neurons(); ++i)
    part[order[i]] = static_cast<uint32_t>(startOf(i, parts, problem.neurons()));
  return part;
}

} // namespace

FillResult mapRandom(const MapperContext &context) {
  const Problem &problem = context.problem;
  return fewestParts(context,
                     [&](uint64_t parts) { return dealtOut(problem, parts, context.seed); });
}

} // namespace snnc::compiler::partition
