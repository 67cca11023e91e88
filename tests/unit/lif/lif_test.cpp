#include "common/lif/lif.h"

#include <gtest/gtest.h>

#include <cmath>

namespace snnc::lif {
namespace {

constexpr double kPico = 1e-12;

// The table of the study: forward Euler, 0.1 ms, 150 ms.
TEST(Lif, TheStudysNeuron) {
  const Neuron neuron;
  const Protocol protocol;
  EXPECT_EQ(protocol.steps(), 1500U);
  EXPECT_DOUBLE_EQ(neuron.tau(), 10e-3);
  EXPECT_NEAR(neuron.rheobase(), 200 * kPico, 1e-24);
  const std::pair<double, size_t> spikes[] = {{150, 0}, {200, 0}, {250, 8}, {350, 14}};
  for (const auto &[current, count] : spikes) {
    const Response run = simulate(neuron, current * kPico, protocol);
    EXPECT_EQ(run.spikeTimes.size(), count) << current;
    EXPECT_DOUBLE_EQ(countRate(run, protocol), static_cast<double>(count) / 0.15);
  }
}

// By hand: dt/C I = 0.25 mV a step, the leak takes a hundredth of V - E_L.
TEST(Lif, EulerStepByStep) {
  const Neuron neuron;
  const Response run = simulate(neuron, 250 * kPico, {}, true);
  ASSERT_EQ(run.membrane.size(), 1500U);
  EXPECT_NEAR(run.membrane[0], -74.75e-3, 1e-12);
  EXPECT_NEAR(run.membrane[1], -74.5025e-3, 1e-12);
  // V reaches 20 mV above E_L when 0.99^n <= 0.2: n = 161; then 20 steps at E_L, and again.
  EXPECT_NEAR(run.spikeTimes[0], 16.1e-3, 1e-12);
  EXPECT_NEAR(run.spikeTimes[1], 16.1e-3 + 2e-3 + 16.1e-3, 1e-12);
  for (size_t step = 160; step < 181; ++step)
    EXPECT_EQ(run.membrane[step], neuron.rest) << step;
  EXPECT_GT(run.membrane[181], neuron.rest);
}

TEST(Lif, ClosedForm) {
  Neuron neuron;
  EXPECT_EQ(rate(neuron, 0), 0.0);
  EXPECT_EQ(rate(neuron, 200 * kPico), 0.0); // the rheobase itself never gets there
  EXPECT_GT(rate(neuron, 200.01 * kPico), 0.0);
  EXPECT_NEAR(rate(neuron, 250 * kPico), 1 / (2e-3 + 10e-3 * std::log(5.0)), 1e-9);
  EXPECT_NEAR(rate(neuron, 1.0), 1 / neuron.refractory, 1e-3); // saturation
  neuron.reset = -65e-3;
  EXPECT_NEAR(rate(neuron, 250 * kPico), 1 / (2e-3 + 10e-3 * std::log(3.0)), 1e-9);
}

TEST(Lif, ExactMeetsTheClosedFormAndEulerComesNear) {
  const Neuron neuron;
  Protocol protocol{1.0, 0.1e-3, Integrator::Exact};
  for (double current : {201.0, 215.0, 250.0, 350.0, 600.0}) {
    const Response exact = simulate(neuron, current * kPico, protocol, true);
    EXPECT_NEAR(intervalRate(exact.spikeTimes, 1.0), rate(neuron, current * kPico), 1e-6);
    double error = 0; // shrinks with dt: Euler is of first order
    for (double dt : {0.1e-3, 0.01e-3}) {
      const Response run = simulate(neuron, current * kPico, {1.0, dt, Integrator::Euler});
      const double now =
          std::abs(intervalRate(run.spikeTimes, 1.0) - rate(neuron, current * kPico));
      EXPECT_LT(now, dt == 0.1e-3 ? 2.5 : std::max(error, 0.3)) << current;
      error = now;
    }
    // Between spikes it is the solution: V(t) = E + R I (1 - exp(-t/tau)).
    EXPECT_NEAR(exact.membrane[29],
                neuron.rest + current * kPico / neuron.leak * (1 - std::exp(-0.3)), 1e-12);
    for (double v : exact.membrane)
      EXPECT_LE(v, neuron.threshold + 1e-12);
  }
}

TEST(Lif, RatesOfFewSpikes) {
  EXPECT_EQ(intervalRate({}, 0.5), 0.0);
  EXPECT_EQ(intervalRate({0.1}, 0.5), 2.0);
  EXPECT_DOUBLE_EQ(intervalRate({0.1, 0.2, 0.3}, 10.0), 10.0);
}

TEST(Lif, DimensionlessScales) {
  const Dimensionless form = dimensionless(Neuron());
  EXPECT_NEAR(form.voltage, 20e-3, 1e-15);
  EXPECT_NEAR(form.time, 10e-3, 1e-15);
  EXPECT_NEAR(form.current, 200 * kPico, 1e-24);
  EXPECT_EQ(form.reset, 0.0);
  EXPECT_NEAR(form.refractory, 0.2, 1e-15);
}

TEST(Lif, EqualFormsBehaveIdentically) {
  Neuron neuron;
  neuron.reset = -70e-3;
  const Neuron other = rescaled(neuron, 300e-12, 12e-9, -60e-3, 8e-3);
  EXPECT_NEAR(other.tau(), 25e-3, 1e-15);
  EXPECT_NEAR(other.reset, -58e-3, 1e-15);
  EXPECT_NEAR(other.refractory, 5e-3, 1e-15);
  for (double i : {0.9, 1.1, 1.7, 4.0}) {
    const Response a = simulate(neuron, i * neuron.rheobase(), {});
    const Response b = simulate(other, i * other.rheobase(), {375e-3, 0.25e-3, Integrator::Euler});
    ASSERT_EQ(a.spikeTimes.size(), b.spikeTimes.size()) << i;
    for (size_t s = 0; s < a.spikeTimes.size(); ++s)
      EXPECT_NEAR(a.spikeTimes[s] / neuron.tau(), b.spikeTimes[s] / other.tau(), 1e-9);
    EXPECT_NEAR(rate(neuron, i * neuron.rheobase()) * neuron.tau(),
                rate(other, i * other.rheobase()) * other.tau(), 1e-9);
  }
}

} // namespace
} // namespace snnc::lif
