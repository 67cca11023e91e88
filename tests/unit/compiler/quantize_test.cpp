#include "compiler/passes/quantize/quantize.h"

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
  llvm::Error error = llvm::Error::success();

  Outcome() { llvm::cantFail(std::move(error)); }

  bool warned(DiagCode code) const {
    for (const support::Diagnostic &warning : warnings)
      if (warning.code == code)
        return true;
    return false;
  }
};

Outcome quantized(net::Net net, QuantizeOptions options = {}, const char *target = "loihi-like") {
  Outcome run;
  run.module = moduleOf(std::move(net));
  LowerPass lower;
  QuantizePass quantize(options);
  run.error = runPass(lower, run.module, targetNamed(target), run.warnings);
  if (!run.error)
    run.error = runPass(quantize, run.module, targetNamed(target), run.warnings);
  return run;
}

void expectOk(Outcome &run) {
  if (run.error)
    ADD_FAILURE() << llvm::toString(std::move(run.error));
}

net::NeuronParams thresholdOf(double threshold) {
  net::NeuronParams params;
  params.vThreshold = threshold;
  return params;
}

// A network on a grid of 1/8 with leakless neurons loses nothing: float == quant, spike for spike.
TEST(Quantize, GridNetworksAreExact) {
  uint64_t spikes = 0;
  snnc::test::forEachSeed(1, 60, [&](uint64_t seed, support::Rng &rng) {
    const auto grid = [&](size_t count) {
      std::vector<float> values;
      for (size_t i = 0; i < count; ++i)
        values.push_back(static_cast<float>(rng.between(-12, 12)) / 8);
      return values;
    };
    net::NeuronParams params = thresholdOf(static_cast<double>(rng.between(4, 30)) / 8);
    net::Net net;
    net.name = "grid";
    net.populations = {inputOf("in", 7), layerOf("a", 6, net::NeuronKind::IF, params),
                       layerOf("b", 5, net::NeuronKind::IF, params)};
    net.projections = {denseOf("p", 0, 1, 6, 7, grid(42)), denseOf("q", 1, 2, 5, 6, grid(30)),
                       denseOf("r", 2, 1, 6, 5, grid(30))};
    net.projections[2].delay = 2;
    for (int j = 0; j < 5; ++j)
      net.projections[1].bias.push_back(static_cast<double>(rng.between(-2, 2)) / 8);
    net.inputs = {0};
    net.outputs = {2};
    net.run.steps = 30;
    net.profile.reset.value = seed % 2 ? net::ResetRule::Zero : net::ResetRule::Subtract;
    net.profile.compare.value = static_cast<net::Compare>(rng.below(2));
    data::EncodedSample sample;
    sample.steps = 30;
    sample.size = 7;
    for (uint32_t i = 0; i < sample.steps * sample.size; ++i)
      sample.spikes.push_back(rng.below(3) == 0);

    auto engine = runtime::reference::FloatEngine::create(net);
    ASSERT_TRUE(static_cast<bool>(engine));
    const trace::SampleTrace real = (*engine)->run(sample, false);
    Outcome run = quantized(net);
    expectOk(run);
    for (const LayerStats &layer : run.module.layers)
      EXPECT_TRUE(std::isinf(layer.sqnrDb)) << layer.name;
    runtime::reference::QuantEngine quant(*run.module.quant, targetNamed("loihi-like").core);
    const trace::SampleTrace ints = quant.run(sample, false);
    EXPECT_EQ(trace::diff(real, ints).spikeMismatches, 0u);
    for (const trace::PopulationTrace &population : real.populations)
      for (uint8_t spike : population.spikes)
        spikes += spike;
  });
  EXPECT_GT(spikes, 1000u);
}

