// Each rule of docs/reference/crossbar_core.md by hand: arithmetic, receiving, sleeping rows,
// counters and cycles. That the RTL does the same is the business of tests/cosim.
#include "runtime/cycle/crossbar_neuron.h"
#include "runtime/cycle/cycle_machine.h"

#include "common/target/target.h"

#include <gtest/gtest.h>

using namespace snnc;
using namespace snnc::runtime;

namespace {

using enum CoreCounter;

// One core at (0,0) of `truenorth-like`; every neuron has weights 10, -3, 0, 100 of the types and
// is joined to axon k of type k.
struct OneCore {
  target::Target target = llvm::cantFail(target::loadTarget("truenorth-like"));
  image::Image image;
  std::unique_ptr<Machine> machine = cycle::createCycleMachine();

  explicit OneCore(uint16_t neurons = 1) {
    image.targetJson = target.json;
    image.targetFingerprint = target.fingerprint;
    image::CoreImage &core = image.cores.emplace_back();
    core.groups = {{0, neurons, 0}};
    core.outPointers.resize(neurons);
    tables().axonTypes = {0, 1, 2, 3};
    tables().neurons.assign(neurons, {0, 1000, -1000, 0, 0, false, false});
    tables().enabled.assign(neurons, 1);
    tables().rows.resize(size_t{neurons} * target.core.rowWords());
    for (uint32_t i = 0; i < neurons; ++i) {
      tables().weights.insert(tables().weights.end(), {10, -3, 0, 100});
      tables().rows[size_t{i} * target.core.rowWords()] = 0b1111;
    }
    image.populations = {{"n", {neurons}, false, 0, {{0, neurons, 0, 0}}, {}}};
  }
  image::CrossbarTables &tables() { return image.cores[0].crossbar; }
  net::CrossbarConfig &neuron(size_t i = 0) { return tables().neurons[i]; }
  void target0(uint16_t axon, uint8_t delay) { // neuron 0 sends to its own core
    image.cores[0].outSlots = {{0, 0, delay, axon}};
    for (image::OutPointer &pointer : image.cores[0].outPointers)
      pointer = {1, 0};
    image.cores[0].outPointers[0] = {0, 1};
  }

  void load(uint32_t steps = 100) {
    if (llvm::Error error = machine->load(image, steps))
      ADD_FAILURE() << llvm::toString(std::move(error));
  }
  // A tick with spikes on these axons; v of neuron 0 after it.
  int32_t tick(std::initializer_list<uint16_t> axons = {}) {
    std::vector<HostPacket> packets;
    for (uint16_t axon : axons)
      packets.push_back({0, 0, 0, axon});
    machine->inject(packets);
    machine->step();
    return v();
  }
  int32_t v(uint32_t i = 0) {
    NeuronState state;
    machine->readState(0, i, state);
    EXPECT_EQ(state.u, 0);
    EXPECT_EQ(state.refractory, 0);
    return state.v;
  }
  bool fired() const { return !machine->spikes().empty(); }
  uint64_t count(CoreCounter counter) { return machine->counters().cores[0][counter]; }
};

// x with sum 0 and no leak, so from v alone.
cycle::CrossbarEvents update(const net::CrossbarConfig &config, int32_t &v, uint32_t bits = 20) {
  return cycle::updateCrossbarNeuron(config, bits, 0, v);
}

} // namespace

TEST(CrossbarNeuron, TheFloorItselfIsIncludedOrNot) {
  for (const bool linear : {false, true})
    for (const bool inclusive : {false, true}) {
      const net::CrossbarConfig config = {0, 100, -5, 7, 0, linear, inclusive};
      int32_t v = -4;
      update(config, v);
      EXPECT_EQ(v, -4);
      v = -5;
      update(config, v);
      EXPECT_EQ(v, !inclusive ? -5 : linear ? 0 : -7);
      v = -6;
      update(config, v);
      EXPECT_EQ(v, linear ? -1 : -7);
    }
}

TEST(CrossbarNeuron, TheThresholdItselfFires) {
  for (const bool linear : {false, true}) {
    const net::CrossbarConfig config = {0, 100, -5, 7, 0, linear, true};
    int32_t v = 99;
    EXPECT_FALSE(update(config, v).spike);
    EXPECT_EQ(v, 99);
    v = 100;
    EXPECT_TRUE(update(config, v).spike);
    EXPECT_EQ(v, linear ? 0 : 7);
    v = 130;
    EXPECT_TRUE(update(config, v).spike);
    EXPECT_EQ(v, linear ? 30 : 7);
  }
}

// A threshold at or below the floor: the spike comes first, the floor is not looked at.
TEST(CrossbarNeuron, ASpikeGoesBeforeTheFloor) {
  const net::CrossbarConfig config = {0, -20, -5, 7, 0, true, true};
  int32_t v = -10;
  EXPECT_TRUE(update(config, v).spike);
  EXPECT_EQ(v, 10);
}

