// Lava's bit-accurate LIF (PyLifModelBitAcc, executed): 40 cases of 16 neurons and 60 steps; every
// u, v and s. On the cycle engine's neuron alone, and through quant, cycle and RTL on one core.
#include "runtime/cycle/neuron.h"
#include "tests/golden/golden_support.h"

#include <gtest/gtest.h>

using namespace snnc;

namespace {

constexpr const char *kVariable = "SNNC_LAVA_GOLDEN", *kFile = "lava_lif.json";

struct Case {
  std::vector<net::NeuronConfig> neurons;
  // [step][neuron]
  std::vector<std::vector<int64_t>> sums, u, v, s; // sums in units of 64
};

Case readCase(const nlohmann::json &json) {
  Case result;
  json.at("a_in").get_to(result.sums);
  json.at("u").get_to(result.u);
  json.at("v").get_to(result.v);
  json.at("s").get_to(result.s);
  for (const nlohmann::json &mant : json.at("bias_mant")) {
    net::NeuronConfig neuron;
    neuron.du = json.at("du");
    neuron.dv = json.at("dv");
    neuron.threshold = json.at("vth").get<int32_t>() << 6;
    neuron.biasMant = mant;
    neuron.biasExp = json.at("bias_exp");
    result.neurons.push_back(neuron);
  }
  return result;
}

void expectEqual(const test::EngineTrace &engine, const Case &expected) {
  const trace::PopulationTrace &n = engine.trace.populations[1];
  for (size_t step = 0; step < expected.u.size(); ++step)
    for (size_t i = 0; i < n.size; ++i) {
      const size_t at = step * n.size + i;
      ASSERT_TRUE(n.u[at] == expected.u[step][i] && n.v[at] == expected.v[step][i] &&
                  n.spikes[at] == expected.s[step][i])
          << engine.engine << " step " << step << " neuron " << i << ": u " << n.u[at] << " v "
          << n.v[at] << " s " << int(n.spikes[at]) << ", Lava u " << expected.u[step][i] << " v "
          << expected.v[step][i] << " s " << expected.s[step][i];
    }
}

} // namespace

TEST(Lava, CycleNeuron) {
  const auto vectors = test::goldenVectors(kVariable, kFile);
  if (!vectors)
    GTEST_SKIP() << test::missing(kVariable, kFile);
  const runtime::cycle::CoreRegisters core{-((1 << 23) - 1), (1 << 23) - 1, 1};
  size_t checked = 0, cases = 0;
  for (const nlohmann::json &json : vectors->at("cases")) {
    SCOPED_TRACE("case " + std::to_string(cases++));
    const Case expected = readCase(json);
    std::vector<runtime::cycle::NeuronVariables> states(expected.neurons.size());
    for (size_t step = 0; step < expected.sums.size(); ++step)
      for (size_t i = 0; i < states.size(); ++i, ++checked) {
        const auto events =
            updateNeuron(expected.neurons[i], core,
                         static_cast<int32_t>(expected.sums[step][i] * 64), states[i]);
        ASSERT_EQ(states[i].u, expected.u[step][i]) << "step " << step << " neuron " << i;
        ASSERT_EQ(states[i].v, expected.v[step][i]) << "step " << step << " neuron " << i;
        ASSERT_EQ(events.spike, expected.s[step][i] != 0) << "step " << step << " neuron " << i;
      }
  }
  EXPECT_EQ(cases, 40u);
  EXPECT_GT(checked, 0u);
}

TEST(Lava, QuantCycleAndRtlOnOneCore) {
  const auto vectors = test::goldenVectors(kVariable, kFile);
  if (!vectors)
    GTEST_SKIP() << test::missing(kVariable, kFile);
  const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  size_t cases = 0;
  for (const nlohmann::json &json : vectors->at("cases")) {
    SCOPED_TRACE("case " + std::to_string(cases++));
    const Case expected = readCase(json);
    for (const test::EngineTrace &engine :
         test::runOnOneCore(test::accumulatorNet(expected.neurons), target,
                            test::accumulatorSample(expected.sums)))
      expectEqual(engine, expected);
    if (HasFatalFailure())
      return;
  }
  EXPECT_EQ(cases, 40u);
}