// Decays of exactly 0 and 1, in membrane and current, are grid values too.
TEST(Quantize, GridNetworksWithoutOrWithAllMemoryAreExact) {
  uint64_t spikes = 0;
  snnc::test::forEachSeed(1, 60, [&](uint64_t, support::Rng &rng) {
    const auto tau = [&] { return rng.below(2) != 0 ? 1.0 : INFINITY; }; // euler: 0 or 1
    net::NeuronParams params = thresholdOf(static_cast<double>(rng.between(1, 6)));
    const bool cuba = rng.below(2) != 0;
    (cuba ? params.tauMem : params.tau) = tau();
    if (cuba) // an integrated current soon exceeds what a forgetting membrane may hold (4095)
      params.tauSyn = params.tauMem[0] == 1.0 ? 1.0 : tau();
    std::vector<float> weights;
    for (int i = 0; i < 24; ++i)
      weights.push_back(static_cast<float>(rng.between(-2, 3)));
    net::Net net =
        oneLayer(layerOf("l", 4, cuba ? net::NeuronKind::CubaLIF : net::NeuronKind::LIF, params), 6,
                 weights);
    net.profile.tauUnit.value = net::TauUnit::Steps;
    net.profile.reset.value = rng.below(2) != 0 ? net::ResetRule::Zero : net::ResetRule::Subtract;
    net.run.steps = 12;
    data::EncodedSample sample;
    sample.steps = 12;
    sample.size = 6;
    for (uint32_t i = 0; i < sample.steps * sample.size; ++i)
      sample.spikes.push_back(rng.below(3) == 0);
    auto engine = runtime::reference::FloatEngine::create(net);
    ASSERT_TRUE(static_cast<bool>(engine));
    const trace::SampleTrace real = (*engine)->run(sample, false);
    Outcome run = quantized(net);
    expectOk(run);
    EXPECT_FALSE(run.warned(DiagCode::DecayNotExact));
    runtime::reference::QuantEngine quant(*run.module.quant, targetNamed("loihi-like").core);
    EXPECT_EQ(trace::diff(real, quant.run(sample, false)).spikeMismatches, 0u);
    for (uint8_t spike : real.populations[1].spikes)
      spikes += spike;
  });
  EXPECT_GT(spikes, 500u);
}

// Every feature at once, leaks included: with 16-bit weights the integers follow the reals closely.
TEST(Quantize, WideWeightsFollowTheFloatNetwork) {
  uint64_t spikes = 0, mismatches = 0;
  snnc::test::forEachSeed(1, 80, [&](uint64_t seed, support::Rng &rng) {
    net::NeuronParams params = thresholdOf(0.5 + rng.uniform());
    const bool cuba = rng.below(2) != 0;
    (cuba ? params.tauMem : params.tau) = 3.0 + 20.0 * rng.uniform();
    if (cuba)
      params.tauSyn = 2.0 + 5.0 * rng.uniform();
    params.r = 2.0;
    params.vLeak = 0.2 * rng.normal();
    params.vInit = 0.1 * rng.normal();
    net::Net net =
        oneLayer(layerOf("l", 6, cuba ? net::NeuronKind::CubaLIF : net::NeuronKind::LIF, params), 8,
                 randomWeights(rng, 48));
    for (int j = 0; j < 6; ++j)
      net.projections[0].bias.push_back(0.1 * rng.normal());
    net.projections.push_back(denseOf("rec", 1, 1, 6, 6, randomWeights(rng, 36, 0.2)));
    net.projections[1].delay = 1;
    net.profile.tauUnit.value = net::TauUnit::Steps;
    net.profile.integrator.value = static_cast<net::Integrator>(rng.below(3));
    net.profile.reset.value = static_cast<net::ResetRule>(rng.below(3));
    net.run.steps = 25;
    const bool direct = seed % 2 == 0;
    net.run.encode = direct ? net::Encoding::Direct : net::Encoding::None;
    data::EncodedSample sample;
    sample.steps = 25;
    sample.size = 8;
    for (uint32_t i = 0; i < 8 && direct; ++i)
      sample.values.push_back(static_cast<float>(rng.below(256)) / 255);
    for (uint32_t i = 0; i < 8 * 25 && !direct; ++i)
      sample.spikes.push_back(rng.below(3) == 0);
    auto engine = runtime::reference::FloatEngine::create(net);
    ASSERT_TRUE(static_cast<bool>(engine));
    const trace::SampleTrace real = (*engine)->run(sample, false);
    Outcome run = quantized(net, {16}, "wide");
    expectOk(run);
    runtime::reference::QuantEngine quant(*run.module.quant, targetNamed("wide").core);
    mismatches += trace::diff(real, quant.run(sample, false)).spikeMismatches;
    for (uint8_t spike : real.populations[1].spikes)
      spikes += spike;
  });
  EXPECT_GT(spikes, 1000u);
  EXPECT_LT(static_cast<double>(mismatches), 0.02 * static_cast<double>(spikes))
      << mismatches << " of " << spikes;
  std::cout << "[          ] " << mismatches << " mismatches, " << spikes << " spikes\n";
}

