// The overflow proof against brute force: no run of a neuron may leave its bounds, and where a
// bound is attained it must not be loose for nothing.
#include "compiler/passes/quantize/bounds.h"

#include "common/support/fixed_point.h"
#include "tests/support/seeds.h"

#include <cmath>

namespace snnc::compiler::quantize {
namespace {

using support::clampTo;
using support::decayTowardZero;

target::CoreSpec spec() {
  return {};
}

BoundsInput leaky(double low, double high) {
  BoundsInput input;
  input.neuron.threshold = 1000;
  input.neuron.du = 4095;
  input.neuron.dv = 410;
  input.vmin = -8388607;
  input.vmax = 8388607;
  input.accumulator = {low, high};
  return input;
}

TEST(Bounds, AccumulatorLimitIsExact) {
  const target::CoreSpec core = spec();
  EXPECT_TRUE(boundsOf(leaky(-2097152, 2097151), core).accumulatorSafe);
  EXPECT_FALSE(boundsOf(leaky(0, 2097152), core).accumulatorSafe);
  EXPECT_FALSE(boundsOf(leaky(-2097153, 0), core).accumulatorSafe);
}

TEST(Bounds, ResetToValueBoundsTheMembraneByTheThreshold) {
  BoundsInput input = leaky(0, 640);
  input.neuron.dv = 0; // no leak: only the threshold keeps it
  EXPECT_DOUBLE_EQ(boundsOf(input, spec()).membrane.high, 1000 + 640);
}

TEST(Bounds, LeaklessInhibitionIsProvenOnlyForKnownSteps) {
  BoundsInput input = leaky(-640, 0);
  input.neuron.dv = 0;
  EXPECT_FALSE(boundsOf(input, spec()).membraneSafe);
  input.steps = 25;
  const NeuronBounds bounds = boundsOf(input, spec());
  EXPECT_TRUE(bounds.membraneSafe);
  EXPECT_DOUBLE_EQ(bounds.membrane.low, -640.0 * 25);
  input.steps = 8388607 / 640 + 1;
  EXPECT_FALSE(boundsOf(input, spec()).membraneSafe);
}

TEST(Bounds, ConstantBiasCountsInTheCurrentOrTheMembrane) {
  BoundsInput input = leaky(0, 0);
  input.neuron.resetSubtract = true;
  input.bias = {4096, 4096};
  EXPECT_DOUBLE_EQ(boundsOf(input, spec()).current.high, 0.0);
  EXPECT_NEAR(boundsOf(input, spec()).membrane.high, 4096 / (410 / 4096.0), 1e-6);
  input.neuron.biasToCurrent = true;
  input.neuron.du = 1023; // decays by 1024
  EXPECT_DOUBLE_EQ(boundsOf(input, spec()).current.high, 4096 * 4.0);
}

// One step of docs/reference/arithmetic.md without wraps and clamps, so that bounds are seen.
struct Neuron {
  const BoundsInput &in;
  int64_t u = 0, v = 0;

  explicit Neuron(const BoundsInput &in) : in(in), v(in.neuron.vInit) {}

  // Returns v' before the clamp.
  int64_t step(int64_t acc, int64_t bias) {
    u = decayTowardZero(u, in.neuron.du + in.duOffset) + acc + (in.neuron.biasToCurrent ? bias : 0);
    int64_t x = decayTowardZero(v, in.neuron.dv) + u + (in.neuron.biasToCurrent ? 0 : bias);
    v = x;
    const bool spike = in.neuron.compareGe ? v >= in.neuron.threshold : v > in.neuron.threshold;
    if (spike)
      v = in.neuron.resetSubtract ? v - in.neuron.reset : in.neuron.reset;
    return x;
  }
};

BoundsInput randomInput(support::Rng &rng) {
  BoundsInput input;
  net::NeuronConfig &neuron = input.neuron;
  neuron.threshold = static_cast<int32_t>(rng.between(-2000, 20000));
  neuron.resetSubtract = rng.below(2) != 0;
  neuron.reset =
      static_cast<int32_t>(neuron.resetSubtract ? rng.between(0, 30000) : rng.between(-5000, 5000));
  neuron.vInit = static_cast<int32_t>(rng.between(-3000, 3000));
  neuron.du = static_cast<uint16_t>(rng.below(2) != 0 ? 4095 : rng.between(100, 4095));
  neuron.dv = static_cast<uint16_t>(rng.below(4) == 0 ? 0 : rng.between(50, 4095));
  neuron.compareGe = rng.below(2) != 0;
  neuron.biasToCurrent = rng.below(2) != 0;
  input.vmin = -8388607;
  input.vmax = 8388607;
  input.accumulator = {static_cast<double>(-rng.between(0, 9000)),
                       static_cast<double>(rng.between(0, 9000))};
  const int64_t a = rng.between(-3000, 3000), b = rng.between(-3000, 3000);
  input.bias = {static_cast<double>(std::min(a, b)), static_cast<double>(std::max(a, b))};
  input.steps = 60;
  return input;
}

TEST(Bounds, NoRunLeavesThem) {
  snnc::test::forEachSeed(1, 300, [](uint64_t, support::Rng &rng) {
    const BoundsInput input = randomInput(rng);
    const NeuronBounds bounds = boundsOf(input, spec());
    for (int mode = 0; mode < 4; ++mode) { // all high, all low, random extremes, random
      Neuron neuron(input);
      for (uint32_t t = 0; t < *input.steps; ++t) {
        const auto pick = [&](const Range &range) {
          const auto low = static_cast<int64_t>(range.low), high = static_cast<int64_t>(range.high);
          if (mode == 3)
            return rng.between(low, high);
          return mode == 0 || (mode == 2 && rng.below(2) != 0) ? high : low;
        };
        const auto x = static_cast<double>(neuron.step(pick(input.accumulator), pick(input.bias)));
        const auto u = static_cast<double>(neuron.u);
        ASSERT_LE(u, bounds.current.high + 1e-6) << "step " << t << " mode " << mode;
        ASSERT_GE(u, bounds.current.low - 1e-6) << "step " << t << " mode " << mode;
        ASSERT_LE(x, bounds.membrane.high + 1e-6) << "step " << t << " mode " << mode;
        ASSERT_GE(x, bounds.membrane.low - 1e-6) << "step " << t << " mode " << mode;
      }
    }
  });
}

} // namespace
} // namespace snnc::compiler::quantize
