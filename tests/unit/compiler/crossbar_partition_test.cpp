// Crossbar cores: the limits hit exactly, copies and relays where fan-out asks for them, and what
// does not fit said in full.
#include "compiler/passes/partition/partition.h"

#include "tests/support/random_crossbar_net.h"
#include "tests/support/seeds.h"
#include "tests/unit/compiler/crossbar_nets.h"
#include "tests/unit/support/expect_diag.h"

namespace snnc::compiler {
namespace {

using namespace test;
using core_ir::CrossbarCell;
using core_ir::CrossbarCluster;
using snnc::test::crossbarTarget;
using support::DiagCode;

struct Outcome {
  Module module;
  std::vector<support::Diagnostic> errors;
  const std::vector<CrossbarCluster> &clusters() const { return module.crossbar->clusters; }
  size_t cells(CrossbarCell::Kind kind) const {
    size_t count = 0;
    for (const CrossbarCluster &cluster : clusters())
      for (const CrossbarCell &cell : cluster.cells)
        count += cell.kind == kind;
    return count;
  }
};

Outcome partitioned(net::QuantNet net, const target::Target &target) {
  Outcome outcome;
  outcome.module = moduleOf(std::move(net));
  support::Warnings warnings;
  PartitionPass pass({});
  outcome.errors = diagnosticsOf(runPass(pass, outcome.module, target, warnings));
  return outcome;
}

Outcome fitting(net::QuantNet net, const target::Target &target) {
  Outcome outcome = partitioned(std::move(net), target);
  for (const support::Diagnostic &error : outcome.errors)
    ADD_FAILURE() << error.message;
  return outcome;
}

// 64 axons, 16 neurons, 8 x 8 cores.
target::Target small() {
  return crossbarTarget(64, 16, 8);
}

TEST(CrossbarPartition, NeuronsAndAxonsOfACore) {
  EXPECT_EQ(fitting(crossbarChain({64, 16}), small()).clusters().size(), 1u);
  EXPECT_EQ(fitting(crossbarChain({64, 17}), small()).clusters().size(), 2u);
  // 4 inputs of its own for every neuron: 16 neurons fill the axons exactly.
  EXPECT_EQ(fitting(crossbarChain({64, 16}, 4), small()).clusters().size(), 1u);
  EXPECT_EQ(fitting(crossbarChain({80, 16}, 5), small()).clusters().size(), 2u);
}

TEST(CrossbarPartition, PatchesStayTogether) {
  // Neurons of four patches, one after the other: each patch is a core.
  net::QuantNet net = crossbarChain({256, 64});
  auto &values = std::get<net::DenseInts>(net.projections[0].weights).values;
  for (uint32_t j = 0; j < 64; ++j)
    for (uint32_t i = 0; i < 256; ++i)
      values[size_t{j} * 256 + i] = i / 64 == j % 4 ? 1 : 0;
  const Outcome outcome = fitting(std::move(net), small());
  ASSERT_EQ(outcome.clusters().size(), 4u);
  for (const CrossbarCluster &cluster : outcome.clusters()) {
    EXPECT_EQ(cluster.cells.size(), 16u);
    EXPECT_EQ(cluster.axons.size(), 64u);
  }
}

TEST(CrossbarPartition, SparseOverlappingPatchesInARowStayTogether) {
  // Patches of 64 sources at 0, 16, 32 and 48: a neuron's 12 synapses do not tell which is its own.
  snnc::test::forEachSeed(1, 20, [&](uint64_t, support::Rng &rng) {
    net::QuantNet net = crossbarChain({112, 64});
    auto &values = std::get<net::DenseInts>(net.projections[0].weights).values;
    std::fill(values.begin(), values.end(), int16_t{0});
    for (uint32_t j = 0; j < 64; ++j)
      for (uint32_t k = 0; k < 12; ++k)
        values[j * 112 + j / 16 * 16 + rng.below(64)] = 1;
    EXPECT_LE(fitting(std::move(net), small()).clusters().size(), 4u);
  });
}

TEST(CrossbarPartition, CopiesWhereThereIsRoom) {
  // 8 hidden neurons with two cores to reach: two cells each fill their core.
  const Outcome outcome = fitting(crossbarChain({4, 8, 32}), small());
  EXPECT_EQ(outcome.clusters().size(), 3u);
  EXPECT_EQ(outcome.cells(CrossbarCell::Kind::Copy), 8u);
  EXPECT_EQ(outcome.cells(CrossbarCell::Kind::Relay), 0u);
  EXPECT_EQ(outcome.module.crossbar->firstTick, (std::vector<uint32_t>{0, 0, 1}));
}

TEST(CrossbarPartition, RelaysWhereCopiesTakeMoreCores) {
  // Every neuron of p2 has 16 cores to reach: a core of copies each, with 60 axons that p1 feeds.
  const Outcome outcome = fitting(crossbarChain({2, 12, 12, 256}), crossbarTarget(64, 16, 32));
  EXPECT_GT(outcome.cells(CrossbarCell::Kind::Relay), 0u);
  EXPECT_EQ(outcome.module.crossbar->firstTick, (std::vector<uint32_t>{0, 0, 1, 3}))
      << "a relay takes a tick";
}

TEST(CrossbarPartition, ALoopWithoutTimeForRelaysIsCopied) {
  net::QuantNet net = crossbarChain({4, 8});
  net.projections.push_back(intDense("loop", 1, 1, 8, 8, 1, 1));
  EXPECT_EQ(fitting(net, small()).cells(CrossbarCell::Kind::Relay), 0u);
  // 20 neurons on two cores or more, each of which every neuron has to reach.
  net = crossbarChain({4, 20});
  net.projections.push_back(intDense("loop", 1, 1, 20, 20, 1, 1));
  const Outcome tight = partitioned(net, small());
  ASSERT_EQ(tight.errors.size(), 1u);
  EXPECT_EQ(tight.errors[0].code, DiagCode::NeuronExceedsCore);
  EXPECT_NE(tight.errors[0].message.find("each takes a copy of it"), std::string::npos);
  EXPECT_NE(tight.errors[0].help.find("step of delay more"), std::string::npos);
  net.projections.back().delay = 2;
  EXPECT_GT(fitting(net, small()).cells(CrossbarCell::Kind::Relay), 0u);
}

TEST(CrossbarPartition, FanInIsExplained) {
  const Outcome outcome = partitioned(crossbarChain({65, 3, 4}), small());
  ASSERT_EQ(outcome.errors.size(), 1u);
  EXPECT_EQ(outcome.errors[0].code, DiagCode::NeuronExceedsCore);
  EXPECT_EQ(outcome.errors[0].message,
            "3 of 3 neurons of 'p1' have too many inputs for a core: neuron 0 needs 65 axons for "
            "65 inputs but a core of 'small-crossbar' has 64");
  EXPECT_NE(outcome.errors[0].help.find("at most 64 inputs, 1 fewer"), std::string::npos);
}

TEST(CrossbarPartition, AllThatIsWrongAtOnce) {
  net::QuantNet net = crossbarChain({80, 4, 70, 4});
  std::get<net::DenseInts>(net.projections[1].weights).values = std::vector<int16_t>(280, 300);
  net.projections[1].weightBits = 10;
  net.populations[3].crossbar[2].leak = 256;
  const Outcome outcome = partitioned(std::move(net), small());
  std::vector<DiagCode> codes;
  for (const support::Diagnostic &error : outcome.errors)
    codes.push_back(error.code);
  EXPECT_EQ(codes, (std::vector<DiagCode>{DiagCode::NeuronExceedsCore, DiagCode::CoreCannotHold,
                                          DiagCode::CoreCannotHold, DiagCode::NeuronExceedsCore}));
}

TEST(CrossbarPartition, DelaysOfTheScheduler) {
  net::QuantNet net = crossbarChain({4, 4, 4});
  net.projections[1].delay = 14;
  EXPECT_EQ(fitting(net, small()).clusters().size(), 1u) << "populations share a core";
  net.projections.push_back(intDense("loop", 2, 2, 4, 4, 1, 16));
  const Outcome outcome = partitioned(net, small());
  ASSERT_EQ(outcome.errors.size(), 1u);
  EXPECT_EQ(outcome.errors[0].code, DiagCode::DelayTooLong);
  EXPECT_NE(outcome.errors[0].message.find("an axonal delay of 15 ticks"), std::string::npos);
}

TEST(CrossbarPartition, IntegersOfAnotherKindOfCore) {
  EXPECT_EQ(partitioned(intOneLayer(2, 2), small()).errors.at(0).code, DiagCode::TargetKind);
  EXPECT_EQ(partitioned(crossbarChain({2, 2}), targetNamed("tiny")).errors.at(0).code,
            DiagCode::TargetKind);
}

} // namespace
} // namespace snnc::compiler