// Wider weights must come closer to the float network.
TEST(Quantize, MoreBitsMoreSignal) {
  support::Rng rng(5);
  const net::Net net = oneLayer(layerOf("l", 20, net::NeuronKind::IF, thresholdOf(1.0)), 30,
                                randomWeights(rng, 600));
  double last = 0.0;
  for (uint32_t bits = 2; bits <= 8; ++bits) {
    Outcome run = quantized(net, {bits});
    expectOk(run);
    EXPECT_GT(run.module.layers[0].sqnrDb, last + 3.0) << bits;
    EXPECT_EQ(run.module.layers[0].weightBits, bits);
    last = run.module.layers[0].sqnrDb;
    const auto &values = std::get<net::DenseInts>(run.module.quant->projections[0].weights).values;
    const int16_t most = static_cast<int16_t>((1 << (bits - 1)) - 1);
    EXPECT_EQ(*std::max_element(values.begin(), values.end()), most);
    EXPECT_GE(*std::min_element(values.begin(), values.end()), -most);
  }
}

// Ten inhibitory weights, a leak of 1/20: at 2047 steps of 64 the membrane reaches 3.1 registers.
TEST(Quantize, WideWeightsLeaveRoomInTheMembrane) {
  const auto steps = [](net::NeuronKind kind, uint32_t bits) {
    net::NeuronParams params =
        kind == net::NeuronKind::LIF ? thresholdOf(1.0) : net::NeuronParams();
    params.tau = 20.0;
    std::vector<float> weights(10, -1.0f);
    weights[0] = -0.98765f; // off the grid
    net::Net net = oneLayer(layerOf("l", 1, kind, params), 10, weights);
    net.profile.tauUnit.value = net::TauUnit::Steps;
    Outcome run = quantized(net, {bits}, "wide");
    expectOk(run);
    const auto &values = std::get<net::DenseInts>(run.module.quant->projections[0].weights).values;
    return -values[1];
  };
  // A neuron may reach twice its register, if that saves steps below 2047; a readout may not.
  EXPECT_NEAR(steps(net::NeuronKind::LIF, 12), 2047 * 2 / 3.12, 30);
  EXPECT_NEAR(steps(net::NeuronKind::LI, 12), 2047 / 3.12, 20);
  EXPECT_EQ(steps(net::NeuronKind::LIF, 8), 127);
}

TEST(Quantize, SparseAndDenseGiveTheSame) {
  const std::vector<float> dense = {0.5f, 0.f, -0.31f, 0.9f};
  net::Net net = oneLayer(layerOf("l", 2, net::NeuronKind::IF, thresholdOf(1.0)), 2, dense);
  Outcome a = quantized(net);
  net.projections[0].weights = net::SparseWeights{2, 2, {0, 2, 3}, {0, 1, 1}, {0.5f, -0.31f, 0.9f}};
  Outcome b = quantized(net);
  expectOk(a);
  expectOk(b);
  EXPECT_EQ(a.module.quant->populations[1].neurons, b.module.quant->populations[1].neurons);
  const auto &x = std::get<net::DenseInts>(a.module.quant->projections[0].weights).values;
  const auto &y = std::get<net::SparseInts>(b.module.quant->projections[0].weights).values;
  EXPECT_EQ(x[0], y[0]);
  EXPECT_EQ(x[2], y[1]);
  EXPECT_EQ(x[3], y[2]);
}

TEST(Quantize, ProjectionsOfDifferentRangeGetExponents) {
  support::Rng rng(2);
  net::Net net = oneLayer(layerOf("l", 4, net::NeuronKind::IF, thresholdOf(1.0)), 4,
                          randomWeights(rng, 16, 0.1));
  net.projections.push_back(denseOf("rec", 1, 1, 4, 4, randomWeights(rng, 16, 1.6)));
  net.projections[1].delay = 1;
  Outcome run = quantized(net);
  expectOk(run);
  EXPECT_EQ(run.module.quant->projections[0].exponent, 0);
  EXPECT_GE(run.module.quant->projections[1].exponent, 3);
  EXPECT_LE(run.module.quant->projections[1].exponent, 5);
}

