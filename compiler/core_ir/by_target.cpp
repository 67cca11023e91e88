#include "compiler/core_ir/by_target.h"

namespace snnc::compiler::core_ir {

ByTarget::ByTarget(const net::QuantProjection &projection) {
  const auto *sparse = std::get_if<net::SparseInts>(&projection.weights);
  dense = std::get_if<net::DenseInts>(&projection.weights);
  if (!projection.pools.empty() || (dense == nullptr && sparse == nullptr)) {
    dense = nullptr;
    any.emplace(projection);
  } else if (sparse != nullptr) {
    transpose(*sparse);
  }
}

void ByTarget::transpose(const net::SparseInts &sparse) {
  start.assign(size_t{sparse.posts} + 1, 0);
  for (size_t i = 0; i < sparse.values.size(); ++i)
    if (sparse.values[i] != 0)
      ++start[sparse.columns[i] + 1];
  for (uint32_t target = 0; target < sparse.posts; ++target)
    start[target + 1] += start[target];
  sources.resize(start.back());
  values.resize(start.back());
  std::vector<uint64_t> next(start.begin(), start.end() - 1);
  for (uint32_t source = 0; source < sparse.pres; ++source)
    for (uint64_t i = sparse.rowStart[source]; i < sparse.rowStart[source + 1]; ++i) {
      if (sparse.values[i] == 0)
        continue;
      const uint64_t at = next[sparse.columns[i]]++;
      sources[at] = source;
      values[at] = sparse.values[i];
    }
}

std::vector<ByTarget> allByTarget(const net::QuantNet &net) {
  std::vector<ByTarget> all;
  all.reserve(net.projections.size());
  for (const net::QuantProjection &projection : net.projections)
    all.emplace_back(projection);
  return all;
}

std::vector<std::vector<uint32_t>> projectionsInto(const net::QuantNet &net) {
  std::vector<std::vector<uint32_t>> into(net.populations.size());
  for (uint32_t p = 0; p < net.projections.size(); ++p)
    into[net.projections[p].target].push_back(p);
  return into;
}

} // namespace snnc::compiler::core_ir
