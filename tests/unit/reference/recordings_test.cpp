// The float engine against spikes that snnTorch and Norse recorded for the same files: zero
// mismatches. Needs ../shared (or SNNC_SHARED).
#include "common/net/synapses.h"
#include "common/support/npy.h"
#include "common/support/rng.h"
#include "common/trace/readout.h"
#include "compiler/frontends/nir/nir_frontend.h"
#include "runtime/reference/float_engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <numeric>

using namespace snnc;
using runtime::reference::FloatEngine;

namespace {

std::string sharedFolder() {
  const char *folder = std::getenv("SNNC_SHARED");
  return folder != nullptr ? folder : SNNC_SOURCE_DIR "/../shared";
}

// Value or test failure.
template <class T> std::optional<T> taken(llvm::Expected<T> value) {
  if (value)
    return std::move(*value);
  ADD_FAILURE() << llvm::toString(value.takeError());
  return std::nullopt;
}

class Recordings : public ::testing::Test {
protected:
  void SetUp() override {
    if (!std::filesystem::exists(sharedFolder() + "/models")) {
      std::cerr << "SKIPPED, NOTHING WAS CHECKED: no recordings in " << sharedFolder()
                << " (set SNNC_SHARED)\n";
      GTEST_SKIP() << "no " << sharedFolder() << "/models";
    }
  }

  std::optional<net::Net> model(const std::string &file, const net::ProfileFlags &flags = {}) {
    support::Warnings warnings;
    return taken(compiler::readNir(sharedFolder() + "/models/" + file, flags, warnings));
  }
};

// Population of that many neurons that comes first from `from` on.
uint32_t populationOf(const net::Net &net, uint32_t size, uint32_t from = 0) {
  for (uint32_t p = from; p < net.populations.size(); ++p)
    if (net.populations[p].kind != net::NeuronKind::Input && net.populations[p].size() == size)
      return p;
  ADD_FAILURE() << "no population of " << size;
  return 0;
}

// [steps][samples][bytes], most significant bit first on the last axis, or one byte per neuron.
uint64_t mismatches(const trace::PopulationTrace &ours, const support::NpyArray &theirs,
                    uint64_t sample) {
  const uint64_t samples = theirs.shape[1], bytes = theirs.shape[2];
  const bool packed = bytes != ours.size;
  uint64_t count = 0;
  for (uint64_t step = 0; step < theirs.shape[0]; ++step)
    for (uint64_t n = 0; n < ours.size; ++n) {
      const char *row = &theirs.bytes[(step * samples + sample) * bytes];
      const int spike = packed ? (static_cast<uint8_t>(row[n / 8]) >> (7 - n % 8)) & 1 : row[n];
      count += ours.spikes[step * ours.size + n] != spike;
    }
  return count;
}

} // namespace

TEST_F(Recordings, SnnTorchMnistSpikesAndEveryPrediction) {
  const auto net = model("mnist_mlp_snntorch.nir");
  ASSERT_TRUE(net);
  EXPECT_EQ(net->profile.reset.value, net::ResetRule::SubtractDelayed);
  const auto data = taken(data::loadDataset("mnist:" + sharedFolder() + "/data/mnist:test", {784}));
  const auto recorded =
      taken(support::readNpz(sharedFolder() + "/models/mnist_mlp_snntorch_spikes.npz"));
  ASSERT_TRUE(data && recorded);
  const auto engine = taken(FloatEngine::create(*net));
  ASSERT_TRUE(engine);

  const uint32_t l1 = populationOf(*net, 256), l2 = populationOf(*net, 256, l1 + 1),
                 l3 = populationOf(*net, 10);
  const std::vector<double> pred = recorded->at("pred").toDoubles();
  ASSERT_EQ(pred.size(), data->samples);
  net::RunOptions run;
  run.steps = 25;
  run.encode = net::Encoding::Direct;
  uint64_t wrong1 = 0, wrong2 = 0, wrong3 = 0, differentPredictions = 0, right = 0;
  for (uint64_t sample = 0; sample < data->samples; ++sample) {
    const auto encoded = taken(data::encodeSample(*data, sample, run, 1));
    ASSERT_TRUE(encoded);
    const trace::SampleTrace trace = (*engine)->run(*encoded, false);
    const uint32_t answer = trace::predict(trace.populations[l3], 25, net::Readout::Count);
    differentPredictions += answer != pred[sample];
    right += static_cast<int32_t>(answer) == data->labels[sample];
    if (sample >= recorded->at("l3").shape[1])
      continue;
    wrong1 += mismatches(trace.populations[l1], recorded->at("l1"), sample);
    wrong2 += mismatches(trace.populations[l2], recorded->at("l2"), sample);
    wrong3 += mismatches(trace.populations[l3], recorded->at("l3"), sample);
  }
  EXPECT_EQ(wrong1, 0u);
  EXPECT_EQ(wrong2, 0u);
  EXPECT_EQ(wrong3, 0u);
  EXPECT_EQ(differentPredictions, 0u);
  EXPECT_EQ(right, 9660u);
}

