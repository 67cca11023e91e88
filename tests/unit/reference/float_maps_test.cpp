// Chains of linear maps against their definition (net/linear_map.h), spelled out entry by entry,
// and against the composition of net/synapses.h.
#include "runtime/reference/float_maps.h"

#include "common/net/synapses.h"
#include "random_maps.h"
#include "tests/support/seeds.h"

#include <gtest/gtest.h>

using namespace snnc;
using runtime::reference::MapChain;
using Vector = std::vector<double>;

namespace {

// Every (output, input, kernel entry) of a window, by the formula in linear_map.h.
template <class See> void eachPlace(const net::Window &w, See see) {
  for (uint32_t oy = 0; oy < w.outH; ++oy)
    for (uint32_t ox = 0; ox < w.outW; ++ox)
      for (uint32_t u = 0; u < w.kernelH; ++u)
        for (uint32_t v = 0; v < w.kernelW; ++v) {
          const int64_t y = int64_t{oy} * w.strideH - w.padTop + int64_t{u} * w.dilationH;
          const int64_t x = int64_t{ox} * w.strideW - w.padLeft + int64_t{v} * w.dilationW;
          if (y >= 0 && y < w.inH && x >= 0 && x < w.inW)
            see(oy * w.outW + ox, static_cast<size_t>(y * w.inW + x), u * w.kernelW + v);
        }
}

struct ByDefinition {
  const Vector &in;

  Vector operator()(const net::DenseWeights &map) const {
    Vector out(map.rows, 0.0);
    for (uint32_t o = 0; o < map.rows; ++o)
      for (uint32_t i = 0; i < map.cols; ++i)
        out[o] += map.values[size_t{o} * map.cols + i] * in[i];
    return out;
  }
  Vector operator()(const net::SparseWeights &map) const {
    Vector out(map.posts, 0.0);
    for (uint32_t i = 0; i < map.pres; ++i)
      for (uint64_t k = map.rowStart[i]; k < map.rowStart[i + 1]; ++k)
        out[map.columns[k]] += map.values[k] * in[i];
    return out;
  }
  Vector operator()(const net::ConvWeights &map) const {
    const net::Window &w = map.window;
    const uint32_t perGroup = map.inChannels / map.groups;
    Vector out(map.rows(), 0.0);
    for (uint32_t o = 0; o < map.outChannels; ++o)
      for (uint32_t c = 0; c < perGroup; ++c) {
        const uint32_t channel = o / (map.outChannels / map.groups) * perGroup + c;
        eachPlace(w, [&](size_t output, size_t input, size_t entry) {
          out[o * w.outSize() + output] +=
              map.kernel[(size_t{o} * perGroup + c) * w.kernelSize() + entry] *
              in[channel * w.inSize() + input];
        });
      }
    return out;
  }
  Vector operator()(const net::PoolMap &map) const {
    const net::Window &w = map.window;
    Vector out(map.rows(), 0.0);
    for (uint32_t c = 0; c < map.channels; ++c)
      eachPlace(w, [&](size_t output, size_t input, size_t) {
        out[c * w.outSize() + output] +=
            in[c * w.inSize() + input] / (map.average ? w.kernelSize() : 1);
      });
    return out;
  }
  Vector operator()(const net::DiagonalWeights &map) const {
    Vector out;
    for (uint32_t i = 0; i < map.size; ++i)
      out.push_back(map.values[map.values.size() == 1 ? 0 : i] * in[i]);
    return out;
  }
};

Vector evaluated(const net::Projection &projection, Vector x) {
  for (const net::Weights &map : projection.before)
    x = std::visit(ByDefinition{x}, map);
  return std::visit(ByDefinition{x}, projection.weights);
}

struct Case {
  net::Projection projection;
  uint32_t sources = 0;
};

Case randomChain(support::Rng &rng, uint32_t maps) {
  test::MapShape shape{static_cast<uint32_t>(rng.between(1, 4)),
                       static_cast<uint32_t>(rng.between(1, 7)),
                       static_cast<uint32_t>(rng.between(1, 7))};
  Case result;
  result.sources = shape.size();
  for (uint32_t i = 1; i < maps; ++i)
    result.projection.before.push_back(test::randomMap(rng, shape));
  result.projection.weights = test::randomMap(rng, shape);
  return result;
}

void expectNear(const Vector &got, const Vector &wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_NEAR(got[i], wanted[i], 1e-9 * std::max(1.0, std::abs(wanted[i]))) << "element " << i;
}

} // namespace

