// Every limit of a core, hit exactly: what fits to the last unit fits, one more opens a second
// core.
#include "compiler/passes/partition/partition.h"

#include "tests/unit/compiler/nets.h"
#include "tests/unit/support/expect_diag.h"

namespace snnc::compiler {
namespace {

using namespace test;
using core_ir::Cluster;
using support::DiagCode;

// Small cores of 8 lanes with room to spare; a test narrows what it is about.
target::Target roomy() {
  target::Target target;
  target.name = "roomy";
  target.mesh.width = target.mesh.height = 8;
  target.core.neurons = 64;
  target.core.inputAxons = 64;
  target.core.outputSlots = 64;
  target.core.synapseWords = 256;
  target.core.weightBits = 8;
  target.core.groups = 8;
  target.core.delaySlots = 4;
  return target;
}

struct Outcome {
  Module module;
  std::vector<support::Diagnostic> errors;
  const std::vector<Cluster> &clusters() const { return module.cores->clusters; }
};

Outcome partitioned(net::QuantNet net, const target::Target &target,
                    PartitionOptions options = {}) {
  Outcome outcome;
  outcome.module = moduleOf(std::move(net));
  support::Warnings warnings;
  PartitionPass pass(std::move(options));
  outcome.errors = diagnosticsOf(runPass(pass, outcome.module, target, warnings));
  return outcome;
}

// The number of cores, or 0 and a failure.
size_t coresOf(net::QuantNet net, const target::Target &target, PartitionOptions options = {}) {
  const Outcome outcome = partitioned(std::move(net), target, std::move(options));
  for (const support::Diagnostic &error : outcome.errors)
    ADD_FAILURE() << error.message;
  return outcome.module.cores ? outcome.clusters().size() : 0;
}

TEST(Partition, Neurons) {
  EXPECT_EQ(coresOf(intOneLayer(2, 64), roomy()), 1u);
  EXPECT_EQ(coresOf(intOneLayer(2, 65), roomy()), 2u);
  EXPECT_EQ(coresOf(intOneLayer(2, 10), roomy(), {"hyper", 10, 0, 0}), 1u);
  EXPECT_EQ(coresOf(intOneLayer(2, 10), roomy(), {"hyper", 9, 0, 0}), 2u);
}

TEST(Partition, RunsStayInOrder) {
  target::Target target = roomy();
  target.core.neurons = 4;
  const Outcome outcome = partitioned(intOneLayer(2, 5), target);
  ASSERT_EQ(outcome.clusters().size(), 2u);
  EXPECT_EQ(outcome.clusters()[0].runs, (std::vector<core_ir::Run>{{1, 0, 4, 0}}));
  EXPECT_EQ(outcome.clusters()[1].runs, (std::vector<core_ir::Run>{{1, 4, 1, 0}}));
}

// Two layers side by side from one input.
net::QuantNet twoLayers(uint32_t first, uint32_t second) {
  net::QuantNet net = intOneLayer(2, first);
  net.populations.push_back(intLayer("second", second));
  net.projections.push_back(intDense("w2", 0, 2, second, 2));
  return net;
}

TEST(Partition, SmallLayersShareACoreAndStartOnALane) {
  const Outcome outcome = partitioned(twoLayers(5, 3), roomy());
  ASSERT_EQ(outcome.clusters().size(), 1u);
  EXPECT_EQ(outcome.clusters()[0].runs, (std::vector<core_ir::Run>{{1, 0, 5, 0}, {2, 0, 3, 8}}));
  EXPECT_EQ(outcome.clusters()[0].load.extent, 11u);
  EXPECT_EQ(outcome.clusters()[0].load.neurons, 8u);
}

TEST(Partition, WithoutRoomForLanesTheyAreGivenUp) {
  target::Target target = roomy();
  target.core.neurons = 8;
  const Outcome outcome = partitioned(twoLayers(5, 3), target);
  ASSERT_EQ(outcome.clusters().size(), 1u);
  EXPECT_EQ(outcome.clusters()[0].runs, (std::vector<core_ir::Run>{{1, 0, 5, 0}, {2, 0, 3, 5}}));
  // 3 words for the second layer's two axons: neurons 5..7 lie in one row.
  EXPECT_EQ(outcome.clusters()[0].load.synapseWords, 4u);
}

TEST(Partition, Groups) {
  target::Target target = roomy();
  target.core.groups = 2;
  EXPECT_EQ(coresOf(twoLayers(5, 3), target), 1u);
  target.core.groups = 1;
  EXPECT_EQ(coresOf(twoLayers(5, 3), target), 2u);
}

TEST(Partition, CoreRegistersAreNeverMixed) {
  net::QuantNet net = twoLayers(5, 3);
  net.populations[2].vmin = 0;
  EXPECT_EQ(coresOf(net, roomy()), 2u);
  net = twoLayers(5, 3);
  net.populations[2].duOffset = 0;
  EXPECT_EQ(coresOf(net, roomy()), 2u);
}

// Neuron j hears inputs [j * each, (j + 1) * each).
net::QuantNet disjoint(uint32_t neurons, uint32_t each) {
  net::QuantNet net = intOneLayer(neurons * each, neurons);
  auto &weights = std::get<net::DenseInts>(net.projections[0].weights);
  for (uint32_t row = 0; row < neurons; ++row)
    for (uint32_t col = 0; col < weights.cols; ++col)
      weights.values[row * weights.cols + col] = col / each == row;
  return net;
}

TEST(Partition, InputAxonsCountOncePerSource) {
  target::Target target = roomy();
  target.core.inputAxons = 12;
  EXPECT_EQ(coresOf(disjoint(4, 3), target), 1u);
  target.core.inputAxons = 11;
  EXPECT_EQ(coresOf(disjoint(4, 3), target), 2u);
  target.core.inputAxons = 3;
  EXPECT_EQ(coresOf(intOneLayer(3, 9), target), 1u); // shared sources
}

TEST(Partition, ZeroWeightsNeedNoAxon) {
  net::QuantNet net = intOneLayer(5, 3);
  for (int16_t &value : std::get<net::DenseInts>(net.projections[0].weights).values)
    value = 0;
  const Outcome outcome = partitioned(net, roomy());
  EXPECT_EQ(outcome.clusters()[0].load.inputAxons, 0u);
  EXPECT_EQ(outcome.clusters()[0].load.synapseWords, 0u);
}

TEST(Partition, DenseWords) {
  target::Target target = roomy();
  target.core.synapseWords = 3 * 2; // 3 axons, 2 rows of 8
  EXPECT_EQ(coresOf(intOneLayer(3, 16), target), 1u);
  EXPECT_EQ(coresOf(intOneLayer(3, 17), target), 2u);
}

// One input to neurons 0, 8, 16, ... of one bank, or to every neuron in turn.
net::QuantNet strided(uint32_t targets, uint32_t stride, uint32_t size) {
  net::QuantNet net = intOneLayer(1, size);
  net::SparseInts sparse{size, 1, {0, targets}, {}, {}};
  for (uint32_t k = 0; k < targets; ++k) {
    sparse.columns.push_back(k * stride);
    sparse.values.push_back(1);
  }
  net.projections[0].weights = sparse;
  return net;
}

TEST(Partition, SparseWordsCountPairsAndBanks) {
  // 64 neurons: pairs are 6 + 8 bits, 4 a word.
  target::Target target = roomy();
  const auto words = [&](const net::QuantNet &net) {
    return partitioned(net, target).clusters().at(0).load.synapseWords;
  };
  EXPECT_EQ(words(strided(4, 9, 64)), 1u);  // rows 0..3, banks differ: one sparse word
  EXPECT_EQ(words(strided(5, 9, 64)), 2u);  // five pairs
  EXPECT_EQ(words(strided(3, 16, 64)), 3u); // one bank: one pair a word (dense: 5 rows)
  EXPECT_EQ(words(strided(8, 8, 64)), 8u);  // one bank in all 8 rows: dense is no worse
}

TEST(Partition, BlockBitsAreExact) {
  target::Target target = roomy();
  target.blockCost.emplace();
  // Dense, 8 bits, n <= 64: 64 * ceil((8n + 10) / 64). 6 synapses: 64 bits; 7: 128.
  target.blockCost->memoryBits = 3 * 64;
  EXPECT_EQ(coresOf(intOneLayer(3, 6), target), 1u);
  EXPECT_EQ(coresOf(intOneLayer(3, 7), target), 2u);
  // 784 inputs x 128 neurons: facts of the block rule, 903,168 bits.
  target::Target loihi = targetNamed("loihi-like");
  const Outcome outcome = partitioned(intOneLayer(784, 128), loihi);
  ASSERT_EQ(outcome.clusters().size(), 1u);
  EXPECT_EQ(outcome.clusters()[0].load.blockBits, 903168u);
  EXPECT_EQ(coresOf(intOneLayer(784, 256), loihi), 2u);
}

// `fan` relay neurons each feeding a layer that is cut into cores of 4.
TEST(Partition, OutputSlotsSplitTheSender) {
  net::QuantNet net = intOneLayer(1, 4);
  net.populations.push_back(intLayer("out", 12));
  net.projections.push_back(intDense("fan", 1, 2, 12, 4));
  target::Target target = roomy();
  target.core.neurons = 4;
  target.core.outputSlots = 4 * 3;
  const Outcome fits = partitioned(net, target);
  ASSERT_EQ(fits.clusters().size(), 4u);
  EXPECT_EQ(fits.clusters()[0].load.outputSlots, 12u);
  target.core.outputSlots = 11;
  const Outcome split = partitioned(net, target);
  ASSERT_EQ(split.clusters().size(), 5u);
  EXPECT_EQ(split.clusters()[0].load.outputSlots, 9u);
  EXPECT_EQ(split.clusters()[1].load.outputSlots, 3u);
}

TEST(Partition, LowerBounds) {
  const Outcome outcome = partitioned(intOneLayer(2, 65), roomy());
  EXPECT_EQ(outcome.module.cores->coresLowerBound, 2u);
  net::QuantNet mixed = twoLayers(5, 3);
  mixed.populations[2].vmin = 0;
  EXPECT_EQ(partitioned(mixed, roomy()).module.cores->coresLowerBound, 2u);
}

TEST(Partition, NeuronThatNoCoreHolds) {
  target::Target target = roomy();
  target.core.inputAxons = 9;
  target.core.synapseWords = 8;
  const Outcome outcome = partitioned(intOneLayer(10, 3), target);
  ASSERT_EQ(outcome.errors.size(), 2u); // both limits, once each
  EXPECT_EQ(outcome.errors[0].code, DiagCode::NeuronExceedsCore);
  EXPECT_CONTAINS(outcome.errors[0].message, "neuron 0 of 'hidden' alone needs 10 input axons");
  EXPECT_CONTAINS(outcome.errors[0].message, "has 9");
  EXPECT_CONTAINS(outcome.errors[0].help, "core.input_axons is at least 10");
  EXPECT_CONTAINS(outcome.errors[1].message, "10 synapse words");
}

TEST(Partition, NeuronWithTooManyMessages) {
  net::QuantNet net = intOneLayer(1, 1);
  net.populations.push_back(intLayer("out", 12));
  net.projections.push_back(intDense("fan", 1, 2, 12, 1));
  target::Target target = roomy();
  target.core.neurons = 4;
  target.core.outputSlots = 2;
  const Outcome outcome = partitioned(net, target);
  ASSERT_EQ(outcome.errors.size(), 1u);
  EXPECT_CONTAINS(outcome.errors[0].message, "'hidden' alone needs 3 output slots");
}

TEST(Partition, TooFewCoresSaysAllOfIt) {
  target::Target target = roomy();
  target.mesh.width = 2;
  target.mesh.height = 1;
  const Outcome outcome = partitioned(intOneLayer(3, 130), target);
  ASSERT_EQ(outcome.errors.size(), 1u);
  const support::Diagnostic &error = outcome.errors[0];
  EXPECT_EQ(error.code, DiagCode::TooFewCores);
  EXPECT_CONTAINS(error.message, "needs 3 cores but the 2x1 mesh of 'roomy' has 2");
  ASSERT_EQ(error.notes.size(), 3u);
  EXPECT_CONTAINS(error.notes[0].text,
                  "'hidden' (130 neurons) takes 3 cores; its cores are full of "
                  "neurons first");
  EXPECT_CONTAINS(error.notes[1].text, "neurons: at least 130 needed, 128 available (64 per core)");
  EXPECT_CONTAINS(error.notes[2].text, "2 neurons fewer in 'hidden' would do");
  EXPECT_CONTAINS(error.help, "2x2");
}

// Far beyond the mesh the totals alone say it: nothing is laid out.
TEST(Partition, HopelessIsSaidFromTheTotals) {
  target::Target target = roomy();
  target.mesh.width = target.mesh.height = 1;
  target.core.neurons = 4;
  net::QuantNet net = intOneLayer(1, 1);
  net.populations[1] = intLayer("hidden", 4 * 69);
  net.projections.clear();
  Outcome outcome = partitioned(net, target);
  ASSERT_EQ(outcome.errors.size(), 1u);
  EXPECT_EQ(outcome.errors[0].code, DiagCode::TooFewCores);
  EXPECT_CONTAINS(outcome.errors[0].message, "needs at least 69 cores but the 1x1 mesh");
  EXPECT_CONTAINS(outcome.errors[0].notes.at(0).text, "neurons: at least 276 needed, 4 available");
  EXPECT_CONTAINS(outcome.errors[0].help, "a mesh of at least 9x8 such cores");
  net.populations[1] = intLayer("hidden", 4 * 4097);
  outcome = partitioned(net, target);
  EXPECT_CONTAINS(outcome.errors.at(0).help, "use a smaller network");
}

TEST(Partition, TheSmallestRemedyComesFirst) {
  target::Target target = roomy();
  PartitionOptions options;
  options.meshWidth = options.meshHeight = 1;
  EXPECT_CONTAINS(partitioned(intOneLayer(2, 65), target, options).errors.at(0).help, "--mesh 2x1");
  target.mesh.width = target.mesh.height = 1;
  options = {};
  options.maxNeuronsPerCore = 8;
  EXPECT_CONTAINS(partitioned(intOneLayer(2, 20), target, options).errors.at(0).help,
                  "--max-neurons-per-core");
  target.blockCost.emplace();
  target.blockCost->memoryBits = 3 * 64; // 7 weights of 8 bits do not fit, of 7 bits they do
  EXPECT_CONTAINS(partitioned(intOneLayer(3, 7), target).errors.at(0).help, "--weight-bits 7");
}

TEST(Partition, DelaysBeyondTheRing) {
  net::QuantNet net = intOneLayer(1, 2);
  net.projections.push_back(intDense("rec", 1, 1, 2, 2, 1, 4)); // hardware delay 3
  EXPECT_EQ(coresOf(net, roomy()), 1u);
  net.projections[1].delay = 5;
  const Outcome outcome = partitioned(net, roomy());
  ASSERT_EQ(outcome.errors.size(), 1u);
  EXPECT_EQ(outcome.errors[0].code, DiagCode::DelayTooLong);
  EXPECT_CONTAINS(outcome.errors[0].message, "'rec'");
  EXPECT_CONTAINS(outcome.errors[0].message, "delay of 4 ticks");
  EXPECT_CONTAINS(outcome.errors[0].message, "at most 3");
}

TEST(Partition, CycleOfTwoLayersNeedsTwoSteps) {
  net::QuantNet net = intOneLayer(1, 2);
  net.populations.push_back(intLayer("b", 2));
  net.projections.push_back(intDense("forth", 1, 2, 2, 2));
  net.projections.push_back(intDense("back", 2, 1, 2, 2, 1, 1));
  const Outcome outcome = partitioned(net, roomy());
  ASSERT_EQ(outcome.errors.size(), 1u);
  EXPECT_EQ(outcome.errors[0].code, DiagCode::NoSchedule);
  net.projections[2].delay = 2;
  EXPECT_EQ(coresOf(net, roomy()), 1u);
}

TEST(Partition, Options) {
  PartitionOptions options;
  options.mapper = "magic";
  options.maxNeuronsPerCore = 65;
  options.meshWidth = 9;
  options.meshHeight = 0;
  const Outcome outcome = partitioned(intOneLayer(1, 1), roomy(), options);
  ASSERT_EQ(outcome.errors.size(), 3u); // all at once
  EXPECT_EQ(outcome.errors[0].code, DiagCode::UnknownMapper);
  EXPECT_EQ(outcome.errors[1].code, DiagCode::MaxNeuronsOption);
  EXPECT_CONTAINS(outcome.errors[1].message, "is 65 but a core of 'roomy' has 64");
  EXPECT_EQ(outcome.errors[2].code, DiagCode::MeshOption);
  EXPECT_CONTAINS(outcome.errors[2].message, "9x0 but 'roomy' has 8x8");
}

TEST(Partition, AMeshMayHaveMoreCoresThanOneChip) {
  EXPECT_EQ(coresOf(intOneLayer(1, 65 * 64), roomy(), {"hyper", 0, 9, 9}), 65u);
}

} // namespace
} // namespace snnc::compiler
