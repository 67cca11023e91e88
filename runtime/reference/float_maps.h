// The linear maps of one projection as the float engine evaluates them: each applied to the vector
// that the one before gave, scattered from its nonzero elements. Nothing is composed or folded:
// this is what net/synapses.h's composition is checked against, and shares no code with it.
#pragma once

#include "common/net/net.h"

#include "llvm/ADT/ArrayRef.h"

#include <memory>
#include <vector>

namespace snnc::runtime::reference {

// `value`, or the integer that it is but for the rounding of two float32 operations (2^-22).
double snapToInteger(double value);

// Real: double or float; every product and sum is of that type.
template <class Real> class MapChain {
public:
  // Copies what it needs. `gains`, per target, is empty or multiplies the entries of the last map:
  // each product snapped to an integer (snapToInteger), and the factors of average pools before it
  // are taken into it, so that what lies on the grid sums exactly.
  MapChain(const net::Projection &projection, llvm::ArrayRef<double> gains);
  ~MapChain();
  MapChain(MapChain &&) noexcept;

  // sums[target] += entry for every source, in that order; targets of one source in any order.
  void addSpikes(llvm::ArrayRef<uint32_t> sources, Real *sums);
  // sums[target] += entry * value of every nonzero value, sources ascending.
  void addValues(llvm::ArrayRef<float> values, Real *sums);

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace snnc::runtime::reference
