// One population of a quantised network for crossbar cores, in double. Private to
// runtime/reference. Specification: docs/reference/crossbar_core.md, Arithmetic.
#pragma once

#include "common/net/quant_net.h"

#include <Eigen/Core>

namespace snnc::runtime::reference {

class CrossbarLayer {
public:
  using Array = Eigen::ArrayXd;
  using Flags = Eigen::Array<bool, Eigen::Dynamic, 1>;

  // REQUIRES: population.crossbar is not empty.
  CrossbarLayer(const net::QuantPopulation &population, unsigned membraneBits);

  const Array &vInit() const { return start; }
  // One step: `sums` of the weights that arrived, state before and after in `v`.
  // Returns who fired; `clamps` counts neurons whose state was clamped.
  Flags update(const Array &sums, Array &v, uint64_t &clamps) const;

private:
  Array leak, threshold, floor, reset, start;
  Flags linear, inclusive;
  double lowest, highest; // of v
};

} // namespace snnc::runtime::reference
