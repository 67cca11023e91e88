#include "runtime/machine/host_layer.h"

#include <gtest/gtest.h>

using namespace snnc;
using runtime::HostStats;

namespace {

net::HostLayer layer(uint32_t rows, uint32_t cols, std::vector<int16_t> weights) {
  net::HostLayer layer;
  layer.weights = {rows, cols, std::move(weights)};
  layer.bias.assign(rows, 0);
  layer.shift.assign(rows, 0);
  layer.inputScale = 4.0;
  layer.inputMax = 4;
  return layer;
}

std::vector<int16_t> evaluate(const net::HostLayer &layer, std::vector<float> values,
                              HostStats &stats) {
  runtime::HostLayerRunner runner(layer);
  return runner.evaluate(values, stats).vec();
}

} // namespace

TEST(HostLayer, MultipliesAndCountsOnlyWhatIsNotZero) {
  net::HostLayer host = layer(2, 3, {1, 0, -3, 0, 5, 6});
  host.bias = {10, -10};
  HostStats stats;
  // x = 4, 0, 2
  EXPECT_EQ(evaluate(host, {1.0f, 0.0f, 0.5f}, stats), (std::vector<int16_t>{8, 2}));
  EXPECT_EQ(stats.macs, 3u); // w11, w13, w23
  EXPECT_EQ(stats.inputSaturations, 0u);
  EXPECT_EQ(stats.biasSaturations, 0u);
}

TEST(HostLayer, RoundsInputsHalfToEvenAndClipsThem) {
  const net::HostLayer host = layer(1, 5, {1, 10, 100, 1000, 0});
  HostStats stats;
  // 0.5 -> 0, 1.5 -> 2, 2.5 -> 2, 4.4 -> clipped to 4, -0.4 -> clipped to 0
  EXPECT_EQ(evaluate(host, {0.125f, 0.375f, 0.625f, 1.3f, -0.4f}, stats),
            (std::vector<int16_t>{4095}));
  EXPECT_EQ(stats.inputSaturations, 2u);
  EXPECT_EQ(stats.biasSaturations, 1u); // 20 + 200 + 4000 = 4220
}

TEST(HostLayer, ShiftsHalfToEvenAndSaturatesTo13Bits) {
  net::HostLayer host = layer(6, 1, {1, 1, 1, 1, 1, 1});
  host.bias = {5, 13, -7, 4095 * 4 + 1, 4096 * 4, -5000 * 4};
  host.shift.assign(6, 2);
  HostStats stats;
  // x = 1: 6/4 -> 2, 14/4 -> 4, -6/4 -> -2, 16382/4 = 4095.5 -> 4096 -> 4095, then both ends
  EXPECT_EQ(evaluate(host, {0.25f}, stats), (std::vector<int16_t>{2, 4, -2, 4095, 4095, -4096}));
  EXPECT_EQ(stats.biasSaturations, 3u);
}

TEST(HostLayer, BurstsAreRunsOfLocalNeurons) {
  image::PopulationMap population;
  population.segments = {{0, 2, 1, 4}, {2, 2, 0, 7}, {4, 3, 1, 6}, {7, 1, 1, 0}};
  const std::vector<runtime::BiasBurst> bursts = runtime::biasBursts(population);
  ASSERT_EQ(bursts.size(), 3u);
  EXPECT_EQ(bursts[0].core, 0u);
  EXPECT_EQ(bursts[0].first, 7u);
  EXPECT_EQ(bursts[0].neurons, (std::vector<uint32_t>{2, 3}));
  EXPECT_EQ(bursts[1].first, 0u);
  EXPECT_EQ(bursts[1].neurons, (std::vector<uint32_t>{7}));
  EXPECT_EQ(bursts[2].first, 4u); // two segments that meet
  EXPECT_EQ(bursts[2].neurons, (std::vector<uint32_t>{0, 1, 4, 5, 6}));
}
