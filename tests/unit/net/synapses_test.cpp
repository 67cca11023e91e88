#include "common/net/synapses.h"

#include "common/net/verify.h"
#include "common/net/window_walk.h"
#include "tests/support/seeds.h"
#include "tests/unit/net/map_oracle.h"
#include "tests/unit/net/random_maps.h"
#include "tests/unit/support/expect_diag.h"

namespace snnc::net {
namespace {

using List = std::vector<std::pair<uint32_t, double>>;

template <class Walk> List listOf(const Walk &walk, uint32_t element) {
  List list;
  walk.forEach(element, [&](uint32_t other, double weight) { list.push_back({other, weight}); });
  return list;
}

List nonzeros(const Numbers &numbers) {
  List list;
  for (uint32_t i = 0; i < numbers.size(); ++i)
    if (numbers[i] != 0.0)
      list.push_back({i, numbers[i]});
  return list;
}

// Every walk in order and then at random, the counts, against the matrix [source][target].
template <class Incoming, class Outgoing, class AnyProjection>
void expectWalks(support::Rng &rng, const AnyProjection &projection,
                 const std::vector<Numbers> &matrix) {
  const uint32_t sources = static_cast<uint32_t>(matrix.size());
  const uint32_t targets = static_cast<uint32_t>(matrix.front().size());
  const Incoming incoming(projection);
  const Outgoing outgoing(projection);
  uint64_t count = 0;
  for (uint32_t k = 0; k < 2 * sources; ++k) {
    const uint32_t source = k < sources ? k : static_cast<uint32_t>(rng.below(sources));
    ASSERT_EQ(listOf(outgoing, source), nonzeros(matrix[source])) << "source " << source;
    count += k < sources ? nonzeros(matrix[source]).size() : 0;
  }
  for (uint32_t k = 0; k < 2 * targets; ++k) {
    const uint32_t target = k < targets ? k : static_cast<uint32_t>(rng.below(targets));
    Numbers row;
    for (const Numbers &column : matrix)
      row.push_back(column[target]);
    ASSERT_EQ(listOf(incoming, target), nonzeros(row)) << "target " << target;
  }
  ASSERT_EQ(synapseCount(projection), count);
}

TEST(Synapses, ChainsAreTheirMatrix) {
  test::forEachSeed(1, 600, [](uint64_t, support::Rng &rng) {
    RandomMaps maps(rng);
    const uint32_t pres = 1 + maps.below(60);
    const Projection projection = maps.chain(pres);
    const std::vector<Numbers> matrix = matrixOf(projection, pres);
    ASSERT_EQ(preCount(projection), pres);
    ASSERT_EQ(postCount(projection), matrix.front().size());
    expectWalks<IncomingSynapses, OutgoingSynapses>(rng, projection, matrix);

    Projection flat;
    flat.weights = unroll(projection);
    ASSERT_EQ(matrixOf(flat, pres), matrix);
    ASSERT_EQ(synapseCount(flat), synapseCount(projection));
    ASSERT_LE(synapseCount(projection), walkCost(projection).synapses);
    ASSERT_LE(synapseCount(projection), walkCost(projection).work);
  });
}

TEST(Synapses, IntegersAreTheirMatrix) {
  test::forEachSeed(1, 600, [](uint64_t, support::Rng &rng) {
    RandomMaps maps(rng);
    const uint32_t pres = 1 + maps.below(100);
    QuantProjection projection;
    uint32_t elements = pres;
    for (uint64_t pools = rng.below(3); pools > 0; --pools) {
      projection.pools.push_back(maps.pool(elements, true));
      elements = projection.pools.back().rows();
    }
    switch (rng.below(3)) {
    case 0:
      projection.weights = maps.dense<int16_t>(1 + maps.below(30), elements, 127);
      break;
    case 1:
      projection.weights = maps.sparse<int16_t>(1 + maps.below(30), elements, 127);
      break;
    default:
      projection.weights = maps.conv<int16_t>(elements, 127);
    }
    const std::vector<Numbers> matrix = matrixOf(projection, pres);
    ASSERT_EQ(preCount(projection), pres);
    ASSERT_EQ(postCount(projection), matrix.front().size());
    expectWalks<IncomingInts, OutgoingInts>(rng, projection, matrix);
  });
}

TEST(Synapses, HostLayersAreTheirMatrix) {
  test::forEachSeed(1, 50, [](uint64_t, support::Rng &rng) {
    RandomMaps maps(rng);
    const uint32_t pres = 1 + maps.below(40), posts = 1 + maps.below(40);
    HostLayer layer;
    if (rng.below(2))
      layer.weights = maps.dense<int16_t>(posts, pres, 127);
    else
      layer.weights = maps.sparse<int16_t>(posts, pres, 127);
    expectWalks<IncomingInts, OutgoingInts>(rng, layer, matrixOf(layer, pres));
  });
}

// The geometries that the walks above must have met are sound ones.
TEST(Synapses, RandomMapsAreSound) {
  test::forEachSeed(1, 300, [](uint64_t, support::Rng &rng) {
    RandomMaps maps(rng);
    const uint32_t pres = 1 + maps.below(60);
    Net net;
    net.name = "n";
    net.projections.push_back(maps.chain(pres));
    net.projections[0].name = "p";
    net.projections[0].target = 1;
    net.populations.resize(2);
    net.populations[0].name = "in";
    net.populations[0].shape = {pres};
    net.populations[1].name = "out";
    net.populations[1].kind = NeuronKind::IF;
    net.populations[1].shape = {postCount(net.projections[0])};
    net.inputs = {0};
    EXPECT_TRUE(diagnosticsOf(verify(net)).empty());
  });
}

// 3x3 over 2x2 with a border of 1, by hand.
TEST(Synapses, PaddedConvolutionByHand) {
  ConvWeights conv;
  conv.window = {2, 2, 2, 2, 3, 3, 1, 1, 1, 1, 1, 1};
  conv.kernel = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  Projection projection;
  projection.weights = conv;
  EXPECT_EQ(listOf(IncomingSynapses(projection), 0), (List{{0, 5}, {1, 6}, {2, 8}, {3, 9}}));
  EXPECT_EQ(listOf(OutgoingSynapses(projection), 0), (List{{0, 5}, {1, 4}, {2, 2}, {3, 1}}));
  EXPECT_EQ(synapseCount(projection), 16u);
  EXPECT_EQ(parameterCount(projection), 9u);
}

TEST(Synapses, PathsThatCancelAreNone) {
  Projection projection;
  projection.before = {DenseWeights{2, 1, {1, 1}}};
  projection.weights = DenseWeights{2, 2, {1, -1, 1, 1}};
  EXPECT_EQ(listOf(OutgoingSynapses(projection), 0), (List{{1, 2}}));
  EXPECT_EQ(listOf(IncomingSynapses(projection), 0), List{});
  EXPECT_EQ(synapseCount(projection), 1u);
}

// Sums run over the same elements in the same order from both ends: equal bits, not nearly equal.
TEST(Synapses, BothEndsRoundAlike) {
  test::forEachSeed(1, 100, [](uint64_t, support::Rng &rng) {
    const auto random = [&](uint32_t posts, uint32_t pres) {
      DenseWeights map{posts, pres, {}};
      for (uint32_t i = 0; i < posts * pres; ++i)
        map.values.push_back(static_cast<float>(rng.normal()));
      return map;
    };
    Projection projection;
    projection.before = {random(7, 5)};
    projection.weights = random(6, 7);
    std::vector<std::vector<double>> seen(5, std::vector<double>(6));
    const IncomingSynapses incoming(projection);
    const OutgoingSynapses outgoing(projection);
    for (uint32_t target = 0; target < 6; ++target)
      for (const auto &[source, weight] : listOf(incoming, target))
        seen[source][target] = weight;
    for (uint32_t source = 0; source < 5; ++source)
      for (const auto &[target, weight] : listOf(outgoing, source))
        ASSERT_EQ(seen[source][target], weight);
  });
}

TEST(Synapses, ParametersAreWhatTheFileHolds) {
  Projection projection;
  projection.before = {PoolMap{2, {4, 4, 2, 2, 2, 2, 2, 2}, false}, DiagonalWeights{8, {0.5f}}};
  projection.weights = SparseWeights{3, 8, {0, 1, 1, 1, 1, 1, 1, 1, 2}, {0, 2}, {1, 0}};
  projection.bias = {1, 2, 3};
  EXPECT_EQ(parameterCount(projection), 1u + 2 + 3);
  EXPECT_EQ(synapseCount(projection), 4u);
  EXPECT_EQ(preCount(projection), 32u);
}

// A kernel entry's places are counted in one step, however many there are.
TEST(Synapses, LongKernelsOverLongPaddingAreCounted) {
  constexpr uint32_t kLong = 1u << 20;
  ConvWeights conv;
  conv.window = {1, 4, 1, kLong + 3, 1, kLong, 1, 1, 0, kLong - 1, 1, 1};
  conv.kernel.assign(kLong, 1.0f);
  Projection projection;
  projection.weights = conv;
  EXPECT_EQ(synapseCount(projection), uint64_t{4} * kLong); // every input sees the whole kernel
}

// Every kernel entry, against the outputs one by one.
TEST(Synapses, PlacesOfATapAreItsOutputs) {
  test::forEachSeed(1, 2000, [](uint64_t, support::Rng &rng) {
    const WindowAxis axis{rng.between(1, 9), rng.between(1, 9), rng.between(1, 9),
                          rng.between(1, 4), rng.between(0, 9), rng.between(1, 4)};
    for (int64_t tap = 0; tap < axis.kernel; ++tap) {
      const TapPlaces places = placesOfTap(axis, tap);
      int64_t count = 0;
      for (int64_t out = 0; out < axis.out; ++out) {
        const AxisTaps taps = tapsOf(axis, out);
        if (tap < taps.first || tap >= taps.last)
          continue;
        ASSERT_EQ(out, places.first + count);
        ASSERT_EQ(taps.origin + tap * axis.dilation, places.input + count * axis.stride);
        ++count;
      }
      ASSERT_EQ(places.count(), count);
    }
  });
}

TEST(Synapses, CostOfAWalkSaturates) {
  constexpr uint32_t kSide = 1u << 13;
  const uint32_t kHalf = kSide / 2;
  const PoolMap pool{
      1, {kSide, kSide, kSide, kSide, kHalf, kHalf, 1, 1, kHalf, kHalf, 1, 1}, false};
  Projection projection;
  projection.before = {pool};
  projection.weights = pool;
  EXPECT_GE(walkCost(projection).work, uint64_t{1} << 63);
}

// Huge strides, dilations and paddings stay within 64 bits.
TEST(Synapses, ExtremeGeometry) {
  constexpr uint32_t kBig = 1u << 26;
  ConvWeights conv;
  conv.window = {1, 1, 1, 2, 1, 2, kBig, kBig, 0, kBig, 1, kBig};
  conv.kernel = {3, 4};
  Projection projection;
  projection.weights = conv;
  EXPECT_EQ(listOf(IncomingSynapses(projection), 0), (List{{0, 4}}));
  EXPECT_EQ(listOf(IncomingSynapses(projection), 1), (List{{0, 3}}));
  EXPECT_EQ(listOf(OutgoingSynapses(projection), 0), (List{{0, 4}, {1, 3}}));
}

} // namespace
} // namespace snnc::net
