// The neuron by hand, rule by rule; whole trains are in tests/golden.
#include "runtime/cycle/neuron.h"

#include <gtest/gtest.h>

using namespace snnc;
using namespace snnc::runtime::cycle;

namespace {

constexpr CoreRegisters kCore{-1000, 1000, 1};

net::NeuronConfig silent() {
  net::NeuronConfig neuron;
  neuron.threshold = (1 << 23) - 1;
  return neuron;
}

} // namespace

TEST(Neuron, DecaysAddAndClamp) {
  net::NeuronConfig neuron = silent();
  neuron.du = 2047;
  neuron.dv = 1024;
  NeuronVariables state{-101, 403, 0};
  const NeuronEvents events = updateNeuron(neuron, kCore, 7, state);
  EXPECT_EQ(state.u, -50 + 7);     // 101 * 2048 >> 12 = 50
  EXPECT_EQ(state.v, 302 + (-43)); // 403 * 3072 >> 12 = 302
  EXPECT_FALSE(events.spike || events.currentWrapped || events.membraneClamped);
  EXPECT_TRUE(updateNeuron(neuron, kCore, 5000, state).membraneClamped);
  EXPECT_EQ(state.v, 1000);
}

TEST(Neuron, BiasGoesToTheMembraneOrTheCurrent) {
  net::NeuronConfig neuron = silent();
  neuron.du = 4095;
  neuron.biasMant = -3;
  neuron.biasExp = 4;
  NeuronVariables state;
  updateNeuron(neuron, kCore, 1, state);
  EXPECT_EQ(state, (NeuronVariables{1, -47, 0}));
  neuron.biasToCurrent = true;
  state = {};
  updateNeuron(neuron, kCore, 1, state);
  EXPECT_EQ(state, (NeuronVariables{-47, -47, 0}));
}

TEST(Neuron, ClampOfAHeldNeuronIsCounted) {
  net::NeuronConfig neuron = silent();
  neuron.resetSubtract = true;
  NeuronVariables state{0, 900, 2};
  EXPECT_TRUE(updateNeuron(neuron, kCore, 500, state).membraneClamped);
  EXPECT_EQ(state.v, 900);
  EXPECT_EQ(state.refractory, 1u);
  EXPECT_EQ(state.u, 500);
}

TEST(Neuron, NoSpikeWhileRefractory) {
  for (const bool subtract : {false, true}) {
    net::NeuronConfig neuron;
    neuron.threshold = 100;
    neuron.reset = 300;
    neuron.resetSubtract = subtract;
    neuron.compareGe = true;
    NeuronVariables state{0, 300, 2};
    EXPECT_FALSE(updateNeuron(neuron, kCore, 0, state).spike);
    EXPECT_FALSE(updateNeuron(neuron, kCore, 0, state).spike);
    EXPECT_EQ(state, (NeuronVariables{0, 300, 0}));
    EXPECT_TRUE(updateNeuron(neuron, kCore, 0, state).spike);
  }
}

TEST(Neuron, CurrentWrapIsSeen) {
  net::NeuronConfig neuron = silent();
  NeuronVariables state{(1 << 23) - 1, 0, 0};
  const CoreRegisters keepAll{-1000, 1000, 0};
  EXPECT_TRUE(updateNeuron(neuron, keepAll, 1, state).currentWrapped);
  EXPECT_EQ(state.u, -(1 << 23));
}

TEST(Neuron, AccumulateWrapsAt22Bits) {
  int32_t sum = (1 << 21) - 1;
  EXPECT_TRUE(accumulate(sum, 1));
  EXPECT_EQ(sum, -(1 << 21));
  EXPECT_TRUE(accumulate(sum, -1));
  EXPECT_EQ(sum, (1 << 21) - 1);
  EXPECT_FALSE(accumulate(sum, -5));
  // A 16-bit weight at the largest exponent leaves the range by far.
  sum = 3;
  EXPECT_TRUE(accumulate(sum, -32768 * 8192));
  EXPECT_EQ(sum, 3);
}