TEST(CrossbarNeuron, ClampsAfterTheReset) {
  net::CrossbarConfig config = {0, 127, -128, -128, 0, false, false};
  int32_t v = 127;
  EXPECT_FALSE(cycle::updateCrossbarNeuron(config, 8, 0, v).clamped);
  EXPECT_EQ(v, -128);
  v = -128;
  auto events = cycle::updateCrossbarNeuron(config, 8, -1, v); // -reset is 128
  EXPECT_TRUE(events.clamped);
  EXPECT_EQ(v, 127);
  config.linearReset = true;
  v = 127;
  events = cycle::updateCrossbarNeuron(config, 8, 400, v); // 400 left
  EXPECT_TRUE(events.spike && events.clamped);
  EXPECT_EQ(v, 127);
  v = -128;
  events = cycle::updateCrossbarNeuron(config, 8, 100, v); // between floor and threshold
  EXPECT_FALSE(events.spike || events.clamped);
  EXPECT_EQ(v, -28);
}

TEST(CrossbarCore, WeightsByTypeAndLeak) {
  OneCore core;
  core.neuron().leak = -1;
  core.neuron().vInit = 5;
  core.load();
  EXPECT_EQ(core.v(), 5);
  EXPECT_EQ(core.tick(), 4);
  EXPECT_EQ(core.tick({0}), 13);
  EXPECT_EQ(core.tick({1, 2}), 9);
  EXPECT_EQ(core.tick({0, 1, 3}), 115);
  EXPECT_EQ(core.count(Synops), 1u + 1u + 3u); // the weight 0 of axon 2 is none
}

TEST(CrossbarCore, OnlyJoinedAxonsCount) {
  OneCore core;
  core.tables().rows[0] = 0b0010;
  core.load();
  EXPECT_EQ(core.tick({0, 3}), 0);
  EXPECT_EQ(core.tick({0, 1}), -3);
  EXPECT_EQ(core.count(Synops), 1u);
}

TEST(CrossbarCore, SeveralSpikesOnAnAxonAreOne) {
  OneCore core;
  core.load();
  EXPECT_EQ(core.tick({0, 0, 0}), 10);
  EXPECT_EQ(core.count(AccWraps), 2u);
  EXPECT_EQ(core.count(AxonLookups), 3u);
  EXPECT_EQ(core.tick({0}), 20); // no trace of them in the slot
}

// A spike of tick t with delay d is integrated at t + 1 + d; 14 is the largest.
TEST(CrossbarCore, DelaysOfSpikesAndPackets) {
  for (uint8_t delay = 0; delay <= 14; ++delay) {
    OneCore core;
    core.neuron() = {0, 1000, -1000, 0, 1000, false, false}; // fires in tick 0
    core.target0(0, delay);
    core.load();
    EXPECT_EQ(core.tick(), 0);
    EXPECT_TRUE(core.fired());
    for (uint32_t t = 1; t <= uint32_t{delay} + 17; ++t)
      EXPECT_EQ(core.tick(), t < 1u + delay ? 0 : 10) << "delay " << int(delay) << ", tick " << t;
    OneCore listening;
    listening.load();
    listening.machine->inject({HostPacket{0, 0, delay, 3}});
    for (uint32_t t = 0; t <= uint32_t{delay} + 16; ++t)
      EXPECT_EQ(listening.tick(), t < delay ? 0 : 100) << "delay " << int(delay) << ", tick " << t;
  }
}

TEST(CrossbarCore, ANeuronThatIsNotEnabledKeepsItsState) {
  OneCore core(2);
  core.neuron(0) = {9, 0, 0, 5, 0, false, true}; // 0 >= 0
  core.neuron(1) = {9, 0, 0, 5, -17, false, true};
  core.tables().enabled = {0, 0};
  core.load();
  for (int t = 0; t < 3; ++t) {
    EXPECT_EQ(core.tick({0, 3}), 0);
    EXPECT_EQ(core.v(1), -17);
    EXPECT_FALSE(core.fired());
  }
  EXPECT_EQ(core.count(UpdatesActive), 0u);
  EXPECT_EQ(core.count(UpdatesInactive), 6u);
  EXPECT_EQ(core.count(Synops), 0u);
}

TEST(CrossbarCore, MembranesSaturateAndAreCounted) {
  OneCore core;
  core.neuron().threshold = (1 << 17) - 1;
  core.neuron().floor = -(1 << 17);
  core.neuron().linearReset = true;
  core.neuron().vInit = (1 << 19) - 1;
  core.neuron().leak = 255;
  core.load();
  // v - threshold stays in range; it takes a threshold below 0 to leave it.
  EXPECT_EQ(core.tick(), (1 << 19) - 1 + 255 - ((1 << 17) - 1));
  EXPECT_EQ(core.count(MembraneClamps), 0u);
  core.neuron().threshold = -1;
  core.load();
  EXPECT_EQ(core.tick(), (1 << 19) - 1);
  EXPECT_EQ(core.count(MembraneClamps), 1u);
}

