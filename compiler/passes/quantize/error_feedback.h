// Rounds a row of weights to a grid so that the *sum* that a neuron sees changes least, not the
// weights: each weight in turn is rounded and its error spread over those that are still free, by
// how their inputs go together (Frantar et al., GPTQ, ICLR 2023; the search that it solves is
// Babai's nearest plane). With C the covariance of the inputs, the loss of a row is
//
//   (w - q)' C (w - q)        the variance of the sum's error: its mean is the bias's business
//
// The order is that of falling variance, ties by index. Inputs that never change take part through
// a damping term, 0.05 of the mean variance on the diagonal, which also keeps C positive definite.
#pragma once

#include "compiler/pass/calibration.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace snnc::compiler::quantize {

class ErrorFeedback {
public:
  // Time O(n^3), memory O(n^2), n = moments.mean.size(). REQUIRES: moments.second is [n][n].
  explicit ErrorFeedback(const SourceMoments &moments);

  // Writes integers |q| <= weightMax; `step` > 0. Returns the loss, in units of weight^2 times
  // input^2, the damping included. Time O(n^2).
  double round(llvm::ArrayRef<float> row, double step, uint32_t weightMax,
               llvm::MutableArrayRef<int32_t> q) const;

private:
  size_t size;
  std::vector<uint32_t> order; // place -> input
  // Upper triangle, row-major, of U with U'U = (C + damping)^-1, by place.
  std::vector<double> upper;
};

} // namespace snnc::compiler::quantize