TEST(Quantize, SmallThresholdsRaiseTheExponent) {
  Outcome run = quantized(
      oneLayer(layerOf("l", 1, net::NeuronKind::IF, thresholdOf(0.0123)), 2, {1.0f, -0.77f}));
  expectOk(run);
  EXPECT_GT(run.module.quant->projections[0].exponent, 0);
  EXPECT_GE(run.module.quant->populations[1].neurons[0].threshold, 256);
}

TEST(Quantize, DirectCodingMovesTheFirstLayerToTheHost) {
  support::Rng rng(4);
  net::Net net =
      oneLayer(layerOf("l", 3, net::NeuronKind::IF, thresholdOf(1.0)), 5, randomWeights(rng, 15));
  net.projections[0].bias = {0.1, 0.2, -0.3};
  net.run.encode = net::Encoding::Direct;
  net.run.steps = 10;
  Outcome run = quantized(net);
  expectOk(run);
  const net::QuantNet &quant = *run.module.quant;
  EXPECT_TRUE(quant.projections.empty());
  ASSERT_EQ(quant.hostLayers.size(), 1u);
  EXPECT_EQ(quant.hostLayers[0].name, "w");
  const auto &ints = std::get<net::DenseInts>(quant.hostLayers[0].weights);
  EXPECT_EQ(ints.rows, 3u);
  EXPECT_EQ(ints.cols, 5u);
  EXPECT_TRUE(run.module.layers[0].onHost);
  EXPECT_EQ(run.module.layers[0].synapses, 15u);

  // The same through sparse weights.
  const auto &dense = std::get<net::DenseWeights>(net.projections[0].weights);
  net::SparseWeights sparse{3, 5, {0}, {}, {}};
  for (uint32_t i = 0; i < 5; ++i) {
    for (uint32_t o = 0; o < 3; ++o) {
      sparse.columns.push_back(o);
      sparse.values.push_back(dense.values[o * 5 + i]);
    }
    sparse.rowStart.push_back(sparse.columns.size());
  }
  net.projections[0].weights = sparse;
  Outcome again = quantized(net);
  expectOk(again);
  const auto &sparseInts = std::get<net::SparseInts>(again.module.quant->hostLayers[0].weights);
  for (uint32_t i = 0; i < 5; ++i)
    for (uint32_t o = 0; o < 3; ++o)
      EXPECT_EQ(sparseInts.values[i * 3 + o], ints.values[o * 5 + i]);
  EXPECT_EQ(again.module.quant->hostLayers[0].bias, quant.hostLayers[0].bias);
}

TEST(Quantize, DirectCodingThatCannotWork) {
  support::Rng rng(4);
  net::Net net = oneLayer(layerOf("hidden", 2, net::NeuronKind::IF, thresholdOf(1.0)), 2,
                          randomWeights(rng, 4));
  net.run.encode = net::Encoding::Direct;
  net.projections.push_back(net.projections[0]);
  net.projections[1].name = "again";
  net.projections[0].delay = 2;
  Outcome run = quantized(net);
  const std::vector<support::Diagnostic> all = diagnosticsOf(std::move(run.error));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].code, DiagCode::DirectCoding);
  EXPECT_CONTAINS(all[0].message, "delay of 2");
  EXPECT_CONTAINS(all[1].message, "'w' and 'again'");
}

TEST(Quantize, WeightBitsHaveTheTargetsRange) {
  const net::Net net = oneLayer(layerOf("l", 1, net::NeuronKind::IF, thresholdOf(1.0)), 1, {1.0f});
  for (uint32_t bits : {0u, 1u, 9u}) {
    Outcome run = quantized(net, {bits});
    const support::Diagnostic diag = firstDiagnostic(std::move(run.error));
    EXPECT_EQ(diag.code, DiagCode::WeightBits);
    EXPECT_CONTAINS(diag.message, std::to_string(bits));
    EXPECT_CONTAINS(diag.message, "2 to 8");
  }
  Outcome wide = quantized(net, {16}, "wide");
  expectOk(wide);
}

TEST(Quantize, NeedsLower) {
  Module module =
      moduleOf(oneLayer(layerOf("l", 1, net::NeuronKind::IF, thresholdOf(1.0)), 1, {1.0f}));
  support::Warnings warnings;
  QuantizePass pass({});
  const support::Diagnostic diag =
      firstDiagnostic(runPass(pass, module, targetNamed("tiny"), warnings));
  EXPECT_EQ(diag.code, DiagCode::PassOrder);
  EXPECT_CONTAINS(diag.message, "'lower'");
}

