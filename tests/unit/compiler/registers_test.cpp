#include "compiler/passes/quantize/registers.h"

#include <gtest/gtest.h>

#include <limits>

namespace snnc::compiler::quantize {
namespace {

TEST(Registers, MembraneDecays) {
  EXPECT_EQ(membraneDecay(1.0).value, 0);
  EXPECT_TRUE(membraneDecay(1.0).faithful);
  EXPECT_EQ(membraneDecay(0.95).value, 205); // 204.8
  EXPECT_TRUE(membraneDecay(0.95).faithful);
  EXPECT_EQ(membraneDecay(0.0).value, 4095); // 4096 does not fit 12 bits
  EXPECT_FALSE(membraneDecay(0.0).faithful);
  EXPECT_EQ(membraneDecay(0.99995).value, 0); // a leak of 0.2 of a step is lost
  EXPECT_FALSE(membraneDecay(0.99995).faithful);
}

TEST(Registers, CurrentDecaysCountTheChipsOne) {
  EXPECT_EQ(currentDecay(0.0, 1).value, 4095);
  EXPECT_TRUE(currentDecay(0.0, 1).faithful);
  EXPECT_FALSE(currentDecay(0.0, 0).faithful);
  EXPECT_EQ(currentDecay(0.75, 1).value, 1023);
  EXPECT_EQ(currentDecay(0.75, 0).value, 1024);
  EXPECT_EQ(currentDecay(1.0, 1).value, 0); // the hidden +1 still leaks
  EXPECT_FALSE(currentDecay(1.0, 1).faithful);
  EXPECT_TRUE(currentDecay(1.0, 0).faithful);
}

TEST(Registers, BiasTakesTheSmallestExponent) {
  const target::CoreSpec core;
  const auto expect = [&](double value, int mant, int exp) {
    const BiasRegister bias = biasRegister(value, core);
    EXPECT_EQ(bias.mant, mant) << value;
    EXPECT_EQ(bias.exp, exp) << value;
  };
  expect(0, 0, 0);
  expect(4095, 4095, 0);
  expect(-4095, -4095, 0);
  expect(4096, 2048, 1);
  expect(4097, 2048, 1); // 2048.5 rounds half to even
  expect(4099, 2050, 1);
  expect(4095.0 * 128, 4095, 7);
  expect(1e9, 4095, 7); // saturates
  EXPECT_EQ(biasRegister(-4099, core).value(), -4100);
}

TEST(Registers, NamesWhatARegisterDoesNotHold) {
  const target::CoreSpec core;
  net::NeuronUpdate update;
  update.threshold = 8388607.0;
  update.reset = -8388607.4;
  EXPECT_FALSE(misfitRegister(update, 1.0, core));
  update.vInit = -8388608.0;
  ASSERT_TRUE(misfitRegister(update, 1.0, core));
  EXPECT_STREQ(misfitRegister(update, 1.0, core)->name, "v_init");
  update.threshold = 1e300;
  EXPECT_STREQ(misfitRegister(update, 1.0, core)->name, "threshold");
  EXPECT_EQ(misfitRegister(update, 1.0, core)->value, 1e300);
  // Saturates: never an undefined conversion.
  EXPECT_EQ(neuronRegisters(update, 1e300, false, net::Compare::Gt, 1).vInit,
            std::numeric_limits<int32_t>::min());
}

TEST(Registers, RefractoryCountsTheSpikesOwnStep) {
  net::NeuronUpdate update;
  update.refractorySteps = 2;
  EXPECT_EQ(neuronRegisters(update, 64.0, false, net::Compare::Gt, 1).refractory, 3);
  update.refractorySteps = 0;
  const net::NeuronConfig neuron = neuronRegisters(update, 64.0, false, net::Compare::Ge, 1);
  EXPECT_EQ(neuron.refractory, 1);
  EXPECT_TRUE(neuron.compareGe);
  EXPECT_EQ(neuron.threshold, 64);
  EXPECT_EQ(neuron.du, 4095); // no current: no memory in u
}

} // namespace
} // namespace snnc::compiler::quantize
