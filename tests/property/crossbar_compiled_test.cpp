// Random networks through the compiler onto crossbar cores, on the chip's cores and on cores so
// small that axons are duplicated, neurons copied and spikes relayed: the quantised network and the
// cycle engine agree, the image decodes into the network, the integers in real numbers fire alike,
// and a network on the grid is exact.
#include "common/image/codec.h"
#include "common/net/dequantize.h"
#include "common/support/diag.h"
#include "compiler/pipeline/compile.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/reference/float_engine.h"
#include "runtime/reference/quant_engine.h"
#include "runtime/verify/verify.h"
#include "tests/support/random_crossbar_net.h"
#include "tests/support/random_net.h"
#include "tests/support/seeds.h"

#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace snnc;
using namespace snnc::runtime;

namespace {

struct Coverage {
  uint64_t runs = 0, manyCores = 0, copies = 0, relays = 0, duplicated = 0, exact = 0, lossy = 0;
};

// Loops without time for relays, and cores that are too small, are the network's fault.
void expectLegitimate(llvm::Error error) {
  llvm::handleAllErrors(std::move(error), [&](const support::DiagError &error) {
    switch (error.diagnostic.code) {
    case support::DiagCode::NeuronExceedsCore:
    case support::DiagCode::TooFewCores:
    case support::DiagCode::NoSchedule:
    case support::DiagCode::CoreCannotHold:
      break;
    default: {
      std::string text;
      llvm::raw_string_ostream os(text);
      error.diagnostic.print(os);
      ADD_FAILURE() << os.str();
    }
    }
  });
}

bool isExact(const compiler::CompileResult &compiled) {
  for (const compiler::LayerReport &layer : compiled.report.layers)
    if (!std::isinf(layer.sqnrDb))
      return false;
  return true;
}

void count(const compiler::CompileResult &compiled, Coverage &coverage) {
  const image::Image &image = *compiled.image;
  ++coverage.runs;
  coverage.manyCores += image.cores.size() > compiled.net.populations.size();
  bool relays = false, duplicated = false;
  for (const image::NeuronCopy &copy : image.copies)
    relays |= copy.relay;
  for (const std::vector<image::AxonSource> &sources : image.axonSources)
    for (size_t a = 1; a < sources.size(); ++a)
      duplicated |= sources[a].projection == sources[a - 1].projection &&
                    sources[a].source == sources[a - 1].source;
  coverage.relays += relays;
  coverage.copies += !image.copies.empty();
  coverage.duplicated += duplicated;
  (isExact(compiled) ? coverage.exact : coverage.lossy) += 1;
}

// Spikes of the float network against those of its integers.
void expectFloatAgrees(const net::Net &net, const net::QuantNet &quant,
                       const target::Target &target, const data::EncodedSample &sample) {
  auto real = reference::FloatEngine::create(net, {});
  ASSERT_TRUE(static_cast<bool>(real)) << llvm::toString(real.takeError());
  const trace::SampleTrace a = (*real)->run(sample, false);
  const trace::SampleTrace b = reference::QuantEngine(quant, target.core).run(sample, false);
  for (size_t p = 0; p < net.populations.size(); ++p)
    EXPECT_TRUE(a.populations[p].spikes == b.populations[p].spikes) << net.populations[p].name;
}

void expectEnginesAgree(const compiler::CompileResult &compiled, const target::Target &target,
                        const data::EncodedSample &sample) {
  auto report = verify::verifyEngines(
      {.image = *compiled.image,
       .network = &*compiled.quant,
       .core = target.core,
       .engines = {{"quant", {}},
                   {"cycle",
                    [](const image::Image &) -> llvm::Expected<std::unique_ptr<Machine>> {
                      return cycle::createCycleMachine();
                    }}},
       .firstSample = 0,
       .samples = 1,
       .sampleAt = [&](uint64_t) { return sample; },
       .command = {},
       .progress = {}});
  ASSERT_TRUE(static_cast<bool>(report)) << llvm::toString(report.takeError());
  EXPECT_EQ(report->imageDifference, "");
  for (const verify::PairReport &pair : report->pairs)
    EXPECT_TRUE(pair.equal()) << pair.a << " and " << pair.b << ": " << pair.first->text();
}

// Registers that no network in real numbers asks for, floors above all.
void scramble(support::Rng &rng, net::QuantNet &quant) {
  for (net::QuantPopulation &population : quant.populations)
    for (net::CrossbarConfig &neuron : population.crossbar) {
      neuron.leak = static_cast<int32_t>(rng.between(-3, 3));
      neuron.threshold = static_cast<int32_t>(rng.between(-2, 9));
      neuron.floor = -static_cast<int32_t>(rng.below(8));
      neuron.reset = static_cast<int32_t>(rng.between(-4, 4));
      neuron.vInit = static_cast<int32_t>(rng.between(-9, 9));
      neuron.linearReset = rng.below(2) == 0;
      neuron.floorInclusive = rng.below(2) == 0;
    }
}

void compileAndCompare(support::Rng &rng, const target::Target &target,
                       const test::RandomCrossbarOptions &options, Coverage &coverage) {
  const net::Net net = test::randomCrossbarNet(rng, options);
  compiler::CompileOptions compileOptions;
  compileOptions.weightBits = static_cast<uint32_t>(rng.between(2, 4));
  compileOptions.forceBits = true;
  support::Warnings warnings;
  auto compiled = compiler::compile(net, target, compileOptions, warnings);
  if (!compiled)
    return expectLegitimate(compiled.takeError());
  auto again = compiler::compile(net, target, compileOptions, warnings);
  ASSERT_TRUE(static_cast<bool>(again)) << llvm::toString(again.takeError());
  EXPECT_TRUE(image::encode(*compiled->image) == image::encode(*again->image));

  const auto steps = static_cast<uint32_t>(rng.between(1, 20));
  const data::EncodedSample sample = test::randomSample(rng, *compiled->quant, steps);
  expectEnginesAgree(*compiled, target, sample);
  auto real = net::dequantize(*compiled->quant);
  ASSERT_TRUE(static_cast<bool>(real)) << llvm::toString(real.takeError());
  expectFloatAgrees(*real, *compiled->quant, target, sample);
  if (options.onGrid) {
    EXPECT_TRUE(isExact(*compiled));
    expectFloatAgrees(net, *compiled->quant, target, sample);
  }
  count(*compiled, coverage);
}

bool isWhole() {
  return std::getenv("SNNC_SEED") == nullptr && std::getenv("SNNC_CASES") == nullptr;
}

} // namespace