TEST(Quantize, RefractoryAndAmountBeyondTheRegisters) {
  net::NeuronParams params = thresholdOf(1.0);
  params.refractory = 63.0;
  params.vReset = 2.0; // above the threshold: would add
  net::Net net = oneLayer(layerOf("hidden", 1, net::NeuronKind::IF, params), 1, {1.0f});
  net.profile.tauUnit.value = net::TauUnit::Steps;
  net.profile.reset.value = net::ResetRule::Subtract;
  Outcome strict = quantized(net);
  const std::vector<support::Diagnostic> all = diagnosticsOf(std::move(strict.error));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].code, DiagCode::CoreCannotHold);
  EXPECT_CONTAINS(all[0].message, "63 refractory steps");
  EXPECT_CONTAINS(all[0].message, "counts to 62");
  EXPECT_CONTAINS(all[1].message, "subtracts -1");

  Outcome lossy = quantized(net, {8, true});
  expectOk(lossy);
  EXPECT_TRUE(lossy.warned(DiagCode::ValueLost));
  EXPECT_EQ(lossy.module.quant->populations[1].neurons[0].refractory, 63);
  EXPECT_EQ(lossy.module.quant->populations[1].neurons[0].reset, 0);

  net.populations[1].params.refractory = 62.0;
  net.populations[1].params.vReset = 0.0;
  Outcome fits = quantized(net);
  expectOk(fits);
}

TEST(Quantize, WarnsOfDecaysFarOff) {
  net::NeuronParams params = thresholdOf(1.0);
  params.tau = 1e5;
  net::Net net = oneLayer(layerOf("slow", 1, net::NeuronKind::LIF, params), 1, {1.0f});
  net.profile.tauUnit.value = net::TauUnit::Steps;
  Outcome run = quantized(net);
  expectOk(run);
  EXPECT_TRUE(run.warned(DiagCode::DecayNotExact));
  net.populations[1].params.tau = 20.0;
  Outcome usual = quantized(net);
  expectOk(usual);
  EXPECT_FALSE(usual.warned(DiagCode::DecayNotExact));
}

TEST(Quantize, WarnsOfLostPrecisionAndOverflow) {
  Outcome tiny = quantized(oneLayer(layerOf("l", 1, net::NeuronKind::IF, thresholdOf(1.0)), 3,
                                    {1e-4f, 0.31e-4f, 0.07e-4f}));
  expectOk(tiny);
  EXPECT_TRUE(tiny.warned(DiagCode::ScaleReduced));

  // 300 weights of 127 << 6: 2,438,400 > 2^21.
  std::vector<float> same(300, 1.0f);
  same[0] = 0.98765f; // off the grid
  Outcome wraps =
      quantized(oneLayer(layerOf("l", 1, net::NeuronKind::IF, thresholdOf(500.0)), 300, same));
  expectOk(wraps);
  EXPECT_TRUE(wraps.warned(DiagCode::MayOverflow));
  EXPECT_EQ(wraps.module.layers[0].mayWrapAccumulator, 1u);
  const std::optional<Overflow> &overflow = wraps.module.layers[0].overflow;
  ASSERT_TRUE(overflow);
  EXPECT_EQ(overflow->state, "accumulator");
  EXPECT_EQ(overflow->step, 0u) << "all 300 at once";
  ASSERT_EQ(overflow->sources.size(), 1u);
  EXPECT_EQ(overflow->sources[0].neurons.size(), 300u);
}

