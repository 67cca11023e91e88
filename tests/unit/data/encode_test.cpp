// Every formula of docs/reference/encodings.md.
#include "common/data/data.h"

#include "expect_diag.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace snnc;
using data::Dataset;
using data::EncodedSample;
using net::Encoding;
using support::DiagCode;
using Spikes = std::vector<uint8_t>;

namespace {

// Samples of `size` values; `steps` adds a time axis.
Dataset dataOf(uint32_t size, std::vector<float> values, std::optional<uint32_t> steps = {}) {
  Dataset data;
  data.spec = "npz:x.npz";
  data.size = size;
  data.steps = steps;
  data.samples = values.size() / size / steps.value_or(1);
  data.values = std::move(values);
  return data;
}

net::RunOptions options(Encoding encode, std::optional<uint32_t> steps) {
  net::RunOptions run;
  run.encode = encode;
  run.steps = steps;
  return run;
}

EncodedSample encoded(const Dataset &data, Encoding encode, std::optional<uint32_t> steps = {},
                      uint64_t sample = 0, uint64_t seed = 1) {
  auto result = data::encodeSample(data, sample, options(encode, steps), seed);
  if (!result) {
    ADD_FAILURE() << llvm::toString(result.takeError());
    return {};
  }
  return std::move(*result);
}

support::Diagnostic failure(const Dataset &data, Encoding encode,
                            std::optional<uint32_t> steps = {}) {
  return firstDiagnostic(data::encodeSample(data, 0, options(encode, steps), 1).takeError());
}

unsigned countOf(const Spikes &spikes) {
  unsigned count = 0;
  for (uint8_t spike : spikes)
    count += spike;
  return count;
}

} // namespace

TEST(Encode, DirectHoldsTheValues) {
  const EncodedSample out = encoded(dataOf(2, {0.25F, -3, 7, 8}), Encoding::Direct, 4, 1);
  EXPECT_TRUE(out.analog());
  EXPECT_FALSE(out.valuesPerStep());
  EXPECT_EQ(out.steps, 4u);
  EXPECT_EQ(out.values, (std::vector<float>{7, 8}));
}

