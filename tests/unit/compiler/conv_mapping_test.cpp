// Convolutions are lowered on the way to the image: what partition counts is what emit writes, and
// the image is the network.
#include "compiler/passes/emit/emit.h"
#include "compiler/passes/partition/partition.h"
#include "compiler/passes/place/place.h"
#include "compiler/passes/route/route.h"

#include "compiler/core_ir/shared_lists.h"

#include "common/image/codec.h"
#include "common/image/synapse_words.h"
#include "common/net/equal_nets.h"
#include "common/net/synapses.h"
#include "tests/support/random_conv.h"
#include "tests/support/random_net.h"
#include "tests/support/seeds.h"
#include "tests/unit/compiler/nets.h"
#include "tests/unit/support/expect_diag.h"

#include "llvm/Support/JSON.h"

#include <cstdlib>
#include <map>
#include <set>

namespace snnc::compiler {
namespace {

using namespace test;
using core_ir::Cluster;

llvm::Error mapped(Module &module, const target::Target &target) {
  support::Warnings warnings;
  PartitionPass partition({});
  PlacePass place({});
  RoutePass route;
  EmitPass emit;
  for (Pass *pass : {static_cast<Pass *>(&partition), static_cast<Pass *>(&place),
                     static_cast<Pass *>(&route), static_cast<Pass *>(&emit)})
    if (llvm::Error error = runPass(*pass, module, target, warnings))
      return error;
  return llvm::Error::success();
}

Module mappedOrFailure(net::QuantNet net, const target::Target &target) {
  Module module = moduleOf(std::move(net));
  if (llvm::Error error = mapped(module, target)) {
    ADD_FAILURE() << llvm::toString(std::move(error));
    module.cores.emplace();
    module.image.emplace().cores.resize(1);
  }
  return module;
}

// Bits of the chip's block rule for the words of one list.
uint64_t blockBits(const image::CoreImage &core, const image::AxonEntry &axon,
                   const target::Target &target, uint32_t weightBits) {
  const image::WordFormat format = image::WordFormat::of(target.core);
  uint32_t count = 0, first = UINT32_MAX, last = 0;
  for (uint32_t k = 0; k < axon.words; ++k) {
    const uint64_t word = core.synapses[axon.address + k];
    for (uint32_t i = 0; i < (axon.sparse ? format.pairs : format.lanes); ++i) {
      const bool used =
          (axon.sparse ? format.pairWeight(word, i) : format.denseWeight(word, i)) != 0;
      const uint32_t at = axon.sparse ? format.pairNeuron(word, i) : k * format.lanes + i;
      if (!used)
        continue;
      ++count;
      first = std::min(first, at);
      last = std::max(last, at);
    }
  }
  return target.blockCost->axonBits(axon.sparse ? count : last - first + 1, weightBits,
                                    !axon.sparse);
}

// The image's cores against the loads that partition promised.
void expectLoads(const Module &module, const target::Target &target) {
  for (const Cluster &cluster : module.cores->clusters) {
    size_t c = 0;
    while (module.image->cores[c].x != cluster.x || module.image->cores[c].y != cluster.y)
      ++c;
    const image::CoreImage &core = module.image->cores[c];
    EXPECT_EQ(core.synapses.size(), cluster.load.synapseWords);
    EXPECT_EQ(core.axons.size(), cluster.load.inputAxons);
    EXPECT_EQ(core.outSlots.size(), cluster.load.outputSlots);
    uint64_t bits = 0;
    std::set<uint32_t> lists;
    for (size_t a = 0; a < core.axons.size(); ++a)
      if (target.blockCost && lists.insert(core.axons[a].address).second) {
        const uint32_t p = module.image->axonSources[c][a].projection;
        bits += blockBits(core, core.axons[a], target, module.quant->projections[p].weightBits);
      }
    EXPECT_EQ(bits, cluster.load.blockBits);
  }
  EXPECT_LE(module.cores->coresLowerBound, module.cores->clusters.size());
}

void expectSameNetwork(const Module &module) {
  auto back = image::toNetwork(*module.image);
  ASSERT_TRUE(static_cast<bool>(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(net::firstDifference(*module.quant, *back), std::nullopt);
}

uint64_t wordsWithoutSharing(const Module &module) {
  uint64_t words = 0;
  for (const image::CoreImage &core : module.image->cores)
    words += core.wordsWithoutSharing();
  return words;
}
uint64_t wordsOf(const Module &module) {
  uint64_t words = 0;
  for (const image::CoreImage &core : module.image->cores)
    words += core.synapses.size();
  return words;
}

net::QuantPopulation intMaps(const std::string &name, uint32_t channels, uint32_t height,
                             uint32_t width) {
  net::QuantPopulation population = intLayer(name, channels * height * width);
  population.shape = {channels, height, width};
  return population;
}

// All weights different from 0 and, where 8 bits allow it, from each other.
net::ConvInts convOf(uint32_t inChannels, uint32_t outChannels, net::Window window) {
  net::ConvInts conv;
  conv.inChannels = inChannels;
  conv.outChannels = outChannels;
  conv.window = window;
  conv.kernel.resize(size_t{outChannels} * inChannels * window.kernelSize());
  for (size_t i = 0; i < conv.kernel.size(); ++i)
    conv.kernel[i] = static_cast<int16_t>(1 + i * 37 % 127);
  return conv;
}

net::Window square(uint32_t in, uint32_t out, uint32_t kernel, uint32_t stride, uint32_t pad) {
  return {in, in, out, out, kernel, kernel, stride, stride, pad, pad, 1, 1};
}

net::QuantProjection joined(const std::string &name, uint32_t source, uint32_t target,
                            net::ConvInts conv) {
  net::QuantProjection projection;
  projection.name = name;
  projection.source = source;
  projection.target = target;
  projection.weights = std::move(conv);
  return projection;
}

// in [1, 16, 16] -> hidden [1, 16, 16], 3 x 3.
net::QuantNet oneConv() {
  net::QuantNet net;
  net.name = "conv";
  net.populations = {intInput("in", 256), intMaps("hidden", 1, 16, 16)};
  net.projections = {joined("conv", 0, 1, convOf(1, 1, square(16, 16, 3, 1, 1)))};
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

TEST(ConvMapping, ListsAreStoredOncePerPlaceInTheLanes) {
  const target::Target target = targetNamed("loihi-like");
  const Module module = mappedOrFailure(oneConv(), target);
  ASSERT_EQ(module.image->cores.size(), 1u);
  const image::CoreImage &core = module.image->cores[0];
  EXPECT_EQ(core.axons.size(), 256u);
  std::set<uint32_t> lists;
  for (const image::AxonEntry &axon : core.axons)
    lists.insert(axon.address);
  // Columns 0, 1 = 9, 2 = 10 .. 6 = 14, 7, 8, 15; first row, last row, and all others.
  EXPECT_EQ(lists.size(), 10u * 3);
  expectLoads(module, target);
  expectSameNetwork(module);
}

// The network of ../shared/models/nir/cnn_sinabs.nir by its shapes: five layers, 8,970 neurons.
net::QuantNet sinabsShapes() {
  net::QuantNet net;
  net.name = "sinabs";
  net.populations = {intInput("in", 2 * 34 * 34), intMaps("1", 16, 16, 16),
                     intMaps("3", 16, 16, 16),    intMaps("6", 8, 8, 8),
                     intLayer("10", 256),         intLayer("12", 10)};
  net.projections = {joined("0", 0, 1, convOf(2, 16, square(34, 16, 5, 2, 1))),
                     joined("2", 1, 2, convOf(16, 16, square(16, 16, 3, 1, 1))),
                     joined("5", 2, 3, convOf(16, 8, square(8, 8, 3, 1, 1))),
                     intDense("9", 3, 4, 256, 128), intDense("11", 4, 5, 10, 256)};
  net.projections[2].pools = {{16, square(16, 8, 2, 2, 0), false}};
  net.projections[3].pools = {{8, square(8, 4, 2, 2, 0), false}};
  net.inputs = {0};
  net.outputs = {5};
  return net;
}

TEST(ConvMapping, SinabsTakesTheCoresOfItsNeurons) {
  const target::Target target = targetNamed("loihi-like");
  const Module module = mappedOrFailure(sinabsShapes(), target);
  uint64_t synapses = 0;
  for (const net::QuantProjection &projection : module.quant->projections)
    synapses += net::synapseCount(projection);
  EXPECT_EQ(synapses, 1122848u);
  EXPECT_EQ(module.image->cores.size(), 10u); // 4 + 4 for the neurons, 1 for the axons, 1
  EXPECT_EQ(module.cores->coresLowerBound, 9u);
  EXPECT_LT(wordsOf(module) * 4, wordsWithoutSharing(module));
  expectLoads(module, target);
  expectSameNetwork(module);
}

TEST(ConvMapping, TheSameNetworkGivesTheSameBytes) {
  const target::Target target = targetNamed("loihi-like");
  const Module a = mappedOrFailure(sinabsShapes(), target);
  const Module b = mappedOrFailure(sinabsShapes(), target);
  EXPECT_EQ(image::encode(*a.image), image::encode(*b.image));
}

// Channel by channel every core would need all of the 32 input channels, and hold four rows.
TEST(ConvMapping, WideMapsAreCutInTiles) {
  const target::Target target = targetNamed("loihi-like");
  net::QuantNet net;
  net.name = "wide";
  net.populations = {intInput("in", 3 * 16 * 16), intMaps("a", 32, 16, 16),
                     intMaps("b", 32, 16, 16)};
  net.projections = {joined("0", 0, 1, convOf(3, 32, square(16, 16, 3, 1, 1))),
                     joined("1", 1, 2, convOf(32, 32, square(16, 16, 3, 1, 1)))};
  net.inputs = {0};
  net.outputs = {2};
  const Module module = mappedOrFailure(net, target);
  EXPECT_EQ(module.cores->coresLowerBound, 16u);
  EXPECT_EQ(module.image->cores.size(), 16u);
  size_t runs = 0;
  for (const Cluster &cluster : module.cores->clusters) {
    EXPECT_EQ(cluster.groups.size(), 1u);
    runs = std::max(runs, cluster.runs.size());
  }
  EXPECT_GT(runs, 1u);
  expectLoads(module, target);
  expectSameNetwork(module);
}

// Sources of one pool window share the list of a matrix too.
TEST(ConvMapping, PooledSourcesShareTheRowsOfAMatrix) {
  target::Target target = targetNamed("loihi-like");
  net::QuantNet net = intOneLayer(16, 20);
  net.projections[0] = intDense("w", 0, 1, 20, 4);
  net.projections[0].pools = {{1, square(4, 2, 2, 2, 0), false}};
  const Module module = mappedOrFailure(net, target);
  EXPECT_EQ(module.image->cores[0].axons.size(), 16u);
  EXPECT_EQ(wordsOf(module), 4u * 3);
  EXPECT_EQ(wordsWithoutSharing(module), 16u * 3);
  expectLoads(module, target);
  expectSameNetwork(module);
  target.core.synapseWords = 4 * 3; // what fits to the last word fits
  EXPECT_EQ(mappedOrFailure(net, target).image->cores.size(), 1u);
  target.core.synapseWords = 4 * 3 - 1;
  EXPECT_EQ(mappedOrFailure(net, target).image->cores.size(), 2u);
}

// In the middle of a row there are more lists than at the end of the map.
TEST(ConvMapping, AWholeMapMayFitWherePartOfItDoesNot) {
  const net::QuantNet net = oneConv();
  target::Target target = targetNamed("loihi-like");
  core_ir::SharedLists lists(core_ir::AxonCostModel(target, 8), 8, 256);
  const net::IncomingInts incoming(net.projections[0]);
  uint64_t most = 0;
  for (uint32_t neuron = 0; neuron < 256; ++neuron) {
    incoming.forEach(
        neuron, [&](uint32_t source, int16_t weight) { lists.append(source, neuron, weight); });
    most = std::max(most, lists.words());
  }
  const uint64_t whole = lists.words();
  ASSERT_GT(most, whole);
  target.core.synapseWords = static_cast<uint32_t>(whole);
  const Module module = mappedOrFailure(net, target);
  EXPECT_EQ(module.image->cores.size(), 1u);
  EXPECT_EQ(wordsOf(module), whole);
  expectLoads(module, target);
  target.core.synapseWords = static_cast<uint32_t>(whole) - 1;
  EXPECT_GT(mappedOrFailure(net, target).image->cores.size(), 1u);
}

TEST(ConvMapping, ANeuronThatNoCoreHoldsIsNamed) {
  target::Target target = targetNamed("loihi-like");
  target.core.inputAxons = 8;
  Module module = moduleOf(oneConv());
  const support::Diagnostic diag = firstDiagnostic(mapped(module, target));
  EXPECT_EQ(diag.code, support::DiagCode::NeuronExceedsCore);
  EXPECT_CONTAINS(diag.message, "of 'hidden' alone needs 9 input axons but a core of 'loihi-like'");
  target.core.inputAxons = 4096;
  target.core.synapseWords = 8; // nine weights for one neuron, which has one bank
  EXPECT_CONTAINS(firstDiagnostic(mapped(module, target)).message, "needs 9 synapse words");
}

// `loihi-like` with other capacities, its text included: an image is read by its text.
target::Target narrowed(const std::map<std::string, uint64_t> &values) {
  llvm::Expected<llvm::json::Value> parsed = llvm::json::parse(targetNamed("loihi-like").json);
  llvm::json::Object &root = *parsed->getAsObject();
  for (const auto &[key, value] : values) {
    const char *part = key == "memory_bits" ? "synapse_memory" : "core";
    (*root.getObject(part)->getObject(key))["value"] = static_cast<int64_t>(value);
  }
  std::string text;
  llvm::raw_string_ostream(text) << *parsed;
  llvm::Expected<target::Target> target = target::parseTarget(text, "narrowed");
  if (target)
    return *target;
  ADD_FAILURE() << llvm::toString(target.takeError());
  return {};
}

TEST(ConvMapping, RandomNetworksAreWhatTheyWere) {
  uint64_t fitted = 0, cores = 0, shared = 0, slotCuts = 0;
  snnc::test::forEachSeed(300, 80, [&](uint64_t, support::Rng &rng) {
    const target::Target target =
        narrowed({{"neurons", 16u << rng.below(4)},
                  {"weight_bits", 4u << rng.below(3)},
                  {"synapse_words", static_cast<uint64_t>(rng.between(100, 600))},
                  {"input_axons", static_cast<uint64_t>(rng.between(100, 300))},
                  {"output_slots", static_cast<uint64_t>(rng.between(60, 400))},
                  {"memory_bits", static_cast<uint64_t>(rng.between(100, 600)) * 64}});
    snnc::test::RandomNetOptions options;
    options.maxSize = 96;
    options.maxInputs = 96;
    options.convolution = 0.8;
    Module module = moduleOf(snnc::test::randomQuantNet(rng, target.core, options));
    if (llvm::Error error = mapped(module, target)) {
      const support::Diagnostic diag = firstDiagnostic(std::move(error));
      EXPECT_TRUE(diag.code == support::DiagCode::NeuronExceedsCore ||
                  diag.code == support::DiagCode::TooFewCores)
          << diag.message;
      return;
    }
    ++fitted;
    cores += module.image->cores.size();
    shared += wordsWithoutSharing(module) - wordsOf(module);
    for (const Cluster &cluster : module.cores->clusters)
      slotCuts += cluster.load.outputSlots > target.core.outputSlots / 2;
    expectLoads(module, target);
    expectSameNetwork(module);
  });
  std::cout << fitted << " networks on " << cores << " cores, " << shared << " words shared\n";
  if (std::getenv("SNNC_SEED") != nullptr)
    return;
  EXPECT_GT(fitted, 20u);
  EXPECT_GT(cores, 4 * fitted);
  EXPECT_GT(shared, 1000u);
  EXPECT_GT(slotCuts, 10u);
}

} // namespace
} // namespace snnc::compiler
