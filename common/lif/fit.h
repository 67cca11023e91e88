// Least-squares fits of the two activations of artificial neurons to an F-I curve, by
// Levenberg-Marquardt (Eigen's unsupported NonLinearOptimization, after MINPACK's lmder):
//
//   ReLU      a max(0, x - b)                   a threshold, but no saturation
//   sigmoid   L / (1 + exp(-k (x - x0)))        a saturation, but no threshold
#pragma once

#include "llvm/ADT/ArrayRef.h"

namespace snnc::lif {

struct ReluFit {
  double a = 0, b = 0;
  double r2 = 0;
  double at(double x) const;
};
struct SigmoidFit {
  double L = 0, k = 0, x0 = 0;
  double r2 = 0;
  double at(double x) const;
};

// REQUIRES: as many y as x, x ascending and at least four, y not all equal. r2 is
// 1 - (sum of squared errors) / (sum of squared deviations from the mean). The start is taken from
// the data: of ReLU, whose squared error has several minima, every point x is tried as b.
ReluFit fitRelu(llvm::ArrayRef<double> x, llvm::ArrayRef<double> y);
SigmoidFit fitSigmoid(llvm::ArrayRef<double> x, llvm::ArrayRef<double> y);

} // namespace snnc::lif
