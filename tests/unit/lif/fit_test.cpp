#include "common/lif/fit.h"
#include "common/lif/lif.h"

#include <gtest/gtest.h>

#include <cmath>

namespace snnc::lif {
namespace {

TEST(Fit, FindsTheCurveThatMadeTheData) {
  const std::vector<double> x = currents(0, 10, 41);
  const ReluFit relu{2.5, 3.3, 1};
  const SigmoidFit sigmoid{7, 1.5, 4.2, 1};
  std::vector<double> y, z;
  for (double at : x) {
    y.push_back(relu.at(at));
    z.push_back(sigmoid.at(at));
  }
  const ReluFit found = fitRelu(x, y);
  EXPECT_NEAR(found.a, relu.a, 1e-6);
  EXPECT_NEAR(found.b, relu.b, 1e-6);
  EXPECT_NEAR(found.r2, 1, 1e-9);
  const SigmoidFit curve = fitSigmoid(x, z);
  EXPECT_NEAR(curve.L, sigmoid.L, 1e-6);
  EXPECT_NEAR(curve.k, sigmoid.k, 1e-6);
  EXPECT_NEAR(curve.x0, sigmoid.x0, 1e-6);
  EXPECT_NEAR(curve.r2, 1, 1e-9);
}

// The two figures of the study.
TEST(Fit, TheStudysCurve) {
  const Neuron neuron;
  const std::vector<double> x = currents(0, 600, 50);
  std::vector<double> y;
  for (double current : x)
    y.push_back(rate(neuron, current * 1e-12));
  const ReluFit relu = fitRelu(x, y);
  const SigmoidFit sigmoid = fitSigmoid(x, y);
  EXPECT_NEAR(relu.r2, 0.9784, 0.002);
  EXPECT_NEAR(sigmoid.r2, 0.9788, 0.002);
  // No neighbour is better: both are minima.
  const auto error = [&](auto curve) {
    double sum = 0;
    for (size_t i = 0; i < x.size(); ++i)
      sum += std::pow(curve.at(x[i]) - y[i], 2);
    return sum;
  };
  for (double f : {0.999, 1.001}) {
    EXPECT_LE(error(relu), error(ReluFit{relu.a * f, relu.b, 0}));
    EXPECT_LE(error(relu), error(ReluFit{relu.a, relu.b * f, 0}));
    EXPECT_LE(error(sigmoid), error(SigmoidFit{sigmoid.L * f, sigmoid.k, sigmoid.x0, 0}));
    EXPECT_LE(error(sigmoid), error(SigmoidFit{sigmoid.L, sigmoid.k * f, sigmoid.x0, 0}));
    EXPECT_LE(error(sigmoid), error(SigmoidFit{sigmoid.L, sigmoid.k, sigmoid.x0 * f, 0}));
  }
}

} // namespace
} // namespace snnc::lif
