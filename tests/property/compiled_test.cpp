// Random networks in real numbers through the whole compiler, at every weight width and many core
// limits: the quantised network, the fast engine, the cycle engine and the RTL agree, and the image
// decodes into the network that it came from. Two compilations give the same bytes.
#include "common/image/codec.h"
#include "common/support/diag.h"
#include "compiler/pipeline/compile.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/rtl/rtl_machine.h"
#include "runtime/verify/verify.h"
#include "tests/support/fast_engines.h"
#include "tests/support/random_float_net.h"
#include "tests/support/random_net.h"
#include "tests/support/seeds.h"

#include "llvm/Support/raw_ostream.h"

using namespace snnc;
using namespace snnc::runtime;

namespace {

struct Coverage {
  uint64_t runs = 0, manyCores = 0, hostLayers = 0, rtl = 0;
  uint64_t convolutions = 0, pools = 0, sparse = 0, readouts = 0; // networks that have one
};

void count(const net::Net &net, const net::QuantNet &quant, Coverage &coverage) {
  bool convolution = false, pool = false, sparse = false, readout = false;
  for (const net::QuantProjection &projection : quant.projections) {
    convolution |= std::holds_alternative<net::ConvInts>(projection.weights);
    sparse |= std::holds_alternative<net::SparseInts>(projection.weights);
    pool |= !projection.pools.empty();
  }
  for (const net::Population &population : net.populations)
    readout |= !net::spikes(population.kind);
  coverage.convolutions += convolution;
  coverage.pools += pool;
  coverage.sparse += sparse;
  coverage.readouts += readout;
}

// Random networks may be too large for a target, and a few cannot be what they ask for; any other
// error is a fault of the compiler.
bool isLegitimate(llvm::Error error) {
  bool legitimate = true;
  llvm::handleAllErrors(std::move(error), [&](const support::DiagError &error) {
    switch (error.diagnostic.code) {
    case support::DiagCode::NeuronExceedsCore:
    case support::DiagCode::TooFewCores:
    case support::DiagCode::DelayTooLong:
    case support::DiagCode::CoreCannotHold:
    case support::DiagCode::DirectCoding:
      break;
    default: {
      legitimate = false;
      std::string text;
      llvm::raw_string_ostream os(text);
      error.diagnostic.print(os);
      ADD_FAILURE() << os.str();
    }
    }
  });
  return legitimate;
}

verify::EngineSpec cycleEngine() {
  return {"cycle", [](const image::Image &) -> llvm::Expected<std::unique_ptr<Machine>> {
            return cycle::createCycleMachine();
          }};
}

verify::EngineSpec rtlEngine() {
  return {"rtl",
          [](const image::Image &image) { return rtl::createRtlMachine(image, llvm::errs()); }};
}

// Meshes whose RTL machine is built with the project.
bool hasRtl(const image::Image &image) {
  return image.meshHeight == image.meshWidth ? image.meshWidth <= 2
                                             : image.meshWidth == 2 && image.meshHeight == 1;
}

void compileAndCompare(support::Rng &rng, const target::Target &target,
                       const test::RandomFloatNetOptions &netOptions, uint32_t maxNeurons,
                       bool useRtl, Coverage &coverage) {
  const net::Net net = test::randomFloatNet(rng, netOptions);
  compiler::CompileOptions options;
  options.weightBits = static_cast<uint32_t>(rng.between(2, 8));
  options.maxNeuronsPerCore = maxNeurons;
  options.meshWidth = options.meshHeight = 2;
  support::Warnings warnings;
  auto compiled = compiler::compile(net, target, options, warnings);
  if (!compiled) {
    isLegitimate(compiled.takeError());
    return;
  }
  auto again = compiler::compile(net, target, options, warnings);
  ASSERT_TRUE(static_cast<bool>(again)) << llvm::toString(again.takeError());
  EXPECT_TRUE(image::encode(*compiled->image) == image::encode(*again->image));

  std::vector<verify::EngineSpec> engines = {{"quant", {}}, cycleEngine()};
  for (verify::EngineSpec &spec : test::fastEngines())
    engines.push_back(std::move(spec));
  if (useRtl && hasRtl(*compiled->image)) {
    engines.push_back(rtlEngine());
    ++coverage.rtl;
  }
  const auto steps = static_cast<uint32_t>(rng.between(1, 20));
  auto report = verify::verifyEngines(
      {.image = *compiled->image,
       .network = &*compiled->quant,
       .core = target.core,
       .engines = engines,
       .firstSample = 0,
       .samples = 2,
       .sampleAt = [&](uint64_t) { return test::randomSample(rng, *compiled->quant, steps); },
       .command = {},
       .progress = {}});
  ASSERT_TRUE(static_cast<bool>(report)) << llvm::toString(report.takeError());
  EXPECT_EQ(report->imageDifference, "");
  for (const verify::PairReport &pair : report->pairs)
    EXPECT_TRUE(pair.equal()) << pair.a << " and " << pair.b << ": " << pair.first->text();
  ++coverage.runs;
  coverage.manyCores += compiled->image->cores.size() > 1;
  coverage.hostLayers += !compiled->image->hostLayers.empty();
  count(net, *compiled->quant, coverage);
}

void expectCovered(const Coverage &coverage, uint64_t least) {
  if (std::getenv("SNNC_SEED") != nullptr || std::getenv("SNNC_CASES") != nullptr)
    return;
  EXPECT_GE(coverage.runs, least);
  EXPECT_GT(coverage.manyCores, 0u);
  EXPECT_GT(coverage.hostLayers, 0u);
  EXPECT_GT(coverage.sparse, 0u);
  EXPECT_GT(coverage.readouts, 0u);
}

} // namespace

TEST(Compiled, LoihiLikeQuantAndCycle) {
  const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  Coverage coverage;
  test::forEachSeed(1, 200, [&](uint64_t, support::Rng &rng) {
    const auto maxNeurons = static_cast<uint32_t>(rng.between(24, 80));
    compileAndCompare(rng, target, {}, maxNeurons, false, coverage);
  });
  expectCovered(coverage, 60);
  EXPECT_TRUE(std::getenv("SNNC_SEED") != nullptr ||
              (coverage.convolutions > 0 && coverage.pools > 0));
}

TEST(Compiled, LoihiLikeQuantCycleAndRtl) {
  const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  Coverage coverage;
  test::forEachSeed(1000, 8, [&](uint64_t, support::Rng &rng) {
    compileAndCompare(rng, target, {}, 40, true, coverage);
  });
  EXPECT_TRUE(std::getenv("SNNC_SEED") != nullptr || coverage.rtl > 0);
}

TEST(Compiled, TinyQuantCycleAndRtl) {
  const target::Target target = llvm::cantFail(target::loadTarget("tiny"));
  Coverage coverage;
  test::forEachSeed(2000, 150, [&](uint64_t, support::Rng &rng) {
    compileAndCompare(rng, target, {.maxPopulations = 3, .maxSize = 4, .maxInputs = 4}, 0, true,
                      coverage);
  });
  expectCovered(coverage, 40);
  EXPECT_TRUE(std::getenv("SNNC_SEED") != nullptr || coverage.rtl > 0);
}
