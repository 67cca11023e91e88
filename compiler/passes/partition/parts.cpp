#include "compiler/passes/partition/parts.h"

namespace snnc::compiler::partition {

Arrangement arrangementOf(const Problem &problem, const std::vector<uint32_t> &part,
                          uint32_t parts) {
  // By (part, class, id): two stable counting sorts.
  const auto classes = static_cast<uint32_t>(problem.registerClass.size());
  std::vector<uint32_t> byClass, start(classes + 1, 0);
  std::vector<uint32_t> classOf(problem.neurons());
  for (uint32_t p = 0; p < problem.net.populations.size(); ++p)
    for (uint32_t id = problem.firstId[p]; id < problem.firstId[p + 1]; ++id) {
      classOf[id] = problem.registerClass[p];
      ++start[classOf[id] + 1];
    }
  for (uint32_t c = 0; c < classes; ++c)
    start[c + 1] += start[c];
  byClass.resize(problem.neurons());
  for (uint32_t id = 0; id < problem.neurons(); ++id)
    byClass[start[classOf[id]]++] = id;

  Arrangement arrangement;
  std::vector<uint32_t> next(parts + 1, 0);
  for (uint32_t id : byClass)
    ++next[part[id] + 1];
  for (uint32_t p = 0; p < parts; ++p) {
    if (next[p + 1] != 0)
      arrangement.starts.push_back(next[p]);
    next[p + 1] += next[p];
  }
  arrangement.order.resize(problem.neurons());
  for (uint32_t id : byClass)
    arrangement.order[next[part[id]]++] = id;
  return arrangement;
}

FillResult fewestParts(const MapperContext &context,
                       llvm::function_ref<std::vector<uint32_t>(uint64_t parts)> partition) {
  const Problem &problem = context.problem;
  uint64_t parts = std::max<uint64_t>(1, std::min(context.lowerBound, context.cores));
  for (;;) {
    const Arrangement arrangement =
        arrangementOf(problem, partition(parts), static_cast<uint32_t>(parts));
    const bool last = parts >= std::min<uint64_t>(context.cores, problem.neurons());
    FillOptions options = context.fillOptions();
    options.mostCores = last ? options.mostCores : parts;
    FillResult result = fill(problem, arrangement, options);
    if (last || result.overMessages || (!result.gaveUp && result.clusters.size() <= parts))
      return result;
    parts = std::min<uint64_t>({parts + parts / 12 + 1, context.cores, problem.neurons()});
  }
}

} // namespace snnc::compiler::partition
