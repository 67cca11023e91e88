// NIR files of other people's frameworks down to integers: spikes that snnTorch and Norse recorded,
// on the quantised network and on the cycle engine. Needs ../shared (or SNNC_SHARED).
#include "common/support/npy.h"
#include "common/trace/readout.h"
#include "compiler/frontends/nir/nir_frontend.h"
#include "compiler/pipeline/compile.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/reference/quant_engine.h"
#include "runtime/verify/causes.h"
#include "runtime/verify/verify.h"
#include "tests/support/fast_engines.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

using namespace snnc;
using namespace snnc::runtime;

namespace {

std::string models() {
  const char *folder = std::getenv("SNNC_SHARED");
  return (folder != nullptr ? std::string(folder) : SNNC_SOURCE_DIR "/../shared") + "/models/nir/";
}

template <class T> std::optional<T> taken(llvm::Expected<T> value) {
  if (value)
    return std::move(*value);
  ADD_FAILURE() << llvm::toString(value.takeError());
  return std::nullopt;
}

class NirModels : public ::testing::Test {
protected:
  void SetUp() override {
    if (!std::filesystem::exists(models())) {
      std::cerr << "SKIPPED, NOTHING WAS CHECKED: no " << models() << " (set SNNC_SHARED)\n";
      GTEST_SKIP() << "no " << models();
    }
  }

  std::optional<net::Net> model(const char *file, const net::ProfileFlags &flags = {}) {
    support::Warnings warnings;
    return taken(compiler::readNir(models() + file, flags, warnings));
  }

  std::optional<compiler::CompileResult> compiled(const net::Net &net, const target::Target &target,
                                                  uint32_t bits) {
    support::Warnings warnings;
    compiler::CompileOptions options;
    options.weightBits = bits;
    return taken(compiler::compile(net, target, options, warnings));
  }
};

std::optional<data::EncodedSample> brailleSample() {
  const auto input = taken(support::readNpy(models() + "braille_sample0_input.npy"));
  if (!input)
    return std::nullopt;
  data::EncodedSample sample;
  sample.steps = 256;
  sample.size = 12;
  sample.spikes.assign(input->bytes.begin(), input->bytes.end());
  return sample;
}

// Every spike and state of the quantised network against the fast and the cycle engine.
void expectSameOnTheCores(const compiler::CompileResult &compiled, const target::Target &target,
                          const data::EncodedSample &sample) {
  std::vector<verify::EngineSpec> engines = test::fastEngines();
  engines.push_back({"quant", {}});
  engines.push_back({"cycle", [](const image::Image &) -> llvm::Expected<std::unique_ptr<Machine>> {
                       return cycle::createCycleMachine();
                     }});
  const auto report = taken(verify::verifyEngines(
      {.image = *compiled.image,
       .network = &*compiled.quant,
       .core = target.core,
       .engines = engines,
       .firstSample = 0,
       .samples = 1,
       .sampleAt = [&](uint64_t) -> llvm::Expected<data::EncodedSample> { return sample; },
       .command = {},
       .progress = {}}));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->imageDifference, "");
  for (const verify::PairReport &pair : report->pairs)
    EXPECT_TRUE(pair.equal()) << pair.a << " and " << pair.b << ": " << pair.first->text();
  EXPECT_TRUE(report->pass);
}

} // namespace

