// Cycle counts by hand, from the rules of docs/reference/timing_model.md. That they are the RTL's
// is the business of tests/cosim and tests/property.
#include "runtime/cycle/cycle_machine.h"

#include "common/image/synapse_words.h"
#include "common/support/diag.h"
#include "tests/support/image_builder.h"
#include "tests/unit/support/expect_diag.h"

#include <gtest/gtest.h>

using namespace snnc;
using namespace snnc::runtime;

namespace {

// `n` neurons of population a on core (0,0), each sending to `n` of b on core (1,0); a fires at
// every step by itself.
struct Pair {
  net::QuantNet net;
  target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  image::Image image;
  std::unique_ptr<Machine> machine = cycle::createCycleMachine();

  explicit Pair(uint32_t n) {
    net::NeuronConfig firing;
    firing.threshold = 10;
    firing.biasMant = 11;
    net::NeuronConfig silent;
    silent.threshold = (1 << 23) - 1;
    net.populations.resize(3);
    net.populations[0].name = "in";
    net.populations[0].shape = {1};
    net.populations[0].isInput = true;
    net.populations[1].name = "a";
    net.populations[1].shape = {n};
    net.populations[1].neurons.assign(n, firing);
    net.populations[2].name = "b";
    net.populations[2].shape = {n};
    net.populations[2].neurons.assign(n, silent);
    net.populations[2].vmin = -1000; // not on a's core
    net.projections.resize(2);
    net.projections[0].name = "in_a";
    net.projections[0].target = 1;
    net.projections[0].weights = net::DenseInts{n, 1, std::vector<int16_t>(n, 1)};
    net.projections[1].name = "a_b";
    net.projections[1].source = 1;
    net.projections[1].target = 2;
    net.projections[1].weights = net::DenseInts{n, n, std::vector<int16_t>(n * n, 1)};
    net.inputs = {0};
    net.outputs = {2};
    support::Rng rng(1);
    image = *test::layOut(net, target, {.meshWidth = 2, .meshHeight = 1}, rng);
    EXPECT_EQ(image.cores.size(), 2u);
  }
  void load(uint32_t steps) {
    if (llvm::Error error = machine->load(image, steps))
      ADD_FAILURE() << llvm::toString(std::move(error));
  }
};

using enum CoreCounter;

} // namespace

// Neurons 1 and a spike with one message to a neighbour's core, one word there.
TEST(CycleMachine, OneSpikeByHand) {
  Pair pair(1);
  pair.load(1);
  pair.machine->step();
  // a: scan at 1, run at 2, u_done at 6 (last issue + 4); X from 8. List 9, Ptr 10, Slot 11,
  // Send 12.
  ASSERT_EQ(pair.machine->sends().size(), 1u);
  EXPECT_EQ(pair.machine->sends()[0], (SendEvent{0, 12}));
  // Router (0,0) moves it at 13, router (1,0) to the core at 14; one word: idle at 14 + 4 + 1.
  // Drained at 19: the tick is 21 cycles long.
  EXPECT_EQ(pair.machine->tickCycles(), 21u);
  const Counters counters = pair.machine->counters();
  EXPECT_EQ(counters.cores[0][HopsEast], 1u);
  EXPECT_EQ(counters.cores[0][Messages], 1u);
  EXPECT_EQ(counters.cores[0][BusyCycles], 5u + 4u); // cycles 1 .. 5, and 9 .. 12
  EXPECT_EQ(counters.cores[1][AxonLookups], 1u);
  EXPECT_EQ(counters.cores[1][SynapseWords], 1u);
  EXPECT_EQ(counters.cores[1][Synops], 1u);
  EXPECT_EQ(counters.cores[1][BusyCycles], 2u + 4u); // its group is closed: 1 .. 2; 15 .. 18
  EXPECT_EQ(counters.cores[1][IdleCycles], 21u - 6u);
  EXPECT_EQ(counters.barriers, 2u);

  pair.machine->step(); // tick 1: a's window is over, b takes what arrived
  EXPECT_TRUE(pair.machine->spikes().empty());
  NeuronState state;
  pair.machine->readState(1, 0, state);
  EXPECT_EQ(state.u, 64);
  // b: u_done at 6, X from 8, nothing to send: Done at 9, 11 cycles.
  EXPECT_EQ(pair.machine->tickCycles(), 11u);
}

