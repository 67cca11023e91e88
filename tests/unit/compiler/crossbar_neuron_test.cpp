// One neuron in the integers of a crossbar core, against the real neuron on every sum it can get.
#include "compiler/passes/quantize/crossbar_neuron.h"

#include "tests/support/seeds.h"

#include <gtest/gtest.h>

#include <cmath>

namespace snnc::compiler::quantize {
namespace {

using net::ResetRule;

CrossbarRequest request(llvm::ArrayRef<double> weights, double decay, double threshold) {
  CrossbarRequest request;
  request.weights = weights;
  request.update.membraneDecay = decay;
  request.update.threshold = threshold;
  return request;
}

TEST(CrossbarNeuron, MemorylessThresholdIsALeak) {
  const std::vector<double> weights = {0.5, -0.5, 1.0};
  const CrossbarNeuron neuron = crossbarNeuron(request(weights, 0.0, 0.75), {});
  EXPECT_TRUE(neuron.exact);
  EXPECT_EQ(neuron.scale(), 2.0);
  net::CrossbarConfig wanted;
  wanted.threshold = 1;
  wanted.leak = -1; // 2 * sum > 1.5 is s >= 2
  EXPECT_EQ(neuron.config, wanted);
}

TEST(CrossbarNeuron, ThresholdBeyondEverySumIsHeld) {
  const std::vector<double> weights(200, 1.0);
  const CrossbarNeuron neuron = crossbarNeuron(request(weights, 0.0, 1e6), {});
  EXPECT_TRUE(neuron.exact && neuron.fits);
  EXPECT_EQ(neuron.config.leak, -200) << "s >= 201 never happens";
}

TEST(CrossbarNeuron, SubtractionOffTheThreshold) {
  const std::vector<double> weights = {1.0};
  CrossbarRequest one = request(weights, 1.0, 3.0); // > 3 is >= 4
  one.reset = ResetRule::Subtract;
  one.update.reset = 3.0;
  const CrossbarNeuron neuron = crossbarNeuron(one, {});
  EXPECT_TRUE(neuron.exact);
  EXPECT_EQ(neuron.config.threshold, 3);
  EXPECT_EQ(neuron.config.vInit, -1);
  EXPECT_EQ(neuron.offset, -1.0);
  EXPECT_TRUE(neuron.config.linearReset);
}

TEST(CrossbarNeuron, BiasOffTheWeightsGridRefinesIt) {
  const std::vector<double> weights = {1.0, -1.0};
  CrossbarRequest one = request(weights, 1.0, 1.0);
  one.bias = 0.125;
  const CrossbarNeuron neuron = crossbarNeuron(one, {});
  EXPECT_TRUE(neuron.exact);
  EXPECT_EQ(neuron.unit, 8);
  EXPECT_EQ(neuron.config.leak, 1);
}

TEST(CrossbarNeuron, WeightsOnNoGridAreRounded) {
  const std::vector<double> weights = {0.9, -0.31, 0.17, 0.05, -0.77, 0.6};
  for (uint32_t bits : {2u, 3u, 4u}) {
    CrossbarRequest one = request(weights, 1.0, 1.0);
    one.bits = bits;
    const CrossbarNeuron neuron = crossbarNeuron(one, {});
    EXPECT_FALSE(neuron.weightsExact);
    for (double weight : weights) {
      EXPECT_LE(neuron.code(weight), (1 << (bits - 1)) - 1);
      EXPECT_GE(neuron.code(weight), bits == 4 ? -8 : -((1 << (bits - 1)) - 1));
    }
  }
}

// A neuron whose parameters are integers times a number fires as the real one does.
TEST(CrossbarNeuron, RandomNeuronsAreExact) {
  test::forEachSeed(1, 500, [](uint64_t, support::Rng &rng) {
    const double scale = rng.below(2) == 0 ? 0.375 : 2.0;
    std::vector<double> weights;
    for (uint64_t k = rng.between(1, 6); k > 0; --k)
      weights.push_back(scale * static_cast<double>(rng.between(1, 3)) *
                        (rng.below(2) == 0 ? 1.0 : -1.0));
    const bool remembers = rng.below(2) == 0;
    CrossbarRequest one =
        request(weights, remembers ? 1.0 : 0.0, scale * static_cast<double>(rng.between(0, 9)) / 2);
    one.compareGe = rng.below(2) == 0;
    one.reset = rng.below(2) == 0 ? ResetRule::Zero : ResetRule::Subtract;
    one.update.reset = scale * static_cast<double>(rng.between(0, 4));
    one.bias = scale * static_cast<double>(rng.between(-2, 2));
    const CrossbarNeuron neuron = crossbarNeuron(one, {});
    ASSERT_TRUE(neuron.exact);
    double real = 0.0, v = neuron.config.vInit;
    for (int step = 0; step < 40; ++step) {
      double x = one.bias;
      int32_t s = 0;
      for (double weight : weights)
        if (rng.below(2) == 0) {
          x += weight;
          s += neuron.weight(weight);
        }
      real = (remembers ? real : 0.0) + x;
      const bool fires = one.compareGe ? real >= one.update.threshold : real > one.update.threshold;
      if (fires)
        real = one.reset == ResetRule::Zero ? one.update.reset : real - one.update.reset;
      v += s + neuron.config.leak;
      ASSERT_EQ(v >= neuron.config.threshold, fires) << step;
      if (fires)
        v = neuron.config.linearReset ? v - neuron.config.threshold : neuron.config.reset;
      else if (v < neuron.config.floor)
        v = neuron.config.linearReset ? v - neuron.config.floor : -neuron.config.reset;
      ASSERT_EQ(v, remembers ? real * neuron.scale() + neuron.offset : 0.0);
    }
  });
}

} // namespace
} // namespace snnc::compiler::quantize
