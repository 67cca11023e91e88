// Each rule of net/crossbar_net.h by hand. Whole networks: tests/golden/ranc_test.cpp.
#include "runtime/reference/crossbar_engine.h"

#include <gtest/gtest.h>

#include <limits>

using namespace snnc;
using net::CrossbarNet;
using net::CrossbarReset;
using runtime::reference::CrossbarTrace;
using runtime::reference::runCrossbar;

namespace {

// One core at (0, 0) with `neurons` neurons, each on all of two axons (weights 10 and -10), the bus
// at (1, 0), nothing at (2, 0). Neuron n speaks to output n.
CrossbarNet oneCore(uint32_t neurons = 1) {
  CrossbarNet net;
  net.width = 3;
  net.axons = net.types = 2;
  net.neurons = neurons;
  net.bus = {1, 0, neurons};
  net::CrossbarCore core;
  core.axonTypes = {0, 1};
  core.neurons.resize(neurons);
  for (uint32_t n = 0; n < neurons; ++n) {
    core.neurons[n].enabled = true;
    core.neurons[n].threshold = 1000;
    core.neurons[n].floor = -1000;
    core.neurons[n].target = {1, 0, static_cast<uint16_t>(n), 0};
    core.weights.insert(core.weights.end(), {10, -10});
    core.crossbar.push_back(0b11);
  }
  net.cores.push_back(core);
  return net;
}

std::vector<double> potentials(const CrossbarNet &net, uint32_t ticks) {
  EXPECT_FALSE(static_cast<bool>(net::verify(net)));
  return runCrossbar(net, ticks, true).v[0];
}

using Rows = std::vector<uint8_t>;
using Values = std::vector<double>;

} // namespace

TEST(CrossbarEngine, WeightsByAxonTypeAndLeak) {
  CrossbarNet net = oneCore();
  net.packets = {{0, 0, 0, 0}, {1, 0, 0, 0}, {1, 0, 0, 1}, {2, 0, 0, 1}};
  EXPECT_EQ(potentials(net, 4), (Values{10, 10, 0, 0}));
  net.cores[0].neurons[0].leak = -3;
  net.cores[0].neurons[0].vInit = 5;
  EXPECT_EQ(potentials(net, 4), (Values{12, 9, -4, -7}));
  net.cores[0].crossbar[0] = 0b10; // axon 0 is not joined
  EXPECT_EQ(potentials(net, 4), (Values{2, -11, -24, -27}));
}

TEST(CrossbarEngine, TwoSpikesOnOneAxonAreOne) {
  CrossbarNet net = oneCore();
  net.packets = {{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}};
  EXPECT_EQ(potentials(net, 1), (Values{10}));
  EXPECT_EQ(runCrossbar(net, 1).merged, 2u);
}

TEST(CrossbarEngine, ThresholdIsReachedAndResets) {
  CrossbarNet net = oneCore();
  net::CrossbarNeuron &neuron = net.cores[0].neurons[0];
  neuron.leak = 4;
  neuron.threshold = 8;
  neuron.reset = -2;
  EXPECT_EQ(potentials(net, 5), (Values{4, -2, 2, 6, -2})); // 8 >= 8, then 10 >= 8
  EXPECT_EQ(runCrossbar(net, 6).rows, (Rows{0, 0, 1, 0, 0, 1}));
  neuron.resetMode = CrossbarReset::Linear;
  neuron.leak = 7;
  EXPECT_EQ(potentials(net, 4), (Values{7, 6, 5, 4}));
}

TEST(CrossbarEngine, FloorWithBothComparisons) {
  CrossbarNet net = oneCore();
  net::CrossbarNeuron &neuron = net.cores[0].neurons[0];
  neuron.leak = -5;
  neuron.floor = -10;
  neuron.reset = 3;
  EXPECT_EQ(potentials(net, 4), (Values{-5, -10, -3, -8})); // -10 stays, -15 is below: -reset
  EXPECT_EQ(runCrossbar(net, 2).onFloor, 1u);
  EXPECT_EQ(runCrossbar(net, 3).floors, 1u);
  neuron.floorInclusive = true;
  EXPECT_EQ(potentials(net, 4), (Values{-5, -3, -8, -3}));
  neuron.resetMode = CrossbarReset::Linear;
  EXPECT_EQ(potentials(net, 4), (Values{-5, 0, -5, 0}));
  neuron.leak = -7;
  EXPECT_EQ(potentials(net, 3), (Values{-7, -4, -1}));
}

// Above the threshold the floor is not asked.
TEST(CrossbarEngine, ThresholdBelowTheFloor) {
  CrossbarNet net = oneCore();
  net::CrossbarNeuron &neuron = net.cores[0].neurons[0];
  neuron.threshold = -20;
  neuron.floor = -10;
  neuron.vInit = -15;
  neuron.reset = 1;
  EXPECT_EQ(potentials(net, 1), (Values{1}));
}

// A neuron that nobody wrote has threshold 0 and potential 0, and 0 >= 0.
TEST(CrossbarEngine, OnlyEnabledNeuronsFire) {
  CrossbarNet net = oneCore(3);
  for (net::CrossbarNeuron &neuron : net.cores[0].neurons)
    neuron.threshold = 0;
  net.cores[0].neurons[1] = {};
  EXPECT_EQ(runCrossbar(net, 3).rows, (Rows{0, 0, 0, 1, 0, 1, 1, 0, 1}));
}

// A spike of tick t arrives at t + 1 + delay; on the bus always in row t + 1.
TEST(CrossbarEngine, DelaysAndTheBus) {
  for (uint8_t delay = 0; delay <= net::kMaxCrossbarDelay; ++delay) {
    CrossbarNet net = oneCore(2);
    net.cores[0].neurons[0].vInit = 1000; // fires in tick 0, onto its own core's axon 0
    net.cores[0].neurons[0].resetMode = CrossbarReset::Linear;
    net.cores[0].neurons[0].target = {0, 0, 0, delay};
    net.cores[0].neurons[1].threshold = 10;
    net.cores[0].neurons[1].target.delay = 14;
    const CrossbarTrace trace = runCrossbar(net, 20);
    for (uint32_t t = 0; t < 20; ++t)
      EXPECT_EQ(trace.rows[t * 2 + 1], t == 2u + delay) << "delay " << unsigned{delay};
  }
}

TEST(CrossbarEngine, LostSpikesAreCounted) {
  CrossbarNet net = oneCore();
  net.cores[0].neurons[0].threshold = 0;
  net.cores[0].neurons[0].target = {2, 0, 0, 0};
  net.packets = {{1, 2, 0, 0}};
  EXPECT_EQ(runCrossbar(net, 3).lost, 4u);
}

TEST(CrossbarEngine, SaysWhereItIsNotRancsAnyMore) {
  CrossbarNet net = oneCore();
  net::CrossbarNeuron &neuron = net.cores[0].neurons[0];
  neuron.threshold = neuron.leak = neuron.vInit = std::numeric_limits<int32_t>::max();
  const CrossbarTrace trace = runCrossbar(net, 2);
  EXPECT_EQ(trace.outOfInt32, 1u); // 2^32 - 2, then reset
  EXPECT_EQ(trace.inexact, 0u);
}
