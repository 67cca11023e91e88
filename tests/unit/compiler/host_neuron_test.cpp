// Direct-coded neurons: whatever the input in range, the registers hold it and v does not clamp.
#include "compiler/passes/quantize/host_neuron.h"

#include "compiler/passes/quantize/registers.h"

#include "common/support/fixed_point.h"
#include "tests/support/seeds.h"

#include <cmath>

namespace snnc::compiler::quantize {
namespace {

const target::CoreSpec kCore;

HostNeuronRequest requestFor(llvm::ArrayRef<float> row, const net::NeuronUpdate &update) {
  HostNeuronRequest request;
  request.row = row;
  request.update = &update;
  request.resetSubtract = true;
  request.vmin = -8388607;
  request.vmax = 8388607;
  return request;
}

int64_t biasFor(const HostNeuron &neuron, const std::vector<int32_t> &x) {
  int64_t current = neuron.bias;
  for (size_t i = 0; i < x.size(); ++i)
    current += int64_t{neuron.weights[i]} * x[i];
  const int64_t mant = support::shiftRoundHalfEven(current, neuron.shift);
  EXPECT_LE(mant, 4095);
  EXPECT_GE(mant, -4096);
  return mant * (int64_t{1} << neuron.exp);
}

TEST(HostNeuron, InputRangeOnAnEightBitGrid) {
  net::RunOptions run;
  EXPECT_DOUBLE_EQ(hostInputRange(run).scale, 255.0);
  EXPECT_EQ(hostInputRange(run).high, 255);
  run.inputLow = -2.0;
  run.inputHigh = 1.0;
  EXPECT_DOUBLE_EQ(hostInputRange(run).scale, 127.5);
  EXPECT_EQ(hostInputRange(run).low, -255);
  EXPECT_EQ(hostInputRange(run).high, 128); // 127.5 rounds half to even
}

TEST(HostNeuron, WorstCaseNeitherSaturatesNorClamps) {
  snnc::test::forEachSeed(1, 100, [](uint64_t, support::Rng &rng) {
    std::vector<float> row;
    for (int i = 0; i < 60; ++i)
      row.push_back(static_cast<float>(rng.normal() * 0.1));
    net::NeuronUpdate update;
    update.membraneDecay = rng.below(3) == 0 ? 1.0 : 0.5 + 0.49 * rng.uniform();
    update.threshold = 0.2 + rng.uniform();
    update.reset = update.threshold;
    update.hasCurrent = rng.below(2) != 0;
    update.currentDecay = update.hasCurrent ? 0.8 * rng.uniform() : 0.0;
    HostNeuronRequest request = requestFor(row, update);
    request.bias = rng.normal();
    request.steps = 40;
    const HostNeuron neuron = quantizeHostNeuron(request, kCore);

    // Real and integer current agree to within the roundings.
    std::vector<int32_t> x;
    double real = request.bias, slack = neuron.step;
    for (float w : row) {
      x.push_back(static_cast<int32_t>(rng.below(256)));
      real += w * x.back() / 255.0;
      slack += 0.5 * neuron.step * x.back() / 255.0;
    }
    slack += std::ldexp(neuron.step / 255.0, neuron.shift);
    EXPECT_NEAR(static_cast<double>(biasFor(neuron, x)) / neuron.scale, real, slack);

    for (bool excite : {true, false}) {
      for (size_t i = 0; i < row.size(); ++i)
        x[i] = (neuron.weights[i] > 0) == excite ? 255 : 0;
      const auto bias = static_cast<double>(biasFor(neuron, x));
      EXPECT_LE(bias, neuron.biasRange.high);
      EXPECT_GE(bias, neuron.biasRange.low);
      const net::NeuronConfig registers =
          neuronRegisters(update, neuron.scale, true, net::Compare::Gt, 1);
      double u = 0, v = 0;
      for (int t = 0; t < 40; ++t) {
        u = u * (4095.0 - registers.du) / 4096 + (update.hasCurrent ? bias : 0);
        v = v * (4096.0 - registers.dv) / 4096 + u + (update.hasCurrent ? 0 : bias);
        ASSERT_LE(std::abs(v), 8388607.0) << "step " << t;
        ASSERT_LE(std::abs(u), 8388607.0) << "step " << t;
        if (v > registers.threshold)
          v -= registers.reset;
      }
    }
  });
}

TEST(HostNeuron, GridIsKeptWhereTheRegistersAllow) {
  const float row[] = {1.0f, -2.0f, 3.0f};
  net::NeuronUpdate update;
  update.threshold = 2.0;
  update.reset = 2.0;
  const HostNeuron neuron = quantizeHostNeuron(requestFor(row, update), kCore);
  EXPECT_EQ(neuron.weights[2] * -2, neuron.weights[1] * 3);
  EXPECT_EQ(neuron.weights[0] * 3, neuron.weights[2]);
  EXPECT_NEAR(update.threshold * neuron.scale, std::nearbyint(update.threshold * neuron.scale),
              1e-6);
}

TEST(HostNeuron, NoWeightsScaleByWhateverTheRegistersHold) {
  const float row[] = {0.0f, 0.0f};
  for (const double large : {0.5, 1e-3, 1e30, 1e300}) {
    net::NeuronUpdate update;
    for (double *each : {&update.threshold, &update.reset, &update.vInit}) {
      update.threshold = update.reset = update.vInit = 0.0;
      *each = large;
      const HostNeuron neuron = quantizeHostNeuron(requestFor(row, update), kCore);
      EXPECT_TRUE(neuron.biasFits);
      EXPECT_FALSE(misfitRegister(update, neuron.scale, kCore)) << large;
      EXPECT_GE(large * neuron.scale, 127) << large;
    }
  }
}

TEST(HostNeuron, SaysWhatDoesNotFit) {
  const float row[] = {1.0f, -0.5f};
  net::NeuronUpdate update;
  update.threshold = 1e300;
  EXPECT_TRUE(
      misfitRegister(update, quantizeHostNeuron(requestFor(row, update), kCore).scale, kCore));
  update.threshold = 1.0;
  HostNeuronRequest request = requestFor(row, update);
  for (const double bias : {1e300, -1e300, 1e13}) {
    request.bias = bias;
    const HostNeuron neuron = quantizeHostNeuron(request, kCore);
    EXPECT_FALSE(neuron.biasFits) << bias;
    EXPECT_GT(neuron.biasLimit, 1e10);
    EXPECT_LT(neuron.biasLimit, 1e12);
  }
  request.bias = 0.0;
  EXPECT_FALSE(quantizeHostNeuron(request, kCore).inputLost);
  update.threshold = 1e9; // holds, at a scale that leaves the input nothing
  const HostNeuron lost = quantizeHostNeuron(request, kCore);
  EXPECT_FALSE(misfitRegister(update, lost.scale, kCore));
  EXPECT_TRUE(lost.inputLost);
}

TEST(HostNeuron, OnChipScaleIsMetExactly) {
  const float row[] = {0.31f, -0.127f};
  net::NeuronUpdate update;
  HostNeuronRequest request = requestFor(row, update);
  request.scale = 12345.678;
  const HostNeuron neuron = quantizeHostNeuron(request, kCore);
  EXPECT_DOUBLE_EQ(neuron.scale, 12345.678);
  EXPECT_GE(neuron.weights[0], 63); // at most one bit of the weights is lost
  EXPECT_LE(neuron.weights[0], 127);
  request.scale = 1e12; // no bias register reaches that
  EXPECT_LT(quantizeHostNeuron(request, kCore).scale, 1e9);
}

} // namespace
} // namespace snnc::compiler::quantize
