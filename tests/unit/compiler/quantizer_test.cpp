// Quantizers beyond absmax: what each must not lose, on networks whose answer is known.
#include "compiler/passes/lower/lower.h"
#include "compiler/passes/quantize/error_feedback.h"
#include "compiler/passes/quantize/quantize.h"

#include "tests/support/seeds.h"
#include "tests/unit/compiler/nets.h"
#include "tests/unit/support/expect_diag.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

namespace snnc::compiler {
namespace {

using namespace test;
using support::DiagCode;

llvm::Expected<Module> quantizedBy(net::Net net, QuantizeOptions options,
                                   const char *target = "loihi-like") {
  Module module = moduleOf(std::move(net));
  support::Warnings warnings;
  LowerPass lower;
  QuantizePass quantize(std::move(options));
  if (llvm::Error error = runPass(lower, module, targetNamed(target), warnings))
    return error;
  if (llvm::Error error = runPass(quantize, module, targetNamed(target), warnings))
    return error;
  return module;
}

QuantizeOptions by(Quantizer quantizer, uint32_t bits, ObserveSource observe = {}) {
  QuantizeOptions options;
  options.weightBits = bits;
  options.quantizer = quantizer;
  options.observe = std::move(observe);
  return options;
}

// Samples of n values in [0, 1) with a common part, and their moments.
SourceMoments correlatedMoments(support::Rng &rng, size_t n, size_t samples) {
  SourceMoments moments;
  moments.mean.assign(n, 0.0);
  moments.second.assign(n * n, 0.0);
  for (size_t s = 0; s < samples; ++s) {
    const double common = rng.uniform();
    std::vector<double> x(n);
    for (double &value : x)
      value = 0.7 * common + 0.3 * rng.uniform();
    for (size_t i = 0; i < n; ++i) {
      moments.mean[i] += x[i] / static_cast<double>(samples);
      for (size_t j = 0; j < n; ++j)
        moments.second[i * n + j] += x[i] * x[j] / static_cast<double>(samples);
    }
  }
  moments.trained = moments.mean;
  return moments;
}

// (w - q)' (C + damping) (w - q), as the header defines the loss.
double lossOf(const SourceMoments &m, llvm::ArrayRef<float> row, llvm::ArrayRef<int32_t> q,
              double step) {
  const size_t n = row.size();
  double trace = 0.0, loss = 0.0;
  for (size_t i = 0; i < n; ++i)
    trace += m.second[i * n + i] - m.mean[i] * m.mean[i];
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < n; ++j) {
      const double c = m.second[i * n + j] - m.mean[i] * m.mean[j] +
                       (i == j ? 0.05 * trace / static_cast<double>(n) : 0.0);
      loss += (row[i] - q[i] * step) * c * (row[j] - q[j] * step);
    }
  return loss;
}

TEST(ErrorFeedback, ReturnsTheLossAndBeatsTheNearest) {
  double nearestTotal = 0.0, total = 0.0;
  snnc::test::forEachSeed(1, 40, [&](uint64_t, support::Rng &rng) {
    const size_t n = 2 + rng.below(30);
    const SourceMoments moments = correlatedMoments(rng, n, 200);
    const quantize::ErrorFeedback feedback(moments);
    const std::vector<float> row = randomWeights(rng, n);
    const double step = 0.4;
    std::vector<int32_t> q(n), nearest;
    const double loss = feedback.round(row, step, 100, q);
    EXPECT_NEAR(loss, lossOf(moments, row, q, step), 1e-9 * (1.0 + loss));
    for (float w : row)
      nearest.push_back(static_cast<int32_t>(std::nearbyint(w / step)));
    total += loss;
    nearestTotal += lossOf(moments, row, nearest, step);
  });
  EXPECT_LT(total, 0.5 * nearestTotal);
}

TEST(ErrorFeedback, IsTheNearestWithoutCorrelation) {
  SourceMoments moments;
  moments.mean.assign(3, 0.0);
  moments.second = {2.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 3.0};
  const std::vector<float> row = {0.4f, -1.6f, 9.0f};
  std::vector<int32_t> q(3);
  quantize::ErrorFeedback(moments).round(row, 1.0, 3, q);
  EXPECT_EQ(q, (std::vector<int32_t>{0, -2, 3})); // the last is clipped
}

// Nothing was seen to change: no division by nothing, and the nearest integers.
TEST(ErrorFeedback, StandsSilentInputs) {
  SourceMoments moments;
  moments.mean.assign(2, 0.0);
  moments.second.assign(4, 0.0);
  const std::vector<float> row = {0.6f, -0.6f};
  std::vector<int32_t> q(2);
  EXPECT_TRUE(std::isfinite(quantize::ErrorFeedback(moments).round(row, 1.0, 1, q)));
  EXPECT_EQ(q, (std::vector<int32_t>{1, -1}));
}

net::Net gaussianLayer(support::Rng &rng, uint32_t inputs, uint32_t size) {
  net::NeuronParams params;
  params.tau = 4.0;
  return oneLayer(layerOf("out", size, net::NeuronKind::LIF, params), inputs,
                  randomWeights(rng, size_t{inputs} * size));
}

TEST(Quantizer, MseNeverHasMoreErrorThanAbsMax) {
  snnc::test::forEachSeed(1, 20, [&](uint64_t, support::Rng &rng) {
    const net::Net net = gaussianLayer(rng, 40, 6);
    for (uint32_t bits : {2u, 3u, 4u}) {
      auto absmax = quantizedBy(net, by(Quantizer::AbsMax, bits));
      auto mse = quantizedBy(net, by(Quantizer::Mse, bits));
      ASSERT_TRUE(bool(absmax)) << llvm::toString(absmax.takeError());
      ASSERT_TRUE(bool(mse)) << llvm::toString(mse.takeError());
      EXPECT_EQ(mse->layers[0].quantizer, "mse");
      EXPECT_EQ(absmax->layers[0].quantizer, "absmax");
      EXPECT_EQ(mse->layers[0].synapses, absmax->layers[0].synapses);
      // 0.01 dB: absmax may have taken a grid of its own.
      EXPECT_GE(mse->layers[0].sqnrDb, absmax->layers[0].sqnrDb - 0.01) << bits << " bits";
    }
  });
}

TEST(Quantizer, PercentileClipsTheOutlier) {
  std::vector<float> weights;
  for (int i = 0; i < 199; ++i)
    weights.push_back(static_cast<float>(std::sin(i)));
  weights.push_back(50.0f);
  const net::Net net = oneLayer(layerOf("out", 1, net::NeuronKind::IF), 200, weights);
  auto clipped = quantizedBy(net, by(Quantizer::Percentile, 4));
  ASSERT_TRUE(bool(clipped)) << llvm::toString(clipped.takeError());
  EXPECT_EQ(clipped->layers[0].saturated, 1u);
  EXPECT_LT(clipped->layers[0].zeroed, 50u); // of |sin| < 1/14
  auto absmax = quantizedBy(net, by(Quantizer::AbsMax, 4));
  ASSERT_TRUE(bool(absmax)) << llvm::toString(absmax.takeError());
  EXPECT_EQ(absmax->layers[0].zeroed, 198u); // a step is 7; the first weight is 0 as trained
}

// What absmax holds exactly is no other method's business, and nobody is asked about it.
TEST(Quantizer, ExactLayersPassUnchanged) {
  const net::Net net =
      oneLayer(layerOf("out", 2, net::NeuronKind::IF), 3, {0.25f, -0.5f, 0.0f, 0.75f, 0.25f, 0.5f});
  auto absmax = quantizedBy(net, by(Quantizer::AbsMax, 4));
  ASSERT_TRUE(bool(absmax)) << llvm::toString(absmax.takeError());
  const auto never = [](const net::Net &, const net::QuantNet &,
                        uint32_t) -> llvm::Expected<SourceMoments> {
    ADD_FAILURE() << "asked about an exact layer";
    return SourceMoments();
  };
  for (Quantizer each : {Quantizer::Percentile, Quantizer::Mse, Quantizer::Calibrated}) {
    auto other = quantizedBy(net, by(each, 4, never));
    ASSERT_TRUE(bool(other)) << llvm::toString(other.takeError());
    EXPECT_EQ(other->layers[0].quantizer, "exact");
    EXPECT_EQ(std::get<net::DenseInts>(other->quant->projections[0].weights),
              std::get<net::DenseInts>(absmax->quant->projections[0].weights));
    EXPECT_EQ(other->quant->populations[1].neurons, absmax->quant->populations[1].neurons);
  }
}

// Two inputs that always fire together, at a rate of 0 or 1: only the sum of their weights counts.
TEST(Quantizer, CalibratedKeepsTheSumOfInputsThatGoTogether) {
  const net::Net net = oneLayer(layerOf("out", 1, net::NeuronKind::IF), 3, {0.45f, 0.45f, 1.0f});
  const auto together = [](const net::Net &, const net::QuantNet &quant,
                           uint32_t population) -> llvm::Expected<SourceMoments> {
    EXPECT_TRUE(quant.populations[population].isInput);
    SourceMoments moments;
    moments.mean = moments.trained = {0.5, 0.5, 0.5};
    moments.second = {0.5, 0.5, 0.25, 0.5, 0.5, 0.25, 0.25, 0.25, 0.5};
    return moments;
  };
  auto module = quantizedBy(net, by(Quantizer::Calibrated, 2, together));
  ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
  EXPECT_EQ(module->layers[0].quantizer, "calibrated");
  const auto &ints = std::get<net::DenseInts>(module->quant->projections[0].weights);
  EXPECT_EQ(ints.values[0] + ints.values[1], 1); // nearest: 0 + 0
  EXPECT_EQ(ints.values[2], 1);
}

// The bias takes what the mean of the sum loses: by rounding, and because the layer before fires
// less than as trained.
TEST(Quantizer, CalibratedMovesTheMeanIntoTheBias) {
  const net::Net net = oneLayer(layerOf("out", 1, net::NeuronKind::IF), 2, {1.0f, 0.3f});
  const auto drifted = [](const net::Net &, const net::QuantNet &,
                          uint32_t) -> llvm::Expected<SourceMoments> {
    SourceMoments moments;
    moments.trained = {0.5, 0.5};
    moments.mean = {0.25, 0.5};
    moments.second = {0.125, 0.125, 0.125, 0.5};
    return moments;
  };
  auto module = quantizedBy(net, by(Quantizer::Calibrated, 2, drifted));
  ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
  const net::QuantPopulation &out = module->quant->populations[1];
  const auto &projection = module->quant->projections[0];
  const auto &ints = std::get<net::DenseInts>(projection.weights);
  const double unit = std::ldexp(1.0, 6 + projection.exponent) / out.scale[0];
  const double wanted =
      1.0 * 0.5 + 0.3 * 0.5 - unit * (ints.values[0] * 0.25 + ints.values[1] * 0.5);
  const double bias = std::ldexp(out.neurons[0].biasMant, out.neurons[0].biasExp) / out.scale[0];
  EXPECT_GT(wanted, 0.05);
  EXPECT_NEAR(bias, wanted, 0.002 * wanted + 1.0 / out.scale[0]);
}

// Layers are asked about first to last, whatever their order in the network, each with the integers
// of those before it final.
TEST(Quantizer, CalibratesInTheOrderOfTheSpikes) {
  support::Rng rng(7);
  net::Net net;
  net.name = "two";
  net.populations = {inputOf("in", 8), layerOf("last", 3, net::NeuronKind::IF),
                     layerOf("first", 5, net::NeuronKind::IF)};
  net.projections = {denseOf("b", 2, 1, 3, 5, randomWeights(rng, 15)),
                     denseOf("a", 0, 2, 5, 8, randomWeights(rng, 40))};
  net.inputs = {0};
  net.outputs = {1};
  std::vector<uint32_t> asked;
  net::DenseInts seen;
  const auto observe = [&](const net::Net &, const net::QuantNet &quant,
                           uint32_t population) -> llvm::Expected<SourceMoments> {
    asked.push_back(population);
    seen = std::get<net::DenseInts>(quant.projections[1].weights);
    return correlatedMoments(rng, quant.populations[population].size(), 50);
  };
  auto module = quantizedBy(net, by(Quantizer::Calibrated, 3, observe));
  ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
  EXPECT_EQ(asked, (std::vector<uint32_t>{0, 2}));
  EXPECT_EQ(seen, std::get<net::DenseInts>(module->quant->projections[1].weights));
}

TEST(Quantizer, SaysWhatItLacks) {
  support::Rng rng(1);
  const net::Net net = gaussianLayer(rng, 4, 2);
  const support::Diagnostic none =
      firstDiagnostic(quantizedBy(net, by(Quantizer::Calibrated, 4)).takeError());
  EXPECT_EQ(none.code, DiagCode::QuantizerUnusable);
  EXPECT_CONTAINS(none.help, "--calibrate");
  const support::Diagnostic crossbar =
      firstDiagnostic(quantizedBy(net, by(Quantizer::Mse, 4), "truenorth-like").takeError());
  EXPECT_EQ(crossbar.code, DiagCode::QuantizerUnusable);
  const auto fails = [](const net::Net &, const net::QuantNet &,
                        uint32_t) -> llvm::Expected<SourceMoments> {
    return support::Diag(DiagCode::StepsMissing, {}, "no steps").take();
  };
  EXPECT_EQ(firstDiagnostic(quantizedBy(net, by(Quantizer::Calibrated, 4, fails)).takeError()).code,
            DiagCode::StepsMissing);
}

} // namespace
} // namespace snnc::compiler
