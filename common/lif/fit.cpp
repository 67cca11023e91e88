#include "common/lif/fit.h"

#include <Eigen/Dense>
#include <unsupported/Eigen/NonLinearOptimization>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace snnc::lif {
namespace {

using Data = llvm::ArrayRef<double>;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// What Eigen asks of a problem. `Curve::value(p, x)` and `Curve::gradient(p, x, row)`.
template <class Curve> struct Residuals {
  Data x, y;

  int values() const { return static_cast<int>(x.size()); }
  int operator()(const VectorXd &p, VectorXd &errors) const {
    for (int i = 0; i < values(); ++i)
      errors[i] = Curve::value(p, x[i]) - y[i];
    return 0;
  }
  int df(const VectorXd &p, MatrixXd &jacobian) const {
    for (int i = 0; i < values(); ++i)
      Curve::gradient(p, x[i], jacobian.row(i));
    return 0;
  }
};

template <class Curve> VectorXd minimise(Data x, Data y, VectorXd start) {
  Residuals<Curve> problem{x, y};
  Eigen::LevenbergMarquardt<Residuals<Curve>> solver(problem);
  solver.minimize(start);
  return start;
}

double squaredError(Data x, Data y, llvm::function_ref<double(double)> curve) {
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i)
    sum += (curve(x[i]) - y[i]) * (curve(x[i]) - y[i]);
  return sum;
}

double r2Of(Data x, Data y, llvm::function_ref<double(double)> curve) {
  const double mean = std::accumulate(y.begin(), y.end(), 0.0) / static_cast<double>(y.size());
  const double spread = squaredError(x, y, [&](double) { return mean; });
  return 1.0 - squaredError(x, y, curve) / spread;
}

struct ReluCurve {
  static double value(const VectorXd &p, double x) { return p[0] * std::max(0.0, x - p[1]); }
  template <class Row> static void gradient(const VectorXd &p, double x, Row row) {
    row[0] = std::max(0.0, x - p[1]);
    row[1] = x > p[1] ? -p[0] : 0.0;
  }
};

struct SigmoidCurve { // p: L, k, x0
  static double part(const VectorXd &p, double x) { return 1 / (1 + std::exp(-p[1] * (x - p[2]))); }
  static double value(const VectorXd &p, double x) { return p[0] * part(p, x); }
  template <class Row> static void gradient(const VectorXd &p, double x, Row row) {
    const double s = part(p, x), slope = p[0] * s * (1 - s);
    row[0] = s;
    row[1] = slope * (x - p[2]);
    row[2] = -slope * p[1];
  }
};

} // namespace

double ReluFit::at(double x) const {
  return a * std::max(0.0, x - b);
}
double SigmoidFit::at(double x) const {
  return L / (1.0 + std::exp(-k * (x - x0)));
}

ReluFit fitRelu(Data x, Data y) {
  ReluFit best;
  double least = INFINITY;
  for (size_t i = 0; i + 2 < x.size(); ++i) {
    const double slope = (y.back() - y[i]) / (x.back() - x[i]);
    const VectorXd p = minimise<ReluCurve>(x, y, Eigen::Vector2d(slope, x[i]));
    const ReluFit fit{p[0], p[1], 0};
    const double error = squaredError(x, y, [&](double at) { return fit.at(at); });
    if (error < least) {
      least = error;
      best = fit;
    }
  }
  best.r2 = r2Of(x, y, [&](double at) { return best.at(at); });
  return best;
}

SigmoidFit fitSigmoid(Data x, Data y) {
  const double top = *std::max_element(y.begin(), y.end());
  const auto half = std::find_if(y.begin(), y.end(), [&](double v) { return v >= top / 2; });
  const double middle = x[static_cast<size_t>(half - y.begin())];
  const double width = (x.back() - x.front()) / 10; // of the rise; the fit does not depend on it
  const VectorXd p = minimise<SigmoidCurve>(x, y, Eigen::Vector3d(top, 1 / width, middle));
  SigmoidFit fit{p[0], p[1], p[2], 0};
  fit.r2 = r2Of(x, y, [&](double at) { return fit.at(at); });
  return fit;
}

} // namespace snnc::lif
