// There and back: the real network that integers stand for quantises to the same integers.
#include "compiler/passes/quantize/quantize.h"

#include "common/net/dequantize.h"
#include "common/net/equal_nets.h"
#include "compiler/passes/lower/lower.h"
#include "tests/support/random_float_net.h"
#include "tests/support/random_net.h"
#include "tests/support/seeds.h"
#include "tests/unit/compiler/nets.h"
#include "tests/unit/support/expect_diag.h"

namespace snnc::compiler {
namespace {

using namespace test;
using support::DiagCode;

// Lowers and quantises; empty with the first message if that fails.
std::optional<net::QuantNet> quantized(net::Net net, QuantizeOptions options,
                                       support::Warnings &warnings, std::string &message,
                                       const target::Target &target = targetNamed("wide")) {
  Module module = moduleOf(std::move(net));
  LowerPass lower;
  QuantizePass quantize(options);
  llvm::Error error = runPass(lower, module, target, warnings);
  if (!error)
    error = runPass(quantize, module, target, warnings);
  if (!error)
    return module.quant;
  message = llvm::toString(std::move(error));
  return std::nullopt;
}

bool warned(const support::Warnings &warnings, DiagCode code) {
  return llvm::any_of(warnings, [&](const auto &warning) { return warning.code == code; });
}

void expectIdentity(const net::QuantNet &quant, const net::Net &real, QuantizeOptions options) {
  support::Warnings warnings;
  std::string message;
  const std::optional<net::QuantNet> again = quantized(real, options, warnings, message);
  ASSERT_TRUE(again.has_value()) << message;
  for (const support::Diagnostic &warning : warnings)
    EXPECT_NE(warning.code, DiagCode::GridUnusable) << warning.message;
  const std::optional<std::string> difference = net::firstDifference(quant, *again);
  EXPECT_FALSE(difference) << *difference;
}

TEST(Regrid, NetworksOfQuantizeComeBack) {
  uint64_t tried = 0;
  snnc::test::forEachSeed(1, 200, [&](uint64_t, support::Rng &rng) {
    net::Net net = snnc::test::randomFloatNet(rng, {});
    net.run.steps = 20;
    support::Warnings warnings;
    std::string message;
    const QuantizeOptions options{static_cast<uint32_t>(rng.between(3, 16)), true};
    const std::optional<net::QuantNet> quant = quantized(net, options, warnings, message);
    if (!quant)
      return;
    llvm::Expected<net::Net> real = net::dequantize(*quant);
    ASSERT_TRUE(static_cast<bool>(real)) << llvm::toString(real.takeError());
    ++tried;
    // Whatever width is asked for, the grid's own holds.
    expectIdentity(*quant, *real, {static_cast<uint32_t>(rng.between(2, 16))});
  });
  EXPECT_GT(tried, 150u);
}

TEST(Regrid, RandomIntegersComeBack) {
  uint64_t tried = 0;
  snnc::test::forEachSeed(1, 200, [&](uint64_t, support::Rng &rng) {
    net::QuantNet quant = snnc::test::randomQuantNet(rng, targetNamed("wide").core, {});
    for (net::QuantPopulation &population : quant.populations) {
      population.vmin = -((1 << 23) - 1);
      population.vmax = (1 << 23) - 1;
      population.scale.assign(population.neurons.size(), 100.0 + rng.uniform());
      const bool remembers = llvm::any_of(population.neurons, [&](const auto &neuron) {
        return neuron.du + population.duOffset < 4096;
      });
      for (net::NeuronConfig &neuron : population.neurons) {
        neuron.compareGe = quant.populations.back().neurons[0].compareGe;
        neuron.resetSubtract = population.neurons[0].resetSubtract;
        neuron.biasToCurrent = remembers;
        if (neuron.resetSubtract) // an amount
          neuron.reset = std::min(std::abs(neuron.reset), (1 << 23) - 1);
      }
    }
    for (const net::HostLayer &layer : quant.hostLayers) // which writes every mantissa
      for (net::NeuronConfig &neuron : quant.populations[layer.target].neurons)
        neuron.biasMant = 0;
    llvm::Expected<net::Net> real = net::dequantize(quant);
    if (!real) // a rule that no network has
      return llvm::consumeError(real.takeError());
    ++tried;
    expectIdentity(quant, *real, {});
  });
  EXPECT_GT(tried, 50u);
}

// in -> l on a grid of scale 100: weights 3 and -4 steps, threshold 640, bias 20 << 3.
net::Net gridded() {
  net::NeuronParams params;
  params.vThreshold = 6.4;
  net::Net net = oneLayer(layerOf("l", 1, net::NeuronKind::IF, params), 2,
                          {3 * 256 / 100.0f, -4 * 256 / 100.0f});
  net.projections[0].bias = {1.6};
  net.populations[1].grid = {100.0, {3}, 1};
  net.projections[0].grid = {4, 2, {}};
  return net;
}

TEST(Regrid, TakesTheIntegersAsTheyAre) {
  support::Warnings warnings;
  std::string message;
  const std::optional<net::QuantNet> quant = quantized(gridded(), {8}, warnings, message);
  ASSERT_TRUE(quant.has_value()) << message;
  EXPECT_EQ(std::get<net::DenseInts>(quant->projections[0].weights).values,
            (std::vector<int16_t>{3, -4}));
  EXPECT_EQ(quant->projections[0].weightBits, 4);
  EXPECT_EQ(quant->projections[0].exponent, 2);
  const net::NeuronConfig &neuron = quant->populations[1].neurons[0];
  EXPECT_EQ(neuron.threshold, 640);
  EXPECT_EQ(neuron.biasMant, 20);
  EXPECT_EQ(neuron.biasExp, 3);
  EXPECT_FALSE(warned(warnings, DiagCode::GridUnusable));

  // A width that is asked for is kept, if it is the grid's so is the grid.
  const std::optional<net::QuantNet> same =
      quantized(gridded(), {4, false, true}, warnings, message);
  ASSERT_TRUE(same.has_value()) << message;
  EXPECT_EQ(net::firstDifference(*quant, *same), std::nullopt);
  EXPECT_FALSE(warned(warnings, DiagCode::GridUnusable));
  warnings.clear();
  const std::optional<net::QuantNet> anew =
      quantized(gridded(), {8, false, true}, warnings, message);
  ASSERT_TRUE(anew.has_value()) << message;
  EXPECT_EQ(anew->projections[0].weightBits, 8);
  ASSERT_TRUE(warned(warnings, DiagCode::GridUnusable));
  EXPECT_CONTAINS(warnings[0].message, "'w' has 4 weight bits, 8 are asked for");
}

TEST(Regrid, GridsThatDoNotHoldTheValuesWarnAndAreIgnored) {
  const auto changed = [](auto change) {
    net::Net net = gridded();
    change(net);
    return net;
  };
  const auto weights = [](net::Net &net) -> std::vector<float> & {
    return std::get<net::DenseWeights>(net.projections[0].weights).values;
  };
  const std::pair<net::Net, const char *> cases[] = {
      {changed([&](net::Net &net) { weights(net)[0] = 7.9f; }), "a weight of 'w' is 3.08"},
      {changed([&](net::Net &net) { weights(net)[0] = 8 * 256 / 100.0f; }),
       "a weight of 'w' is 7.99"}, // 4 bits end at 7
      {changed([](net::Net &net) { net.populations[1].params.vThreshold = 6.405; }),
       "the threshold of neuron 0 is 640.5"},
      {changed([](net::Net &net) { net.populations[1].params.vInit = 0.003; }),
       "the v_init of neuron 0"},
      {changed([](net::Net &net) { net.projections[0].bias = {1.65}; }), "the bias of neuron 0"},
      {changed([](net::Net &net) { net.projections[0].grid.weightBits = 12; }),
       "'w' has 12 weight bits, the target 2 to 8"},
      {changed([](net::Net &net) { net.projections[0].grid = {}; }), "'w' has 0 weight bits"},
      {changed([](net::Net &net) { net.projections[0].grid.exponent = 7; }),
       "'w' has the exponent 7, the target's are at most 6"},
      {changed([](net::Net &net) { net.populations[1].grid.biasExp = {7}; }),
       "a bias exponent is 7, the target's are at most 6"},
      {changed([](net::Net &net) { net.run.encode = net::Encoding::Direct; }),
       "'w' is for the host but has no shifts"}};
  target::Target target = targetNamed("loihi-like");
  target.core.exponentMax = target.core.biasExpMax = 6;
  for (const auto &[net, text] : cases) {
    support::Warnings warnings;
    std::string message;
    const std::optional<net::QuantNet> quant = quantized(net, {8}, warnings, message, target);
    ASSERT_TRUE(quant.has_value()) << text << ": " << message;
    ASSERT_TRUE(warned(warnings, DiagCode::GridUnusable)) << text;
    EXPECT_CONTAINS(warnings[0].message, "'l' comes with a grid of integers that is not usable");
    EXPECT_CONTAINS(warnings[0].message, text);
    net::Net plain = net;
    plain.populations[1].grid = {};
    support::Warnings none;
    const std::optional<net::QuantNet> same = quantized(plain, {8}, none, message, target);
    EXPECT_EQ(net::firstDifference(*quant, *same), std::nullopt) << text;
  }
}

// A channel's neurons share a kernel, so they share a scale.
TEST(Regrid, ScalesOfAChannelMustAgree) {
  net::Net net;
  net.name = "conv";
  net::NeuronParams params;
  params.vThreshold = 2.0;
  net.populations = {inputOf("in", 2), layerOf("l", 2, net::NeuronKind::IF, params)};
  net.projections = {denseOf("c", 0, 1, 2, 2, {})};
  net.projections[0].weights = net::ConvWeights{1, 1, 1, {1, 2, 1, 2, 1, 1}, {1.0f}};
  net.projections[0].grid = {8, 0, {}};
  net.populations[1].grid.scale.values = {64.0, 128.0};
  net.inputs = {0};
  net.outputs = {1};
  support::Warnings warnings;
  std::string message;
  ASSERT_TRUE(quantized(net, {8}, warnings, message).has_value()) << message;
  ASSERT_TRUE(warned(warnings, DiagCode::GridUnusable));
  EXPECT_CONTAINS(warnings[0].message, "the scale of neuron 1 differs from that of its channel");
}

} // namespace
} // namespace snnc::compiler
