// Every mapper keeps the limits on every network, and ours is never worse than the others.
#include "compiler/core_ir/verify.h"
#include "compiler/passes/partition/partition.h"
#include "compiler/passes/place/place.h"
#include "compiler/passes/route/route.h"

#include "tests/support/random_net.h"
#include "tests/support/seeds.h"
#include "tests/support/structured_net.h"
#include "tests/unit/compiler/nets.h"
#include "tests/unit/support/expect_diag.h"

#include <map>

namespace snnc::compiler {
namespace {

using namespace test;
using snnc::test::structuredNet;
using snnc::test::StructuredNetOptions;
using Kind = StructuredNetOptions::Kind;

target::Target targetOf(uint32_t neurons, uint32_t axons, uint32_t words) {
  target::Target target;
  target.name = "mapped";
  target.mesh.width = target.mesh.height = 32;
  target.core.neurons = neurons;
  target.core.inputAxons = axons;
  target.core.outputSlots = 1024;
  target.core.synapseWords = words;
  target.core.weightBits = 8;
  target.core.groups = 8;
  target.core.delaySlots = 8;
  return target;
}

struct Mapped {
  Module module;
  std::vector<support::Diagnostic> errors;
  bool fits() const { return errors.empty(); }
  double messages() const { return module.traffic.messagesPerTick; }
  size_t cores() const { return module.cores->clusters.size(); }
};

// Partitioned, placed and routed, each step verified.
Mapped mapped(const net::QuantNet &net, const target::Target &target, PartitionOptions options) {
  Mapped result;
  result.module = moduleOf(net);
  support::Warnings warnings;
  PartitionPass partition(std::move(options));
  result.errors = diagnosticsOf(runPass(partition, result.module, target, warnings));
  if (!result.fits())
    return result;
  PlacePass place({});
  RoutePass route;
  for (Pass *pass : {static_cast<Pass *>(&place), static_cast<Pass *>(&route)})
    for (const support::Diagnostic &error :
         diagnosticsOf(runPass(*pass, result.module, target, warnings)))
      ADD_FAILURE() << error.message;
  return result;
}

Mapped mapped(const net::QuantNet &net, const target::Target &target, const std::string &mapper) {
  PartitionOptions options;
  options.mapper = mapper;
  return mapped(net, target, std::move(options));
}

// Messages per mapper, of those that fit.
std::map<std::string, double> messagesOfAll(const net::QuantNet &net,
                                            const target::Target &target) {
  std::map<std::string, double> messages;
  for (const std::string &mapper : mapperNames()) {
    const Mapped result = mapped(net, target, mapper);
    if (result.fits()) {
      messages[mapper] = result.messages();
      EXPECT_GE(result.cores(), result.module.cores->coresLowerBound) << mapper;
    } else {
      for (const support::Diagnostic &error : result.errors)
        EXPECT_TRUE(error.code == support::DiagCode::TooFewCores ||
                    error.code == support::DiagCode::NeuronExceedsCore)
            << mapper << ": " << error.message;
    }
  }
  return messages;
}

TEST(Mappers, AreValidOnRandomNetworksAndOursIsNeverWorse) {
  snnc::test::forEachSeed(0x3A90, 40, [](uint64_t, support::Rng &rng) {
    const target::Target target = targetOf(8u << rng.below(3), 48, 96);
    snnc::test::RandomNetOptions options;
    options.maxPopulations = 6;
    options.maxSize = 40;
    const net::QuantNet net = snnc::test::randomQuantNet(rng, target.core, options);
    const std::map<std::string, double> messages = messagesOfAll(net, target);
    for (const auto &[mapper, count] : messages) {
      ASSERT_TRUE(messages.count("hyper")) << mapper << " fits";
      EXPECT_LE(messages.at("hyper"), count) << mapper;
    }
  });
}

TEST(Mappers, OursIsNeverWorseOnStructuredNetworks) {
  snnc::test::forEachSeed(0x3A91, 12, [](uint64_t seed, support::Rng &rng) {
    StructuredNetOptions options;
    options.kind = static_cast<Kind>(seed % 4);
    options.neurons = 200 + static_cast<uint32_t>(rng.below(400));
    options.shuffled = rng.below(2) == 0;
    const std::map<std::string, double> messages =
        messagesOfAll(structuredNet(rng, options), targetOf(64, 256, 512));
    ASSERT_EQ(messages.count("hyper"), 1u);
    for (const auto &[mapper, count] : messages)
      EXPECT_LE(messages.at("hyper"), count) << mapper;
  });
}

TEST(Mappers, FindCommunitiesThatTheOrderHides) {
  snnc::test::forEachSeed(0x3A92, 4, [](uint64_t, support::Rng &rng) {
    StructuredNetOptions options;
    options.neurons = 1200;
    std::map<std::string, double> messages =
        messagesOfAll(structuredNet(rng, options), targetOf(64, 512, 1024));
    ASSERT_EQ(messages.size(), 5u) << "all fit";
    const double best = std::min({messages["contiguous"], messages["nengo"], messages["random"]});
    EXPECT_LE(messages["hyper"], 0.85 * best);
    EXPECT_LE(messages["hyper"], messages["cut"]);
  });
}

TEST(Mappers, RatesDecideWhatStaysTogether) {
  // Neuron 1 shares a source with 0 and another one with 2; the busier one wins.
  net::QuantNet net = intOneLayer(3, 4);
  auto &weights = std::get<net::DenseInts>(net.projections[0].weights);
  weights.values = {1, 0, 0, /**/ 1, 1, 0, /**/ 0, 1, 0, /**/ 0, 0, 1};
  for (const float busy : {0.25f, 4.0f}) {
    PartitionOptions options;
    options.rates = {{net.populations[0].name, {1.0f, busy, 1.0f}}};
    const Mapped result = mapped(net, targetOf(2, 8, 16), options);
    ASSERT_EQ(result.cores(), 2u);
    EXPECT_EQ(result.messages(), 1.0 + busy + 1.0 + std::min(1.0f, busy));
  }
}

std::vector<std::vector<core_ir::Run>> runsOf(const Mapped &result) {
  std::vector<std::vector<core_ir::Run>> runs;
  for (const core_ir::Cluster &cluster : result.module.cores->clusters)
    runs.push_back(cluster.runs);
  return runs;
}

TEST(Mappers, SameSeedSameCoresWhateverTheThreads) {
  support::Rng rng(0x3A93);
  StructuredNetOptions options;
  options.neurons = 900;
  const net::QuantNet net = structuredNet(rng, options);
  const target::Target target = targetOf(64, 512, 1024);
  for (const std::string &mapper : mapperNames()) {
    PartitionOptions one, two;
    one.mapper = two.mapper = mapper;
    two.threads = 2;
    EXPECT_EQ(runsOf(mapped(net, target, one)), runsOf(mapped(net, target, two))) << mapper;
  }
}

} // namespace
} // namespace snnc::compiler
