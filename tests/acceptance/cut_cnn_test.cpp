// A cut-down copy of the N-MNIST network of sinabs (10 x 10 pixels, 4 channels a layer, real
// kernels) on the RTL: the whole one takes more cores than a Verilated mesh that tests can afford.
#include "common/net/verify.h"
#include "compiler/frontends/nir/nir_frontend.h"
#include "compiler/pipeline/compile.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/rtl/rtl_machine.h"
#include "runtime/verify/verify.h"
#include "tests/support/random_net.h"
#include "tests/support/seeds.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace snnc;
using namespace snnc::runtime;

namespace {

constexpr uint32_t kSide = 10, kChannels = 4;

std::string sharedPath(const std::string &name) {
  const char *given = std::getenv("SNNC_SHARED");
  return (given != nullptr ? std::string(given) : SNNC_SOURCE_DIR "/../shared") + "/" + name;
}

uint32_t outExtent(uint32_t in, uint32_t pad, uint32_t kernel, uint32_t stride) {
  return (in + 2 * pad - kernel) / stride + 1;
}

// The same window over smaller maps.
void resize(net::Window &window, uint32_t side) {
  window.inH = window.inW = side;
  window.outH = outExtent(side, window.padTop, window.kernelH, window.strideH);
  window.outW = outExtent(side, window.padLeft, window.kernelW, window.strideW);
}

// The first channels of a convolution.
void cut(net::ConvWeights &conv, uint32_t in, uint32_t out, uint32_t side) {
  net::ConvWeights whole = conv;
  resize(conv.window, side);
  conv.inChannels = in;
  conv.outChannels = out;
  conv.kernel.clear();
  const uint32_t size = conv.window.kernelSize();
  for (uint32_t o = 0; o < out; ++o)
    for (uint32_t k = 0; k < in * size; ++k)
      conv.kernel.push_back(whole.kernel[size_t{o} * whole.inChannels * size + k]);
}

void cut(net::DenseWeights &dense, uint32_t cols) {
  const net::DenseWeights whole = dense;
  dense.cols = cols;
  dense.values.clear();
  for (uint32_t row = 0; row < whole.rows; ++row)
    for (uint32_t col = 0; col < cols; ++col)
      dense.values.push_back(whole.values[size_t{row} * whole.cols + col]);
}

// Populations are in order of execution, each with one projection into it.
void cutDown(net::Net &net) {
  std::vector<uint32_t> shape = {2, kSide, kSide};
  net.populations[net.inputs[0]].shape = shape;
  for (net::Projection &projection : net.projections) {
    for (net::Weights &map : projection.before) {
      auto &pool = std::get<net::PoolMap>(map);
      pool.channels = shape[0];
      resize(pool.window, shape[1]);
      shape = {shape[0], pool.window.outH, pool.window.outW};
    }
    if (auto *conv = std::get_if<net::ConvWeights>(&projection.weights)) {
      cut(*conv, shape[0], kChannels, shape[1]);
      shape = {kChannels, conv->window.outH, conv->window.outW};
    } else {
      auto &dense = std::get<net::DenseWeights>(projection.weights);
      cut(dense,
          std::min(dense.cols, shape.size() == 3 ? shape[0] * shape[1] * shape[2] : shape[0]));
      shape = {dense.rows};
    }
    projection.bias.clear(); // all zero in the file, dropped on import
    net::Population &population = net.populations[projection.target];
    population.shape = shape;
    population.params.vThreshold = population.params.vThreshold[0];
    population.params.r = population.params.r[0];
  }
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

void compareOnRtl(const net::Net &net, uint32_t maxNeurons, uint32_t cores) {
  const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  compiler::CompileOptions options;
  options.maxNeuronsPerCore = maxNeurons;
  options.meshWidth = options.meshHeight = cores > 1 ? 2 : 1;
  support::Warnings warnings;
  auto compiled = compiler::compile(net, target, options, warnings);
  ASSERT_TRUE(static_cast<bool>(compiled)) << llvm::toString(compiled.takeError());
  EXPECT_GE(compiled->image->cores.size(), cores);
  test::forEachSeed(1, 1, [&](uint64_t, support::Rng &rng) {
    auto report = verify::verifyEngines(
        {.image = *compiled->image,
         .network = &*compiled->quant,
         .core = target.core,
         .engines = {{"quant", {}}, cycleEngine(), rtlEngine()},
         .firstSample = 0,
         .samples = 3,
         .sampleAt = [&](uint64_t) { return test::randomSample(rng, *compiled->quant, 20); },
         .command = {},
         .progress = {}});
    ASSERT_TRUE(static_cast<bool>(report)) << llvm::toString(report.takeError());
    EXPECT_EQ(report->imageDifference, "");
    for (const verify::PairReport &pair : report->pairs)
      EXPECT_TRUE(pair.equal()) << pair.a << " and " << pair.b << ": " << pair.first->text();
    EXPECT_EQ(report->pairs.size(), 3u);
  });
}

} // namespace

TEST(CutCnn, OneCoreAndFour) {
  const std::string path = sharedPath("models/nir/cnn_sinabs.nir");
  if (!llvm::sys::fs::exists(path))
    GTEST_SKIP() << "SKIPPED: no shared model at " << path << " (SNNC_SHARED names another place)";
  support::Warnings warnings;
  auto net = compiler::readNir(path, {}, warnings);
  ASSERT_TRUE(static_cast<bool>(net)) << llvm::toString(net.takeError());
  cutDown(*net);
  ASSERT_FALSE(net::verify(*net)) << "the cut network is not one";
  uint32_t neurons = 0;
  for (const net::Population &population : net->populations)
    neurons += population.kind == net::NeuronKind::Input ? 0 : population.size();
  EXPECT_EQ(neurons, 64u + 64u + 16u + 256u + 10u);
  compareOnRtl(*net, 0, 1);
  compareOnRtl(*net, 104, 4);
}
