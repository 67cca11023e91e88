// Small networks computed by hand. All numbers are binary fractions, so equality is exact.
#include "runtime/reference/float_engine.h"

#include "expect_diag.h"

#include <gtest/gtest.h>

using namespace snnc;
using net::NeuronKind;
using net::ResetRule;
using runtime::reference::FloatEngine;
using Spikes = std::vector<uint8_t>;
using Values = std::vector<double>;

namespace {

net::Population inputOf(uint32_t size) {
  net::Population population;
  population.name = "in";
  population.shape = {size};
  return population;
}

// Neurons that fire above 1. decay 1: IF. Else LIF with unit gain: tau = r = 1 / (1 - decay) steps.
net::Population neuronsOf(const std::string &name, uint32_t size, double decay) {
  net::Population population;
  population.name = name;
  population.shape = {size};
  population.kind = decay == 1.0 ? NeuronKind::IF : NeuronKind::LIF;
  population.params.vThreshold = 1.0;
  population.params.r = decay == 1.0 ? 1.0 : 1.0 / (1.0 - decay);
  if (decay != 1.0)
    population.params.tau = 1.0 / (1.0 - decay);
  return population;
}

net::Projection dense(uint32_t source, uint32_t target, uint32_t rows, uint32_t cols,
                      std::vector<float> values, uint32_t delay = 0) {
  net::Projection projection;
  projection.name = "w" + std::to_string(source) + std::to_string(target);
  projection.source = source;
  projection.target = target;
  projection.delay = delay;
  projection.weights = net::DenseWeights{rows, cols, std::move(values)};
  return projection;
}

// One input, one neuron.
net::Net single(double decay, float weight, ResetRule reset) {
  net::Net net;
  net.profile.tauUnit.value = net::TauUnit::Steps;
  net.profile.reset.value = reset;
  net.populations = {inputOf(1), neuronsOf("out", 1, decay)};
  net.projections = {dense(0, 1, 1, 1, {weight})};
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

trace::SampleTrace runNet(const net::Net &net, const data::EncodedSample &sample,
                          bool float32 = false) {
  auto engine = FloatEngine::create(net, {.float32 = float32});
  if (!engine) {
    ADD_FAILURE() << llvm::toString(engine.takeError());
    return {};
  }
  trace::SampleTrace first = (*engine)->run(sample, true);
  // Nothing may be left of a sample.
  const trace::SampleTrace second = (*engine)->run(sample, true);
  for (size_t p = 0; p < first.populations.size(); ++p) {
    EXPECT_EQ(first.populations[p].spikes, second.populations[p].spikes);
    EXPECT_EQ(first.populations[p].vReal, second.populations[p].vReal);
  }
  return first;
}

void expectOut(const trace::SampleTrace &trace, const Spikes &spikes, const Values &v) {
  ASSERT_GE(trace.populations.size(), 2u);
  EXPECT_EQ(trace.populations.back().spikes, spikes);
  EXPECT_EQ(trace.populations.back().vReal, v);
}

} // namespace

TEST(FloatEngine, ResetToZero) {
  expectOut(runNet(single(0.5, 0.75F, ResetRule::Zero), spikesOf(1, {1, 1, 1, 0, 1})),
            {0, 1, 0, 0, 0}, {0.75, 0, 0.75, 0.375, 0.9375});
}

TEST(FloatEngine, ResetToAValue) {
  net::Net net = single(0.5, 0.75F, ResetRule::Zero);
  net.populations[1].params.vReset = -0.5;
  expectOut(runNet(net, spikesOf(1, {1, 1, 1})), {0, 1, 0}, {0.75, -0.5, 0.5});
}

TEST(FloatEngine, Subtract) {
  expectOut(runNet(single(0.5, 0.75F, ResetRule::Subtract), spikesOf(1, {1, 1, 1, 1})),
            {0, 1, 0, 1}, {0.75, 0.125, 0.8125, 0.15625});
}

TEST(FloatEngine, SubtractDelayedSubtractsInTheNextStepAfterTheLeak) {
  expectOut(runNet(single(0.5, 0.75F, ResetRule::SubtractDelayed), spikesOf(1, {1, 1, 1, 1, 1, 0})),
            {0, 1, 0, 0, 1, 0}, {0.75, 1.125, 0.3125, 0.90625, 1.203125, -0.3984375});
}

TEST(FloatEngine, NoReset) {
  expectOut(runNet(single(0.5, 0.75F, ResetRule::None), spikesOf(1, {1, 1, 1, 0})), {0, 1, 1, 0},
            {0.75, 1.125, 1.3125, 0.65625});
}

TEST(FloatEngine, CompareIsStrictUnlessGe) {
  net::Net net = single(1.0, 0.5F, ResetRule::Zero);
  expectOut(runNet(net, spikesOf(1, {1, 1, 1})), {0, 0, 1}, {0.5, 1.0, 0.0});
  net.profile.compare.value = net::Compare::Ge;
  expectOut(runNet(net, spikesOf(1, {1, 1, 1})), {0, 1, 0}, {0.5, 0.0, 0.5});
}

TEST(FloatEngine, LeakPullsToRest) {
  net::Net net = single(0.5, 0.0F, ResetRule::Zero);
  net.populations[1].params.vLeak = 1.5;
  expectOut(runNet(net, spikesOf(1, {0, 0, 0})), {0, 1, 0}, {0.75, 0.0, 0.75});
}

TEST(FloatEngine, CurrentMemoryActsInItsOwnStep) {
  net::Net net = single(0.5, 1.0F, ResetRule::Zero);
  net::Population &out = net.populations[1];
  out.kind = NeuronKind::CubaLIF;
  out.params.tau = {};
  out.params.tauMem = 2.0; // b 0.5
  out.params.r = 1.0;      // g_m 0.5
  out.params.tauSyn = 2.0; // a 0.5
  out.params.wIn = 2.0;    // g_s 1
  // i 1 .5 .25 1.125: v .5 .5 .375 .75
  expectOut(runNet(net, spikesOf(1, {1, 0, 0, 1})), {0, 0, 0, 0}, {0.5, 0.5, 0.375, 0.75});
}

TEST(FloatEngine, ReadoutsNeverFireAndKeepTheirMembrane) {
  for (const ResetRule rule : {ResetRule::Zero, ResetRule::Subtract, ResetRule::SubtractDelayed}) {
    net::Net net = single(1.0, 0.75F, rule);
    net::Population &out = net.populations[1];
    out.kind = NeuronKind::I;
    out.params.vThreshold = {};
    expectOut(runNet(net, spikesOf(1, {1, 1, 1})), {0, 0, 0}, {0.75, 1.5, 2.25});
    out.kind = NeuronKind::LI;
    out.params.tau = 2.0;
    out.params.r = 2.0;
    out.params.vLeak = 4.0;
    expectOut(runNet(net, spikesOf(1, {1, 1, 0})), {0, 0, 0}, {2.75, 4.125, 4.0625});
    out.kind = NeuronKind::CubaLI;
    out.params = {};
    out.params.tauMem = 2.0;
    out.params.r = 2.0;
    out.params.tauSyn = 2.0;
    out.params.wIn = 2.0;
    // i .75 .375 .1875
    expectOut(runNet(net, spikesOf(1, {1, 0, 0})), {0, 0, 0}, {0.75, 0.75, 0.5625});
  }
}

TEST(FloatEngine, ThresholdHasNoState) {
  for (const ResetRule rule : {ResetRule::Zero, ResetRule::SubtractDelayed}) {
    net::Net net = single(1.0, 0.75F, rule);
    net.populations = {inputOf(2), neuronsOf("out", 1, 1.0)};
    net.populations[1].kind = NeuronKind::Threshold;
    net.populations[1].params = {};
    net.populations[1].params.vThreshold = 0.5;
    net.projections = {dense(0, 1, 1, 2, {0.75F, -0.25F})};
    expectOut(runNet(net, spikesOf(2, {1, 0, 1, 1, 0, 0, 0, 1})), {1, 0, 0, 0},
              {0.75, 0.5, 0.0, -0.25});
    net.profile.compare.value = net::Compare::Ge;
    expectOut(runNet(net, spikesOf(2, {1, 0, 1, 1})), {1, 1}, {0.75, 0.5});
  }
}

TEST(FloatEngine, APopulationsOwnResetRuleWins) {
  net::Net net = single(0.5, 0.75F, ResetRule::Subtract);
  net.populations[1].reset = ResetRule::None;
  expectOut(runNet(net, spikesOf(1, {1, 1, 1, 0})), {0, 1, 1, 0}, {0.75, 1.125, 1.3125, 0.65625});
  net.profile.reset.value = ResetRule::None;
  net.populations[1].reset = ResetRule::SubtractDelayed;
  expectOut(runNet(net, spikesOf(1, {1, 1, 1, 1, 1, 0})), {0, 1, 0, 0, 1, 0},
            {0.75, 1.125, 0.3125, 0.90625, 1.203125, -0.3984375});
}

TEST(FloatEngine, ChainsOfMaps) {
  net::Net net = single(1.0, 0.0F, ResetRule::None);
  net.populations = {inputOf(4), neuronsOf("out", 2, 1.0)};
  net.projections = {dense(0, 1, 2, 2, {1, 2, 4, 8})};
  net.projections[0].before = {net::PoolMap{1, {1, 4, 1, 2, 1, 2, 1, 2}, false},
                               net::DiagonalWeights{2, {1, 10}}};
  expectOut(runNet(net, spikesOf(4, {1, 1, 0, 1, 0, 0, 1, 0})), {1, 1, 1, 1},
            {2 + 20, 8 + 80, 22 + 20, 88 + 80});
  data::EncodedSample sample;
  sample.size = 4;
  sample.steps = 2;
  sample.values = {0.5F, 0, 0.25F, 0.5F}; // pooled .5 .75
  expectOut(runNet(net, sample), {1, 1, 1, 1}, {15.5, 62, 31, 124});
}

TEST(FloatEngine, InitialMembrane) {
  net::Net net = single(0.5, 0.75F, ResetRule::Zero);
  net.populations[1].params.vInit = 1.0;
  expectOut(runNet(net, spikesOf(1, {1, 0})), {1, 0}, {0.0, 0.0});
}

TEST(FloatEngine, RefractoryHoldsTheResetValue) {
  net::Net net = single(1.0, 2.0F, ResetRule::Zero);
  net.populations[1].params.refractory = 2.0;
  expectOut(runNet(net, spikesOf(1, {1, 1, 1, 1, 1})), {1, 0, 0, 1, 0}, {0, 0, 0, 0, 0});
}

TEST(FloatEngine, RefractoryHoldsWhatSubtractionLeft) {
  net::Net net = single(1.0, 1.5F, ResetRule::Subtract);
  net.populations[1].params.refractory = 1.0;
  expectOut(runNet(net, spikesOf(1, {1, 1, 1})), {1, 0, 1}, {0.5, 0.5, 1.0});
}

TEST(FloatEngine, RefractoryPostponesTheDelayedSubtraction) {
  net::Net net = single(1.0, 1.5F, ResetRule::SubtractDelayed);
  net.populations[1].params.refractory = 1.0;
  expectOut(runNet(net, spikesOf(1, {1, 1, 0})), {1, 0, 0}, {1.5, 1.5, 0.5});
}

TEST(FloatEngine, NoSpikeWhileRefractory) {
  // What is left, 2.5, is above the threshold: it fires when it is not held any more.
  net::Net net = single(1.0, 3.5F, ResetRule::Subtract);
  net.populations[1].params.refractory = 2.0;
  const Spikes input = {1, 0, 0, 0, 0, 0, 0};
  const Spikes spikes = {1, 0, 0, 1, 0, 0, 1};
  expectOut(runNet(net, spikesOf(1, input)), spikes, {2.5, 2.5, 2.5, 1.5, 1.5, 1.5, 0.5});
  net.profile.reset.value = ResetRule::SubtractDelayed;
  expectOut(runNet(net, spikesOf(1, input)), spikes, {3.5, 3.5, 3.5, 2.5, 2.5, 2.5, 1.5});
  net.profile.reset.value = ResetRule::None;
  expectOut(runNet(net, spikesOf(1, input)), spikes, Values(7, 3.5));
  net.profile.reset.value = ResetRule::Zero;
  net.populations[1].params.vReset = 2.0;
  expectOut(runNet(net, spikesOf(1, input)), spikes, Values(7, 2.0));
}

TEST(FloatEngine, CurrentGoesOnWhileRefractory) {
  net::Net net = single(1.0, 2.0F, ResetRule::Zero);
  net::Population &out = net.populations[1];
  out.kind = NeuronKind::CubaLIF; // no tauMem: b 1
  out.params.tauSyn = 2.0;
  out.params.wIn = 2.0;
  out.params.refractory = 1.0;
  // i 2 1 .5 .25
  expectOut(runNet(net, spikesOf(1, {1, 0, 0, 0})), {1, 0, 0, 0}, {0, 0, 0.5, 0.75});
}

TEST(FloatEngine, FeedForwardActsInTheSameStepWhateverTheOrderInTheNet) {
  net::Net net = single(1.0, 2.0F, ResetRule::Zero);
  // in -> last -> middle: execution order differs from the order of the populations.
  net.populations = {inputOf(1), neuronsOf("second", 1, 1.0), neuronsOf("first", 1, 1.0)};
  net.projections = {dense(2, 1, 1, 1, {2.0F}), dense(0, 2, 1, 1, {2.0F})};
  const trace::SampleTrace trace = runNet(net, spikesOf(1, {0, 1, 0}));
  EXPECT_EQ(trace.populations[0].spikes, (Spikes{0, 1, 0}));
  EXPECT_EQ(trace.populations[1].spikes, (Spikes{0, 1, 0}));
  EXPECT_EQ(trace.populations[2].spikes, (Spikes{0, 1, 0}));
}

TEST(FloatEngine, DelayedEdgesUseSpikesOfEarlierSteps) {
  net::Net net = single(1.0, 2.0F, ResetRule::Zero);
  net.projections[0].delay = 2;
  EXPECT_EQ(runNet(net, spikesOf(1, {1, 0, 1, 0, 0})).populations[1].spikes,
            (Spikes{0, 0, 1, 0, 1}));
}

TEST(FloatEngine, RecurrentEdgeUsesTheLastStep) {
  net::Net net = single(1.0, 2.0F, ResetRule::Zero);
  net.projections.push_back(dense(1, 1, 1, 1, {2.0F}, 1));
  EXPECT_EQ(runNet(net, spikesOf(1, {0, 1, 0, 0})).populations[1].spikes, (Spikes{0, 1, 1, 1}));
}

TEST(FloatEngine, BiasesOfAllProjectionsActAtEveryStep) {
  net::Net net = single(1.0, 0.0F, ResetRule::Subtract);
  net.projections[0].bias = {0.5};
  net.projections.push_back(dense(1, 1, 1, 1, {0.0F}, 1));
  net.projections[1].bias = {0.25};
  expectOut(runNet(net, spikesOf(1, {0, 0, 0})), {0, 1, 1}, {0.75, 0.5, 0.25});
}

TEST(FloatEngine, DenseRowsArePostSynaptic) {
  net::Net net = single(1.0, 0.0F, ResetRule::None);
  net.populations = {inputOf(3), neuronsOf("out", 2, 1.0)};
  net.projections = {dense(0, 1, 2, 3, {1, 2, 4, 8, 16, 32})};
  EXPECT_EQ(runNet(net, spikesOf(3, {1, 0, 1})).populations[1].vReal, (Values{5, 40}));
}

TEST(FloatEngine, SparseWeights) {
  net::Net net = single(1.0, 0.0F, ResetRule::None);
  net.populations = {inputOf(3), neuronsOf("out", 2, 1.0)};
  net.projections = {dense(0, 1, 2, 3, {})};
  net.projections[0].weights = net::SparseWeights{2, 3, {0, 2, 2, 3}, {0, 1, 1}, {1, 8, 32}};
  EXPECT_EQ(runNet(net, spikesOf(3, {1, 1, 1})).populations[1].vReal, (Values{1, 40}));
}

TEST(FloatEngine, ParametersPerNeuron) {
  net::Net net = single(1.0, 0.0F, ResetRule::Zero);
  net.populations = {inputOf(1), neuronsOf("out", 2, 1.0)};
  net.populations[1].params.vThreshold.values = {1.0, 4.0};
  net.projections = {dense(0, 1, 2, 1, {2, 2})};
  EXPECT_EQ(runNet(net, spikesOf(1, {1})).populations[1].spikes, (Spikes{1, 0}));
}

TEST(FloatEngine, SeveralInputsSplitTheSampleInTheirOrder) {
  net::Net net = single(1.0, 0.0F, ResetRule::None);
  net.populations = {inputOf(1), inputOf(2), neuronsOf("out", 1, 1.0)};
  net.projections = {dense(0, 2, 1, 1, {0.5F}), dense(1, 2, 1, 2, {8, 16})};
  net.inputs = {1, 0}; // the data hold population 1 first
  EXPECT_EQ(runNet(net, spikesOf(3, {1, 0, 1})).populations[2].vReal, (Values{8.5}));
}

TEST(FloatEngine, AnalogInputHeld) {
  net::Net net = single(1.0, 0.5F, ResetRule::Subtract);
  data::EncodedSample sample;
  sample.size = 1;
  sample.steps = 3;
  sample.values = {1.5F};
  const trace::SampleTrace trace = runNet(net, sample);
  EXPECT_EQ(trace.populations[0].spikes, (Spikes{0, 0, 0}));
  expectOut(trace, {0, 1, 1}, {0.75, 0.5, 0.25});
}

TEST(FloatEngine, AnalogInputPerStepAndDelayed) {
  net::Net net = single(1.0, 0.5F, ResetRule::None);
  data::EncodedSample sample;
  sample.size = 1;
  sample.steps = 3;
  sample.values = {1, 0, -4};
  expectOut(runNet(net, sample), {0, 0, 0}, {0.5, 0.5, -1.5});
  net.projections[0].delay = 1;
  expectOut(runNet(net, sample), {0, 0, 0}, {0.0, 0.5, 0.5});
}

TEST(FloatEngine, Float32RoundsEverySum) {
  net::Net net = single(1.0, 0.1F, ResetRule::None);
  const data::EncodedSample sample = spikesOf(1, {1, 1, 1});
  const float single32 = 0.1F + 0.1F + 0.1F;
  const double exact = 3.0 * static_cast<double>(0.1F);
  ASSERT_NE(static_cast<double>(single32), exact);
  EXPECT_EQ(runNet(net, sample, true).populations[1].vReal[2], static_cast<double>(single32));
  EXPECT_EQ(runNet(net, sample, false).populations[1].vReal[2], exact);
}

TEST(FloatEngine, CycleWithoutDelayIsAnError) {
  net::Net net = single(1.0, 2.0F, ResetRule::Zero);
  net.projections.push_back(dense(1, 1, 1, 1, {2.0F}));
  const auto diag = firstDiagnostic(FloatEngine::create(net).takeError());
  EXPECT_EQ(diag.code, support::DiagCode::StatelessCycle);
  EXPECT_CONTAINS(diag.message, "only 1 of 2");
}

TEST(FloatEngine, BiasFromTickZeroNeedsAPopulationThatBeginsThere) {
  net::Net net = single(1.0, 2.0F, ResetRule::Zero);
  net.profile.biasTiming.value = net::BiasTiming::Start;
  net.projections[0].bias = {0.75};
  EXPECT_EQ(runNet(net, spikesOf(1, {0, 0})).populations[1].spikes, (Spikes{0, 1}));
  net.populations.push_back(neuronsOf("later", 1, 1.0));
  net.projections.push_back(dense(1, 2, 1, 1, {2.0F}));
  EXPECT_EQ(runNet(net, spikesOf(1, {0, 0})).populations[2].spikes, (Spikes{0, 1})); // no bias
  net.projections[1].bias = {0.5};
  const auto diag = firstDiagnostic(FloatEngine::create(net).takeError());
  EXPECT_EQ(diag.code, support::DiagCode::ReferenceUnsupported);
  EXPECT_CONTAINS(diag.message, "unsupported:");
  EXPECT_CONTAINS(diag.message, "'later'");
}

TEST(FloatEngine, ParametersThatCannotBeDiscretisedAreAnError) {
  net::Net net = single(0.5, 1.0F, ResetRule::Zero);
  net.populations[1].params.tau = 0.5; // dt/tau = 2 under Euler
  EXPECT_EQ(firstDiagnostic(FloatEngine::create(net).takeError()).code,
            support::DiagCode::DtTooLarge);
}