TEST(FloatMaps, SpikesAndValuesByTheDefinition) {
  std::vector<uint64_t> seen(5, 0);
  test::forEachSeed(1, 500, [&](uint64_t, support::Rng &rng) {
    const Case given = randomChain(rng, static_cast<uint32_t>(rng.between(1, 4)));
    ++seen[given.projection.weights.index()];
    Vector spikes(given.sources, 0.0), values;
    std::vector<uint32_t> fired;
    std::vector<float> analog;
    for (uint32_t i = 0; i < given.sources; ++i) {
      if (rng.below(3) == 0) {
        fired.push_back(i);
        spikes[i] = 1.0;
      }
      analog.push_back(test::smallInteger(rng));
      values.push_back(analog.back());
    }
    MapChain<double> chain(given.projection, {});
    // Twice: nothing may be left of the first evaluation.
    for (int turn = 0; turn < 2; ++turn) {
      Vector sums(net::postCount(given.projection), 0.0);
      chain.addSpikes(fired, sums.data());
      expectNear(sums, evaluated(given.projection, spikes));
      std::fill(sums.begin(), sums.end(), 0.0);
      chain.addValues(analog, sums.data());
      expectNear(sums, evaluated(given.projection, values));
    }
  });
  for (uint64_t count : seen)
    EXPECT_GT(count, std::getenv("SNNC_SEED") != nullptr ? 0u : 20u);
}

TEST(FloatMaps, CompositionGivesTheSame) {
  test::forEachSeed(10000, 200, [&](uint64_t, support::Rng &rng) {
    const Case given = randomChain(rng, static_cast<uint32_t>(rng.between(1, 3)));
    const net::OutgoingSynapses folded(given.projection);
    MapChain<double> chain(given.projection, {});
    for (uint32_t source = 0; source < given.sources; ++source) {
      Vector sums(net::postCount(given.projection), 0.0), weights(sums.size(), 0.0);
      chain.addSpikes({source}, sums.data());
      folded.forEach(source, [&](uint32_t target, double weight) { weights[target] = weight; });
      expectNear(sums, weights);
    }
  });
}

TEST(FloatMaps, SingleRoundsEverySum) {
  net::Projection projection;
  projection.before = {net::DiagonalWeights{3, {0.1F}}};
  projection.weights = net::PoolMap{1, {1, 3, 1, 1, 1, 3}, false};
  float sum = 0.0F;
  MapChain<float>(projection, {}).addSpikes({0, 1, 2}, &sum);
  EXPECT_EQ(sum, 0.1F + 0.1F + 0.1F);
  double exact = 0.0;
  MapChain<double>(projection, {}).addSpikes({0, 1, 2}, &exact);
  EXPECT_NE(static_cast<double>(sum), exact);
}

TEST(FloatMaps, GainsSnapProductsToIntegers) {
  // 0.3 as float times 640 is 192.0000076; a mean of 4 goes into the gain.
  net::Projection projection;
  projection.weights = net::DenseWeights{2, 1, {0.3F, 0.30007F}};
  Vector sums(2, 0.0);
  MapChain<double>(projection, {640.0, 640.0}).addSpikes({0}, sums.data());
  EXPECT_EQ(sums[0], 192.0);
  EXPECT_NEAR(sums[1], 192.0448, 1e-4);

  projection.before = {net::PoolMap{1, {1, 4, 1, 1, 1, 4}, true}};
  projection.weights = net::DenseWeights{1, 1, {1.2F}};
  double sum = 0.0;
  MapChain<double>(projection, {640.0}).addSpikes({0, 2, 3}, &sum);
  EXPECT_EQ(sum, 3 * 192.0);
}

TEST(FloatMaps, SnapsWithinFloat32RoundingOnly) {
  using runtime::reference::snapToInteger;
  EXPECT_EQ(snapToInteger(1e6 + 0.1), 1e6); // 2^-22 of 1e6 is 0.24
  EXPECT_EQ(snapToInteger(1e6 + 0.3), 1e6 + 0.3);
  EXPECT_EQ(snapToInteger(-3.0 + 1e-7), -3.0);
  EXPECT_EQ(snapToInteger(0.001), 0.001);
  EXPECT_EQ(snapToInteger(0.0), 0.0);
}
