// Networks are compared synapse by synapse, in whatever form a projection keeps them.
#include "common/net/equal_nets.h"
#include "common/net/synapses.h"
#include "tests/support/seeds.h"
#include "tests/unit/net/map_oracle.h"
#include "tests/unit/net/random_maps.h"

namespace snnc::net {
namespace {

QuantNet netOf(const QuantProjection &projection) {
  QuantNet net;
  net.populations.resize(2);
  net.populations[0].name = "in";
  net.populations[0].isInput = true;
  net.populations[0].shape = {preCount(projection)};
  net.populations[1].name = "out";
  net.populations[1].shape = {postCount(projection)};
  net.populations[1].neurons.resize(postCount(projection));
  net.projections = {projection};
  net.projections[0].name = "p";
  net.projections[0].target = 1;
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

// The matrix of the definition, so that no walk is compared with itself.
QuantProjection unrolled(const QuantProjection &projection) {
  const std::vector<Numbers> matrix = matrixOf(projection, preCount(projection));
  QuantProjection flat = projection;
  flat.pools.clear();
  SparseInts sparse{postCount(projection), preCount(projection), {0}, {}, {}};
  for (const Numbers &column : matrix) {
    for (uint32_t target = 0; target < column.size(); ++target)
      if (column[target] != 0.0) {
        sparse.columns.push_back(target);
        sparse.values.push_back(static_cast<int16_t>(column[target]));
      }
    sparse.rowStart.push_back(sparse.columns.size());
  }
  flat.weights = sparse;
  return flat;
}

TEST(EqualForms, ASymbolicProjectionIsItsUnrolledOne) {
  test::forEachSeed(1, 200, [](uint64_t, support::Rng &rng) {
    RandomMaps maps(rng);
    QuantProjection symbolic;
    uint32_t elements = 1 + maps.below(80);
    if (rng.below(2)) {
      symbolic.pools.push_back(maps.pool(elements, true));
      elements = symbolic.pools[0].rows();
    }
    symbolic.weights = maps.conv<int16_t>(elements, 127);
    const QuantProjection flat = unrolled(symbolic);
    ASSERT_EQ(firstDifference(netOf(symbolic), netOf(flat)), std::nullopt);

    // One synapse of one side changes.
    const SparseInts &sparse = std::get<SparseInts>(flat.weights);
    if (sparse.values.empty())
      return;
    QuantNet other = netOf(flat);
    int16_t &weight =
        std::get<SparseInts>(other.projections[0].weights).values[maps.below(sparse.values.size())];
    weight = weight == 5 ? 6 : 5;
    ASSERT_TRUE(firstDifference(netOf(symbolic), other).has_value());
    ASSERT_TRUE(firstDifference(other, netOf(symbolic)).has_value());
  });
}

TEST(EqualForms, GeometryIsSeen) {
  QuantProjection a;
  ConvInts conv{1, 1, 1, {1, 4, 1, 4, 1, 3, 1, 1, 0, 1, 1, 1}, {1, 2, 3}};
  a.weights = conv;
  QuantProjection b = a;
  std::get<ConvInts>(b.weights).window.padLeft = 0;
  EXPECT_EQ(firstDifference(netOf(a), netOf(b)),
            "projection 'p': synapse 0 -> 0 weighs 2 against 1");
  b = a;
  std::get<ConvInts>(b.weights).kernel[2] = 0;
  EXPECT_EQ(firstDifference(netOf(a), netOf(b)),
            "projection 'p': synapse 1 -> 0 weighs 3 against 0");
}

TEST(EqualForms, HostLayersToo) {
  QuantProjection none;
  none.weights = DenseInts{2, 2, {0, 0, 0, 0}};
  QuantNet a = netOf(none);
  HostLayer layer;
  layer.name = "host";
  layer.target = 1;
  layer.weights = DenseInts{2, 2, {0, 7, -3, 0}};
  layer.bias = {0, 0};
  layer.shift = {0, 0};
  a.hostLayers = {layer};
  QuantNet b = a;
  b.hostLayers[0].weights = SparseInts{2, 2, {0, 1, 2}, {1, 0}, {-3, 7}};
  EXPECT_EQ(firstDifference(a, b), std::nullopt);
  std::get<SparseInts>(b.hostLayers[0].weights).values[1] = 6;
  EXPECT_EQ(firstDifference(a, b), "host layer 'host': synapse 1 -> 0 weighs 7 against 6");
}

} // namespace
} // namespace snnc::net