// A parameter beside which no weight keeps a step: an error, with --allow-lossy a warning.
TEST(Quantize, WeightsLostToAParameter) {
  const auto netOf = [](net::NeuronParams params, double bias) {
    net::Net net = oneLayer(layerOf("l", 2, net::NeuronKind::IF, params), 1, {0.5f, 0.25f});
    net.projections[0].bias = {bias, 0.0};
    return net;
  };
  net::NeuronParams large = thresholdOf(1e300), init = thresholdOf(1.0);
  init.vInit = 1e30;
  const std::pair<net::Net, const char *> cases[] = {
      {netOf(large, 0.0), "threshold 1e+300"},
      {netOf(init, 0.0), "v_init 1e+30"},
      {netOf(thresholdOf(1.0), 1e300), "bias 1e+300"}};
  for (const auto &[net, text] : cases) {
    Outcome strict = quantized(net);
    const std::vector<support::Diagnostic> all = diagnosticsOf(std::move(strict.error));
    ASSERT_EQ(all.size(), 1u) << text;
    EXPECT_EQ(all[0].code, DiagCode::CoreCannotHold);
    EXPECT_CONTAINS(all[0].message, " of 'l' has 0.0 of 127 steps");
    EXPECT_CONTAINS(all[0].message, text);
    EXPECT_CONTAINS(all[0].help, "--allow-lossy");
    Outcome lossy = quantized(net, {8, true});
    expectOk(lossy);
    EXPECT_TRUE(lossy.warned(DiagCode::ScaleReduced)) << text;
  }
}

TEST(Quantize, DirectCodedParametersBeyondTheirRegisters) {
  const auto direct = [](net::NeuronParams params, std::vector<float> weights) {
    net::Net net = oneLayer(layerOf("l", 2, net::NeuronKind::IF, params), 1, std::move(weights));
    net.run.encode = net::Encoding::Direct;
    return net;
  };
  // A row of zeros has only its registers to set a scale by.
  net::NeuronParams init = thresholdOf(0.0);
  init.vInit = -0.5;
  Outcome legal = quantized(direct(init, {1.0f, 0.0f}));
  expectOk(legal);
  for (const net::NeuronConfig &neuron : legal.module.quant->populations[1].neurons)
    EXPECT_LT(neuron.vInit, -60);

  init.vInit = 1e30;
  net::Net biased = direct(thresholdOf(1.0), {1.0f, 0.5f});
  biased.projections[0].bias = {0.0, 1e300};
  net::Net narrow = direct(thresholdOf(1.0), {1.0f, 0.5f});
  narrow.run.inputHigh = 1e-300;
  const std::pair<net::Net, const char *> cases[] = {
      {direct(thresholdOf(1e300), {1.0f, 0.5f}), "threshold of neuron 0 of 'l' is 1e+300"},
      {direct(init, {1.0f, 0.5f}), "v_init of neuron 0 of 'l' is 1e+30"},
      {biased, "bias of neuron 1 of 'l' is 1e+300"},
      {narrow, "threshold of neuron 0 of 'l' is 1"}};
  for (const auto &[net, text] : cases) {
    Outcome run = quantized(net, {8, true});
    const std::vector<support::Diagnostic> all = diagnosticsOf(std::move(run.error));
    ASSERT_EQ(all.size(), 1u) << text;
    EXPECT_EQ(all[0].code, DiagCode::CoreCannotHold);
    EXPECT_CONTAINS(all[0].message, text);
    EXPECT_CONTAINS(all[0].message, "holds up to");
  }

  Outcome lost = quantized(direct(thresholdOf(1e9), {1.0f, 0.5f}));
  const std::vector<support::Diagnostic> all = diagnosticsOf(std::move(lost.error));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_CONTAINS(all[0].message, "its input is lost: threshold 1e+09");
  Outcome lossy = quantized(direct(thresholdOf(1e9), {1.0f, 0.5f}), {8, true});
  expectOk(lossy);
  EXPECT_TRUE(lossy.warned(DiagCode::ScaleReduced));
}

TEST(Quantize, BiasFromTickZeroNeedsALayerThatStartsThere) {
  net::Net net = oneLayer(layerOf("a", 1, net::NeuronKind::IF, thresholdOf(1.0)), 1, {1.0f});
  net.populations.push_back(layerOf("b", 1, net::NeuronKind::IF, thresholdOf(1.0)));
  net.projections.push_back(denseOf("ab", 1, 2, 1, 1, {1.0f}));
  net.projections[1].bias = {0.5};
  net.outputs = {2};
  net.profile.biasTiming.value = net::BiasTiming::Start;
  Outcome run = quantized(net);
  const support::Diagnostic diag = firstDiagnostic(std::move(run.error));
  EXPECT_EQ(diag.code, DiagCode::BiasFromStart);
  EXPECT_CONTAINS(diag.message, "'b'");
  net.projections[1].bias.clear();
  net.projections[0].bias = {0.5};
  Outcome first = quantized(net);
  expectOk(first);
}

} // namespace
} // namespace snnc::compiler
