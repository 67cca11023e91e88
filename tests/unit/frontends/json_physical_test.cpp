// Physical parameters become the dimensionless neuron that behaves the same.
#include "tests/unit/frontends/json_read.h"

#include <cmath>

namespace snnc {
namespace {

using support::DiagCode;

std::string physical(const std::string &params, const char *model = "lif") {
  return modelOf(R"({"name": "n", "model": ")" + std::string(model) +
                     R"(", "weights": [[300, -100]], "params": {)" + params + "}}",
                 R"("profile": {"dt": "1 ms"})");
}

constexpr const char *kCell = R"("C_m": "250 pF", "g_L": "25 nS", "E_L": "-70 mV",
  "V_th": "-50 mV", "V_reset": "-60 mV", "tau_ref": "2 ms", "current_unit": "pA")";

// One Euler step of C dV/dt = -g (V - E) + I in SI, against the dimensionless update.
TEST(JsonPhysical, SameStepAsInSI) {
  const net::Net net = modelOrFail(physical(kCell));
  const net::NeuronUpdate update = updateOf(net, 1);
  const double current = 300e-12, v0 = -65e-3, dt = 1e-3;
  const double volts = v0 + dt / 250e-12 * (-25e-9 * (v0 + 70e-3) + current);
  const double v = update.membraneDecay * ((v0 + 70e-3) / 20e-3) + update.membraneGain * 300;
  EXPECT_NEAR(v, (volts + 70e-3) / 20e-3, 1e-12);
  EXPECT_EQ(update.membraneDecay, 0.9);
  EXPECT_EQ(update.threshold, 1.0);
  EXPECT_NEAR(update.reset, 0.5, 1e-12);
  EXPECT_EQ(update.refractorySteps, 2u);
  EXPECT_EQ(update.vInit, 0.0);
  EXPECT_EQ(update.leakTerm, 0.0);
}

TEST(JsonPhysical, TimeConstantInsteadOfConductance) {
  const net::Net net = modelOrFail(physical(
      R"("C_m": "250 pF", "tau_m": "10 ms", "E_L": "-70 mV", "V_th": "-50 mV",
         "V_init": "-65 mV", "current_unit": "nA")"));
  const net::NeuronUpdate update = updateOf(net, 1);
  EXPECT_EQ(update.membraneDecay, 0.9);
  EXPECT_NEAR(update.membraneGain, 1e-9 * 1e-3 / 250e-12 / 20e-3, 1e-12);
  EXPECT_NEAR(update.vInit, 0.25, 1e-12);
  EXPECT_NEAR(update.reset, 0.0, 1e-12);
}

TEST(JsonPhysical, UnitOfTauDoesNotMatter) {
  const double gain = updateOf(modelOrFail(physical(kCell)), 1).membraneGain;
  for (const auto unit : {net::TauUnit::Milliseconds, net::TauUnit::Steps}) {
    support::Warnings warnings;
    net::ProfileFlags flags;
    flags.tauUnit = unit;
    const net::Net net = modelOrFail(physical(kCell), warnings, flags);
    EXPECT_EQ(updateOf(net, 1).membraneDecay, 0.9);
    EXPECT_NEAR(updateOf(net, 1).membraneGain, gain, 1e-15);
    EXPECT_EQ(updateOf(net, 1).refractorySteps, 2u);
  }
}

// A spike raises the current by its weight, whatever dt is.
TEST(JsonPhysical, SynapticCurrent) {
  const std::string cell = std::string(kCell) + R"(, "tau_syn": "5 ms")";
  const net::NeuronUpdate update = updateOf(modelOrFail(physical(cell, "cubalif")), 1);
  EXPECT_TRUE(update.hasCurrent);
  EXPECT_EQ(update.currentDecay, 0.8);
  EXPECT_EQ(update.currentGain, 1.0);
}

TEST(JsonPhysical, PerNeuron) {
  const net::Net net = modelOrFail(modelOf(
      R"({"name": "n", "model": "lif", "size": 2, "params": {"C_m": ["250 pF", "500 pF"],
          "g_L": "25 nS", "E_L": "-70 mV", "V_th": "-50 mV", "current_unit": "pA"}})",
      R"("profile": {"dt": "1 ms"})"));
  auto updates = net::discretize(net.populations[1], net.profile);
  ASSERT_TRUE(static_cast<bool>(updates));
  EXPECT_EQ((*updates)[0].membraneDecay, 0.9);
  EXPECT_EQ((*updates)[1].membraneDecay, 0.95);
}

void expectError(const std::string &params, DiagCode code, const char *path, const char *message) {
  const auto errors = modelErrors(physical(params));
  ASSERT_EQ(errors.size(), 1u) << params;
  EXPECT_EQ(errors[0].code, code);
  EXPECT_EQ(errors[0].loc.path, path);
  EXPECT_CONTAINS(errors[0].message, message);
}

TEST(JsonPhysical, Errors) {
  const std::string rest = R"("E_L": "-70 mV", "V_th": "-50 mV", "current_unit": "pA")";
  expectError(R"("C_m": 250, "g_L": "25 nS", )" + rest, DiagCode::BadUnit, "/layers/1/params/C_m",
              "'C_m' needs a unit");
  expectError(R"("C_m": "250 pA", "g_L": "25 nS", )" + rest, DiagCode::BadUnit,
              "/layers/1/params/C_m", "\"250 pA\", which is not a quantity such as \"250 pF\"");
  expectError(R"("C_m": "250 pF", "g_L": "25 nS", "tau_m": "1 ms", )" + rest,
              DiagCode::ParamConflict, "/layers/1/params", "'g_L' and 'tau_m'");
  expectError(R"("C_m": "250 pF", )" + rest, DiagCode::JsonMissingKey, "/layers/1/params",
              "'g_L' is missing");
  expectError(R"("C_m": "250 pF", "g_L": "25 nS", "E_L": "-50 mV", "V_th": "-50 mV",
                 "current_unit": "pA")",
              DiagCode::ParamRange, "/layers/1/params", "'V_th' must be above 'E_L'");
  expectError(R"("C_m": "250 pF", "g_L": "25 nS", "E_L": "-70 mV", "V_th": "-50 mV",
                 "current_unit": "mV")",
              DiagCode::BadUnit, "/layers/1/params/current_unit", "'current_unit' is \"mV\"");
  expectError(std::string(kCell) + R"(, "beta": 0.5)", DiagCode::ParamConflict, "/layers/1/params",
              "two families");
}

} // namespace
} // namespace snnc
