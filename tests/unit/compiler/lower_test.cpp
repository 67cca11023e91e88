// The float engine must not see a difference: random neurons with every parameter set, before and
// after lowering.
#include "compiler/passes/lower/lower.h"

#include "common/net/discretize.h"
#include "runtime/reference/float_engine.h"
#include "tests/support/seeds.h"
#include "tests/unit/compiler/nets.h"
#include "tests/unit/support/expect_diag.h"

namespace snnc::compiler {
namespace {

using namespace test;

Module lowered(net::Net net) {
  Module module = moduleOf(std::move(net));
  support::Warnings warnings;
  LowerPass pass;
  if (llvm::Error error = runPass(pass, module, targetNamed("loihi-like"), warnings))
    ADD_FAILURE() << llvm::toString(std::move(error));
  return module;
}

net::NeuronParams randomParams(support::Rng &rng, net::NeuronKind kind, uint32_t size) {
  const auto each = [&](double low, double high) {
    net::Param param;
    for (uint32_t i = 0; i < size; ++i)
      param.values.push_back(low + (high - low) * rng.uniform());
    return param;
  };
  net::NeuronParams params;
  if (kind == net::NeuronKind::LIF)
    params.tau = each(2.0, 30.0);
  if (kind == net::NeuronKind::CubaLIF) {
    params.tauSyn = each(1.5, 10.0);
    params.tauMem = each(2.0, 30.0);
    params.wIn = each(0.5, 2.0);
  }
  params.r = each(0.5, 4.0);
  if (kind != net::NeuronKind::IF)
    params.vLeak = each(-0.3, 0.3);
  params.vThreshold = each(0.6, 1.2);
  params.vReset = each(-0.2, 0.2);
  params.vInit = each(-0.2, 0.2);
  params.refractory = net::Param(static_cast<double>(rng.below(3)));
  return params;
}

net::Net randomNet(support::Rng &rng, net::ResetRule rule) {
  net::Net net;
  net.name = "random";
  net.profile.tauUnit.value = net::TauUnit::Steps;
  net.profile.integrator.value = static_cast<net::Integrator>(rng.below(3));
  net.profile.reset.value = rule;
  net.profile.compare.value = static_cast<net::Compare>(rng.below(2));
  const net::NeuronKind kinds[] = {net::NeuronKind::IF, net::NeuronKind::LIF,
                                   net::NeuronKind::CubaLIF};
  net.populations = {inputOf("in", 6)};
  for (uint32_t p = 1; p <= 2; ++p) {
    const net::NeuronKind kind = kinds[rng.below(3)];
    net.populations.push_back(
        layerOf("layer" + std::to_string(p), 5, kind, randomParams(rng, kind, 5)));
  }
  net.projections = {denseOf("a", 0, 1, 5, 6, randomWeights(rng, 30)),
                     denseOf("b", 1, 2, 5, 5, randomWeights(rng, 25)),
                     denseOf("c", 0, 2, 5, 6, randomWeights(rng, 30)),
                     denseOf("d", 2, 2, 5, 5, randomWeights(rng, 25, 0.3))};
  net.projections[3].delay = 1;
  for (size_t p : {0, 1, 2})
    for (int j = 0; j < 5; ++j)
      net.projections[p].bias.push_back(0.2 * rng.normal());
  net.inputs = {0};
  net.outputs = {2};
  return net;
}

trace::SampleTrace runFloat(const net::Net &net, const data::EncodedSample &sample) {
  auto engine = runtime::reference::FloatEngine::create(net);
  if (!engine) {
    ADD_FAILURE() << llvm::toString(engine.takeError());
    return {};
  }
  return (*engine)->run(sample, false);
}

// What the readouts add back; a population without a rest, or with 0 for all, has none.
TEST(Lower, KeepsTheRests) {
  net::NeuronParams params;
  params.tau = 2.0;
  params.vThreshold = 1.0;
  params.vLeak = -0.25;
  net::Net net = oneLayer(layerOf("a", 2, net::NeuronKind::LIF, params), 2, {1, 0, 0, 1});
  net.profile.tauUnit.value = net::TauUnit::Steps;
  EXPECT_EQ(lowered(net).rests, (std::vector<std::vector<double>>{{}, {-0.25, -0.25}}));
  net.populations[1].params.vLeak = 0.0;
  EXPECT_EQ(lowered(net).rests, (std::vector<std::vector<double>>{{}, {}}));
}

TEST(Lower, KeepsTheFloatNetwork) {
  uint64_t spikes = 0;
  snnc::test::forEachSeed(1, 120, [&](uint64_t seed, support::Rng &rng) {
    const net::ResetRule rules[] = {net::ResetRule::Zero, net::ResetRule::Subtract,
                                    net::ResetRule::SubtractDelayed, net::ResetRule::None};
    net::Net net = randomNet(rng, rules[seed % 4]);
    data::EncodedSample sample;
    sample.steps = 30;
    sample.size = 6;
    for (uint32_t i = 0; i < sample.steps * sample.size; ++i)
      sample.spikes.push_back(rng.below(3) == 0);
    const trace::SampleTrace before = runFloat(net, sample);
    const Module after = lowered(net);
    EXPECT_EQ(trace::diff(before, runFloat(after.net, sample)).spikeMismatches, 0u);
    for (const trace::PopulationTrace &population : before.populations)
      for (uint8_t spike : population.spikes)
        spikes += spike;
  });
  EXPECT_GT(spikes, 1000u) << "silent networks prove nothing";
}

TEST(Lower, LeavesUnitGainsAndNoRest) {
  support::Rng rng(7);
  const Module module = lowered(randomNet(rng, net::ResetRule::Subtract));
  EXPECT_TRUE(module.lowered);
  for (const net::Population &population : module.net.populations) {
    auto updates = net::discretize(population, module.net.profile);
    ASSERT_TRUE(static_cast<bool>(updates));
    for (const net::NeuronUpdate &update : *updates) {
      EXPECT_EQ(update.membraneGain, 1.0);
      EXPECT_EQ(update.currentGain, 1.0);
      EXPECT_EQ(update.leakTerm, 0.0);
    }
  }
}

// Readouts keep their membrane, around a rest of 0.
TEST(Lower, KeepsTheMembranesOfReadouts) {
  snnc::test::forEachSeed(1, 60, [&](uint64_t seed, support::Rng &rng) {
    const net::NeuronKind kinds[] = {net::NeuronKind::I, net::NeuronKind::LI,
                                     net::NeuronKind::CubaLI};
    const net::NeuronKind spiking[] = {net::NeuronKind::IF, net::NeuronKind::LIF,
                                       net::NeuronKind::CubaLIF};
    net::Net net = randomNet(rng, net::ResetRule::SubtractDelayed);
    net.projections.pop_back(); // no edge leaves a readout
    net.populations[2].kind = kinds[seed % 3];
    net.populations[2].params = randomParams(rng, spiking[seed % 3], 5);
    net.populations[2].params.vThreshold = net.populations[2].params.vReset = {};
    net.populations[2].params.refractory = {};
    data::EncodedSample sample;
    sample.steps = 30;
    sample.size = 6;
    for (uint32_t i = 0; i < sample.steps * sample.size; ++i)
      sample.spikes.push_back(rng.below(3) == 0);
    const Module after = lowered(net);
    auto one = runtime::reference::FloatEngine::create(net);
    auto two = runtime::reference::FloatEngine::create(after.net);
    ASSERT_TRUE(one && two);
    const trace::SampleTrace before = (*one)->run(sample, true);
    const trace::SampleTrace behind = (*two)->run(sample, true);
    const std::vector<double> &rests = after.rests[2];
    for (uint32_t i = 0; i < 30 * 5; ++i)
      EXPECT_NEAR(before.populations[2].vReal[i],
                  behind.populations[2].vReal[i] + (rests.empty() ? 0.0 : rests[i % 5]), 1e-4);
  });
}

TEST(Lower, PopulationsHaveTheirOwnResetRule) {
  uint64_t differ = 0;
  snnc::test::forEachSeed(1, 60, [&](uint64_t seed, support::Rng &rng) {
    net::Net net = randomNet(rng, static_cast<net::ResetRule>(seed % 4));
    data::EncodedSample sample;
    sample.steps = 30;
    sample.size = 6;
    for (uint32_t i = 0; i < sample.steps * sample.size; ++i)
      sample.spikes.push_back(rng.below(3) == 0);
    const trace::SampleTrace plain = runFloat(net, sample);
    net.populations[1].reset = static_cast<net::ResetRule>((seed / 4) % 4);
    const trace::SampleTrace before = runFloat(net, sample);
    differ += trace::diff(plain, before).spikeMismatches != 0;
    EXPECT_EQ(trace::diff(before, runFloat(lowered(net).net, sample)).spikeMismatches, 0u);
  });
  EXPECT_GT(differ, 20u);
}

TEST(Lower, ThresholdsStayAsTheyAre) {
  net::NeuronParams params;
  params.vThreshold.values = {1.0, 2.0};
  net::Net net = oneLayer(layerOf("gate", 2, net::NeuronKind::Threshold, params), 1, {1.f, 2.f});
  net.profile.reset.value = net::ResetRule::SubtractDelayed;
  const Module module = lowered(net);
  EXPECT_EQ(module.net.populations[1].params.vThreshold.values, params.vThreshold.values);
}

TEST(Lower, UnitGainsLeaveWeightsUntouched) {
  net::NeuronParams params;
  params.tau = 20.0;
  params.r = 20.0; // euler gain 1
  params.vThreshold = 1.0;
  net::Net net = oneLayer(layerOf("l", 1, net::NeuronKind::LIF, params), 2, {0.1f, -0.7f});
  net.profile.tauUnit.value = net::TauUnit::Steps;
  const Module module = lowered(net);
  EXPECT_EQ(std::get<net::DenseWeights>(module.net.projections[0].weights).values,
            (std::vector<float>{0.1f, -0.7f}));
  EXPECT_EQ(module.profile.integrator.value, net::Integrator::Euler); // as imported
  EXPECT_EQ(module.net.profile.integrator.value, net::Integrator::Unit);
}

TEST(Lower, SumsBiasesOnTheFirst) {
  support::Rng rng(3);
  net::Net net = randomNet(rng, net::ResetRule::Zero);
  net.populations[2].kind = net::NeuronKind::IF;
  net.populations[2].params = {};
  const double sum = net.projections[1].bias[0] + net.projections[2].bias[0];
  const Module module = lowered(net);
  EXPECT_DOUBLE_EQ(module.net.projections[1].bias[0], sum);
  EXPECT_TRUE(module.net.projections[2].bias.empty());
}

TEST(Lower, SparseWeightsTakeTheirTargetsGain) {
  net::NeuronParams params;
  params.r.values = {2.0, 3.0};
  net::Net net = oneLayer(layerOf("l", 2, net::NeuronKind::IF, params), 2, {});
  net.projections[0].weights = net::SparseWeights{2, 2, {0, 2, 3}, {0, 1, 1}, {1.f, 1.f, 0.5f}};
  const Module module = lowered(net);
  EXPECT_EQ(std::get<net::SparseWeights>(module.net.projections[0].weights).values,
            (std::vector<float>{2.f, 3.f, 1.5f}));
}

TEST(Lower, DelayedSubtractionNeedsAMembrane) {
  net::NeuronParams params;
  params.tau = 1.0;
  params.vThreshold = 1.0;
  net::Net net = oneLayer(layerOf("hidden", 1, net::NeuronKind::LIF, params), 1, {1.0f});
  net.profile.tauUnit.value = net::TauUnit::Steps; // euler, dt = tau: decay 0
  net.profile.reset.value = net::ResetRule::SubtractDelayed;
  Module module = moduleOf(net);
  support::Warnings warnings;
  LowerPass pass;
  const support::Diagnostic diag =
      firstDiagnostic(runPass(pass, module, targetNamed("loihi-like"), warnings));
  EXPECT_EQ(diag.code, support::DiagCode::CoreCannotHold);
  EXPECT_CONTAINS(diag.message, "'hidden'");
  EXPECT_CONTAINS(diag.help, "--reset subtract");
}

} // namespace
} // namespace snnc::compiler
