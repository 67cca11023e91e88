#include "compiler/passes/quantize/error_feedback.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace snnc::compiler::quantize {

constexpr double kDamping = 0.05;

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

ErrorFeedback::ErrorFeedback(const SourceMoments &moments)
    : size(moments.mean.size()), order(size), upper(size * size, 0.0) {
  const auto n = static_cast<Eigen::Index>(size);
  const auto covariance = [&](uint32_t i, uint32_t j) {
    return moments.second[i * size + j] - moments.mean[i] * moments.mean[j];
  };
  double total = 0.0;
  for (uint32_t i = 0; i < size; ++i)
    total += std::max(0.0, covariance(i, i));
  // Without any variance all weights count alike.
  const double damping = total > 0.0 ? kDamping * total / static_cast<double>(size) : 1.0;
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return covariance(a, a) > covariance(b, b); });
  Matrix damped(n, n);
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < n; ++j)
      damped(i, j) = covariance(order[static_cast<size_t>(i)], order[static_cast<size_t>(j)]) +
                     (i == j ? damping : 0.0);
  const Matrix inverse = damped.llt().solve(Matrix::Identity(n, n));
  const Matrix factor = inverse.llt().matrixU();
  std::copy_n(factor.data(), size * size, upper.data());
}

double ErrorFeedback::round(llvm::ArrayRef<float> row, double step, uint32_t weightMax,
                            llvm::MutableArrayRef<int32_t> q) const {
  std::vector<double> open(size); // what each place is to become, errors so far included
  for (size_t i = 0; i < size; ++i)
    open[i] = row[order[i]];
  const double limit = weightMax;
  double loss = 0.0;
  for (size_t i = 0; i < size; ++i) {
    const double *factors = upper.data() + i * size;
    const double stored = std::clamp(std::nearbyint(open[i] / step), -limit, limit);
    q[order[i]] = static_cast<int32_t>(stored);
    const double error = (open[i] - stored * step) / factors[i];
    loss += error * error;
    for (size_t k = i + 1; k < size; ++k)
      open[k] -= error * factors[k];
  }
  return loss;
}

} // namespace snnc::compiler::quantize
