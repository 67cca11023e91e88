// The integers of a core in real numbers, value by value; the whole circle back to the same
// integers is tested in tests/unit/export.
#include "common/net/dequantize.h"

#include "common/net/discretize.h"
#include "common/net/parse.h"
#include "common/net/verify.h"
#include "tests/unit/support/expect_diag.h"

#include <cmath>

namespace snnc::net {
namespace {

using support::DiagCode;

QuantNet parsed(const std::string &text) {
  auto net = parse(text, "test.snn");
  if (!net) {
    ADD_FAILURE() << llvm::toString(net.takeError());
    return {};
  }
  return std::get<QuantNet>(std::move(*net));
}

Net real(const std::string &text) {
  llvm::Expected<Net> net = dequantize(parsed(text));
  if (!net) {
    ADD_FAILURE() << llvm::toString(net.takeError());
    return {};
  }
  EXPECT_FALSE(static_cast<bool>(verify(*net)));
  return std::move(*net);
}

support::Diagnostic refusal(const std::string &text) {
  llvm::Expected<Net> net = dequantize(parsed(text));
  EXPECT_FALSE(static_cast<bool>(net));
  const support::Diagnostic first = firstDiagnostic(net.takeError());
  EXPECT_EQ(first.code, DiagCode::RuleNotReal);
  EXPECT_FALSE(first.help.empty());
  return first;
}

// One population behind an input, with `neurons`, `scale` and a projection's `head`.
std::string layer(const std::string &neurons, const std::string &more = "scale [2*64]") {
  return "quantnet @n { population @in size 1 input population @x size 2 du_offset 1 { " + neurons +
         " " + more +
         " } projection @p from @in to @x delay 0 bits 8 exponent 1 dense 2x1 "
         "{ [3] [-2] } inputs @in outputs @x }";
}

TEST(Dequantize, WeightsThresholdsAndDecays) {
  const Net net = real(layer("neurons 1 x { threshold 96 reset 16 v_init -32 du 4095 dv 1024 } "
                             "neurons 1 x { threshold 50 du 4095 refractory 4 }",
                             "scale [64 100]"));
  const auto &weights = std::get<DenseWeights>(net.projections[0].weights);
  EXPECT_EQ(weights.values, (std::vector<float>{3 * 128 / 64.0f, -2 * 128 / 100.0f}));
  EXPECT_EQ(net.projections[0].grid.exponent, 1);
  EXPECT_EQ(net.projections[0].grid.weightBits, 8);
  const Population &x = net.populations[1];
  EXPECT_EQ(x.kind, NeuronKind::LIF);
  EXPECT_EQ(x.grid.scale.values, (std::vector<double>{64, 100}));
  auto updates = discretize(x, net.profile);
  ASSERT_TRUE(static_cast<bool>(updates));
  EXPECT_EQ((*updates)[0].membraneDecay, 0.75);
  EXPECT_EQ((*updates)[0].membraneGain, 1.0);
  EXPECT_EQ((*updates)[0].threshold, 1.5);
  EXPECT_EQ((*updates)[0].reset, 0.25);
  EXPECT_EQ((*updates)[0].vInit, -0.5);
  EXPECT_EQ((*updates)[1].membraneDecay, 1.0);
  EXPECT_EQ((*updates)[1].threshold, 0.5);
  EXPECT_EQ((*updates)[1].refractorySteps, 3u);
}

TEST(Dequantize, DuOffsetIsPartOfTheDecay) {
  for (uint32_t offset : {0u, 1u}) {
    QuantNet quant = parsed(layer("neurons 2 x { threshold 1 du 2047 }"));
    quant.populations[1].duOffset = static_cast<uint8_t>(offset);
    llvm::Expected<Net> net = dequantize(quant);
    ASSERT_TRUE(static_cast<bool>(net));
    EXPECT_EQ(net->populations[1].grid.duOffset, offset);
    auto updates = discretize(net->populations[1], net->profile);
    ASSERT_TRUE(static_cast<bool>(updates));
    EXPECT_NEAR(updates->front().currentDecay, 1 - (2047 + offset) / 4096.0, 2e-7);
  }
}

// Every decay register comes back, whatever the profile's time step.
TEST(Dequantize, EveryDecayIsARegister) {
  for (uint32_t k = 0; k <= 4095; ++k) {
    QuantNet quant = parsed(layer("neurons 2 x { threshold 1 du " + std::to_string(k) + " dv " +
                                  std::to_string(k) + " }"));
    const double steps[] = {1e-4, 7.3e-5, 0.011, 1.0};
    quant.profile.dt.value = steps[k % 4];
    llvm::Expected<Net> net = dequantize(quant);
    ASSERT_TRUE(static_cast<bool>(net));
    auto updates = discretize(net->populations[1], net->profile);
    ASSERT_TRUE(static_cast<bool>(updates));
    const NeuronUpdate &update = updates->front();
    ASSERT_EQ(std::lround(4096 * (1 - update.membraneDecay)), k);
    ASSERT_NEAR(update.membraneDecay, 1 - k / 4096.0, 2e-7) << k;
    ASSERT_EQ(update.membraneGain, 1.0) << k;
    if (k < 4095) { // with 4095 nothing is left of a current, so there is none
      ASSERT_EQ(std::lround(4096 * (1 - update.currentDecay)), k + 1);
      ASSERT_EQ(update.currentGain, 1.0) << k;
    }
  }
}

TEST(Dequantize, KindsOfNeurons) {
  const auto kindOf = [](const std::string &neurons) {
    return real(layer(neurons)).populations[1].kind;
  };
  EXPECT_EQ(kindOf("neurons 2 x { threshold 9 du 4095 }"), NeuronKind::IF);
  EXPECT_EQ(kindOf("neurons 2 x { threshold 9 du 4095 dv 1 }"), NeuronKind::LIF);
  EXPECT_EQ(kindOf("neurons 2 x { threshold 9 du 4094 dv 1 }"), NeuronKind::CubaLIF);
  EXPECT_EQ(kindOf("neurons 2 x { threshold 9 du 4095 bias_to_current }"), NeuronKind::CubaLIF);
  EXPECT_EQ(kindOf("neurons 2 x { threshold 8388607 du 4095 }"), NeuronKind::I);
  EXPECT_EQ(kindOf("neurons 2 x { threshold 8388607 du 4095 dv 7 }"), NeuronKind::LI);
  EXPECT_EQ(kindOf("neurons 2 x { threshold 8388607 du 5 dv 7 }"), NeuronKind::CubaLI);
  EXPECT_EQ(kindOf("neurons 1 x { threshold 8388607 du 4095 } "
                   "neurons 1 x { threshold 8388606 du 4095 }"),
            NeuronKind::IF);
  EXPECT_EQ(kindOf("neurons 2 x { threshold 8388607 compare_ge du 4095 }"), NeuronKind::IF);
}

TEST(Dequantize, ASilentLayerThatIsHeardStaysSpiking) {
  const Net net =
      real("quantnet @n { population @in size 1 input population @x size 1 { neurons 1 "
           "x { threshold 8388607 du 4095 } } projection @p from @in to @x delay 0 bits "
           "8 exponent 0 dense 1x1 { [3] } projection @r from @x to @x delay 1 bits 8 "
           "exponent 0 dense 1x1 { [3] } inputs @in outputs @x }");
  EXPECT_EQ(net.populations[1].kind, NeuronKind::IF);
}

// The rule of the network, and of the population that has another.
TEST(Dequantize, ResetRules) {
  const auto ruleOf = [](const Net &net) { return resetRule(net.populations[1], net.profile); };
  const auto resetOf = [](const Net &net) {
    auto updates = discretize(net.populations[1], net.profile);
    if (!updates) {
      ADD_FAILURE() << llvm::toString(updates.takeError());
      return -1.0;
    }
    return updates->front().reset;
  };
  Net net = real(layer("neurons 2 x { threshold 64 du 4095 reset 32 }"));
  EXPECT_EQ(ruleOf(net), ResetRule::Zero);
  EXPECT_FALSE(net.populations[1].reset.has_value());
  EXPECT_EQ(resetOf(net), 0.5);
  net = real(layer("neurons 2 x { threshold 64 du 4095 reset_subtract reset 96 }"));
  EXPECT_EQ(ruleOf(net), ResetRule::Subtract);
  EXPECT_EQ(net.populations[1].reset, ResetRule::Subtract); // the profile says zero
  EXPECT_EQ(resetOf(net), 1.5);
  net = real(layer("neurons 2 x { threshold 64 du 4095 reset_subtract }"));
  EXPECT_EQ(ruleOf(net), ResetRule::None);
  EXPECT_CONTAINS(refusal(layer("neurons 1 x { threshold 64 du 4095 reset_subtract reset 1 } "
                                "neurons 1 x { threshold 64 du 4095 reset 1 }"))
                      .message,
                  "neuron 1 of 'x' resets to a value, neuron 0 by an amount");
}

TEST(Dequantize, ComparesOneWay) {
  Net net = real(layer("neurons 2 x { threshold 64 compare_ge du 4095 }"));
  EXPECT_EQ(net.profile.compare.value, Compare::Ge);
  EXPECT_EQ(net.populations[1].params.vThreshold.values, std::vector<double>{1.0});
  // In integers `>= t` is `> t - 1`.
  net = real(layer("neurons 1 x { threshold 64 compare_ge du 4095 } "
                   "neurons 1 x { threshold 64 du 4095 }"));
  EXPECT_EQ(net.profile.compare.value, Compare::Gt);
  EXPECT_EQ(net.populations[1].params.vThreshold.values, (std::vector<double>{63 / 64.0, 1.0}));
}

TEST(Dequantize, RestsAndBiases) {
  const Net net = real(layer("neurons 1 x { threshold 64 du 4095 dv 9 bias_mant -3 bias_exp 2 } "
                             "neurons 1 x { threshold 64 du 4095 dv 9 v_init 32 }",
                             "scale [2*64] rest [-2 1]"));
  EXPECT_EQ(net.projections[0].bias, (std::vector<double>{-12 / 64.0, 0}));
  const NeuronParams &params = net.populations[1].params;
  EXPECT_EQ(params.vLeak.values, (std::vector<double>{-2, 1}));
  EXPECT_EQ(params.vThreshold.values, (std::vector<double>{-1, 2}));
  EXPECT_EQ(params.vReset.values, (std::vector<double>{-2, 1}));
  EXPECT_EQ(params.vInit.values, (std::vector<double>{-2, 1.5}));
  EXPECT_EQ(net.populations[1].grid.biasExp, (std::vector<uint8_t>{2, 0}));
}

// A bias where nothing arrives needs something to stand on.
TEST(Dequantize, BiasWithoutAProjection) {
  const std::string head = "quantnet @n { population @in size 3 input population @x size 2 { "
                           "neurons 2 x { du 4095 bias_mant 5 ";
  Net net = real(head + "threshold 64 } scale [2*10] } inputs @in outputs @x }");
  ASSERT_EQ(net.projections.size(), 1u);
  EXPECT_EQ(net.projections[0].name, "x_bias");
  EXPECT_EQ(net.projections[0].source, 1u);
  EXPECT_EQ(net.projections[0].delay, 1u);
  EXPECT_EQ(net.projections[0].bias, (std::vector<double>{0.5, 0.5}));
  net = real(head + "threshold 8388607 } scale [2*10] } inputs @in outputs @x }");
  ASSERT_EQ(net.projections.size(), 1u);
  EXPECT_EQ(net.projections[0].source, 0u); // a readout has no spikes for a loop
  EXPECT_EQ(net.projections[0].delay, 0u);
}

// step of a weight = 2^(exp - shift) * input scale / scale; of a bias the same without the input.
TEST(Dequantize, HostLayers) {
  const Net net = real(R"(quantnet @n { run encode direct population @in size 2 input
      population @x size 2 { neurons 1 x { threshold 64 du 4095 bias_exp 3 }
                             neurons 1 x { threshold 64 du 4095 } scale [64 50] }
      hostlayer @fc from @in to @x bits 6 scale 255 range 0 255 dense 2x2 {
        [4 -1] [2 7] bias [10 0] shift [5 2] } inputs @in outputs @x })");
  ASSERT_EQ(net.projections.size(), 1u);
  const Projection &fc = net.projections[0];
  EXPECT_EQ(fc.grid.weightBits, 6);
  EXPECT_EQ(fc.grid.hostShift, (std::vector<uint8_t>{5, 2}));
  const auto &weights = std::get<DenseWeights>(fc.weights);
  EXPECT_FLOAT_EQ(weights.values[0], 4 * 255 / 64.0 / 4);
  EXPECT_FLOAT_EQ(weights.values[3], 7 * 255 / 50.0 / 4);
  EXPECT_EQ(fc.bias, (std::vector<double>{10 / 64.0 / 4, 0}));
}

TEST(Dequantize, ConvolutionsStayUnlessAChannelHasTwoScales) {
  const std::string head = "quantnet @n { population @in shape 1x2x2 input population @x shape "
                           "2x2x1 { neurons 4 x { threshold 64 du 4095 } scale [";
  const std::string tail =
      "] } projection @p from @in to @x delay 0 bits 8 exponent 0 conv 2x2x1 of "
      "1x2x2 kernel 1x2 { [1 2] [3 -4] } inputs @in outputs @x }";
  Net net = real(head + "2*64 2*32" + tail);
  const auto &conv = std::get<ConvWeights>(net.projections[0].weights);
  EXPECT_EQ(conv.kernel, (std::vector<float>{1, 2, 6, -8}));
  net = real(head + "64 16 2*32" + tail);
  const auto &sparse = std::get<SparseWeights>(net.projections[0].weights);
  EXPECT_EQ(sparse.values, (std::vector<float>{1, 6, 2, -8, 4, 6, 8, -8}));
}

TEST(Dequantize, RefusesByName) {
  EXPECT_CONTAINS(refusal(layer("neurons 2 x { threshold 9 du 5 bias_mant 2 }")).message,
                  "the bias of neuron 0 of 'x' bypasses its current");
  EXPECT_CONTAINS(refusal("quantnet @n { population @in size 1 input population @x size 1 vmin 0 { "
                          "neurons 1 x { threshold 9 du 4095 } } inputs @in outputs @x }")
                      .message,
                  "the membrane of 'x' is kept within 0 .. 8388607");
  EXPECT_CONTAINS(refusal(layer("neurons 2 x { threshold 9 du 4095 }", "scale [2*1e-300]")).message,
                  "a weight of 'p' is ");
}

} // namespace
} // namespace snnc::net