TEST_F(NirModels, BrailleInIntegersEqualsTheRecording) {
  const auto net = model("braille_noDelay_bias_zero.nir");
  const auto sample = brailleSample();
  const auto recorded =
      taken(support::readNpy(models() + "braille_noDelay_bias_zero_hidden_spikes.npy"));
  ASSERT_TRUE(net && sample && recorded);
  const std::vector<float> theirs = recorded->toFloats();
  const target::Target wide = llvm::cantFail(target::loadTarget("wide"));
  for (uint32_t bits : {12u, 13u, 14u, 15u, 16u}) {
    SCOPED_TRACE(bits);
    const auto result = compiled(*net, wide, bits);
    ASSERT_TRUE(result);
    reference::QuantEngine engine(*result->quant, wide.core);
    const trace::SampleTrace trace = engine.run(*sample, false);
    uint64_t wrong = 0, layers = 0;
    for (const trace::PopulationTrace &population : trace.populations) {
      if (population.size == 38) {
        ++layers;
        ASSERT_EQ(population.spikes.size(), theirs.size());
        for (size_t i = 0; i < theirs.size(); ++i)
          wrong += population.spikes[i] != theirs[i];
      }
      if (population.size == 7) {
        ++layers;
        EXPECT_EQ(trace::scores(population, 256, net::Readout::Count),
                  (std::vector<double>{10, 160, 112, 113, 103, 68, 121}));
      }
    }
    EXPECT_EQ(wrong, 0u);
    EXPECT_EQ(layers, 2u);
    expectSameOnTheCores(*result, wide, *sample);
  }
}

// Eight bits cost spikes, and all of them can be accounted for: the weights move most, then the
// truncated state; thresholds, biases and decays none (the decays lie near 1/4096 steps).
TEST_F(NirModels, BrailleAtEightBitsIsExplained) {
  const auto net = model("braille_noDelay_bias_zero.nir");
  const auto sample = brailleSample();
  ASSERT_TRUE(net && sample);
  for (const char *name : {"wide", "loihi-like"}) {
    SCOPED_TRACE(name);
    const target::Target target = llvm::cantFail(target::loadTarget(name));
    const auto result = compiled(*net, target, 8);
    ASSERT_TRUE(result);
    const auto report = taken(verify::findCauses(
        {.lowered = result->net,
         .quant = *result->quant,
         .core = target.core,
         .firstSample = 0,
         .samples = 1,
         .sampleAt = [&](uint64_t) -> llvm::Expected<data::EncodedSample> { return *sample; },
         .progress = {}}));
    ASSERT_TRUE(report);
    std::map<std::string, uint64_t> totals;
    for (const verify::CauseRow &row : report->rows)
      totals[row.name] = row.total();
    EXPECT_GT(totals.at("quantised"), 0u);
    EXPECT_GT(totals.at("weights"), totals.at("rounding"));
    EXPECT_EQ(totals.at("together"), totals.at("quantised"));
    EXPECT_EQ(totals.at("unexplained"), 0u);
    EXPECT_EQ(report->rows[0].predictions, 0u) << "the answer is still the same letter";
  }
}

TEST_F(NirModels, NorseNeuronInIntegers) {
  net::ProfileFlags flags;
  flags.dt = 1e-4;
  const auto net = model("lif_norse.nir", flags);
  ASSERT_TRUE(net);
  data::EncodedSample sample;
  sample.steps = 1000;
  sample.size = 1;
  sample.spikes.assign(1000, 0);
  for (uint32_t step :
       {60,  220, 270, 310, 320, 350, 370, 400, 410, 430, 440, 450, 460, 470, 480, 490, 500,
        510, 520, 530, 670, 680, 690, 700, 710, 720, 730, 740, 750, 760, 770, 780, 840, 850})
    sample.spikes[step] = 1;
  const std::pair<const char *, uint32_t> widths[] = {{"wide", 16}, {"wide", 8}, {"loihi-like", 8}};
  for (const auto &[name, bits] : widths) {
    SCOPED_TRACE(name);
    const target::Target target = llvm::cantFail(target::loadTarget(name));
    const auto result = compiled(*net, target, bits);
    ASSERT_TRUE(result);
    reference::QuantEngine engine(*result->quant, target.core);
    const trace::SampleTrace trace = engine.run(sample, false);
    std::vector<uint32_t> fired;
    for (uint32_t step = 0; step < 1000; ++step)
      if (trace.populations[result->quant->outputs[0]].spikes[step] != 0)
        fired.push_back(step);
    EXPECT_EQ(fired, (std::vector<uint32_t>{460, 510, 710, 760}));
    expectSameOnTheCores(*result, target, sample);
  }
}
