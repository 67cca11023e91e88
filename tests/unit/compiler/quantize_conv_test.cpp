// Symbolic weights through quantize: shared scales and kernels, pools, diagonals, host layers.
#include "compiler/passes/quantize/quantize.h"

#include "common/net/synapses.h"
#include "compiler/passes/lower/lower.h"
#include "runtime/reference/float_engine.h"
#include "runtime/reference/quant_engine.h"
#include "tests/support/seeds.h"
#include "tests/unit/compiler/nets.h"
#include "tests/unit/support/expect_diag.h"

#include <cmath>

namespace snnc::compiler {
namespace {

using namespace test;
using support::DiagCode;

struct Outcome {
  Module module;
  support::Warnings warnings;
  std::vector<support::Diagnostic> errors;

  const net::QuantNet &quant() const { return *module.quant; }
  bool warned(DiagCode code) const {
    return llvm::any_of(warnings, [&](const auto &warning) { return warning.code == code; });
  }
};

Outcome quantized(net::Net net, QuantizeOptions options = {}, const char *target = "loihi-like") {
  Outcome run;
  run.module = moduleOf(std::move(net));
  LowerPass lower;
  QuantizePass quantize(options);
  llvm::Error error = runPass(lower, run.module, targetNamed(target), run.warnings);
  if (!error)
    error = runPass(quantize, run.module, targetNamed(target), run.warnings);
  run.errors = diagnosticsOf(std::move(error));
  return run;
}

net::Window windowOf(uint32_t in, uint32_t kernel, uint32_t stride, uint32_t pad) {
  const uint32_t out = (in + 2 * pad - kernel) / stride + 1;
  return {in, in, out, out, kernel, kernel, stride, stride, pad, pad, 1, 1};
}

template <class Draw>
net::ConvWeights convOf(uint32_t in, uint32_t out, net::Window window, uint32_t groups, Draw draw) {
  net::ConvWeights conv{in, out, groups, window, {}};
  for (size_t i = 0; i < size_t{out} * (in / groups) * window.kernelSize(); ++i)
    conv.kernel.push_back(static_cast<float>(draw()));
  return conv;
}

net::Population cellsOf(const std::string &name, std::vector<uint32_t> shape, net::NeuronKind kind,
                        double threshold = 1.0) {
  net::Population population;
  population.name = name;
  population.kind = kind;
  population.shape = std::move(shape);
  if (kind != net::NeuronKind::Input && net::spikes(kind))
    population.params.vThreshold = threshold;
  return population;
}

net::Projection joining(const std::string &name, uint32_t source, uint32_t target,
                        net::Weights weights, std::vector<net::Weights> before = {}) {
  net::Projection projection;
  projection.name = name;
  projection.source = source;
  projection.target = target;
  projection.before = std::move(before);
  projection.weights = std::move(weights);
  return projection;
}

// in [2,8,8] -> conv -> a [4,8,8] -> pool, conv in two groups -> b [6,4,4] -> pool, dense -> out.
// a also feeds itself one to one.
template <class Draw> net::Net convNet(Draw draw, double threshold) {
  net::Net net;
  net.name = "conv";
  net.populations = {cellsOf("in", {2, 8, 8}, net::NeuronKind::Input),
                     cellsOf("a", {4, 8, 8}, net::NeuronKind::IF, threshold),
                     cellsOf("b", {6, 4, 4}, net::NeuronKind::IF, threshold),
                     cellsOf("out", {5}, net::NeuronKind::IF, threshold)};
  net::DenseWeights dense{5, 24, {}};
  for (int i = 0; i < 120; ++i)
    dense.values.push_back(static_cast<float>(draw()));
  const net::PoolMap half{4, windowOf(8, 2, 2, 0), false};
  const net::PoolMap quarter{6, windowOf(4, 2, 2, 0), true};
  net.projections = {joining("c1", 0, 1, convOf(2, 4, windowOf(8, 3, 1, 1), 1, draw)),
                     joining("self", 1, 1, net::DiagonalWeights{256, {static_cast<float>(draw())}}),
                     joining("c2", 1, 2, convOf(4, 6, windowOf(4, 3, 1, 1), 2, draw), {half}),
                     joining("fc", 2, 3, dense, {quarter})};
  net.projections[1].delay = 1;
  net.inputs = {0};
  net.outputs = {3};
  net.run.steps = 20;
  return net;
}

data::EncodedSample spikesFor(support::Rng &rng, uint32_t size, uint32_t steps) {
  data::EncodedSample sample;
  sample.steps = steps;
  sample.size = size;
  for (uint32_t i = 0; i < steps * size; ++i)
    sample.spikes.push_back(rng.below(4) == 0);
  return sample;
}

// On a grid nothing is lost: float == quant, spike for spike, through every symbolic form.
TEST(QuantizeConv, GridNetworksAreExact) {
  uint64_t spikes = 0;
  snnc::test::forEachSeed(1, 20, [&](uint64_t seed, support::Rng &rng) {
    net::Net net = convNet([&] { return static_cast<double>(rng.between(-6, 8)) / 8; },
                           static_cast<double>(rng.between(4, 20)) / 8);
    if (seed % 2 == 0)
      net.populations[1].reset = net::ResetRule::Subtract;
    if (seed % 3 == 0)
      net.populations[2].reset = net::ResetRule::None;
    net.projections[0].bias.assign(256, 0.0);
    for (uint32_t j = 0; j < 256; ++j)
      net.projections[0].bias[j] = static_cast<double>(j / 64) / 8;
    const data::EncodedSample sample = spikesFor(rng, 128, 20);
    auto engine = runtime::reference::FloatEngine::create(net);
    ASSERT_TRUE(static_cast<bool>(engine));
    const trace::SampleTrace real = (*engine)->run(sample, false);
    const Outcome run = quantized(net);
    ASSERT_TRUE(run.errors.empty()) << run.errors[0].message;
    for (const LayerStats &layer : run.module.layers)
      EXPECT_TRUE(std::isinf(layer.sqnrDb)) << layer.name;
    runtime::reference::QuantEngine quant(run.quant(), targetNamed("loihi-like").core);
    EXPECT_EQ(trace::diff(real, quant.run(sample, false)).spikeMismatches, 0u);
    for (const trace::PopulationTrace &population : real.populations)
      for (uint8_t spike : population.spikes)
        spikes += spike;
  });
  EXPECT_GT(spikes, 5000u);
}

TEST(QuantizeConv, LoweringKeepsTheFloatNetwork) {
  snnc::test::forEachSeed(1, 10, [&](uint64_t, support::Rng &rng) {
    net::Net net = convNet([&] { return rng.normal() * 0.5; }, 1.0);
    net.populations[2].params.r = 0.5;
    const data::EncodedSample sample = spikesFor(rng, 128, 20);
    auto before = runtime::reference::FloatEngine::create(net);
    ASSERT_TRUE(static_cast<bool>(before));
    const trace::SampleTrace real = (*before)->run(sample, false);
    const Outcome run = quantized(net);
    auto after = runtime::reference::FloatEngine::create(run.module.net);
    ASSERT_TRUE(static_cast<bool>(after));
    EXPECT_EQ(trace::diff(real, (*after)->run(sample, false)).spikeMismatches, 0u);
  });
}

TEST(QuantizeConv, FormsAndScalesOfChannels) {
  support::Rng rng(2);
  const net::Net net = convNet([&] { return rng.normal(); }, 1.0);
  const Outcome run = quantized(net);
  ASSERT_TRUE(run.errors.empty());
  const net::QuantNet &quant = run.quant();
  ASSERT_EQ(quant.projections.size(), 4u);
  EXPECT_TRUE(std::holds_alternative<net::ConvInts>(quant.projections[0].weights));
  EXPECT_TRUE(std::holds_alternative<net::SparseInts>(quant.projections[1].weights));
  EXPECT_TRUE(std::holds_alternative<net::ConvInts>(quant.projections[2].weights));
  EXPECT_TRUE(std::holds_alternative<net::DenseInts>(quant.projections[3].weights));
  EXPECT_EQ(quant.projections[2].pools.size(), 1u);
  EXPECT_EQ(quant.projections[3].pools.size(), 1u);
  EXPECT_FALSE(quant.projections[3].pools[0].average);
  const std::vector<double> &scale = quant.populations[1].scale;
  for (uint32_t j = 0; j < 256; ++j)
    EXPECT_EQ(scale[j], scale[j - j % 64]);
  EXPECT_NE(scale[0], scale[64]);
  const auto &real = std::get<net::ConvWeights>(net.projections[0].weights);
  const auto &ints = std::get<net::ConvInts>(quant.projections[0].weights);
  const double unit = std::ldexp(64.0, quant.projections[0].exponent);
  for (size_t k = 0; k < real.kernel.size(); ++k)
    EXPECT_LE(std::abs(ints.kernel[k] * unit / scale[k / 18 * 64] - real.kernel[k]),
              0.5001 * unit / scale[k / 18 * 64]);
}

// A net and the same unrolled count, sum and prove the same.
TEST(QuantizeConv, FiguresAreThoseOfTheUnrolledNetwork) {
  snnc::test::forEachSeed(1, 10, [&](uint64_t seed, support::Rng &rng) {
    // Few channels and one scale for all: unrolled rows then have the scale of the kernel.
    net::Net net;
    net.name = "same";
    const net::PoolMap pool{2, windowOf(8, 2, 2, seed % 2), false};
    const uint32_t in = pool.window.outH;
    const net::Window window = windowOf(in, 3, 1 + seed % 2, seed % 3);
    const uint32_t out = window.outH, size = 3 * out * out;
    net::ConvWeights conv =
        convOf(2, 3, window, 1, [&] { return rng.below(3) == 0 ? 0.0 : 0.02 * rng.normal(); });
    conv.kernel[0] = 1e-6f; // becomes 0
    net.populations = {cellsOf("in", {2, 8, 8}, net::NeuronKind::Input),
                       cellsOf("l", {3, out, out}, net::NeuronKind::IF, 1.0)};
    net.projections = {joining("c", 0, 1, conv, {pool})};
    net.inputs = {0};
    net.outputs = {1};
    const Outcome symbolic = quantized(net);
    ASSERT_TRUE(symbolic.errors.empty());

    const LayerStats &stats = symbolic.module.layers[0];
    EXPECT_EQ(stats.synapses, net::synapseCount(net.projections[0]));
    uint64_t zeroed = 0, nonzero = 0;
    double noise = 0.0, signal = 0.0;
    const net::IncomingSynapses real(net.projections[0]);
    const net::IncomingInts ints(symbolic.quant().projections[0]);
    const double unit = std::ldexp(64.0, symbolic.quant().projections[0].exponent);
    for (uint32_t j = 0; j < size; ++j) {
      std::vector<double> got(128, 0.0);
      ints.forEach(j, [&](uint32_t source, int16_t weight) {
        got[source] = weight * unit / symbolic.quant().populations[1].scale[j];
        ++nonzero;
      });
      real.forEach(j, [&](uint32_t source, double weight) {
        zeroed += got[source] == 0.0;
        signal += weight * weight;
        noise += (weight - got[source]) * (weight - got[source]);
      });
    }
    EXPECT_EQ(stats.zeroed, zeroed);
    EXPECT_EQ(stats.synapses, nonzero + zeroed);
    EXPECT_NEAR(stats.sqnrDb, 10 * std::log10(signal / noise), 1e-3);
  });
}

// The overflow proof sees every synapse, those of pooled sources too.
TEST(QuantizeConv, ProofCountsPooledSources) {
  const auto netOf = [](uint32_t pooled) {
    net::Net net;
    net.name = "sum";
    const uint32_t side = pooled * 3;
    const net::PoolMap pool{1, windowOf(side, pooled, pooled, 0), false};
    net::ConvWeights conv{1, 1, 1, windowOf(3, 3, 1, 1), std::vector<float>(9, 1.0f)};
    conv.kernel[4] = 0.98765f; // off the grid
    net.populations = {cellsOf("in", {1, side, side}, net::NeuronKind::Input),
                       cellsOf("l", {1, 3, 3}, net::NeuronKind::IF, 60.0)};
    net.projections = {joining("c", 0, 1, conv, {pool})};
    net.inputs = {0};
    net.outputs = {1};
    return net;
  };
  // A corner sees 4 places, an edge 6, the middle 9; each of 6*6 sources of 127 << 6.
  const Outcome run = quantized(netOf(6));
  ASSERT_TRUE(run.errors.empty());
  EXPECT_EQ(run.module.layers[0].mayWrapAccumulator, 1u); // 9*36*8128 > 2^21 > 6*36*8128
  EXPECT_TRUE(run.warned(DiagCode::MayOverflow));
  EXPECT_EQ(quantized(netOf(5)).module.layers[0].mayWrapAccumulator, 0u);
  EXPECT_EQ(quantized(netOf(8)).module.layers[0].mayWrapAccumulator, 5u);
  EXPECT_EQ(quantized(netOf(9)).module.layers[0].mayWrapAccumulator, 9u);
}

// Kernel entries that lie on padding wherever the window stands take no time, in any channel.
TEST(QuantizeConv, PoolsThatAreMostlyPadding) {
  constexpr uint32_t kChannels = 1u << 16;
  const net::PoolMap pool{kChannels, {1, 1, 1, 1, 8191, 8191, 8191, 8191, 4095, 4095, 1, 1}, false};
  net::SparseWeights sparse{1, kChannels, std::vector<uint64_t>(kChannels + 1, 1), {0}, {1.0f}};
  sparse.rowStart[0] = 0;
  net::Net net;
  net.name = "padding";
  net.populations = {cellsOf("in", {kChannels, 1, 1}, net::NeuronKind::Input),
                     cellsOf("l", {1}, net::NeuronKind::IF, 1.0)};
  net.projections = {joining("p", 0, 1, sparse, {pool})};
  net.inputs = {0};
  net.outputs = {1};
  const Outcome run = quantized(net);
  ASSERT_TRUE(run.errors.empty()) << run.errors[0].message;
  EXPECT_EQ(run.module.layers[0].synapses, 1u);
}

TEST(QuantizeConv, ParametersOfAChannelShareTheScaleOfTheWorst) {
  support::Rng rng(3);
  net::Net net = convNet([&] { return rng.normal(); }, 1.0);
  net.populations[1].params.vThreshold.values.assign(256, 1.0);
  net.populations[1].params.vThreshold.values[70] = 500.0; // of channel 1
  const Outcome run = quantized(net);
  ASSERT_TRUE(run.errors.empty()) << run.errors[0].message;
  const net::QuantPopulation &a = run.quant().populations[1];
  EXPECT_LE(a.neurons[70].threshold, 8388607);
  EXPECT_EQ(a.scale[64], a.scale[127]);
  EXPECT_LT(a.scale[64], a.scale[0]);
  EXPECT_TRUE(run.warned(DiagCode::ScaleReduced));
}

TEST(QuantizeConv, HostLayersAreUnrolled) {
  support::Rng rng(4);
  net::Net net = convNet([&] { return rng.normal() * 0.3; }, 1.0);
  net.run.encode = net::Encoding::Direct;
  net.projections.erase(net.projections.begin() + 1);
  const Outcome run = quantized(net);
  ASSERT_TRUE(run.errors.empty()) << run.errors[0].message;
  ASSERT_EQ(run.quant().hostLayers.size(), 1u);
  const net::HostLayer &host = run.quant().hostLayers[0];
  EXPECT_TRUE(std::holds_alternative<net::SparseInts>(host.weights));
  EXPECT_EQ(run.module.layers[0].synapses, net::synapseCount(net.projections[0]));
  const net::IncomingSynapses real(net.projections[0]);
  const net::IncomingInts ints(host);
  for (uint32_t j = 0; j < 256; ++j) {
    // Units of the membrane per weight step and input step: scale / 2^(exp - shift).
    const int power = run.quant().populations[1].neurons[j].biasExp - host.shift[j];
    const double step = std::ldexp(host.inputScale, power) / run.quant().populations[1].scale[j];
    std::vector<double> got(128, 0.0);
    ints.forEach(j, [&](uint32_t source, int16_t weight) { got[source] = weight * step; });
    real.forEach(
        j, [&](uint32_t source, double weight) { EXPECT_NEAR(got[source], weight, 0.501 * step); });
  }
  EXPECT_TRUE(run.module.layers[0].onHost);
}

// A channel's kernel is on the chip once, so the host's rows into it bend to one scale.
TEST(QuantizeConv, HostLayerBesideAKernel) {
  support::Rng rng(5);
  net::Net net = convNet([&] { return rng.normal() * 0.3; }, 1.0);
  net.run.encode = net::Encoding::Direct;
  net.projections[1].weights =
      convOf(4, 4, windowOf(8, 3, 1, 1), 1, [&] { return 0.1 * rng.normal(); });
  net.projections[0].bias.assign(256, 0.0);
  net.projections[0].bias[3] = 3000.0; // needs a coarser scale than its neighbours
  const Outcome run = quantized(net, {8, true});
  ASSERT_TRUE(run.errors.empty()) << run.errors[0].message;
  const std::vector<double> &scale = run.quant().populations[1].scale;
  for (uint32_t j = 0; j < 256; ++j)
    EXPECT_EQ(scale[j], scale[j - j % 64]);
  EXPECT_TRUE(std::holds_alternative<net::ConvInts>(run.quant().projections[0].weights));
  EXPECT_LT(scale[0], scale[64]);
}

TEST(QuantizeConv, DiagonalBecomesSparse) {
  net::Net net;
  net.name = "diagonal";
  net.populations = {cellsOf("in", {3}, net::NeuronKind::Input),
                     cellsOf("l", {3}, net::NeuronKind::IF, 1.0)};
  net.projections = {joining("d", 0, 1, net::DiagonalWeights{3, {0.5f, 0.0f, -0.25f}})};
  net.inputs = {0};
  net.outputs = {1};
  const Outcome run = quantized(net);
  ASSERT_TRUE(run.errors.empty());
  const auto &ints = std::get<net::SparseInts>(run.quant().projections[0].weights);
  EXPECT_EQ(ints.columns, (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_GT(ints.values[0], 0);
  EXPECT_EQ(ints.values[1], 0);
  EXPECT_LT(ints.values[2], 0);
  EXPECT_EQ(run.module.layers[0].synapses, 2u);
}

// The membrane of a readout is its result: it never fires, and must not clamp.
TEST(QuantizeReadout, NeverFiresAndDoesNotClamp) {
  for (const net::NeuronKind kind :
       {net::NeuronKind::I, net::NeuronKind::LI, net::NeuronKind::CubaLI}) {
    support::Rng rng(6);
    net::Net net = oneLayer(layerOf("readout", 4, kind), 40, randomWeights(rng, 160));
    net.populations[1].params.vInit = 0.25;
    if (kind == net::NeuronKind::LI)
      net.populations[1].params.tau = 20.0;
    if (kind == net::NeuronKind::CubaLI) {
      net.populations[1].params.tauMem = 20.0;
      net.populations[1].params.tauSyn = 2.0;
    }
    net.profile.tauUnit.value = net::TauUnit::Steps;
    net.profile.compare.value = net::Compare::Ge;
    net.profile.integrator.value = net::Integrator::Unit;
    net.run.steps = 200;
    const Outcome run = quantized(net, {8}, "loihi-like");
    ASSERT_TRUE(run.errors.empty()) << run.errors[0].message;
    for (const net::NeuronConfig &neuron : run.quant().populations[1].neurons) {
      EXPECT_EQ(neuron.threshold, (1 << 23) - 1);
      EXPECT_FALSE(neuron.compareGe);
      EXPECT_FALSE(neuron.resetSubtract);
      EXPECT_NE(neuron.vInit, 0);
    }
    EXPECT_EQ(run.module.layers[0].mayClampMembrane, 0u) << net::nameOf(kind);
    EXPECT_FALSE(run.warned(DiagCode::MayOverflow)) << net::nameOf(kind);

    data::EncodedSample sample;
    sample.steps = 200;
    sample.size = 40;
    sample.spikes.assign(200 * 40, 1);
    runtime::reference::QuantEngine quant(run.quant(), targetNamed("loihi-like").core);
    const trace::SampleTrace trace = quant.run(sample, true);
    EXPECT_EQ(quant.events().membraneClamps, 0u);
    auto engine = runtime::reference::FloatEngine::create(net);
    ASSERT_TRUE(static_cast<bool>(engine));
    const trace::SampleTrace real = (*engine)->run(sample, true);
    for (uint32_t j = 0; j < 4; ++j) {
      const double want = real.populations[1].vReal[199 * 4 + j];
      const double got = trace.populations[1].v[199 * 4 + j] / run.quant().populations[1].scale[j];
      EXPECT_NEAR(got, want, 0.02 * std::abs(want) + 5.0) << net::nameOf(kind);
    }
  }
}

TEST(QuantizeReadout, DirectCodedReadoutsDoNotClamp) {
  support::Rng rng(7);
  net::Net net = oneLayer(layerOf("readout", 4, net::NeuronKind::I), 50, randomWeights(rng, 200));
  net.run.encode = net::Encoding::Direct;
  net.run.steps = 1000;
  const Outcome run = quantized(net);
  ASSERT_TRUE(run.errors.empty()) << run.errors[0].message;
  EXPECT_EQ(run.module.layers[0].mayClampMembrane, 0u);
  EXPECT_EQ(run.quant().populations[1].neurons[0].threshold, (1 << 23) - 1);
}

TEST(Quantize, ThresholdsWithoutMemoryAreRefusedByName) {
  const Outcome run =
      quantized(oneLayer(layerOf("gate", 1, net::NeuronKind::Threshold), 1, {1.0f}));
  ASSERT_EQ(run.errors.size(), 1u);
  EXPECT_EQ(run.errors[0].code, DiagCode::CoreCannotHold);
  EXPECT_CONTAINS(run.errors[0].message, "'gate' is a threshold without a memory");
  EXPECT_CONTAINS(run.errors[0].help, "tau = dt");
}

TEST(Quantize, ResetRulesOfPopulations) {
  support::Rng rng(8);
  net::Net net = oneLayer(layerOf("a", 1, net::NeuronKind::IF), 1, randomWeights(rng, 1));
  net.populations.push_back(layerOf("b", 1, net::NeuronKind::IF));
  net.populations.push_back(layerOf("c", 1, net::NeuronKind::IF));
  net.projections.push_back(denseOf("ab", 1, 2, 1, 1, {1.0f}));
  net.projections.push_back(denseOf("bc", 2, 3, 1, 1, {1.0f}));
  net.populations[1].params.vThreshold = 2.0;
  net.populations[2].reset = net::ResetRule::Subtract;
  net.populations[3].reset = net::ResetRule::None;
  const Outcome run = quantized(net);
  ASSERT_TRUE(run.errors.empty());
  const auto neuron = [&](uint32_t p) { return run.quant().populations[p].neurons[0]; };
  EXPECT_FALSE(neuron(1).resetSubtract);
  EXPECT_TRUE(neuron(2).resetSubtract);
  EXPECT_EQ(neuron(2).reset, neuron(2).threshold);
  EXPECT_TRUE(neuron(3).resetSubtract);
  EXPECT_EQ(neuron(3).reset, 0);
}

} // namespace
} // namespace snnc::compiler
