// What refinement believes that a move does is what counting from scratch finds.
#include "compiler/passes/partition/fill.h"
#include "compiler/passes/partition/parts.h"
#include "compiler/passes/partition/refine.h"

#include "tests/support/seeds.h"
#include "tests/support/structured_net.h"

namespace snnc::compiler::partition {
namespace {

using test::StructuredNetOptions;

target::Target target8x8() {
  target::Target target;
  target.name = "gains";
  target.mesh.width = target.mesh.height = 8;
  target.core.neurons = 64;
  target.core.inputAxons = 256;
  target.core.outputSlots = 512;
  target.core.synapseWords = 512;
  target.core.weightBits = 8;
  target.core.groups = 8;
  return target;
}

// Everything that a case needs, at addresses that stay.
struct Case {
  explicit Case(support::Rng &rng, StructuredNetOptions::Kind kind)
      : target(target8x8()), net(test::structuredNet(rng, {kind, 300, 9, 30, 0.2, 5, true})),
        rates(ratesOf(rng, net)), problem(net, target, core_ir::limitsOf(target, 0), rates),
        graph(problem), model(problem) {}

  static core_ir::SpikeRates ratesOf(support::Rng &rng, const net::QuantNet &net) {
    core_ir::SpikeRates rates;
    for (const net::QuantPopulation &population : net.populations) {
      std::vector<float> &of = rates.of.emplace_back();
      for (uint32_t n = 0; n < population.size(); ++n)
        of.push_back(static_cast<float>(rng.below(16)) / 16.0f); // sums are exact
    }
    return rates;
  }
  std::vector<uint32_t> randomParts(support::Rng &rng, uint32_t cores) const {
    std::vector<uint32_t> part(problem.neurons());
    for (uint32_t &core : part)
      core = static_cast<uint32_t>(rng.below(cores));
    return part;
  }

  const target::Target target;
  const net::QuantNet net;
  const core_ir::SpikeRates rates;
  const Problem problem;
  const MapGraph graph;
  const LoadModel model;
};

void expectSameCounts(const CoreCounts &moved, const CoreCounts &fresh) {
  EXPECT_EQ(moved.messages(), fresh.messages());
  for (uint32_t core = 0; core < fresh.cores(); ++core) {
    EXPECT_EQ(moved.loadOf(core).neurons, fresh.loadOf(core).neurons);
    EXPECT_EQ(moved.loadOf(core).axons, fresh.loadOf(core).axons);
    EXPECT_NEAR(moved.loadOf(core).words, fresh.loadOf(core).words, 1e-3);
    EXPECT_NEAR(moved.loadOf(core).blockBits, fresh.loadOf(core).blockBits, 1e-3);
    EXPECT_EQ(moved.slotsOf(core), fresh.slotsOf(core));
    EXPECT_EQ(moved.groupsOf(core), fresh.groupsOf(core));
  }
}

TEST(MapperGain, OfEveryMoveIsWhatCountingAgainFinds) {
  test::forEachSeed(0x9A17, 12, [](uint64_t seed, support::Rng &rng) {
    const Case given(rng, static_cast<StructuredNetOptions::Kind>(seed % 4));
    const uint32_t cores = 2 + static_cast<uint32_t>(rng.below(10));
    CoreCounts counts(given.problem, given.graph, given.model, given.randomParts(rng, cores),
                      cores);
    uint32_t moved = 0;
    for (int step = 0; step < 300; ++step) {
      const auto id = static_cast<uint32_t>(rng.below(given.problem.neurons()));
      const auto to = static_cast<uint32_t>(rng.below(cores));
      const double before = counts.messages();
      const double gain = counts.gain(id, to);
      if (!counts.move(id, to))
        continue;
      ++moved;
      ASSERT_EQ(before - counts.messages(), gain);
    }
    EXPECT_GT(moved, 100u);
    expectSameCounts(counts,
                     CoreCounts(given.problem, given.graph, given.model, counts.parts(), cores));
  });
}

TEST(MapperGain, MessagesAxonsAndSlotsAreThoseOfTheFilledCores) {
  test::forEachSeed(0x9A27, 8, [](uint64_t seed, support::Rng &rng) {
    const Case given(rng, static_cast<StructuredNetOptions::Kind>(seed % 4));
    const uint32_t cores = 30;
    const CoreCounts counts(given.problem, given.graph, given.model, given.randomParts(rng, cores),
                            cores);
    const FillResult result =
        fill(given.problem, arrangementOf(given.problem, counts.parts(), cores), {});
    ASSERT_EQ(result.clusters.size(), cores);
    EXPECT_EQ(messagesOf(given.problem, result.clusters), counts.messages());
    for (const Filled &filled : result.clusters) {
      const uint32_t core = counts.coreOf(given.problem.idOf(1, filled.cluster.runs[0].first));
      EXPECT_EQ(filled.cluster.load.inputAxons, counts.loadOf(core).axons);
      EXPECT_EQ(filled.cluster.load.outputSlots, counts.slotsOf(core));
      EXPECT_NEAR(filled.cluster.load.synapseWords, counts.loadOf(core).words,
                  0.1 * counts.loadOf(core).words);
    }
  });
}

TEST(MapperGain, RefinementSavesWhatItSaysAndKeepsTheLimits) {
  test::forEachSeed(0x9A37, 8, [](uint64_t seed, support::Rng &rng) {
    const Case given(rng, static_cast<StructuredNetOptions::Kind>(seed % 4));
    const uint32_t cores = 12;
    CoreCounts counts(given.problem, given.graph, given.model, given.randomParts(rng, cores),
                      cores);
    Refiner refiner(counts, given.problem, given.graph);
    ASSERT_TRUE(refiner.repair(100));
    const double before = counts.messages();
    const double saved = refiner.improve({});
    EXPECT_GE(saved, 0.0);
    EXPECT_NEAR(before - counts.messages(), saved, 1e-3);
    for (uint32_t core = 0; core < counts.cores(); ++core) {
      EXPECT_LE(counts.loadOf(core).neurons, given.problem.limits.neurons);
      EXPECT_LE(counts.loadOf(core).axons, given.problem.limits.inputAxons);
      EXPECT_LE(counts.slotsOf(core), given.problem.limits.outputSlots);
    }
  });
}

} // namespace
} // namespace snnc::compiler::partition
