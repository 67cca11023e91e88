// Weight exponents of the projections into one population: the effect of a weight is
// w << (weightShift + exponent), one exponent per projection.
//
// They start at 0 and rise for two reasons, while no neuron's accumulator can wrap by it:
//   * projections whose weights differ in range share a scale per neuron: the larger ones take the
//     difference as exponent, so that the smaller ones keep their steps;
//   * a threshold of few membrane units: rounding it, or a leaking state, would cost more than the
//     weights do. All exponents rise together.
#pragma once

#include "common/target/target.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace snnc::compiler::quantize {

// Of one projection, per target neuron, real units.
struct RowStats {
  std::vector<double> largest;            // |W|
  std::vector<double> positive, negative; // sums of W > 0 and of -W for W < 0
};

// `thresholds`: |threshold| per neuron. `leaks`: some neuron's state decays but not at once.
std::vector<uint8_t> chooseExponents(llvm::ArrayRef<RowStats> projections,
                                     llvm::ArrayRef<double> thresholds, bool leaks,
                                     uint32_t weightMax, const target::CoreSpec &core);

} // namespace snnc::compiler::quantize
