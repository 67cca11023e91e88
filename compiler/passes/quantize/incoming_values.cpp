#include "compiler/passes/quantize/incoming_values.h"

#include <algorithm>
#include <cmath>

namespace snnc::compiler::quantize {

IncomingValues::IncomingValues(const net::Weights &weights) {
  dense = std::get_if<net::DenseWeights>(&weights);
  if (dense != nullptr)
    return;
  const auto &sparse = std::get<net::SparseWeights>(weights);
  start.assign(size_t{sparse.posts} + 1, 0);
  for (uint32_t target : sparse.columns)
    ++start[target + 1];
  for (uint32_t target = 0; target < sparse.posts; ++target)
    start[target + 1] += start[target];
  gathered.resize(sparse.values.size());
  std::vector<uint64_t> next(start.begin(), start.end() - 1);
  for (size_t i = 0; i < sparse.values.size(); ++i)
    gathered[next[sparse.columns[i]]++] = sparse.values[i];
}

double absMax(llvm::ArrayRef<float> values) {
  float largest = 0.0f;
  for (float value : values)
    largest = std::max(largest, std::abs(value));
  return largest;
}

} // namespace snnc::compiler::quantize
