// Where the public oracles of Loihi's arithmetic disagree: one test per row of the table in
// docs/reference/arithmetic.md, on quant, cycle and RTL. The vectors of Lava and nengo-loihi reach
// none of these points, so each test says what the other choice would have given.
#include "runtime/cycle/neuron.h"
#include "tests/golden/golden_support.h"

#include <gtest/gtest.h>

using namespace snnc;

namespace {

constexpr int32_t kMax = (1 << 23) - 1;
constexpr int64_t kTwo20 = 16384; // 2^20 in units of 64

using Sums = std::vector<int64_t>; // of one neuron, one per step, in units of 64

// One neuron whose current and membrane both forget nothing, that never fires.
net::NeuronConfig silent() {
  net::NeuronConfig neuron;
  neuron.threshold = kMax;
  return neuron;
}

struct Expectation {
  std::vector<int32_t> u, v;
  std::vector<uint8_t> s;
};

void expectEverywhere(const net::QuantNet &net, const Sums &sums, const Expectation &expected) {
  std::vector<std::vector<int64_t>> steps;
  for (const int64_t sum : sums)
    steps.push_back({sum});
  const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  const auto traces = test::runOnOneCore(net, target, test::accumulatorSample(steps));
  ASSERT_GE(traces.size(), 4u); // quant, fast at least once, cycle, RTL
  for (const test::EngineTrace &engine : traces) {
    const trace::PopulationTrace &n = engine.trace.populations[1];
    // An empty list: nothing is said about this one.
    EXPECT_TRUE(expected.u.empty() || n.u == expected.u)
        << engine.engine << " u " << ::testing::PrintToString(n.u);
    EXPECT_TRUE(expected.v.empty() || n.v == expected.v)
        << engine.engine << " v " << ::testing::PrintToString(n.v);
    EXPECT_TRUE(expected.s.empty() || n.spikes == expected.s)
        << engine.engine << " s " << ::testing::PrintToString(n.spikes);
  }
}

net::QuantNet oneNeuron(const net::NeuronConfig &neuron, uint8_t duOffset = 0) {
  net::QuantNet net = test::accumulatorNet({neuron});
  net.populations[1].duOffset = duOffset;
  return net;
}

} // namespace

// Lava keeps +2^23 and turns -2^23 into it.
TEST(OracleChoices, CurrentIsTwosComplementAt2To23) {
  net::QuantNet net = oneNeuron(silent());
  Expectation up, down;
  for (int32_t k = 1; k <= 7; ++k) {
    up.u.push_back(k << 20);
    down.u.push_back(-(k << 20));
  }
  up.u.push_back(-(1 << 23)); // exactly 2^23 wraps
  up.u.push_back(-(7 << 20));
  expectEverywhere(net, Sums(9, kTwo20), up);
  down.u.push_back(-(1 << 23)); // exactly -2^23 stays
  down.u.push_back(7 << 20);    // and one step further wraps
  expectEverywhere(net, Sums(9, -kTwo20), down);
}

// Lava adds without a bound, Brian2Loihi clips each weight.
TEST(OracleChoices, AccumulatorWrapsAt22Bits) {
  net::NeuronConfig neuron = silent();
  neuron.du = 4095;
  expectEverywhere(oneNeuron(neuron, 1), {2 * kTwo20 - 1, 2 * kTwo20, -2 * kTwo20, -2 * kTwo20 - 1},
                   {{(1 << 21) - 64, -(1 << 21), -(1 << 21), (1 << 21) - 64}, {}, {}});
}

// nengo-loihi wraps u + bias to 24 bits, which would turn this membrane negative.
TEST(OracleChoices, CurrentPlusBiasIsExact) {
  net::NeuronConfig neuron = silent();
  neuron.biasMant = 4095;
  neuron.biasExp = 7;
  neuron.dv = 4095;
  // v before the last step is 0: dv forgets all but 1/4096.
  net::QuantNet net = oneNeuron(neuron);
  net.populations[1].vmin = -1000;
  const int32_t bias = 4095 << 7;
  std::vector<int32_t> u, v;
  for (int32_t k = 1; k <= 7; ++k) {
    u.push_back(k << 20);
    const int64_t before = v.empty() ? 0 : v.back();
    v.push_back(
        static_cast<int32_t>(std::min<int64_t>((before >> 12) + (int64_t{k} << 20) + bias, kMax)));
  }
  u.push_back((7 << 20) + (1 << 20) - 64);
  v.push_back(kMax); // 2^23 - 64 + bias: clamped, not wrapped
  Sums sums(7, kTwo20);
  sums.push_back(kTwo20 - 1);
  expectEverywhere(net, sums, {u, v, std::vector<uint8_t>(8, 0)});
}

// Lava knows only +-(2^23 - 1).
TEST(OracleChoices, MembraneClampsToTheCoresRegisters) {
  net::NeuronConfig neuron = silent();
  neuron.du = 4095;
  net::QuantNet net = oneNeuron(neuron, 1);
  net.populations[1].vmin = -4095;
  net.populations[1].vmax = 131071;
  expectEverywhere(net, {1000, 1000, 1000, -1000, -2000, 1},
                   {{}, {64000, 128000, 131071, 67071, -4095, -4031}, {}});
  net.populations[1].vmin = 0; // nengo-loihi's LIF
  expectEverywhere(net, {10, -20, 3}, {{}, {640, 0, 192}, {}});
  net.populations[1].vmin = -(1 << 23); // one below Lava's range
  expectEverywhere(net, {-2 * kTwo20, -2 * kTwo20, -2 * kTwo20, -2 * kTwo20, -1},
                   {{}, {-(1 << 21), -(2 << 21), -(3 << 21), -(1 << 23), -(1 << 23)}, {}});
}