// The comparison above can tell the reset rules apart.
TEST_F(Recordings, SnnTorchMnistDiffersUnderOtherResetRules) {
  for (const net::ResetRule rule : {net::ResetRule::Subtract, net::ResetRule::Zero}) {
    net::ProfileFlags flags;
    flags.reset = rule;
    const auto net = model("mnist_mlp_snntorch.nir", flags);
    const auto data =
        taken(data::loadDataset("mnist:" + sharedFolder() + "/data/mnist:test", {784}));
    const auto recorded =
        taken(support::readNpz(sharedFolder() + "/models/mnist_mlp_snntorch_spikes.npz"));
    ASSERT_TRUE(net && data && recorded);
    const auto engine = taken(FloatEngine::create(*net));
    ASSERT_TRUE(engine);
    net::RunOptions run;
    run.steps = 25;
    run.encode = net::Encoding::Direct;
    uint64_t wrong = 0;
    for (uint64_t sample = 0; sample < 20; ++sample) {
      const auto encoded = taken(data::encodeSample(*data, sample, run, 1));
      ASSERT_TRUE(encoded);
      const trace::SampleTrace trace = (*engine)->run(*encoded, false);
      wrong += mismatches(trace.populations[populationOf(*net, 256)], recorded->at("l1"), sample);
    }
    EXPECT_GT(wrong, 0u);
  }
}

TEST_F(Recordings, SnnTorchBrailleRecurrentHiddenSpikes) {
  const auto net = model("nir/braille_noDelay_bias_zero.nir");
  const auto input =
      taken(support::readNpy(sharedFolder() + "/models/nir/braille_sample0_input.npy"));
  const auto hidden = taken(
      support::readNpy(sharedFolder() + "/models/nir/braille_noDelay_bias_zero_hidden_spikes.npy"));
  ASSERT_TRUE(net && input && hidden);
  EXPECT_EQ(net->profile.reset.value, net::ResetRule::Zero);
  const auto engine = taken(FloatEngine::create(*net));
  ASSERT_TRUE(engine);
  data::EncodedSample sample;
  sample.steps = 256;
  sample.size = 12;
  sample.spikes.assign(input->bytes.begin(), input->bytes.end());
  const trace::SampleTrace trace = (*engine)->run(sample, false);
  const trace::PopulationTrace &ours = trace.populations[populationOf(*net, 38)];
  const std::vector<float> theirs = hidden->toFloats();
  ASSERT_EQ(ours.spikes.size(), theirs.size());
  uint64_t wrong = 0, spikes = 0;
  for (size_t i = 0; i < theirs.size(); ++i) {
    wrong += ours.spikes[i] != theirs[i];
    spikes += ours.spikes[i];
  }
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(spikes, 119u);
  const trace::PopulationTrace &output = trace.populations[populationOf(*net, 7)];
  const std::vector<double> counts = trace::scores(output, 256, net::Readout::Count);
  EXPECT_EQ(counts, (std::vector<double>{10, 160, 112, 113, 103, 68, 121}));
}

TEST_F(Recordings, NorseSingleNeuronSpikeSteps) {
  net::ProfileFlags flags;
  flags.dt = 1e-4;
  const auto net = model("nir/lif_norse.nir", flags);
  ASSERT_TRUE(net);
  const auto engine = taken(FloatEngine::create(*net));
  ASSERT_TRUE(engine);
  data::EncodedSample sample;
  sample.steps = 1000;
  sample.size = 1;
  sample.spikes.assign(1000, 0);
  for (uint32_t step :
       {60,  220, 270, 310, 320, 350, 370, 400, 410, 430, 440, 450, 460, 470, 480, 490, 500,
        510, 520, 530, 670, 680, 690, 700, 710, 720, 730, 740, 750, 760, 770, 780, 840, 850})
    sample.spikes[step] = 1;
  const trace::SampleTrace trace = (*engine)->run(sample, false);
  std::vector<uint32_t> fired;
  for (uint32_t step = 0; step < 1000; ++step)
    if (trace.populations[populationOf(*net, 1)].spikes[step] != 0)
      fired.push_back(step);
  EXPECT_EQ(fired, (std::vector<uint32_t>{460, 510, 710, 760}));
}

namespace {

data::EncodedSample eventNoise(uint32_t size, uint32_t steps) {
  support::Rng rng(1);
  data::EncodedSample sample;
  sample.steps = steps;
  sample.size = size;
  for (size_t i = 0; i < size_t{size} * steps; ++i)
    sample.spikes.push_back(rng.below(20) == 0);
  return sample;
}

} // namespace

// Spikes per layer of a loop over torch.nn.functional.conv2d, avg_pool2d (times 4) and matrix
// products in float64 on the same events: there every single spike was the same.
TEST_F(Recordings, SinabsConvolutionsAndPoolsOnRandomEvents) {
  const auto net = model("nir/cnn_sinabs.nir");
  ASSERT_TRUE(net);
  EXPECT_EQ(net->profile.reset.value, net::ResetRule::Zero);
  const data::EncodedSample sample = eventNoise(2 * 34 * 34, 300);
  const auto engine = taken(FloatEngine::create(*net));
  ASSERT_TRUE(engine);
  const trace::SampleTrace trace = (*engine)->run(sample, false);
  std::vector<uint64_t> spikes;
  for (const trace::PopulationTrace &population : trace.populations)
    spikes.push_back(std::accumulate(population.spikes.begin(), population.spikes.end(), 0ULL));
  std::sort(spikes.begin(), spikes.end());
  EXPECT_EQ(spikes, (std::vector<uint64_t>{99, 2320, 11835, 17903, 33999, 34455}));

  // Maps one after the other, and composed to one sparse map each.
  net::Net unrolled = *net;
  for (net::Projection &projection : unrolled.projections) {
    projection.weights = net::unroll(projection);
    projection.before.clear();
  }
  const auto flat = taken(FloatEngine::create(unrolled));
  ASSERT_TRUE(flat);
  const trace::SampleTrace other = (*flat)->run(sample, false);
  for (size_t p = 0; p < trace.populations.size(); ++p)
    EXPECT_EQ(trace.populations[p].spikes, other.populations[p].spikes);
}
