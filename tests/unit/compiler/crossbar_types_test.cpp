// Axon types: which type weights make which weights, and on how many axons sources come in.
#include "compiler/passes/partition/crossbar_types.h"

#include "tests/support/seeds.h"
#include "tests/unit/compiler/crossbar_nets.h"

#include <gtest/gtest.h>

namespace snnc::compiler {
namespace {

using namespace core_ir;
using partition::CoreTypes;
using partition::CrossbarSynapses;
using partition::TypeSolver;

std::optional<TypeWeights> weightsFor(std::vector<int32_t> values, TypeLimits limits = {}) {
  return typeWeightsFor(values, limits);
}

TEST(AxonTypes, FewValuesHaveATypeEach) {
  EXPECT_EQ(weightsFor({}), (TypeWeights{0, 0, 0, 0}));
  EXPECT_EQ(weightsFor({-1, 1}), (TypeWeights{1, -1, 0, 0}));
  EXPECT_EQ(weightsFor({-1}), (TypeWeights{0, -1, 0, 0})) << "negative ones share odd types";
  EXPECT_EQ(weightsFor({-256, 3, 200, 255}), (TypeWeights{3, 255, 200, -256}));
  EXPECT_EQ(weightsFor({1, 2, 3, 4}), (TypeWeights{1, 3, 2, 4}));
}

TEST(AxonTypes, MoreValuesAreBinary) {
  EXPECT_EQ(weightsFor({-8, -1, 1, 3, 7}), (TypeWeights{1, 2, 4, -8}));
  EXPECT_EQ(weightsFor({-24, -3, 3, 9, 21}), (TypeWeights{3, 6, 12, -24})) << "common divisor";
  EXPECT_EQ(weightsFor({-7, -1, 1, 3, 8}), (TypeWeights{-1, -2, -4, 8}));
  EXPECT_EQ(weightsFor({1, 2, 3, 9, 15}), (TypeWeights{1, 2, 4, 8}));
  EXPECT_EQ(weightsFor({-15, -9, -3, -2, -1}), (TypeWeights{-1, -2, -4, -8}));
  EXPECT_EQ(weightsFor({-3, -2, 1, 2}, {3, -4, 3}), (TypeWeights{1, 2, -4, 0})) << "three types";
}

TEST(AxonTypes, WhatNoTypesMake) {
  EXPECT_EQ(weightsFor({256}), std::nullopt) << "wider than a type's weight";
  EXPECT_EQ(weightsFor({-9, -1, 1, 3, 7}), std::nullopt);
  EXPECT_EQ(weightsFor({-320, -40, 40, 80, 120}), std::nullopt) << "8 * 40 is too wide";
}

TEST(AxonTypes, RealisingSetsAreClosedUpwards) {
  const TypeWeights weights = {1, 2, 4, -8};
  for (int32_t value = -8; value <= 7; ++value) {
    const TypeSets sets = realising(weights, value);
    ASSERT_NE(sets, 0) << value;
    for (unsigned set = 0; set < 16; ++set)
      for (unsigned more = 0; more < 16; ++more) {
        const bool wider = (sets >> set & 1) != 0 && (set & ~more) == 0;
        EXPECT_TRUE(!wider || (sets >> more & 1) != 0) << value;
      }
    int32_t sum = 0;
    for (uint32_t type = 0; type < 4; ++type)
      sum += (partOf(15, weights, value) >> type & 1) != 0 ? weights[type] : 0;
    EXPECT_EQ(sum, value);
  }
  EXPECT_EQ(realising(weights, 8), 0);
  EXPECT_EQ(smallest(realising(weights, -1)), 15) << "all four digits";
  EXPECT_EQ(smallest(realising(weights, 5)), 0b0101);
}

// rows x cols weights of inputs into one layer, all neurons on one core.
CoreTypes solved(uint32_t rows, uint32_t cols, std::vector<int16_t> values) {
  const net::QuantNet net = test::crossbarOneLayer(rows, cols, std::move(values));
  const CrossbarSynapses synapses(net, 1, {});
  std::vector<uint32_t> neurons(rows);
  for (uint32_t n = 0; n < rows; ++n)
    neurons[n] = n;
  return TypeSolver(synapses, {}).solve(neurons);
}

TEST(TypeSolver, OneAxonWhereTypesAreEnough) {
  // Sources 0 and 2 are of one type, 1 and 3 of another; weights are the neuron's own per type.
  EXPECT_EQ(solved(3, 4, {5, -3, 5, -3, 0, 7, 2, 0, 1, 0, 1, 0}).axons, 4u);
  EXPECT_EQ(solved(1, 4, {1, 2, 3, 4}).axons, 4u);
}

TEST(TypeSolver, FindsTheTypesOfASparseNetwork) {
  // A neuron has a weight per type and few synapses, so that most pairs of sources share no neuron.
  constexpr uint32_t kNeurons = 64, kSources = 128;
  snnc::test::forEachSeed(1, 20, [&](uint64_t, support::Rng &rng) {
    std::vector<int16_t> values;
    for (uint32_t n = 0; n < kNeurons; ++n) {
      std::array<int16_t, 4> weights{};
      for (int16_t &weight : weights)
        weight = static_cast<int16_t>(rng.between(-15, 15));
      for (uint32_t source = 0; source < kSources; ++source)
        values.push_back(rng.below(5) == 0 ? weights[source % 4] : int16_t{0});
    }
    EXPECT_LE(solved(kNeurons, kSources, values).axons, kSources);
  });
}

TEST(TypeSolver, DuplicatesWhereTheyAreNot) {
  // Five sources with five patterns of signs: no four types hold them, two axons each do.
  const CoreTypes types =
      solved(4, 5, {1, 1, 1, -1, -1, 1, 1, -1, 1, -1, 1, -1, 1, 1, -1, -1, 1, 1, 1, -1});
  EXPECT_EQ(types.axons, 4u * 2u + 1u) << "the last source has one sign";
  // 5 values into one neuron: 1 = 1, -1 takes all four digits, 3 and 5 two, 7 three.
  EXPECT_EQ(solved(1, 5, {1, -1, 3, 5, 7}).axons, 1u + 4u + 2u + 2u + 3u);
}

TEST(TypeSolver, SourcesWithoutSynapsesTakeNoAxon) {
  EXPECT_EQ(solved(2, 3, {0, 1, 0, 0, 1, 0}).axons, 1u);
}

} // namespace
} // namespace snnc::compiler
