#include "compiler/passes/quantize/neuron_scale.h"

#include <gtest/gtest.h>

namespace snnc::compiler::quantize {
namespace {

ScaleRequest request(llvm::ArrayRef<float> row, std::initializer_list<double> registers) {
  ScaleRequest request;
  request.rows.push_back({row, 64.0});
  request.registers.assign(registers.begin(), registers.end());
  if (!request.registers.empty())
    request.thresholds = {request.registers.front()};
  return request;
}

TEST(NeuronScale, LargestWeightTakesAllSteps) {
  const float row[] = {0.1f, -0.731f, 0.402f};
  const ScaleChoice choice = chooseScale(request(row, {1.0}));
  EXPECT_NEAR(choice.scale, 127 * 64 / 0.731, 1e-2);
  EXPECT_FALSE(choice.onGrid);
  EXPECT_DOUBLE_EQ(choice.weightSteps, 127);
}

TEST(NeuronScale, GridOfWeightsAndThresholdIsKept) {
  const float row[] = {1.0f, -3.0f, 2.0f};
  const ScaleChoice choice = chooseScale(request(row, {5.0, 0.0}));
  EXPECT_TRUE(choice.onGrid);
  EXPECT_DOUBLE_EQ(choice.scale, 64 * 42); // 3 * 42 = 126 <= 127
}

TEST(NeuronScale, DecimalGridSurvivesFloat32) {
  const float row[] = {0.1f, 0.3f, -0.7f};
  const ScaleChoice choice = chooseScale(request(row, {1.0, 0.9}));
  EXPECT_TRUE(choice.onGrid);
  EXPECT_NEAR(choice.scale, 64 * 180, 1e-2); // 0.7 -> 126
}

TEST(NeuronScale, WeightsStayExactWhereTheThresholdCannot) {
  const float row[] = {1.0f, -3.0f, 2.0f};
  const ScaleChoice choice = chooseScale(request(row, {0.123456789}));
  EXPECT_FALSE(choice.onGrid);
  EXPECT_DOUBLE_EQ(choice.scale, 64 * 42);
}

TEST(NeuronScale, SixteenBitDyadicGrid) {
  const float row[] = {1.0f + 1.0f / 4096, -0.5f};
  ScaleRequest wide = request(row, {1.0});
  wide.weightMax = 32767;
  const ScaleChoice choice = chooseScale(wide);
  EXPECT_TRUE(choice.onGrid);
  EXPECT_DOUBLE_EQ(choice.weightSteps, 4097 * 4);
}

TEST(NeuronScale, RegisterLimitsTheScaleAndSaysSo) {
  const float row[] = {1e-4f, 0.7e-4f, 0.31e-4f};
  const ScaleChoice choice = chooseScale(request(row, {1.0}));
  EXPECT_TRUE(choice.limitedByRegister);
  EXPECT_LE(choice.scale, 8388607.0 / 2); // room above the threshold
  EXPECT_LT(choice.weightSteps, 20);
  ScaleRequest biased = request(row, {});
  biased.biases = {0.9};
  EXPECT_LE(chooseScale(biased).scale * 0.9, biased.biasMax * (1 + 1e-12));
}

TEST(NeuronScale, RowsOfOneNeuronShareIt) {
  const float small[] = {0.123f, 0.4567f}, large[] = {12.34f, -7.89f};
  ScaleRequest both = request(small, {1.0});
  both.rows.push_back({large, 64.0});
  EXPECT_NEAR(chooseScale(both).scale, 127 * 64 / 12.34, 1e-2);
  both.rows[1].unit = 64.0 * 32; // exponent 5
  EXPECT_NEAR(chooseScale(both).scale, 127 * 64 / 0.4567, 1e-1);
}

TEST(NeuronScale, BiasGridFollowsItsMantissa) {
  const float row[] = {1.0f};
  ScaleRequest biased = request(row, {});
  biased.biases = {4098.0 / 64}; // 2049 << (1 + log2 m) is exact for powers of two m only
  const ScaleChoice choice = chooseScale(biased);
  EXPECT_TRUE(choice.onGrid);
  EXPECT_DOUBLE_EQ(choice.scale, 64 * 64);
}

TEST(NeuronScale, WithoutWeightsAPowerOfTwo) {
  ScaleRequest none = request({}, {1.0, 0.5});
  none.biases = {0.25};
  const ScaleChoice choice = chooseScale(none);
  EXPECT_TRUE(choice.onGrid);
  EXPECT_DOUBLE_EQ(choice.scale, 131072.0); // the bias register, with room above
}

} // namespace
} // namespace snnc::compiler::quantize