// A window: nothing outside [2, 2 + 3), and a spike that no window takes is gone.
TEST(CrossbarCore, Windows) {
  OneCore core;
  core.neuron().leak = 1;
  core.image.cores[0].groups[0].skew = 2;
  core.image.populations[0].skew = 2;
  core.load(3);
  EXPECT_EQ(core.tick({0}), 0);
  EXPECT_EQ(core.tick(), 0);
  EXPECT_EQ(core.tick(), 1);
  EXPECT_EQ(core.tick({0}), 12);
  EXPECT_EQ(core.tick(), 13);
  EXPECT_EQ(core.tick({0}), 13);
  EXPECT_EQ(core.count(UpdatesActive), 3u);
  for (uint32_t t = 6; t < 40; ++t) // the slots of ticks 0 and 5 come round
    EXPECT_EQ(core.tick(), 13);
}

TEST(CrossbarCore, ResetRestoresStateAndForgetsSpikes) {
  OneCore core;
  core.neuron().vInit = 4;
  core.load();
  EXPECT_EQ(core.machine->counters().resetCycles, 0u);
  core.machine->inject({HostPacket{0, 0, 3, 0}});
  EXPECT_EQ(core.tick({3}), 104);
  core.machine->reset();
  EXPECT_EQ(core.machine->counters().resetCycles, 256u + 4u); // neurons, more than slots
  EXPECT_EQ(core.v(), 4);
  for (int t = 0; t < 20; ++t)
    EXPECT_EQ(core.tick(), 4);
}

// Rows of eight: 16 neurons and no input take 2 + 16 cycles awake, two asleep.
TEST(CrossbarCore, RowsSleep) {
  OneCore core(16);
  core.neuron(9).leak = 1; // keeps its row awake: it changes
  core.load();
  // u_done at last issue (2 + 15) + 4, X two later, drained one later, two more.
  core.tick();
  EXPECT_EQ(core.machine->tickCycles(), 17u + 4 + 2 + 1 + 2);
  EXPECT_EQ(core.count(SynapseWords), 16u);
  core.tick(); // the first row sleeps: a cycle for it, then eight from 3 on
  EXPECT_EQ(core.machine->tickCycles(), 10u + 4 + 2 + 1 + 2);
  EXPECT_EQ(core.count(SynapseWords), 24u);
  EXPECT_EQ(core.count(UpdatesActive), 2u);
  EXPECT_EQ(core.count(UpdatesInactive), 30u);
  core.tick({2}); // any spike wakes every row, though this one has weight 0
  EXPECT_EQ(core.machine->tickCycles(), 17u + 4 + 2 + 1 + 2);
  EXPECT_EQ(core.count(UpdatesActive), 2u + 16u);
  core.tick(); // awake once more: it had an event
  EXPECT_EQ(core.machine->tickCycles(), 17u + 4 + 2 + 1 + 2);
  core.tick();
  EXPECT_EQ(core.machine->tickCycles(), 10u + 4 + 2 + 1 + 2);
}

// All asleep: scan at 1, a cycle a row, the scan that finds no group, done.
TEST(CrossbarCore, AnIdleTick) {
  OneCore core(256);
  core.load();
  core.tick();
  EXPECT_EQ(core.machine->tickCycles(), 2u + 255 + 4 + 2 + 1 + 2);
  core.tick();
  EXPECT_EQ(core.machine->tickCycles(), 2u + 32 + 1 + 2 + 1 + 2);
}

// A row that groups share never sleeps; one that fires without a change of state neither.
TEST(CrossbarCore, WhatNeverSleeps) {
  OneCore shared(8);
  shared.image.cores[0].groups = {{0, 3, 0}, {3, 5, 0}};
  shared.load();
  for (int t = 0; t < 3; ++t)
    shared.tick();
  EXPECT_EQ(shared.count(SynapseWords), 24u);
  OneCore firing(8);
  firing.neuron(4).threshold = 0;
  firing.load();
  for (int t = 0; t < 3; ++t) {
    firing.tick();
    EXPECT_EQ(firing.machine->spikes().size(), 1u);
  }
  EXPECT_EQ(firing.count(SynapseWords), 24u);
  EXPECT_EQ(firing.count(UpdatesActive), 3u);
}

TEST(CrossbarCore, OneSpikeToTheOwnCore) {
  OneCore core;
  core.neuron() = {0, 1000, -1000, 0, 1000, false, false};
  core.target0(0, 0);
  core.load();
  core.tick();
  // Issued at 2, u_done at 6, X from 8; List 9, Ptr 10, Slot 11, Send 12; accepted at 13, idle at
  // 15, two more.
  ASSERT_EQ(core.machine->sends().size(), 1u);
  EXPECT_EQ(core.machine->sends()[0], (SendEvent{0, 12}));
  EXPECT_EQ(core.machine->tickCycles(), 17u);
  EXPECT_EQ(core.count(Messages), 1u);
  EXPECT_EQ(core.count(BusyCycles), 5u + 4u + 1u); // 1 .. 5, 9 .. 12, 14
  EXPECT_EQ(core.count(HopsEast), 0u);
  core.machine->reset();
  const uint64_t before = core.machine->counters().hostCycles;
  core.machine->inject({HostPacket{0, 0, 0, 1}}); // in at 0, accepted at 1, idle at 3
  EXPECT_EQ(core.machine->counters().hostCycles - before, 3u);
}
