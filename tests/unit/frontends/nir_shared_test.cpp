// Models that other people's software wrote.
#include "tests/unit/frontends/nir_read.h"

#include <cstdlib>
#include <filesystem>

namespace snnc {
namespace {

class NirShared : public testing::Test {
protected:
  void SetUp() override {
    const char *shared = std::getenv("SNNC_SHARED");
    folder = std::string(shared ? shared : SNNC_SOURCE_DIR "/../shared") + "/models/";
    if (!std::filesystem::exists(folder))
      GTEST_SKIP() << "NOT TESTED: " << folder << " is absent; set SNNC_SHARED";
  }
  static net::NeuronUpdate updateOf(const Read &read, const std::string &name) {
    auto updates = net::discretize(read.population(name), read.net.profile);
    if (!updates) {
      ADD_FAILURE() << llvm::toString(updates.takeError());
      return {};
    }
    EXPECT_EQ(updates->size(), 1u);
    return updates->front();
  }
  std::string folder;
};

TEST_F(NirShared, MnistSnnTorch) {
  for (const char *name : {"mnist_mlp_snntorch.nir", "mnist_mlp_rate_snntorch.nir"}) {
    const Read read = readOrFail(folder + name);
    ASSERT_EQ(read.net.populations.size(), 4u);
    EXPECT_EQ(read.population("input").size(), 784u);
    EXPECT_EQ(read.net.populations[read.net.outputs.at(0)].name, "5");
    EXPECT_EQ(read.net.profile.dt.value, 1e-4);
    EXPECT_EQ(read.net.profile.reset.value, net::ResetRule::SubtractDelayed);
    for (const char *layer : {"1", "3", "5"}) {
      const net::NeuronUpdate update = updateOf(read, layer);
      EXPECT_EQ(update.membraneDecay, 0.95);
      EXPECT_EQ(update.membraneGain, 1.0);
      EXPECT_EQ(update.reset, 1.0);
    }
    EXPECT_EQ(net::synapseCount(read.projection("0")), 784u * 256u);
    EXPECT_EQ(read.projection("4").bias.size(), 10u);
    ASSERT_EQ(read.warnings.size(), 1u);
    EXPECT_CONTAINS(read.warnings[0].help, "--reset");
  }
}

TEST_F(NirShared, BrailleRecurrent) {
  const Read read = readOrFail(folder + "nir/braille_noDelay_bias_zero.nir");
  EXPECT_EQ(read.net.profile.reset.value, net::ResetRule::Zero);
  EXPECT_EQ(read.net.profile.dt.value, 1e-4);
  const net::NeuronUpdate hidden = updateOf(read, "lif1.lif");
  EXPECT_TRUE(hidden.hasCurrent);
  EXPECT_EQ(hidden.currentDecay, 0.55);
  EXPECT_EQ(hidden.membraneDecay, 0.9);
  EXPECT_EQ(hidden.currentGain, 1.0);
  EXPECT_EQ(hidden.membraneGain, 1.0);
  const net::NeuronUpdate output = updateOf(read, "lif2");
  EXPECT_EQ(output.currentDecay, 0.5);
  EXPECT_EQ(output.membraneDecay, 0.55);
  const net::Projection &loop = read.projection("lif1.w_rec");
  EXPECT_EQ(loop.delay, 1u);
  EXPECT_EQ(loop.source, loop.target);
  EXPECT_EQ(loop.bias.size(), 38u);
  EXPECT_EQ(read.projection("fc2").delay, 0u);
}

TEST_F(NirShared, LifNorse) {
  const Read read = readOrFail(folder + "nir/lif_norse.nir");
  const net::NeuronUpdate update = updateOf(read, "1");
  EXPECT_EQ(update.membraneDecay, 0.96);
  EXPECT_EQ(update.membraneGain, 0.04);
  EXPECT_EQ(read.net.profile.reset.value, net::ResetRule::Zero);
  EXPECT_TRUE(read.projection("0").bias.empty());
}

TEST_F(NirShared, CnnSinabs) {
  const Read read = readOrFail(folder + "nir/cnn_sinabs.nir");
  uint64_t neurons = 0, synapses = 0, parameters = 0;
  for (const net::Population &population : read.net.populations)
    neurons += population.kind == net::NeuronKind::Input ? 0 : population.size();
  for (const net::Projection &projection : read.net.projections) {
    synapses += net::synapseCount(projection);
    parameters += net::parameterCount(projection);
    EXPECT_TRUE(projection.bias.empty());
  }
  EXPECT_EQ(neurons, 8970u);
  EXPECT_EQ(synapses, 1122848u);
  EXPECT_EQ(parameters, 39584u);
  EXPECT_EQ(read.population("3").shape, (std::vector<uint32_t>{16, 16, 16}));
  EXPECT_EQ(read.net.profile.dt.origin, net::Origin::Inferred);

  const net::Projection &first = read.projection("0");
  const auto &conv = std::get<net::ConvWeights>(first.weights);
  EXPECT_EQ(conv.window.padTop, 1u);
  EXPECT_EQ(conv.window.strideW, 2u);
  EXPECT_EQ(net::synapseCount(first), 199712u);
  const net::Projection &pooled = read.projection("5");
  ASSERT_EQ(pooled.before.size(), 1u);
  EXPECT_FALSE(std::get<net::PoolMap>(pooled.before[0]).average);
  EXPECT_EQ(net::synapseCount(pooled), 247808u);
  const net::Projection &flat = read.projection("9"); // Flatten is nothing
  ASSERT_EQ(flat.before.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<net::PoolMap>(flat.before[0]));
  EXPECT_EQ(std::get<net::DenseWeights>(flat.weights).cols, 128u);
}

} // namespace
} // namespace snnc
