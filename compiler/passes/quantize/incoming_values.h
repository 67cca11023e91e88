// The real weights into each target neuron, whatever form the projection keeps them in.
#pragma once

#include "compiler/passes/quantize/map_sums.h"

#include "common/net/net.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <variant>
#include <vector>

namespace snnc::compiler::quantize {

// Refers to `projection` (lowered), which must outlive it. Sparse weights are gathered by target
// once; a convolution stays a kernel.
class IncomingValues {
public:
  explicit IncomingValues(const net::Projection &projection);
  // Stored weights into neurons [first, first + count), sources ascending; zeros included where
  // they are stored. Of a convolution only whole output channels: their kernels.
  llvm::ArrayRef<float> of(uint32_t first, uint32_t count = 1) const;
  // Adds the positive and the negative weights into every neuron, apart, pooled sources each.
  void addSums(llvm::MutableArrayRef<Range> sums) const;
  const InputUses &uses() const { return inputs; }
  // Integers in the order in which of(0), of(1), ... gave weights. Dense and sparse only.
  std::variant<net::DenseInts, net::SparseInts> arranged(std::vector<int16_t> byTarget) const;

private:
  const net::Weights &weights;
  InputUses inputs;
  std::vector<uint64_t> start; // sparse: of every target in `gathered`
  std::vector<float> gathered;
};

// Largest magnitude; 0 if there is none.
double absMax(llvm::ArrayRef<float> values);

} // namespace snnc::compiler::quantize
