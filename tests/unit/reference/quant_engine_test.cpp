// docs/reference/arithmetic.md on one neuron at a time, in numbers worked out by hand, and the
// float engine on networks whose parameters lie on the grid.
#include "runtime/reference/quant_engine.h"

#include "common/support/rng.h"
#include "runtime/reference/float_engine.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

using namespace snnc;
using runtime::reference::FloatEngine;
using runtime::reference::QuantEngine;
using Ints = std::vector<int32_t>;
using Spikes = std::vector<uint8_t>;

namespace {

constexpr int32_t kTop = (1 << 23) - 1;

// A neuron without memory of current or leak: v' = v + acc, never fires.
net::NeuronConfig quietNeuron() {
  net::NeuronConfig neuron;
  neuron.threshold = kTop;
  neuron.du = 4095;
  return neuron;
}

// `inputs` inputs into one neuron, each with weight `weight` and exponent `exponent`.
net::QuantNet oneNeuron(const net::NeuronConfig &neuron, uint32_t inputs, int16_t weight,
                        uint8_t exponent = 0) {
  net::QuantNet net;
  net::QuantPopulation in, out;
  in.name = "in";
  in.shape = {inputs};
  in.isInput = true;
  out.name = "out";
  out.shape = {1};
  out.neurons = {neuron};
  net.populations = {in, out};
  net::QuantProjection projection;
  projection.source = 0;
  projection.target = 1;
  projection.exponent = exponent;
  projection.weights = net::DenseInts{1, inputs, std::vector<int16_t>(inputs, weight)};
  net.projections = {projection};
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

data::EncodedSample spikesOf(uint32_t size, Spikes spikes) {
  data::EncodedSample sample;
  sample.size = size;
  sample.steps = static_cast<uint32_t>(spikes.size()) / size;
  sample.spikes = std::move(spikes);
  return sample;
}

struct Result {
  Spikes spikes;
  Ints u, v;
  QuantEngine::Events events;
};

Result runNet(const net::QuantNet &net, const data::EncodedSample &sample) {
  QuantEngine engine(net, target::CoreSpec{});
  const trace::SampleTrace trace = engine.run(sample, true);
  const trace::PopulationTrace &out = trace.populations.back();
  const Result result{out.spikes, out.u, out.v, engine.events()};
  // Nothing may be left of a sample.
  const trace::SampleTrace again = engine.run(sample, true);
  EXPECT_EQ(again.populations.back().u, result.u);
  EXPECT_EQ(again.populations.back().v, result.v);
  EXPECT_EQ(again.populations.back().spikes, result.spikes);
  return result;
}

} // namespace

TEST(QuantEngine, WeightsAreShiftedBySixAndTheExponent) {
  const Result r = runNet(oneNeuron(quietNeuron(), 2, -3, 2), spikesOf(2, {1, 0, 1, 1, 0, 0}));
  EXPECT_EQ(r.u, (Ints{-768, -1536, 0}));
  EXPECT_EQ(r.v, (Ints{-768, -2304, -2304}));
}

TEST(QuantEngine, DecayRoundsTowardZero) {
  net::NeuronConfig neuron = quietNeuron();
  neuron.dv = 2048;
  neuron.vInit = -3;
  EXPECT_EQ(runNet(oneNeuron(neuron, 1, 0), spikesOf(1, {0, 0})).v, (Ints{-1, 0}));
  neuron.vInit = 7;
  EXPECT_EQ(runNet(oneNeuron(neuron, 1, 0), spikesOf(1, {0, 0, 0})).v, (Ints{3, 1, 0}));
}

TEST(QuantEngine, CurrentDecaysByDuPlusTheOffset) {
  net::NeuronConfig neuron = quietNeuron();
  neuron.du = 0;
  net::QuantNet net = oneNeuron(neuron, 1, 64); // 4096
  EXPECT_EQ(runNet(net, spikesOf(1, {1, 0, 0})).u, (Ints{4096, 4095, 4094}));
  net.populations[1].duOffset = 0;
  EXPECT_EQ(runNet(net, spikesOf(1, {1, 0, 0})).u, (Ints{4096, 4096, 4096}));
}

TEST(QuantEngine, AccumulatorWrapsAt22Bits) {
  // 4 * 64 << 13 is 2^21 exactly; 3 * 127 << 13 is 3121152.
  const Result edge = runNet(oneNeuron(quietNeuron(), 4, 64, 7), spikesOf(4, {1, 1, 1, 1}));
  EXPECT_EQ(edge.u, (Ints{-(1 << 21)}));
  EXPECT_EQ(edge.events.accWraps, 1u);
  const Result over = runNet(oneNeuron(quietNeuron(), 3, 127, 7), spikesOf(3, {1, 1, 1}));
  EXPECT_EQ(over.u, (Ints{3121152 - (1 << 22)}));
  const Result low = runNet(oneNeuron(quietNeuron(), 4, -64, 7), spikesOf(4, {1, 1, 1, 1}));
  EXPECT_EQ(low.u, (Ints{-(1 << 21)}));
  EXPECT_EQ(low.events.accWraps, 0u);
}

TEST(QuantEngine, CurrentOfTwoToThe23BecomesMinusTwoToThe23) {
  net::NeuronConfig neuron = quietNeuron();
  neuron.du = 0;
  net::QuantNet net = oneNeuron(neuron, 1, 64, 7); // 2^19 a step
  net.populations[1].duOffset = 0;
  const Result up = runNet(net, spikesOf(1, Spikes(16, 1)));
  EXPECT_EQ(up.u[14], 15 << 19);
  EXPECT_EQ(up.u[15], -(1 << 23));
  EXPECT_EQ(up.events.currentWraps, 1u);
  net.projections[0].weights = net::DenseInts{1, 1, {-64}};
  const Result down = runNet(net, spikesOf(1, Spikes(17, 1)));
  EXPECT_EQ(down.u[15], -(1 << 23)); // in range
  EXPECT_EQ(down.u[16], (1 << 23) - (1 << 19));
  EXPECT_EQ(down.events.currentWraps, 1u);
}

TEST(QuantEngine, MembraneClampsToItsRegisters) {
  net::QuantNet net = oneNeuron(quietNeuron(), 1, 100); // 6400
  net.populations[1].vmax = 10000;
  net.populations[1].vmin = -50;
  const Result up = runNet(net, spikesOf(1, {1, 1}));
  EXPECT_EQ(up.v, (Ints{6400, 10000}));
  EXPECT_EQ(up.events.membraneClamps, 1u);
  net.projections[0].weights = net::DenseInts{1, 1, {-100}};
  const Result down = runNet(net, spikesOf(1, {1, 0}));
  EXPECT_EQ(down.v, (Ints{-50, -50}));
  EXPECT_EQ(down.events.membraneClamps, 1u);
}

TEST(QuantEngine, BiasGoesToMembraneOrCurrent) {
  net::NeuronConfig neuron = quietNeuron();
  neuron.biasMant = -3;
  neuron.biasExp = 4;
  const Result membrane = runNet(oneNeuron(neuron, 1, 0), spikesOf(1, {0, 0}));
  EXPECT_EQ(membrane.u, (Ints{0, 0}));
  EXPECT_EQ(membrane.v, (Ints{-48, -96}));
  neuron.biasToCurrent = true;
  const Result current = runNet(oneNeuron(neuron, 1, 0), spikesOf(1, {0, 0}));
  EXPECT_EQ(current.u, (Ints{-48, -48}));
  EXPECT_EQ(current.v, (Ints{-48, -96}));
}

TEST(QuantEngine, CurrentPlusBiasIsNotWrapped) {
  net::NeuronConfig neuron = quietNeuron();
  neuron.du = 0;
  neuron.biasMant = 4095;
  neuron.biasExp = 7;
  net::QuantNet net = oneNeuron(neuron, 1, 64, 7);
  net.populations[1].duOffset = 0;
  // u = 15 * 2^19, u + bias leaves 24 bits; the membrane clamps, it does not jump below zero.
  EXPECT_EQ(runNet(net, spikesOf(1, Spikes(15, 1))).v.back(), kTop);
}

TEST(QuantEngine, ThresholdIsStrictUnlessGe) {
  net::NeuronConfig neuron = quietNeuron();
  neuron.threshold = 640;
  EXPECT_EQ(runNet(oneNeuron(neuron, 1, 10), spikesOf(1, {1, 1})).spikes, (Spikes{0, 1}));
  neuron.compareGe = true;
  EXPECT_EQ(runNet(oneNeuron(neuron, 1, 10), spikesOf(1, {1, 1})).spikes, (Spikes{1, 1}));
}

TEST(QuantEngine, ResetToAValueOrByAnAmount) {
  net::NeuronConfig neuron = quietNeuron();
  neuron.threshold = 1000;
  neuron.reset = -5;
  const Result value = runNet(oneNeuron(neuron, 1, 10), spikesOf(1, {1, 1, 1}));
  EXPECT_EQ(value.v, (Ints{640, -5, 635}));
  neuron.resetSubtract = true;
  neuron.reset = 1100;
  const Result amount = runNet(oneNeuron(neuron, 1, 10), spikesOf(1, {1, 1, 1}));
  EXPECT_EQ(amount.v, (Ints{640, 180, 820}));
  EXPECT_EQ(amount.spikes, (Spikes{0, 1, 0}));
}

TEST(QuantEngine, SubtractionClamps) {
  net::NeuronConfig neuron = quietNeuron();
  neuron.threshold = 100;
  neuron.resetSubtract = true;
  neuron.reset = 10000;
  net::QuantNet net = oneNeuron(neuron, 1, 10);
  net.populations[1].vmin = -1000;
  const Result r = runNet(net, spikesOf(1, {1, 0}));
  EXPECT_EQ(r.v, (Ints{-1000, -1000}));
  EXPECT_EQ(r.events.membraneClamps, 1u); // an unfired neuron's v - reset is no event
}

TEST(QuantEngine, RefractoryForcesTheResetValueAndLetsCurrentRun) {
  net::NeuronConfig neuron = quietNeuron();
  neuron.threshold = 100;
  neuron.reset = 7;
  neuron.refractory = 3; // two dead steps
  const Result r = runNet(oneNeuron(neuron, 1, 10), spikesOf(1, {1, 1, 1, 1, 1}));
  EXPECT_EQ(r.spikes, (Spikes{1, 0, 0, 1, 0}));
  EXPECT_EQ(r.u, (Ints{640, 640, 640, 640, 640}));
  EXPECT_EQ(r.v, (Ints{7, 7, 7, 7, 7}));
}

TEST(QuantEngine, RefractoryHoldsASubtractingNeuronSilent) {
  net::NeuronConfig neuron = quietNeuron();
  neuron.threshold = 100;
  neuron.resetSubtract = true;
  neuron.reset = 500;
  neuron.refractory = 2;
  // 640 - 500 = 140 is held above the threshold, and fires when it is not held any more.
  const Result r = runNet(oneNeuron(neuron, 1, 10), spikesOf(1, {1, 1, 0, 0}));
  EXPECT_EQ(r.spikes, (Spikes{1, 0, 1, 0}));
  EXPECT_EQ(r.v, (Ints{140, 140, -360, -360}));
}

TEST(QuantEngine, RefractoryIsSilentAtAResetValueAboveTheThreshold) {
  net::NeuronConfig neuron = quietNeuron();
  neuron.threshold = 100;
  neuron.reset = 300;
  neuron.refractory = 3;
  const Result r = runNet(oneNeuron(neuron, 1, 10), spikesOf(1, {1, 0, 0, 0, 0}));
  EXPECT_EQ(r.spikes, (Spikes{1, 0, 0, 1, 0}));
}

TEST(QuantEngine, RefractoryOfOneHasNoDeadStep) {
  net::NeuronConfig neuron = quietNeuron();
  neuron.threshold = 100;
  EXPECT_EQ(runNet(oneNeuron(neuron, 1, 10), spikesOf(1, {1, 1, 1})).spikes, (Spikes{1, 1, 1}));
}

TEST(QuantEngine, DefaultNeuronIsSilent) {
  const Result r = runNet(oneNeuron(net::NeuronConfig{}, 1, 0), spikesOf(1, {1, 1}));
  EXPECT_EQ(r.spikes, (Spikes{0, 0}));
}

TEST(QuantEngine, DelaysAreInNetworkSteps) {
  net::NeuronConfig neuron = quietNeuron();
  neuron.threshold = 100;
  net::QuantNet net = oneNeuron(neuron, 1, 10);
  net.projections[0].delay = 1;
  net::QuantProjection loop = net.projections[0];
  loop.source = 1;
  loop.delay = 2;
  net.projections.push_back(loop);
  EXPECT_EQ(runNet(net, spikesOf(1, {1, 0, 0, 0, 0, 0})).spikes, (Spikes{0, 1, 0, 1, 0, 1}));
}

TEST(QuantEngine, SparseWeights) {
  net::QuantNet net = oneNeuron(quietNeuron(), 3, 0);
  net.projections[0].weights = net::SparseInts{1, 3, {0, 1, 1, 2}, {0, 0}, {5, -2}};
  EXPECT_EQ(runNet(net, spikesOf(3, {1, 1, 0, 1, 0, 1})).u, (Ints{320, 192}));
}

namespace {

// One analog input times 2, plus 1, shifted right by 2.
net::QuantNet hostNet(double inputScale) {
  net::QuantNet net = oneNeuron(quietNeuron(), 1, 0);
  net.projections.clear();
  net::HostLayer host;
  host.source = 0;
  host.target = 1;
  host.weights = net::DenseInts{1, 1, {2}};
  host.bias = {0};
  host.shift = {2};
  host.inputScale = inputScale;
  host.inputMin = -100000;
  host.inputMax = 100000;
  net.hostLayers = {host};
  net.populations[1].neurons[0].biasExp = 1;
  net.populations[1].neurons[0].biasMant = 77; // replaced
  return net;
}

data::EncodedSample analog(std::vector<float> values, uint32_t steps) {
  data::EncodedSample sample;
  sample.size = 1;
  sample.steps = steps;
  sample.values = std::move(values);
  return sample;
}

} // namespace

TEST(QuantEngine, HostLayerRoundsHalfToEven) {
  // I = 2 x; I / 4 of x = 1 3 5 -1 -3 is .5 1.5 2.5 -.5 -1.5
  const Result r = runNet(hostNet(1.0), analog({1, 3, 5, -1, -3}, 5));
  EXPECT_EQ(r.v, (Ints{0, 4, 8, 8, 4})); // bias = mantissa << 1: 0 2 2 0 -2
  // x itself: .5 1.5 2.5 -> 0 2 2
  const Result x = runNet(hostNet(0.5), analog({1, 3, 5, 100}, 4));
  EXPECT_EQ(x.v, (Ints{0, 2, 4, 4 + 2 * 25}));
}

TEST(QuantEngine, HostLayerSaturatesInputAndMantissa) {
  const Result r = runNet(hostNet(1.0), analog({20000, -20000, 1e9F}, 3));
  // 40000 / 4 = 10000 -> 4095; -10000 -> -4096; x -> 100000: 50000 -> 4095
  EXPECT_EQ(r.v, (Ints{8190, -2, 8188}));
  EXPECT_EQ(r.events.biasSaturations, 3u);
}

TEST(QuantEngine, HostLayerHeldValueIsComputedOnce) {
  const Result r = runNet(hostNet(1.0), analog({20000}, 4));
  EXPECT_EQ(r.v, (Ints{8190, 16380, 24570, 32760}));
  EXPECT_EQ(r.events.biasSaturations, 1u);
}

TEST(QuantEngine, HostLayerAddsItsBias) {
  net::QuantNet net = hostNet(1.0);
  net.hostLayers[0].bias = {400};
  net.hostLayers[0].shift = {0};
  EXPECT_EQ(runNet(net, analog({3}, 1)).v, (Ints{812}));
}

namespace {

// The same random recurrent network of integers in both forms: no leak, no overflow; every reset
// rule, refractory or not.
struct Twins {
  net::Net real;
  net::QuantNet ints;
};

Twins randomTwins(support::Rng &rng) {
  Twins twins;
  const std::vector<uint32_t> sizes{6, 9, 5};
  const net::ResetRule rules[] = {net::ResetRule::Zero, net::ResetRule::Subtract,
                                  net::ResetRule::SubtractDelayed, net::ResetRule::None};
  const net::ResetRule rule = rules[rng.below(4)];
  const bool subtract = rule != net::ResetRule::Zero, ge = rng.below(2) != 0;
  twins.real.profile.tauUnit.value = net::TauUnit::Steps;
  twins.real.profile.reset.value = rule;
  twins.real.profile.compare.value = ge ? net::Compare::Ge : net::Compare::Gt;
  twins.real.inputs = twins.ints.inputs = {0};
  for (uint32_t p = 0; p < sizes.size(); ++p) {
    net::Population real;
    net::QuantPopulation ints;
    real.shape = ints.shape = {sizes[p]};
    ints.isInput = p == 0;
    real.kind = p == 0 ? net::NeuronKind::Input : net::NeuronKind::IF;
    const auto steps = static_cast<uint8_t>(rng.below(4));
    real.params.refractory = static_cast<double>(steps);
    for (uint32_t n = 0; p > 0 && n < sizes[p]; ++n) {
      const auto threshold = static_cast<int32_t>(rng.between(1, 120));
      real.params.vThreshold.values.push_back(threshold);
      net::NeuronConfig neuron = quietNeuron();
      neuron.threshold = threshold << 6;
      neuron.reset = subtract && rule != net::ResetRule::None ? neuron.threshold : 0;
      neuron.resetSubtract = subtract;
      neuron.compareGe = ge;
      neuron.refractory = static_cast<uint8_t>(steps + 1);
      ints.neurons.push_back(neuron);
    }
    twins.real.populations.push_back(real);
    twins.ints.populations.push_back(ints);
  }
  const uint32_t edges[][3] = {{0, 1, 0}, {1, 2, 0}, {1, 1, 1}, {2, 1, 2}, {0, 2, 1}};
  for (const auto &[source, target, delay] : edges) {
    net::Projection real;
    net::QuantProjection ints;
    real.source = ints.source = source;
    real.target = ints.target = target;
    real.delay = ints.delay = delay;
    net::DenseWeights weights{sizes[target], sizes[source], {}};
    net::DenseInts integers{sizes[target], sizes[source], {}};
    for (uint32_t i = 0; i < sizes[target] * sizes[source]; ++i) {
      integers.values.push_back(static_cast<int16_t>(rng.between(-60, 90)));
      weights.values.push_back(integers.values.back());
    }
    real.weights = weights;
    ints.weights = integers;
    twins.real.projections.push_back(real);
    twins.ints.projections.push_back(ints);
  }
  return twins;
}

} // namespace

TEST(QuantEngine, EqualsTheFloatEngineOnTheGrid) {
  uint64_t first = 1, cases = 200;
  if (const char *seed = std::getenv("SNNC_SEED")) {
    first = std::strtoull(seed, nullptr, 0);
    cases = 1;
  }
  uint64_t spikes = 0;
  for (uint64_t seed = first; seed < first + cases; ++seed) {
    SCOPED_TRACE("replay with SNNC_SEED=" + std::to_string(seed));
    support::Rng rng(seed);
    const Twins twins = randomTwins(rng);
    Spikes input(6 * 30);
    for (uint8_t &spike : input)
      spike = rng.below(4) == 0;
    auto real = FloatEngine::create(twins.real);
    ASSERT_TRUE(static_cast<bool>(real));
    const trace::SampleTrace a = (*real)->run(spikesOf(6, input), true);
    QuantEngine ints(twins.ints, target::CoreSpec{});
    const trace::SampleTrace b = ints.run(spikesOf(6, input), true);
    for (size_t p = 0; p < 3; ++p) {
      ASSERT_EQ(a.populations[p].spikes, b.populations[p].spikes);
      for (size_t i = 0; p > 0 && i < b.populations[p].v.size(); ++i) {
        // The integers subtract at once; the leak being 0, the next step sees no difference.
        if (twins.real.profile.reset.value != net::ResetRule::SubtractDelayed) {
          ASSERT_EQ(a.populations[p].vReal[i] * 64, b.populations[p].v[i]);
        }
        spikes += b.populations[p].spikes[i];
      }
    }
    EXPECT_EQ(ints.events().accWraps + ints.events().membraneClamps, 0u);
  }
  EXPECT_GT(spikes, 100u * cases) << "silent networks prove nothing";
}
