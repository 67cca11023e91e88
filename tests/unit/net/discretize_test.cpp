#include "common/net/discretize.h"
#include "tests/unit/support/expect_diag.h"

#include <cmath>
#include <limits>

namespace snnc::net {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Population lif(double tau, double r) {
  Population population;
  population.name = "hidden";
  population.kind = NeuronKind::LIF;
  population.shape = {1};
  population.params.tau = tau;
  population.params.r = r;
  population.params.vThreshold = 1.0;
  population.loc = {"a.nir", 0, "/node/nodes/hidden"};
  return population;
}

Profile profileOf(Integrator integrator, TauUnit unit = TauUnit::Seconds, double dt = 1e-4) {
  Profile profile;
  profile.integrator.value = integrator;
  profile.tauUnit.value = unit;
  profile.dt.value = dt;
  return profile;
}

NeuronUpdate one(const Population &population, const Profile &profile) {
  auto updates = discretize(population, profile);
  if (!updates) {
    ADD_FAILURE() << llvm::toString(updates.takeError());
    return {};
  }
  EXPECT_EQ(updates->size(), 1u);
  return updates->front();
}

// snnTorch writes float32 taus; the trained 0.95 and the gain of 1 come back exactly.
TEST(Discretize, RecoversDecaysFromFloat32) {
  const float tau = 1e-4f / (1.0f - 0.95f);
  const NeuronUpdate update = one(lif(tau, tau / 1e-4), profileOf(Integrator::Euler));
  EXPECT_EQ(update.membraneDecay, 0.95);
  EXPECT_EQ(update.membraneGain, 1.0);
  EXPECT_EQ(update.currentGain, 1.0);
  EXPECT_FALSE(update.hasCurrent);
}

TEST(Discretize, KeepsWhatIsNoNoise) {
  const NeuronUpdate update =
      one(lif(1.0 / (1 - 0.123456789), 1.0), profileOf(Integrator::Euler, TauUnit::Steps));
  EXPECT_NEAR(update.membraneDecay, 0.123456789, 1e-15);
}

// A leak smaller than the noise is not rounded away.
TEST(Discretize, SlowNeuronStillLeaks) {
  const NeuronUpdate update = one(lif(1e8, 1.0), profileOf(Integrator::Euler, TauUnit::Steps));
  EXPECT_LT(update.membraneDecay, 1.0);
  EXPECT_DOUBLE_EQ(update.membraneGain, 1e-8);
}

TEST(Discretize, TableOfIntegrators) {
  Population population = lif(0.002, 3.0);
  population.params.vLeak = 2.0;
  const double x = 1e-4 / 0.002;
  NeuronUpdate update = one(population, profileOf(Integrator::Euler));
  EXPECT_DOUBLE_EQ(update.membraneDecay, 1 - x);
  EXPECT_DOUBLE_EQ(update.membraneGain, 3 * x);
  EXPECT_DOUBLE_EQ(update.leakTerm, 2 * x);
  update = one(population, profileOf(Integrator::Exp));
  EXPECT_DOUBLE_EQ(update.membraneDecay, std::exp(-x));
  EXPECT_DOUBLE_EQ(update.membraneGain, 3 * (1 - std::exp(-x)));
  EXPECT_DOUBLE_EQ(update.leakTerm, 2 * (1 - std::exp(-x)));
  update = one(population, profileOf(Integrator::Unit));
  EXPECT_DOUBLE_EQ(update.membraneDecay, std::exp(-x));
  EXPECT_EQ(update.membraneGain, 1.0);
}

TEST(Discretize, CurrentOfCubaLIF) {
  Population population = lif(0, 0);
  population.kind = NeuronKind::CubaLIF;
  population.params.tau = {};
  population.params.tauSyn = 2e-4;
  population.params.tauMem = 1e-3;
  population.params.r = 10.0;
  population.params.wIn = 2.0;
  const NeuronUpdate update = one(population, profileOf(Integrator::Euler));
  EXPECT_TRUE(update.hasCurrent);
  EXPECT_EQ(update.currentDecay, 0.5);
  EXPECT_EQ(update.currentGain, 1.0);
  EXPECT_EQ(update.membraneDecay, 0.9);
  EXPECT_EQ(update.membraneGain, 1.0);
}

TEST(Discretize, UnitOfTau) {
  EXPECT_EQ(one(lif(20, 20), profileOf(Integrator::Euler, TauUnit::Steps)).membraneDecay, 0.95);
  EXPECT_EQ(
      one(lif(20, 1), profileOf(Integrator::Euler, TauUnit::Milliseconds, 1e-3)).membraneDecay,
      0.95);
}

// beta = 1 is exported as tau = r = inf.
TEST(Discretize, InfiniteTauIsNoLeak) {
  const NeuronUpdate update = one(lif(kInfinity, kInfinity), profileOf(Integrator::Euler));
  EXPECT_EQ(update.membraneDecay, 1.0);
  EXPECT_EQ(update.membraneGain, 1.0);
  EXPECT_EQ(update.leakTerm, 0.0);
}

TEST(Discretize, IntegrateAndFireGain) {
  Population population = lif(0, 1.0);
  population.kind = NeuronKind::IF;
  population.params.tau = {};
  EXPECT_EQ(one(population, profileOf(Integrator::Euler)).membraneGain, 1.0);
  population.params.r = 1e4f; // SpikingJelly: 1/dt
  EXPECT_EQ(one(population, profileOf(Integrator::Euler)).membraneGain, 1.0);
  population.params.r = 0.5;
  EXPECT_EQ(one(population, profileOf(Integrator::Euler)).membraneGain, 0.5);
  EXPECT_EQ(one(population, profileOf(Integrator::Euler)).membraneDecay, 1.0);
}

TEST(Discretize, ResetRules) {
  Population population = lif(0.002, 20);
  population.params.vThreshold = 1.5;
  population.params.vReset = 0.25;
  Profile profile = profileOf(Integrator::Euler);
  const std::pair<ResetRule, double> expected[] = {{ResetRule::Zero, 0.25},
                                                   {ResetRule::Subtract, 1.25},
                                                   {ResetRule::SubtractDelayed, 1.5},
                                                   {ResetRule::None, 0.0}};
  for (auto [rule, value] : expected) {
    profile.reset.value = rule;
    EXPECT_EQ(one(population, profile).reset, value) << nameOf(rule);
  }
}

TEST(Discretize, PerNeuronAndBroadcast) {
  Population population = lif(0.002, 1);
  population.shape = {2, 2};
  population.params.vThreshold.values = {1, 2, 3, 4};
  auto updates = discretize(population, profileOf(Integrator::Euler));
  ASSERT_TRUE(static_cast<bool>(updates));
  ASSERT_EQ(updates->size(), 4u);
  EXPECT_EQ((*updates)[3].threshold, 4.0);
  EXPECT_EQ((*updates)[3].membraneDecay, 0.95);
}

TEST(Discretize, Refractory) {
  Population population = lif(0.002, 1);
  population.params.refractory = 3e-4;
  EXPECT_EQ(one(population, profileOf(Integrator::Euler)).refractorySteps, 3u);
  population.params.refractory = 2.5e-4;
  const auto diag =
      firstDiagnostic(discretize(population, profileOf(Integrator::Euler)).takeError());
  EXPECT_EQ(diag.code, support::DiagCode::ParamRange);
  EXPECT_CONTAINS(diag.message, "'refractory' of 'hidden' is 0.00025 but must be a whole number");
}

// The message has node, field, both numbers and every way out.
TEST(Discretize, StepLongerThanTauIsAnErrorUnderEuler) {
  Population population = lif(2.2e-4, 1);
  const auto diag = firstDiagnostic(
      discretize(population, profileOf(Integrator::Euler, TauUnit::Seconds, 1e-3)).takeError());
  EXPECT_EQ(diag.code, support::DiagCode::DtTooLarge);
  EXPECT_EQ(diag.loc.path, "/node/nodes/hidden/tau");
  EXPECT_CONTAINS(diag.message, "dt/tau is 4.545 for 'hidden'");
  EXPECT_CONTAINS(diag.message, "(dt 0.001 s, tau 0.00022 s)");
  EXPECT_CONTAINS(diag.help, "--dt");
  EXPECT_CONTAINS(diag.help, "--tau-unit");
  EXPECT_CONTAINS(diag.help, "--integrator exp");
  EXPECT_TRUE(static_cast<bool>(
      discretize(population, profileOf(Integrator::Exp, TauUnit::Seconds, 1e-3))));
}

// tau = dt in float32 may be a hair below: a decay of 0, no error.
TEST(Discretize, TauOfOneStep) {
  const NeuronUpdate update = one(lif(static_cast<double>(1e-4f), 1), profileOf(Integrator::Euler));
  EXPECT_EQ(update.membraneDecay, 0.0);
  EXPECT_EQ(update.membraneGain, 1.0);
}

TEST(Discretize, BadValuesNameTheNeuron) {
  Population population = lif(0.002, 1);
  population.shape = {3};
  population.params.tau.values = {0.002, -1, 0.002};
  auto diag = firstDiagnostic(discretize(population, profileOf(Integrator::Euler)).takeError());
  EXPECT_EQ(diag.code, support::DiagCode::ParamRange);
  EXPECT_CONTAINS(diag.message, "'tau[1]' of 'hidden' is -1 but must be above 0");
  population.params.tau = 0.002;
  population.params.r = kInfinity;
  diag = firstDiagnostic(discretize(population, profileOf(Integrator::Euler)).takeError());
  EXPECT_CONTAINS(diag.message, "'r' of 'hidden' is inf but must be finite");
}

TEST(Discretize, StepMustBePositive) {
  const auto diag = firstDiagnostic(
      discretize(lif(1, 1), profileOf(Integrator::Euler, TauUnit::Seconds, 0)).takeError());
  EXPECT_CONTAINS(diag.message, "dt is 0 but must be above 0");
}

TEST(Discretize, InputsHaveNoUpdate) {
  Population input;
  input.shape = {3};
  auto updates = discretize(input, Profile());
  ASSERT_TRUE(static_cast<bool>(updates));
  EXPECT_TRUE(updates->empty());
}

// Readouts integrate like their spiking kinds and never fire.
TEST(Discretize, KindsWithoutSpikes) {
  const std::pair<NeuronKind, NeuronKind> kPairs[] = {{NeuronKind::IF, NeuronKind::I},
                                                      {NeuronKind::LIF, NeuronKind::LI},
                                                      {NeuronKind::CubaLIF, NeuronKind::CubaLI}};
  for (const auto &[spiking, silent] : kPairs) {
    Population population = lif(0.002, 3.0);
    population.kind = spiking;
    if (spiking == NeuronKind::CubaLIF) {
      population.params.tauMem = population.params.tau;
      population.params.tauSyn = 0.001;
      population.params.wIn = 2.0;
    }
    population.params.vInit = 0.25;
    if (spiking != NeuronKind::IF)
      population.params.vLeak = 0.5;
    const Profile profile = profileOf(Integrator::Exp);
    const NeuronUpdate fires = one(population, profile);
    population.kind = silent;
    population.params.vThreshold = {};
    const NeuronUpdate update = one(population, profile);
    EXPECT_TRUE(fires.spikes);
    EXPECT_FALSE(update.spikes);
    EXPECT_EQ(update.threshold, kInfinity);
    EXPECT_EQ(update.reset, 0.0);
    EXPECT_EQ(update.vInit, 0.25);
    EXPECT_EQ(std::tuple(update.hasCurrent, update.currentDecay, update.currentGain),
              std::tuple(fires.hasCurrent, fires.currentDecay, fires.currentGain));
    EXPECT_EQ(std::tuple(update.membraneDecay, update.membraneGain, update.leakTerm),
              std::tuple(fires.membraneDecay, fires.membraneGain, fires.leakTerm));
  }
}

TEST(Discretize, ThresholdRemembersNothing) {
  for (ResetRule rule : {ResetRule::Zero, ResetRule::Subtract, ResetRule::SubtractDelayed}) {
    Population population;
    population.kind = NeuronKind::Threshold;
    population.shape = {2};
    population.params.vThreshold = 0.75;
    Profile profile;
    profile.reset.value = rule;
    const NeuronUpdate update = one(population, profile);
    EXPECT_TRUE(update.spikes);
    EXPECT_EQ(update.threshold, 0.75);
    EXPECT_EQ(std::tuple(update.membraneDecay, update.membraneGain, update.reset),
              std::tuple(0.0, 1.0, 0.0));
  }
}

TEST(Discretize, APopulationsOwnRuleWins) {
  Population population = lif(0.002, 1.0);
  population.params.vReset = 0.25;
  Profile profile = profileOf(Integrator::Euler);
  EXPECT_EQ(one(population, profile).reset, 0.25);
  population.reset = ResetRule::Subtract;
  EXPECT_EQ(one(population, profile).reset, 0.75);
  population.reset = ResetRule::None;
  EXPECT_EQ(one(population, profile).reset, 0.0);
}

} // namespace
} // namespace snnc::net