// Lava shifts the summed activation by a negative exponent: floor((3 + 3) >> 2) = 1, where each
// weight alone gives 0. Here exponents are unsigned and a sum is the sum of its parts, always.
TEST(OracleChoices, NoCoreShiftsASum) {
  static_assert(std::is_unsigned_v<decltype(net::QuantProjection::exponent)>);
  net::NeuronConfig neuron = silent();
  neuron.du = 4095;
  expectEverywhere(oneNeuron(neuron, 1), {1, 2, 1 + 2, 127, 128, 127 + 128},
                   {{64, 128, 192, 8128, 8192, 16320}, {}, {}});
}

// Lava's fixed-point model has no refractory period; nengo-loihi holds v and lets u go on.
TEST(OracleChoices, RefractoryForcesTheMembraneOnly) {
  net::NeuronConfig neuron;
  neuron.threshold = 6400;
  neuron.refractory = 3;
  neuron.biasMant = 64;
  expectEverywhere(oneNeuron(neuron), {100, 1, 1, 1, 1},
                   {{6400, 6464, 6528, 6592, 6656}, {0, 0, 0, 0, 0}, {1, 0, 0, 1, 0}});
  // A subtracting neuron keeps what is left.
  neuron.resetSubtract = true;
  neuron.reset = 6400;
  neuron.du = 4095;
  expectEverywhere(oneNeuron(neuron, 1), {110, 50, 50, 50, 50},
                   {{7040, 3200, 3200, 3200, 3200}, {704, 704, 704, 3968, 832}, {1, 0, 0, 0, 1}});
  // Also above the threshold, where it fires in the first step that is not held.
  expectEverywhere(
      oneNeuron(neuron, 1), {250, 50, 50, 0, 0, 0},
      {{16000, 3200, 3200, 0, 0, 0}, {9664, 9664, 9664, 3328, 3328, 3328}, {1, 0, 0, 1, 0, 0}});
  neuron.refractory = 1; // no dead step
  expectEverywhere(oneNeuron(neuron, 1), {110, 100, 1},
                   {{7040, 6400, 64}, {704, 768, 896}, {1, 1, 0}});
}

// All oracles: strict, reset to zero. The amount and the comparison >= are our extension.
TEST(OracleChoices, ThresholdAndReset) {
  net::NeuronConfig neuron;
  neuron.du = 4095;
  neuron.dv = 4095;
  neuron.threshold = 640;
  expectEverywhere(oneNeuron(neuron, 1), {10, 11, 10}, {{}, {640, 0, 640}, {0, 1, 0}});
  neuron.compareGe = true;
  expectEverywhere(oneNeuron(neuron, 1), {9, 10, 11}, {{}, {576, 0, 0}, {0, 1, 1}});
  neuron.reset = -77; // to a value
  expectEverywhere(oneNeuron(neuron, 1), {10, 9}, {{}, {-77, 576}, {1, 0}});
  neuron.resetSubtract = true; // by an amount other than the threshold
  neuron.reset = 700;
  expectEverywhere(oneNeuron(neuron, 1), {10, 9}, {{}, {-60, 576}, {1, 0}});
}

// The subtraction clamps as well: v' - amount below vmin stays at vmin.
TEST(OracleChoices, SubtractionClamps) {
  net::NeuronConfig neuron;
  neuron.du = 4095;
  neuron.threshold = 640;
  neuron.resetSubtract = true;
  neuron.reset = kMax;
  net::QuantNet net = oneNeuron(neuron, 1);
  net.populations[1].vmin = -100;
  expectEverywhere(net, {11, 1}, {{}, {-100, -36}, {1, 0}});
}

// With the chip's hidden +1, du = 4095 leaves no current; without it 1/4096 stays.
TEST(OracleChoices, HiddenDecayOffset) {
  net::NeuronConfig neuron = silent();
  neuron.du = 4095;
  expectEverywhere(oneNeuron(neuron, 1), {kTwo20, 0}, {{1 << 20, 0}, {}, {}});
  expectEverywhere(oneNeuron(neuron, 0), {kTwo20, 0}, {{1 << 20, 256}, {}, {}});
}

// Magnitudes are truncated: both signs decay to zero, and end there.
TEST(OracleChoices, DecayRoundsTowardZero) {
  net::NeuronConfig neuron = silent();
  neuron.du = 2048;
  expectEverywhere(oneNeuron(neuron), {1, 0, 0, 0, 0, 0, 0, 0},
                   {{64, 32, 16, 8, 4, 2, 1, 0}, {}, {}});
  expectEverywhere(oneNeuron(neuron), {-1, 0, 0, 0, 0, 0, 0, 0},
                   {{-64, -32, -16, -8, -4, -2, -1, 0}, {}, {}});
}
