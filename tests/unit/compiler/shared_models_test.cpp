// Models that other people's software wrote, through lower and quantize.
#include "common/support/npy.h"
#include "compiler/frontends/nir/nir_frontend.h"
#include "compiler/passes/lower/lower.h"
#include "compiler/passes/quantize/quantize.h"
#include "runtime/reference/float_engine.h"
#include "runtime/reference/quant_engine.h"
#include "tests/unit/compiler/nets.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace snnc::compiler {
namespace {

using namespace test;

class SharedModels : public testing::Test {
protected:
  void SetUp() override {
    const char *shared = std::getenv("SNNC_SHARED");
    folder = std::string(shared ? shared : SNNC_SOURCE_DIR "/../shared") + "/models/nir/";
    if (!std::filesystem::exists(folder))
      GTEST_SKIP() << "NOT TESTED: " << folder << " is absent; set SNNC_SHARED";
  }

  net::Net model(const char *name) const {
    support::Warnings warnings;
    return *readNir(folder + name, {}, warnings);
  }

  static Module quantized(net::Net net, const char *target, uint32_t weightBits) {
    Module module = moduleOf(std::move(net));
    support::Warnings warnings;
    LowerPass lower;
    QuantizePass quantize({weightBits});
    llvm::cantFail(runPass(lower, module, targetNamed(target), warnings));
    llvm::cantFail(runPass(quantize, module, targetNamed(target), warnings));
    return module;
  }

  std::string folder;
};

// Weights reach from -13.4 to 0.8 in one layer and feed back: with 12 bits and more every spike of
// both layers is the float network's, as the recording of snnTorch is.
TEST_F(SharedModels, BrailleIsExactFromTwelveBitsOn) {
  net::Net net = model("braille_noDelay_bias_zero.nir");
  net.run.steps = 256;
  const support::NpyArray input = *support::readNpy(folder + "braille_sample0_input.npy");
  data::EncodedSample sample;
  sample.steps = 256;
  sample.size = 12;
  for (double value : input.toDoubles())
    sample.spikes.push_back(value != 0.0);
  ASSERT_EQ(sample.spikes.size(), 256u * 12u);
  auto engine = runtime::reference::FloatEngine::create(net);
  ASSERT_TRUE(static_cast<bool>(engine));
  const trace::SampleTrace real = (*engine)->run(sample, false);
  uint64_t last = UINT64_MAX;
  for (uint32_t bits : {8, 10, 12, 13, 14, 15, 16}) {
    const Module module = quantized(net, "wide", bits);
    runtime::reference::QuantEngine quant(*module.quant, targetNamed("wide").core);
    const uint64_t mismatches = trace::diff(real, quant.run(sample, false)).spikeMismatches;
    EXPECT_EQ(quant.events().accWraps + quant.events().membraneClamps, 0u) << bits;
    if (bits < 12)
      EXPECT_LT(mismatches, last) << bits;
    else
      EXPECT_EQ(mismatches, 0u) << bits;
    last = mismatches;
  }
}

TEST_F(SharedModels, CnnStaysSymbolicAndCountsItsSynapses) {
  const Module module = quantized(model("cnn_sinabs.nir"), "loihi-like", 8);
  uint64_t neurons = 0;
  std::vector<uint64_t> synapses;
  for (const LayerStats &layer : module.layers) {
    neurons += layer.neurons;
    synapses.push_back(layer.synapses);
    EXPECT_GT(layer.sqnrDb, 40.0);
  }
  EXPECT_EQ(neurons, 8970u);
  EXPECT_EQ(synapses, (std::vector<uint64_t>{199712, 541696, 247808, 131072, 2560}));
  size_t kernels = 0, pools = 0;
  for (const net::QuantProjection &projection : module.quant->projections) {
    kernels += std::holds_alternative<net::ConvInts>(projection.weights);
    pools += projection.pools.size();
  }
  EXPECT_EQ(kernels, 3u);
  EXPECT_EQ(pools, 2u);
}

} // namespace
} // namespace snnc::compiler