TEST(Encode, DirectPerStepIsCutOrPaddedWithZeros) {
  const Dataset data = dataOf(1, {1, 2, 3}, 3);
  EXPECT_EQ(encoded(data, Encoding::Direct).values, (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(encoded(data, Encoding::Direct, 2).values, (std::vector<float>{1, 2}));
  EXPECT_EQ(encoded(data, Encoding::Direct, 4).values, (std::vector<float>{1, 2, 3, 0}));
}

TEST(Encode, NoneTakesSpikesAsTheyAre) {
  EXPECT_EQ(encoded(dataOf(2, {1, 0, 0, 1, 1, 1}, 3), Encoding::None).spikes,
            (Spikes{1, 0, 0, 1, 1, 1}));
  EXPECT_EQ(encoded(dataOf(2, {1, 0, 0, 1}, 2), Encoding::None, 3).spikes,
            (Spikes{1, 0, 0, 1, 0, 0}));
  EXPECT_EQ(encoded(dataOf(2, {1, 0}), Encoding::None, 2).spikes, (Spikes{1, 0, 1, 0}));
}

TEST(Encode, NoneRejectsOtherValues) {
  const auto diag = failure(dataOf(2, {1, 0, 1, 0.5F}, 2), Encoding::None);
  EXPECT_EQ(diag.code, DiagCode::NotSpikes);
  EXPECT_CONTAINS(diag.message, "element 1 of sample 0, step 1, is 0.5");
  EXPECT_CONTAINS(diag.help, "--encode");
}

TEST(Encode, BinarySpikesOnceAboveHalfScale) {
  const std::vector<float> pixels{127.0F / 255.0F, 128.0F / 255.0F, 0, 1};
  EXPECT_EQ(encoded(dataOf(4, pixels), Encoding::Binary, 2).spikes,
            (Spikes{0, 1, 0, 1, 0, 0, 0, 0}));
  EXPECT_EQ(encoded(dataOf(1, {1, 0.25F, 1}, 3), Encoding::Binary).spikes, (Spikes{1, 0, 1}));
}

TEST(Encode, RateDiffusesTheError) {
  // From 0.5: .25 -> .75 1 -> spike; .5 -> 1 spike, .5, 1 spike; 1 -> every step; 0 -> never.
  const EncodedSample out = encoded(dataOf(4, {0.25F, 0.5F, 1, 0}), Encoding::Rate, 6);
  EXPECT_EQ(out.spikes, (Spikes{0, 1, 1, 0, //
                                1, 0, 1, 0, //
                                0, 1, 1, 0, //
                                0, 0, 1, 0, //
                                0, 1, 1, 0, //
                                1, 0, 1, 0}));
}

TEST(Encode, RateSpikesTheRoundedSumTimes) {
  for (int k = 0; k <= 255; ++k) {
    const float value = static_cast<float>(k) / 255.0F;
    const EncodedSample out = encoded(dataOf(1, {value}), Encoding::Rate, 25);
    EXPECT_EQ(countOf(out.spikes), std::floor(25.0 * static_cast<double>(value) + 0.5)) << k;
  }
}

TEST(Encode, RateOfChangingValues) {
  EXPECT_EQ(encoded(dataOf(1, {0.5F, 0.25F, 0.75F}, 3), Encoding::Rate, 4).spikes,
            (Spikes{1, 0, 1, 0}));
}

TEST(Encode, PoissonFollowsSeedSampleAndPixel) {
  const Dataset data = dataOf(3, {0.5F, 0.5F, 0.5F, 0.5F, 0.5F, 0.5F});
  const Spikes first = encoded(data, Encoding::Poisson, 40).spikes;
  EXPECT_EQ(first, encoded(data, Encoding::Poisson, 40).spikes);
  EXPECT_NE(first, encoded(data, Encoding::Poisson, 40, 1).spikes);
  EXPECT_NE(first, encoded(data, Encoding::Poisson, 40, 0, 2).spikes);
  // More steps only append.
  const Spikes longer = encoded(data, Encoding::Poisson, 50).spikes;
  EXPECT_TRUE(std::equal(first.begin(), first.end(), longer.begin()));
  // A neighbour's value changes nothing here.
  const Spikes other = encoded(dataOf(3, {0.5F, 0.0F, 0.5F}), Encoding::Poisson, 40).spikes;
  for (size_t i = 0; i < other.size(); ++i)
    EXPECT_EQ(other[i], i % 3 == 1 ? 0 : first[i]);
}

TEST(Encode, PoissonRates) {
  const Spikes spikes = encoded(dataOf(3, {0, 0.3F, 1}), Encoding::Poisson, 10000).spikes;
  std::array<unsigned, 3> counts{};
  for (size_t i = 0; i < spikes.size(); ++i)
    counts[i % 3] += spikes[i];
  EXPECT_EQ(counts[0], 0u);
  EXPECT_NEAR(counts[1], 3000, 230); // 5 standard deviations
  EXPECT_EQ(counts[2], 10000u);
}

TEST(Encode, PoissonIsGolden) {
  EXPECT_EQ(encoded(dataOf(4, {0.5F, 0.5F, 0.5F, 0.5F}), Encoding::Poisson, 4).spikes,
            (Spikes{0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1}));
}

TEST(Encode, LatencySpikesOnceTheStrongerTheEarlier) {
  // T = 5: step = floor((1 - x) * 4 + 0.5)
  const EncodedSample out = encoded(dataOf(5, {1, 0.75F, 0.5F, 0.01F, 0}), Encoding::Latency, 5);
  EXPECT_EQ(out.spikes, (Spikes{1, 0, 0, 0, 0, //
                                0, 1, 0, 0, 0, //
                                0, 0, 1, 0, 0, //
                                0, 0, 0, 0, 0, //
                                0, 0, 0, 1, 0}));
  EXPECT_EQ(encoded(dataOf(2, {0.1F, 0}), Encoding::Latency, 1).spikes, (Spikes{1, 0}));
}

TEST(Encode, LatencyNeedsOneValuePerSample) {
  const auto diag = failure(dataOf(1, {1, 0}, 2), Encoding::Latency);
  EXPECT_EQ(diag.code, DiagCode::EncodingShape);
  EXPECT_CONTAINS(diag.message, "2 steps");
}

TEST(Encode, SpikingEncodingsTakeZeroToOne) {
  for (Encoding encode : {Encoding::Binary, Encoding::Rate, Encoding::Poisson, Encoding::Latency})
    for (float value : {-0.125F, 1.5F, std::nanf("")}) {
      const auto diag = failure(dataOf(2, {0.5F, value}), encode, 3);
      EXPECT_EQ(diag.code, DiagCode::DataRange);
      EXPECT_CONTAINS(diag.message, "element 1 of sample 0 is");
      EXPECT_CONTAINS(diag.message, net::nameOf(encode));
      EXPECT_CONTAINS(diag.help, "255");
    }
}

TEST(Encode, StepsMustComeFromSomewhere) {
  EXPECT_EQ(failure(dataOf(1, {1}), Encoding::Rate).code, DiagCode::StepsMissing);
  EXPECT_CONTAINS(failure(dataOf(1, {1}), Encoding::Rate).help, "--steps");
}
