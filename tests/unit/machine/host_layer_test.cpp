#include "runtime/machine/host_layer.h"

#include "common/support/rng.h"

#include <gtest/gtest.h>

using namespace snnc;
using runtime::HostKernels;
using runtime::HostStats;
using runtime::usableHostKernels;

namespace {

net::HostLayer layer(uint32_t rows, uint32_t cols, std::vector<int16_t> weights) {
  net::HostLayer layer;
  layer.weights = net::DenseInts{rows, cols, std::move(weights)};
  layer.bias.assign(rows, 0);
  layer.shift.assign(rows, 0);
  layer.inputScale = 4.0;
  layer.inputMax = 4;
  return layer;
}

std::vector<int16_t> evaluate(const net::HostLayer &layer, std::vector<float> values,
                              HostStats &stats,
                              const HostKernels &kernels = usableHostKernels().back()) {
  runtime::HostLayerRunner runner(layer, kernels);
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

// What a convolution is on the host: targets by source, some sources with none.
TEST(HostLayer, SparseWeightsAreTheSameLayer) {
  net::HostLayer host = layer(3, 4, {});
  // 1 . 0 .
  // . 2 . .     (a stored 0 is no synapse)
  // 3 . -4 .
  host.weights = net::SparseInts{3, 4, {0, 2, 3, 5, 5}, {0, 2, 1, 0, 2}, {1, 3, 2, 0, -4}};
  host.bias = {10, 20, 30};
  HostStats stats;
  EXPECT_EQ(evaluate(host, {1.0f, 0.5f, 0.25f, 1.0f}, stats),
            (std::vector<int16_t>{14, 24, 30 + 12 - 4}));
  EXPECT_EQ(stats.macs, 4u);
  EXPECT_EQ(evaluate(host, {0.0f, 0.0f, 0.0f, 1.0f}, stats), (std::vector<int16_t>{10, 20, 30}));
  EXPECT_EQ(stats.macs, 4u) << "an input without weights costs nothing";
}

// Sparse layers have 64-bit sums, dense ones a kernel per instruction set where 32 bits do.
TEST(HostLayer, DenseAndSparseAgree) {
  support::Rng rng(7);
  for (int repeat = 0; repeat < 200; ++repeat) {
    const auto rows = static_cast<uint32_t>(rng.between(1, 300));
    const auto cols = static_cast<uint32_t>(rng.between(1, 100));
    const int64_t most = repeat % 4 == 0 ? 32767 : 127;
    net::DenseInts dense{rows, cols, std::vector<int16_t>(size_t{rows} * cols)};
    net::SparseInts sparse{rows, cols, {0}, {}, {}};
    for (uint32_t col = 0; col < cols; ++col) {
      for (uint32_t row = 0; row < rows; ++row) {
        if (rng.below(2) == 0)
          continue;
        const auto weight = static_cast<int16_t>(rng.between(-most - 1, most));
        dense.values[size_t{row} * cols + col] = weight;
        sparse.columns.push_back(row);
        sparse.values.push_back(weight);
      }
      sparse.rowStart.push_back(sparse.columns.size());
    }
    net::HostLayer host = layer(rows, cols, {});
    host.inputMin = repeat % 3 == 0 ? -300 : 0;
    host.inputMax = 255;
    host.inputScale = 255;
    for (uint8_t &shift : host.shift)
      shift = static_cast<uint8_t>(rng.between(0, 14));
    std::vector<float> values(cols); // a third 0, some clipped, some between two integers
    for (float &value : values)
      value = rng.below(3) == 0 ? 0.0f : static_cast<float>(rng.between(-600, 600)) / 510.0f;
    HostStats expected;
    host.weights = sparse;
    const std::vector<int16_t> mantissas = evaluate(host, values, expected);
    host.weights = dense;
    for (const HostKernels &kernels : usableHostKernels()) {
      HostStats stats;
      EXPECT_EQ(evaluate(host, values, stats, kernels), mantissas) << kernels.name;
      EXPECT_EQ(stats.macs, expected.macs) << kernels.name;
      EXPECT_EQ(stats.inputSaturations, expected.inputSaturations) << kernels.name;
      EXPECT_EQ(stats.biasSaturations, expected.biasSaturations) << kernels.name;
    }
  }
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
