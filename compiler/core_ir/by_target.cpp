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
  turned = net::turnOver<int16_t>(
      sparse.rowStart, sparse.posts, [&](size_t i) { return sparse.columns[i]; },
      [&](size_t i) { return sparse.values[i]; }, [&](size_t i) { return sparse.values[i] != 0; });
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
