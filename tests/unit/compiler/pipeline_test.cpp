// The whole compiler: what comes out decodes into what went in, byte for byte the same every time.
#include "compiler/pipeline/compile.h"

#include "common/image/codec.h"
#include "common/net/equal_nets.h"
#include "compiler/pipeline/passes.h"
#include "compiler/pipeline/standard.h"
#include "tests/support/random_net.h"
#include "tests/support/seeds.h"
#include "tests/unit/compiler/nets.h"
#include "tests/unit/support/expect_diag.h"
#include "tests/unit/support/scratch.h"

#include <algorithm>
#include <filesystem>

namespace snnc::compiler {
namespace {

using namespace test;
using support::DiagCode;

// Random networks on random ways to cut and place them.
TEST(Pipeline, ImagesDecodeIntoTheirNetwork) {
  uint64_t several = 0, sparse = 0, dense = 0;
  snnc::test::forEachSeed(1, 200, [&](uint64_t seed, support::Rng &rng) {
    const char *targets[] = {"loihi-like", "wide", "tiny"};
    const target::Target target = targetNamed(targets[seed % 3]);
    snnc::test::RandomNetOptions netOptions;
    netOptions.maxSize = seed % 3 == 2 ? 3 : 40;
    const net::QuantNet net = snnc::test::randomQuantNet(rng, target.core, netOptions);
    CompileOptions options;
    if (seed % 3 != 2 && rng.below(2) != 0)
      options.maxNeuronsPerCore = static_cast<uint32_t>(rng.between(2, 30));
    support::Warnings warnings;
    llvm::Expected<CompileResult> result = compile(net, target, options, warnings);
    if (!result) {
      for (const support::Diagnostic &error : diagnosticsOf(result.takeError()))
        EXPECT_EQ(support::info(error.code).exitCode, 1) << error.message; // does not fit
      return;
    }
    ASSERT_TRUE(result->image.has_value());
    several += result->report.coresUsed > 1;
    EXPECT_GE(result->report.coresUsed, result->report.coresLowerBound);
    EXPECT_GE(result->report.messagesPerTick, result->report.lowerBoundMessagesPerTick);
    for (const image::CoreImage &core : result->image->cores)
      for (const image::AxonEntry &axon : core.axons)
        (axon.sparse ? sparse : dense) += 1;
    llvm::Expected<net::QuantNet> back = image::toNetwork(*result->image);
    ASSERT_TRUE(static_cast<bool>(back)) << llvm::toString(back.takeError());
    EXPECT_EQ(net::firstDifference(net, *back), std::nullopt);
  });
  EXPECT_GT(several, 20u);
  EXPECT_GT(sparse, 100u);
  EXPECT_GT(dense, 100u);
}

net::Net realNet(uint64_t seed) {
  support::Rng rng(seed);
  net::NeuronParams params;
  params.tau = 20.0;
  params.vThreshold = 1.0;
  net::Net net =
      oneLayer(layerOf("hidden", 30, net::NeuronKind::LIF, params), 20, randomWeights(rng, 600));
  net.profile.tauUnit.value = net::TauUnit::Steps;
  net.populations.push_back(layerOf("out", 10, net::NeuronKind::LIF, params));
  net.projections.push_back(denseOf("w2", 1, 2, 10, 30, randomWeights(rng, 300)));
  net.outputs = {2};
  net.run.steps = 10;
  return net;
}

CompileResult compiled(net::Net net, CompileOptions options = {}) {
  support::Warnings warnings;
  llvm::Expected<CompileResult> result =
      compile(std::move(net), targetNamed("loihi-like"), options, warnings);
  if (!result) {
    ADD_FAILURE() << llvm::toString(result.takeError());
    return {};
  }
  return std::move(*result);
}

TEST(Pipeline, SameInputSameBytes) {
  CompileOptions options;
  options.maxNeuronsPerCore = 7;
  const auto first = image::encode(*compiled(realNet(1), options).image);
  EXPECT_EQ(first, image::encode(*compiled(realNet(1), options).image));
  EXPECT_NE(first, image::encode(*compiled(realNet(2), options).image));
}

TEST(Pipeline, ReportsWhatItDid) {
  CompileOptions options;
  options.maxNeuronsPerCore = 20;
  const CompileResult result = compiled(realNet(1), options);
  EXPECT_EQ(result.report.neurons, 40u);
  EXPECT_EQ(result.report.coresUsed, 2u);
  ASSERT_EQ(result.report.layers.size(), 2u);
  EXPECT_EQ(result.report.layers[0].name, "hidden");
  EXPECT_GT(result.report.layers[0].sqnrDb, 30.0);
  ASSERT_EQ(result.report.passes.size(), 7u);
  EXPECT_EQ(result.report.passes[0].name, "lower");
  // Inputs reach both cores? hidden 0..19 on one, 20..29 and out on the other: 20 + 20 packets;
  // hidden spikes all go to the second core.
  EXPECT_DOUBLE_EQ(result.report.messagesPerTick, 20 + 20 + 30);
  EXPECT_DOUBLE_EQ(result.report.lowerBoundMessagesPerTick, 20 + 30);
  EXPECT_EQ(result.image->populations[2].skew, 1u);
  EXPECT_TRUE(result.ir.empty());
}

TEST(Pipeline, HonoursTheMesh) {
  CompileOptions options;
  options.maxNeuronsPerCore = 10;
  options.meshWidth = 1;
  options.meshHeight = 5;
  const CompileResult column = compiled(realNet(1), options);
  EXPECT_EQ(column.image->meshWidth, 1u);
  EXPECT_EQ(column.image->meshHeight, 4u);
  options.meshWidth = options.meshHeight = 0;
  const CompileResult square = compiled(realNet(1), options);
  EXPECT_EQ(square.image->meshWidth, 2u);
  EXPECT_EQ(square.image->meshHeight, 2u);
  EXPECT_LE(square.report.hopsPerTick, column.report.hopsPerTick);
}

TEST(Pipeline, StopAfterPrintsTheIr) {
  CompileOptions options;
  options.stopAfter = "partition";
  options.maxNeuronsPerCore = 20;
  const CompileResult result = compiled(realNet(1), options);
  EXPECT_FALSE(result.image.has_value());
  EXPECT_TRUE(result.quant.has_value());
  EXPECT_CONTAINS(result.ir, "cluster @hidden.0 neurons 0..19\n");
  EXPECT_CONTAINS(result.ir, "cluster @hidden.1 neurons 20..29, @out neurons 0..9\n");
  options.stopAfter = "route";
  const CompileResult routed = compiled(realNet(1), options);
  EXPECT_CONTAINS(routed.ir, "  axon 0 @w[0] dense row 0 words 3 at 0\n");
  EXPECT_CONTAINS(routed.ir, "  out 0 -> @hidden.1 axon 20 delay 0\n");
  EXPECT_CONTAINS(routed.ir, "host @in[0] -> @hidden.0 axon 0 offset 0\n");
  options.stopAfter = "quantize";
  EXPECT_FALSE(compiled(realNet(1), options).ir.empty());
}

// Far too many neurons: refused before any pass, in the words of partition.
TEST(Pipeline, FarTooManyNeuronsAreRefusedAtOnce) {
  net::Net net = realNet(1);
  net.populations.push_back(layerOf("huge", 1u << 26, net::NeuronKind::IF));
  support::Warnings warnings;
  const support::Diagnostic diag =
      firstDiagnostic(compile(net, targetNamed("tiny"), {}, warnings).takeError());
  EXPECT_EQ(diag.code, DiagCode::TooFewCores);
  EXPECT_CONTAINS(diag.message, "needs at least 16777226 cores but the 2x2 mesh of 'tiny' has 4");
  ASSERT_FALSE(diag.notes.empty());
  EXPECT_CONTAINS(diag.notes[0].text, "neurons: at least 67108904 needed, 16 available");
  // What stops before partition is not asked to fit; a few cores too many is partition's to say.
  CompileOptions options;
  options.stopAfter = "quantize";
  net.populations.back().shape = {2000};
  llvm::Expected<CompileResult> stopped = compile(net, targetNamed("tiny"), options, warnings);
  EXPECT_TRUE(static_cast<bool>(stopped)) << llvm::toString(stopped.takeError());
  net.populations.back().shape = {40};
  const support::Diagnostic few =
      firstDiagnostic(compile(net, targetNamed("tiny"), {}, warnings).takeError());
  EXPECT_EQ(few.code, DiagCode::NeuronExceedsCore);
}

// The alarm of translation validation: one bit of the finished image.
TEST(Pipeline, ValidateFindsOneWrongSynapse) {
  CompileResult result = compiled(realNet(1), {});
  Module module;
  module.quant = result.quant;
  module.image = result.image;
  const target::Target target = targetNamed("loihi-like");
  support::Warnings warnings;
  PassContext context{target, warnings};
  const std::unique_ptr<Pass> validate = findPass("validate")->make({});
  EXPECT_FALSE(llvm::cantFail(validate->run(module, context))); // changes nothing
  const image::AxonEntry &axon = module.image->cores[0].axons[0];
  module.image->cores[0].synapses[axon.address] ^= 1; // no weight of the network is so small
  const support::Diagnostic diag = firstDiagnostic(validate->run(module, context).takeError());
  EXPECT_EQ(diag.code, DiagCode::ImageDiffers);
  EXPECT_CONTAINS(diag.message,
                  "the image is not the network: projection 'w': synapse 0 -> 0 weighs ");
  module.image.reset();
  EXPECT_EQ(firstDiagnostic(validate->run(module, context).takeError()).code, DiagCode::PassOrder);
}

TEST(Pipeline, BisectRunsTheFirstPasses) {
  CompileOptions options;
  options.bisect = 2;
  const CompileResult two = compiled(realNet(1), options);
  EXPECT_EQ(two.report.passes.size(), 2u);
  EXPECT_TRUE(two.quant.has_value());
  EXPECT_FALSE(two.image.has_value());
  options.bisect = 0;
  EXPECT_TRUE(compiled(realNet(1), options).report.passes.empty());
}

TEST(Pipeline, DumpsAfterEveryPass) {
  ScratchFolder folder;
  CompileOptions options;
  options.dumpDir = folder / "ir";
  compiled(realNet(1), options);
  for (const char *name : {"1-lower.txt", "2-quantize.txt", "3-partition.txt", "4-place.txt",
                           "5-route.txt", "6-emit.txt", "7-validate.txt"})
    EXPECT_GT(std::filesystem::file_size(std::filesystem::path(options.dumpDir) / name), 0u)
        << name;
}

TEST(Pipeline, SkippingWhatOthersNeed) {
  for (const char *skipped : {"lower", "quantize", "partition", "place", "route"}) {
    CompileOptions options;
    options.skip = {skipped};
    support::Warnings warnings;
    llvm::Expected<CompileResult> result =
        compile(realNet(1), targetNamed("loihi-like"), options, warnings);
    ASSERT_FALSE(static_cast<bool>(result)) << skipped;
    const support::Diagnostic diag = firstDiagnostic(result.takeError());
    EXPECT_EQ(diag.code, DiagCode::PassOrder) << skipped;
    EXPECT_CONTAINS(diag.message, skipped);
  }
}

TEST(Pipeline, UnknownPassNames) {
  CompileOptions options;
  options.stopAfter = "quantise";
  options.skip = {"optimize"};
  support::Warnings warnings;
  llvm::Expected<CompileResult> result =
      compile(realNet(1), targetNamed("loihi-like"), options, warnings);
  const std::vector<support::Diagnostic> all = diagnosticsOf(result.takeError());
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].code, DiagCode::UnknownPass);
  EXPECT_CONTAINS(all[0].help, "lower, partition");
}

TEST(Pipeline, TableIsSortedAndHoldsThePipeline) {
  const std::vector<std::string> names = passNames();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (const std::string &name : standardPipeline())
    EXPECT_NE(findPass(name), nullptr) << name;
  for (const PassInfo &info : allPasses())
    EXPECT_EQ(info.make({})->name(), info.name);
}

} // namespace
} // namespace snnc::compiler
