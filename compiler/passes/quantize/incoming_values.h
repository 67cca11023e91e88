// The real weights into each target neuron, whatever order the projection stores them in.
#pragma once

#include "common/net/net.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace snnc::compiler::quantize {

// Refers to `weights`, which must outlive it. Sparse weights are gathered by target once.
class IncomingValues {
public:
  explicit IncomingValues(const net::Weights &weights);
  // Weights into `target`, sources ascending; zeros included where they are stored.
  llvm::ArrayRef<float> of(uint32_t target) const {
    if (dense != nullptr)
      return {dense->values.data() + size_t{target} * dense->cols, dense->cols};
    return {gathered.data() + start[target], start[target + 1] - start[target]};
  }

private:
  const net::DenseWeights *dense = nullptr;
  std::vector<uint64_t> start;
  std::vector<float> gathered;
};

// Largest magnitude; 0 if there is none.
double absMax(llvm::ArrayRef<float> values);

} // namespace snnc::compiler::quantize
