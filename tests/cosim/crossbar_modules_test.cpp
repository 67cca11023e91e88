// Modules of the crossbar core against a few lines of C++: the scheduler and the population count.
#include "Vsnn_popcount.h"
#include "Vsnn_scheduler.h"

#include "tests/cosim/verilated_module.h"
#include "tests/support/seeds.h"

#include <array>
#include <bit>
#include <optional>
#include <unistd.h>

using namespace snnc;

// Sizes that CMakeLists.txt gives the modules.
namespace {
constexpr unsigned kAxons = 64, kSlots = 4;
constexpr unsigned kCountWidth = 1000; // no multiple of 6: the last slices are short
} // namespace

namespace {

struct Set {
  unsigned slot, axon;
};

class Scheduler {
public:
  explicit Scheduler(uint64_t seed) : module(seed) {
    module->set_i = module->take_i = module->walk_i = 0;
    module.reset();
    walk();
  }
  // A walk empties the ring, and only that: it goes on beyond.
  void walk() {
    module->walk_i = 1;
    for (unsigned a = 0; a < 3 * kSlots; ++a) {
      module->walk_addr_i = static_cast<uint16_t>(a);
      module.settle();
      module.edge();
    }
    module->walk_i = 0;
    model.fill(0);
  }
  // One cycle, with a set or not. What the set of the cycle before did is checked.
  void cycle(const std::optional<Set> &set) {
    module->set_i = set.has_value();
    if (set) {
      module->set_slot_i = static_cast<uint8_t>(set->slot);
      module->set_axon_i = static_cast<uint8_t>(set->axon);
    }
    module.settle();
    ASSERT_EQ(module->busy_o != 0, wroteBefore);
    ASSERT_EQ(module->merged_o != 0, mergeBefore);
    if (held) {
      ASSERT_EQ(module->row_o, *held) << "the row of the tick is held until the next set";
    }
    module.edge();
    mergeBefore = wroteBefore = false;
    if (!set)
      return;
    const uint64_t bit = uint64_t{1} << set->axon;
    wroteBefore = true;
    mergeBefore = (model[set->slot] & bit) != 0;
    merges += mergeBefore;
    model[set->slot] |= bit;
    held.reset();
  }
  bool busy() const { return wroteBefore; }
  // u_start and the cycle after it, in which no message can come.
  void take(unsigned slot) {
    module->take_i = 1;
    module->take_slot_i = static_cast<uint8_t>(slot);
    held.reset();
    cycle(std::nullopt);
    module->take_i = 0;
    held = model[slot];
    spikesTaken += static_cast<uint64_t>(std::popcount(*held));
    model[slot] = 0;
    cycle(std::nullopt);
  }
  uint64_t merges = 0, spikesTaken = 0;

private:
  test::VerilatedModule<Vsnn_scheduler> module;
  std::array<uint64_t, kSlots> model{};
  std::optional<uint64_t> held;
  bool wroteBefore = false, mergeBefore = false;
};

} // namespace

// Ticks of messages back to back, most of them for one slot or two; each tick is taken as soon as
// the last message is in, and the next message comes right after the slot was cleared.
TEST(Scheduler, KeepsEverySpikeUntilItsTick) {
  uint64_t merges = 0, spikes = 0;
  test::forEachSeed(1, 100, [&](uint64_t seed, support::Rng &rng) {
    Scheduler scheduler(seed);
    const uint64_t rate = rng.between(1, 10), slots = rng.between(1, kSlots);
    const uint64_t axons = uint64_t{1} << rng.below(7);
    unsigned tick = 0;
    for (int t = 0; t < 60; ++t) {
      for (uint64_t cycles = rng.below(40); cycles > 0; --cycles) {
        std::optional<Set> set;
        if (rng.below(10) < rate)
          set = Set{static_cast<unsigned>((tick + rng.below(slots)) % kSlots),
                    static_cast<unsigned>(rng.below(axons))};
        scheduler.cycle(set);
      }
      if (scheduler.busy())
        scheduler.cycle(std::nullopt);
      scheduler.take(tick % kSlots);
      for (uint64_t wait = rng.below(3); wait > 0; --wait)
        scheduler.cycle(std::nullopt);
      ++tick;
      if (rng.below(20) == 0)
        scheduler.walk();
      if (::testing::Test::HasFatalFailure())
        return;
    }
    merges += scheduler.merges;
    spikes += scheduler.spikesTaken;
  });
  EXPECT_GT(merges, 1000u);
  EXPECT_GT(spikes, 1000u);
}

// RANC's scheduler loses the spike that comes in the cycle of the clear. Ours cannot get one then:
// the phases keep them apart, and an assertion watches the phases.
TEST(SchedulerDeathTest, AMessageDuringTheClearIsAnAlarm) {
  EXPECT_DEATH(
      {
        dup2(STDERR_FILENO, STDOUT_FILENO); // where Verilator prints
        test::VerilatedModule<Vsnn_scheduler> module(1);
        module->set_i = module->take_i = module->walk_i = 0;
        module.reset();
        module->take_i = 1;
        module.settle();
        module.edge();
        module->take_i = 0;
        module->set_i = 1;
        module.settle();
        module.edge();
      },
      "SetsAlone");
}

namespace {

void expectCount(Vsnn_popcount &module) {
  module.eval();
  unsigned count = 0;
  for (EData word : module.bits_i.m_storage)
    count += static_cast<unsigned>(std::popcount(word));
  ASSERT_EQ(module.count_o, count);
}

} // namespace

TEST(Popcount, RandomSingleBitsAndAll) {
  VerilatedContext context;
  Vsnn_popcount module(&context);
  const auto clear = [&] {
    for (EData &word : module.bits_i.m_storage)
      word = 0;
  };
  const auto flip = [&](unsigned bit) { module.bits_i[bit / 32] ^= 1u << (bit % 32); };
  clear();
  expectCount(module);
  for (unsigned bit = 0; bit < kCountWidth; ++bit) { // alone, then all up to it
    clear();
    flip(bit);
    expectCount(module);
    for (unsigned below = 0; below < bit; ++below)
      flip(below);
    expectCount(module);
  }
  test::forEachSeed(1, 200, [&](uint64_t, support::Rng &rng) {
    clear();
    const uint64_t rate = rng.below(101);
    for (unsigned bit = 0; bit < kCountWidth; ++bit)
      if (rng.below(100) < rate)
        flip(bit);
    expectCount(module);
  });
}