// A receiver that streams 8 words takes 8 cycles a message; a sender could send one every 4.
TEST(CycleMachine, BackPressureReachesTheSender) {
  constexpr uint32_t kNeurons = 64; // 8 words of 8 lanes
  Pair pair(kNeurons);
  pair.load(2);
  pair.machine->step();
  const llvm::ArrayRef<SendEvent> sends = pair.machine->sends();
  ASSERT_EQ(sends.size(), kNeurons);
  EXPECT_EQ(sends[1].cycle - sends[0].cycle, 4u);
  EXPECT_EQ(sends[kNeurons - 1].cycle - sends[kNeurons - 2].cycle, 8u);
  // u_done: 2 + 1 + 64 = 67 or last issue (65) + 4 = 69. The first message is accepted at
  // 71 + 4 + 2; words follow without a bubble: idle at accept + 4 + 64 * 8; two more to the end.
  const uint64_t accepted = 71 + 4 + 2;
  EXPECT_EQ(pair.machine->tickCycles(), accepted + 4 + kNeurons * 8 + 2);
}

// 24 axons on one list of a single pair: eight at each of three base rows.
TEST(CycleMachine, ASparseListIsSharedAtSeveralBaseRows) {
  Pair pair(24);
  const image::WordFormat format = image::WordFormat::of(pair.target.core);
  image::CoreImage &receiver = pair.image.cores[1];
  receiver.synapses = {format.putPair(0, 1, 2)};
  for (uint16_t i = 0; i < 24; ++i)
    receiver.axons[i] = {0, 1, static_cast<uint16_t>(i / 8), 0, true};
  pair.image.axonSources.clear();
  pair.load(1);
  pair.machine->step();
  pair.machine->step();
  std::vector<NeuronState> states(24);
  pair.machine->readState(1, 0, states);
  for (uint32_t i = 0; i < 24; ++i)
    EXPECT_EQ(states[i].u, i % 8 == 1 ? 8 * 2 * 64 : 0) << "neuron " << i;
  EXPECT_EQ(pair.machine->counters().cores[1][Synops], 24u);
}

TEST(CycleMachine, NothingToDo) {
  Pair pair(1);
  pair.image.cores[0].neurons[0].biasMant = 0;
  pair.load(1);
  pair.machine->step();
  EXPECT_EQ(pair.machine->tickCycles(), 11u);
  pair.machine->step(); // b alone is open
  pair.machine->step(); // no group is open: u_done at 3, X from 5, drained at 6
  EXPECT_EQ(pair.machine->tickCycles(), 8u);
  EXPECT_EQ(pair.machine->counters().total()[UpdatesInactive], 2u);
  EXPECT_EQ(pair.machine->counters().total()[UpdatesActive], 0u);
}

TEST(CycleMachine, HostWorkIsApart) {
  Pair pair(1);
  pair.load(3);
  pair.machine->reset();
  EXPECT_EQ(pair.machine->counters().resetCycles, 1024u + 4u); // 8 slots * 128 rows, 1024 neurons
  pair.machine->writeBias(0, 0, {int16_t{0}});
  EXPECT_EQ(pair.machine->counters().hostWriteWords, 2u);
  // The packet enters at 0, is taken by the core at 1; one word: idle at 1 + 4 + 1.
  pair.machine->inject({HostPacket{0, 0, 0, 0}});
  EXPECT_EQ(pair.machine->counters().hostCycles, 6u);
  EXPECT_EQ(pair.machine->counters().cores[0][Synops], 1u);
  EXPECT_EQ(pair.machine->counters().cores[0][Messages], 0u);
  EXPECT_EQ(pair.machine->counters().cores[0][BusyCycles], 0u);
  pair.machine->inject({HostPacket{0, 0, 2, 0}}); // two ticks later
  NeuronState state;
  for (const int32_t u : {64, 63, 126}) {
    pair.machine->step();
    pair.machine->readState(0, 0, state);
    EXPECT_EQ(state.u, u);
  }
}

TEST(CycleMachine, ResetRestoresStateAndKeepsBiases) {
  Pair pair(1);
  pair.load(2);
  pair.machine->writeBias(0, 0, {int16_t{5}});
  pair.machine->step();
  NeuronState state;
  pair.machine->readState(0, 0, state);
  EXPECT_EQ(state.v, 5);
  pair.machine->reset();
  pair.machine->readState(0, 0, state);
  EXPECT_EQ(state, NeuronState{});
  pair.machine->step();
  pair.machine->readState(0, 0, state);
  EXPECT_EQ(state.v, 5);
}

TEST(CycleMachine, RefusesAnImageThatLies) {
  Pair pair(1);
  pair.image.cores[0].outSlots[0].x = 7;
  const auto diag = firstDiagnostic(pair.machine->load(pair.image, 1));
  EXPECT_EQ(diag.code, support::DiagCode::ImageInvalid);
}
