// What refinement believes that a move does is what counting from scratch finds.
#include "compiler/passes/partition/fill.h"
#include "compiler/passes/partition/grow.h"
#include "compiler/passes/partition/overlap_bound.h"
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
  Case(support::Rng &rng, StructuredNetOptions::Kind kind)
      : Case(rng, StructuredNetOptions{kind, 300, 9, 30, 0.2, 5, true}) {}
  Case(support::Rng &rng, const StructuredNetOptions &options)
      : target(target8x8()), net(test::structuredNet(rng, options)), rates(ratesOf(rng, net)),
        problem(net, target, core_ir::limitsOf(target, 0), rates), graph(problem), model(problem) {}

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

// The bound holds for every partition, here good and bad ones, and says more than full dense words.
TEST(MapperGain, NoPartitionTakesFewerWordsThanTheBound) {
  test::forEachSeed(0x9A47, 12, [](uint64_t seed, support::Rng &rng) {
    const Case given(rng, static_cast<StructuredNetOptions::Kind>(seed % 4));
    const uint32_t cores = 2 + static_cast<uint32_t>(rng.below(20));
    std::vector<uint32_t> part = given.randomParts(rng, cores);
    if (rng.below(2) == 0)
      part = grow(given.problem, given.graph, given.model, {0.9, 32, {}});
    const uint32_t parts = 1 + *std::max_element(part.begin(), part.end());
    const Arrangement arrangement = arrangementOf(given.problem, part, parts);
    uint64_t words = 0;
    for (const Filled &filled : fill(given.problem, arrangement, {}).clusters)
      words += filled.cluster.load.synapseWords;
    MapGraph one(given.problem), two(given.problem);
    const uint64_t bound = leastWords(given.problem, one, arrangement.order, 0, 1);
    EXPECT_LE(bound, words);
    EXPECT_EQ(bound, leastWords(given.problem, two, arrangement.order, 0, 2));
    EXPECT_GT(bound, given.graph.synapses() / 8 + 1) << "8 weights fill a word";
  });
}

// Blocks of 8 neurons that hear all of each other: every word is full, and the bound says just
// that.
TEST(MapperGain, TheBoundIsReachedWhereRowsShareAllTheirSources) {
  support::Rng rng(0x9A57);
  const Case given(
      rng, StructuredNetOptions{StructuredNetOptions::Kind::Communities, 64, 8, 8, 0.0, 8, false});
  const Arrangement arrangement =
      arrangementOf(given.problem, std::vector<uint32_t>(given.problem.neurons(), 0), 1);
  const FillResult result = fill(given.problem, arrangement, {});
  ASSERT_EQ(result.clusters.size(), 1u);
  EXPECT_EQ(result.clusters[0].cluster.load.synapseWords, 64u + 8u);
  MapGraph graph(given.problem);
  const uint64_t bound = leastWords(given.problem, graph, arrangement.order, 0, 1);
  EXPECT_LE(bound, 64u + 8u);
  EXPECT_GE(bound, 64u + 6u); // rounded per neuron
}

} // namespace
} // namespace snnc::compiler::partition
