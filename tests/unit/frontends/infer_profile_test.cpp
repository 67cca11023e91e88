// Which profile a file's numbers give, and what flags and metadata do to it.
#include "tests/unit/frontends/nir_read.h"

#include <cmath>

namespace snnc {
namespace {

using net::Integrator;
using net::Origin;
using net::ResetRule;
using net::TauUnit;
using support::DiagCode;

// input -> fc (off Lava's grid) -> n -> output.
Read readOne(NirFile &file, double weight = 0.3, const net::ProfileFlags &flags = {}) {
  file.input("input", {1});
  file.linear("fc", {weight}, 1, 1);
  file.output("output", {1});
  file.edges({"input", "fc", "fc", "n", "n", "output"});
  return readOrFail(file.path(), flags);
}

// The warning whose help names `flag`; the test fails if there is none.
std::string guessOf(const Read &read, const std::string &flag) {
  for (const support::Diagnostic &warning : read.warnings)
    if (warning.code == DiagCode::ProfileGuess && contains(warning.help, flag))
      return warning.message;
  ADD_FAILURE() << "no guess of " << flag;
  return "";
}

TEST(InferProfile, SnnTorch) {
  NirFile file("p_snntorch");
  const float tau = 1e-4f / (1.0f - 0.95f);
  file.lif("n", 1, tau, tau / 1e-4f, 0);
  const Read read = readOne(file);
  EXPECT_EQ(read.net.profile.dt.value, 1e-4);
  EXPECT_EQ(read.net.profile.dt.origin, Origin::Inferred);
  EXPECT_EQ(read.net.profile.reset.value, ResetRule::SubtractDelayed);
  EXPECT_CONTAINS(guessOf(read, "--reset"), "the reset rule is taken as subtract-delayed");
  EXPECT_EQ(read.count(DiagCode::ProfileGuess), 1u);
}

TEST(InferProfile, NoResetInTheFileIsZero) {
  NirFile file("p_noreset");
  file.lif("n", 1, 1e-3, 10);
  const Read read = readOne(file);
  EXPECT_EQ(read.net.profile.reset.value, ResetRule::Zero);
  EXPECT_CONTAINS(guessOf(read, "--reset"), "no v_reset in the file");
}

// A nonzero v_reset is an answer, not a guess.
TEST(InferProfile, NonzeroReset) {
  NirFile file("p_reset");
  file.lif("n", 1, 1e-3, 10, 0.25);
  const Read read = readOne(file);
  EXPECT_EQ(read.net.profile.reset.value, ResetRule::Zero);
  EXPECT_EQ(read.count(DiagCode::ProfileGuess), 0u);
}

TEST(InferProfile, Lava) {
  NirFile file("p_lava");
  file.lif("n", 1, 1e-3, 10, 0);
  const Read read = readOne(file, 3.0 / 64);
  EXPECT_EQ(read.net.profile.reset.value, ResetRule::Zero);
  EXPECT_CONTAINS(guessOf(read, "--reset"), "multiples of 1/64");
}

TEST(InferProfile, CubaLIF) {
  NirFile file("p_cuba");
  file.neuron("n", "CubaLIF",
              {{"tau_syn", 2e-4},
               {"tau_mem", 1e-3},
               {"r", 10},
               {"w_in", 2},
               {"v_leak", 0},
               {"v_threshold", 1},
               {"v_reset", 0}},
              1);
  const Read read = readOne(file);
  EXPECT_EQ(read.net.profile.dt.value, 1e-4);
  EXPECT_EQ(read.net.profile.reset.value, ResetRule::Zero);
}

TEST(InferProfile, Norse) {
  NirFile file("p_norse");
  file.lif("n", 1, 2.5e-3, 1);
  const Read read = readOne(file);
  EXPECT_EQ(read.net.profile.dt.value, 1e-4);
  EXPECT_EQ(read.net.profile.tauUnit.value, TauUnit::Seconds);
  EXPECT_CONTAINS(guessOf(read, "--dt"), "dt is taken as 1e-04 s");
}

TEST(InferProfile, Sinabs) {
  NirFile file("p_sinabs");
  file.lif("n", 1, 20, 1);
  const Read read = readOne(file);
  EXPECT_EQ(read.net.profile.tauUnit.value, TauUnit::Steps);
  EXPECT_EQ(read.net.profile.integrator.value, Integrator::Exp);
  EXPECT_CONTAINS(guessOf(read, "--tau-unit"), "steps");
  EXPECT_CONTAINS(guessOf(read, "--integrator"), "exp");
  auto updates = net::discretize(read.population("n"), read.net.profile);
  ASSERT_TRUE(static_cast<bool>(updates));
  EXPECT_DOUBLE_EQ(updates->front().membraneDecay, std::exp(-1.0 / 20));
}

TEST(InferProfile, Hxtorch) {
  NirFile file("p_hx");
  file.neuron("n", "CubaLIF",
              {{"tau_syn", 5}, {"tau_mem", 10}, {"r", 1}, {"v_leak", 0}, {"v_threshold", 1}}, 1);
  const Read read = readOne(file);
  EXPECT_EQ(read.net.profile.tauUnit.value, TauUnit::Milliseconds);
  EXPECT_CONTAINS(guessOf(read, "--tau-unit"), "ms");
}

TEST(InferProfile, Rockpool) {
  NirFile file("p_rockpool");
  file.lif("n", 1, 2.5e-3, 25 * std::exp(-0.04));
  const Read read = readOne(file);
  EXPECT_EQ(read.net.profile.dt.value, 1e-4);
  EXPECT_EQ(read.net.profile.integrator.value, Integrator::Unit);
}

TEST(InferProfile, StepsOfUnitGain) {
  NirFile file("p_steps");
  file.lif("n", 1, 20, 20, 0);
  const Read read = readOne(file);
  EXPECT_EQ(read.net.profile.tauUnit.value, TauUnit::Steps);
  EXPECT_EQ(read.net.profile.reset.value, ResetRule::SubtractDelayed);
}

TEST(InferProfile, SpikingJelly) {
  NirFile file("p_jelly");
  file.neuron("n", "IF", {{"r", 1000}, {"v_threshold", 1}}, 1);
  const Read read = readOne(file);
  EXPECT_EQ(read.net.profile.dt.value, 1e-3);
  EXPECT_EQ(net::discretize(read.population("n"), read.net.profile)->front().membraneGain, 1.0);
}

TEST(InferProfile, IntegratorOfUnitGainNeedsNoStep) {
  NirFile file("p_if");
  file.neuron("n", "IF", {{"r", 1}, {"v_threshold", 1}}, 1);
  const Read read = readOne(file);
  EXPECT_EQ(read.count(DiagCode::ProfileGuess), 1u); // the reset rule
}

// Two layers that disagree: nothing is inferred, and that is said.
TEST(InferProfile, NoCommonRule) {
  NirFile file("p_mixed");
  file.lif("n", 1, 1e-3, 10, 0);
  file.lif("m", 1, 1e-3, 7, 0);
  file.input("input", {1});
  file.output("output", {1});
  file.edges({"input", "n", "n", "m", "m", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_CONTAINS(guessOf(read, "--dt"), "the file does not say");
  EXPECT_EQ(read.net.profile.reset.value, ResetRule::Zero);
}

TEST(InferProfile, FlagsWinAndSilenceTheGuess) {
  NirFile file("p_flags");
  file.lif("n", 1, 2.5e-3, 1, 0);
  net::ProfileFlags flags;
  flags.dt = 5e-4;
  flags.reset = ResetRule::Subtract;
  flags.compare = net::Compare::Ge;
  const Read read = readOne(file, 0.3, flags);
  EXPECT_EQ(read.net.profile.dt.value, 5e-4);
  EXPECT_EQ(read.net.profile.dt.origin, Origin::Flag);
  EXPECT_EQ(read.net.profile.reset.value, ResetRule::Subtract);
  EXPECT_EQ(read.net.profile.compare.value, net::Compare::Ge);
  EXPECT_EQ(read.count(DiagCode::ProfileGuess), 0u);
}

TEST(InferProfile, MetadataWinOverInference) {
  NirFile file("p_meta");
  file.lif("n", 1, 1e-3, 10, 0);
  file.string("/node/metadata/reset", "subtract");
  file.numbers("/node/metadata/dt", {0.5}, {});
  file.string("/node/metadata/integrator", "exp");
  file.string("/node/metadata/compare", "sideways");
  const Read read = readOne(file);
  EXPECT_EQ(read.net.profile.reset.value, ResetRule::Subtract);
  EXPECT_EQ(read.net.profile.reset.origin, Origin::Metadata);
  EXPECT_EQ(read.net.profile.dt.value, 0.5);
  EXPECT_EQ(read.net.profile.integrator.value, Integrator::Exp);
  EXPECT_EQ(read.net.profile.compare.value, net::Compare::Gt);
  ASSERT_EQ(read.count(DiagCode::UnknownDataset), 1u);
  EXPECT_EQ(read.count(DiagCode::ProfileGuess), 0u);
}

// r = beta = 1 - dt/tau: the neurons' own gains are 1.
TEST(InferProfile, Spyx) {
  NirFile file("p_spyx");
  file.narrow = false;
  file.lif("n", 1, 10, 0.9);
  file.lif("m", 1, 4, 0.75);
  file.input("input", {1});
  file.output("output", {1});
  file.edges({"input", "n", "n", "m", "m", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.net.profile.tauUnit.value, TauUnit::Steps);
  EXPECT_EQ(read.net.profile.reset.value, ResetRule::Subtract);
  EXPECT_CONTAINS(guessOf(read, "--dt"), "Spyx");
  auto updates = net::discretize(read.population("n"), read.net.profile);
  ASSERT_TRUE(static_cast<bool>(updates));
  EXPECT_EQ(updates->front().membraneDecay, 0.9);
  EXPECT_EQ(updates->front().membraneGain, 1.0);
}

// An IF tells the step where leaky neurons do not.
TEST(InferProfile, SpikingJellyWithLeakyNeurons) {
  NirFile file("p_jelly_lif");
  file.lif("n", 1, 2e-3, 1, 0);
  file.neuron("m", "IF", {{"r", 1000}, {"v_threshold", 1}, {"v_reset", 0}}, 1);
  file.input("input", {1});
  file.output("output", {1});
  file.edges({"input", "n", "n", "m", "m", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.net.profile.dt.value, 1e-3);
  EXPECT_EQ(read.count(DiagCode::ProfileGuess), 1u); // the reset rule
}

// One tau for all agrees with any step.
TEST(InferProfile, AlikeNeuronsProveNoStep) {
  NirFile file("p_alike");
  file.lif("n", 1, 0.02, 2, 0);
  const Read read = readOne(file);
  EXPECT_EQ(read.net.profile.dt.value, 0.01);
  EXPECT_CONTAINS(guessOf(read, "--dt"), "0.01 s");
}

// Readouts are evidence of the step, not of the reset rule.
TEST(InferProfile, ReadoutsCount) {
  NirFile file("p_readout");
  file.lif("n", 1, 1e-3, 10, 0);
  file.neuron("m", "LI", {{"tau", 2e-3}, {"r", 20}, {"v_leak", 0}}, 1);
  file.input("input", {1});
  file.output("output", {1});
  file.linear("fc", {0.3}, 1, 1);
  file.edges({"input", "n", "n", "fc", "fc", "m", "m", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.net.profile.dt.value, 1e-4);
  EXPECT_EQ(read.net.profile.reset.value, ResetRule::SubtractDelayed);
}

// tau/r is a step in the unit of tau.
TEST(InferProfile, UnitFlagRescalesTheStep) {
  NirFile file("p_ms");
  file.lif("n", 1, 20, 200, 0);
  net::ProfileFlags flags;
  flags.tauUnit = TauUnit::Milliseconds;
  const Read read = readOne(file, 0.3, flags);
  EXPECT_DOUBLE_EQ(read.net.profile.dt.value, 1e-4);
  EXPECT_EQ(net::discretize(read.population("n"), read.net.profile)->front().membraneGain, 1.0);
}

} // namespace
} // namespace snnc