TEST(CrossbarCompiled, TruenorthLike) {
  const target::Target target = llvm::cantFail(target::loadTarget("truenorth-like"));
  Coverage coverage;
  test::forEachSeed(1, 150, [&](uint64_t, support::Rng &rng) {
    compileAndCompare(rng, target, {.maxSize = 40, .maxInputs = 40}, coverage);
  });
  if (isWhole()) {
    EXPECT_GE(coverage.runs, 130u);
    EXPECT_GT(coverage.copies, 0u);
    EXPECT_GT(coverage.duplicated, 0u);
  }
}

TEST(CrossbarCompiled, SmallCores) {
  const target::Target target = test::crossbarTarget(64, 16, 8);
  Coverage coverage;
  test::forEachSeed(1000, 200, [&](uint64_t, support::Rng &rng) {
    compileAndCompare(rng, target, {}, coverage);
  });
  if (isWhole()) {
    EXPECT_GE(coverage.runs, 60u);
    EXPECT_GT(coverage.manyCores, 20u);
    EXPECT_GT(coverage.relays, 5u);
    EXPECT_GT(coverage.duplicated, 10u);
  }
}

TEST(CrossbarCompiled, RealWeights) {
  const target::Target target = test::crossbarTarget(128, 64, 8);
  Coverage coverage;
  test::forEachSeed(2000, 100, [&](uint64_t, support::Rng &rng) {
    compileAndCompare(rng, target, {.onGrid = false}, coverage);
  });
  if (isWhole()) {
    EXPECT_GE(coverage.runs, 60u);
    EXPECT_GT(coverage.lossy, 20u);
  }
}

TEST(CrossbarCompiled, AnyRegisters) {
  const target::Target target = test::crossbarTarget(64, 32, 8);
  uint64_t runs = 0;
  test::forEachSeed(3000, 100, [&](uint64_t, support::Rng &rng) {
    const net::Net net = test::randomCrossbarNet(rng, {.maxPopulations = 3});
    support::Warnings warnings;
    auto compiled = compiler::compile(net, target, {}, warnings);
    if (!compiled)
      return expectLegitimate(compiled.takeError());
    net::QuantNet quant = *compiled->quant;
    scramble(rng, quant);
    auto scrambled = compiler::compile(quant, target, {}, warnings);
    ASSERT_TRUE(static_cast<bool>(scrambled)) << llvm::toString(scrambled.takeError());
    expectEnginesAgree(*scrambled, target, test::randomSample(rng, quant, 12));
    ++runs;
  });
  EXPECT_TRUE(!isWhole() || runs >= 50);
}
