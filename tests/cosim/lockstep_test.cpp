// The cycle engine and the RTL, tick by tick on random images: every spike, every state, the clock
// cycle of every message, every tick's length and every counter are equal.
#include "common/image/codec.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/rtl/rtl_machine.h"
#include "tests/cosim/random_image.h"
#include "tests/support/seeds.h"

#include <iostream>
#include <sstream>

using namespace snnc;
using runtime::Machine;

namespace {

struct Coverage {
  runtime::CoreCounters sum;
  uint64_t longest = 0, hostCycles = 0, transit = 0;
  void add(const runtime::Counters &counters) {
    const runtime::CoreCounters total = counters.total();
    for (unsigned i = 0; i < runtime::kCoreCounters; ++i)
      sum.values[i] += total.values[i];
    hostCycles += counters.hostCycles;
    transit += counters.transitHopsNorth + counters.transitHopsEast + counters.transitHopsSouth +
               counters.transitHopsWest;
  }
};

std::string print(llvm::ArrayRef<runtime::SendEvent> sends) {
  std::ostringstream os;
  for (const runtime::SendEvent &send : sends)
    os << send.core << '@' << send.cycle << ' ';
  return os.str();
}

class Lockstep {
public:
  Lockstep(support::Rng &rng, const target::Target &target, const image::Image &image,
           Machine &cycle, Machine &rtl)
      : rng(rng), target(target), image(image), cycle(cycle), rtl(rtl) {}

  void run(uint32_t ticks, Coverage &coverage) {
    cycle.reset();
    rtl.reset();
    for (uint32_t tick = 0; tick < ticks && !::testing::Test::HasFailure(); ++tick) {
      SCOPED_TRACE("tick " + std::to_string(tick));
      host();
      cycle.step();
      rtl.step();
      compareTick();
      coverage.longest = std::max(coverage.longest, rtl.tickCycles());
    }
    compareCounters();
    coverage.add(rtl.counters());
  }

private:
  void host() {
    for (uint32_t c = 0; c < image.cores.size(); ++c) {
      if (rng.uniform() < 0.8)
        continue;
      const auto size = static_cast<uint32_t>(image.cores[c].neurons.size());
      const auto first = static_cast<uint32_t>(rng.below(size));
      std::vector<int16_t> mantissas(rng.between(1, size - first));
      for (int16_t &m : mantissas)
        m = static_cast<int16_t>(rng.between(-4096, 4095));
      cycle.writeBias(c, first, mantissas);
      rtl.writeBias(c, first, mantissas);
    }
    for (uint64_t bursts = rng.below(3); bursts > 0; --bursts) {
      std::vector<runtime::HostPacket> packets(rng.below(8));
      for (runtime::HostPacket &p : packets) {
        const image::CoreImage &core = image.cores[rng.below(image.cores.size())];
        p = {core.x, core.y, static_cast<uint8_t>(rng.below(target.core.delaySlots)),
             static_cast<uint16_t>(rng.below(core.axons.size()))};
      }
      cycle.inject(packets);
      rtl.inject(packets);
    }
  }

  void compareTick() {
    EXPECT_TRUE(cycle.spikes().equals(rtl.spikes()))
        << cycle.spikes().size() << " and " << rtl.spikes().size() << " spikes";
    EXPECT_TRUE(cycle.sends().equals(rtl.sends()))
        << "cycle " << print(cycle.sends()) << "\nrtl   " << print(rtl.sends());
    EXPECT_EQ(cycle.tickCycles(), rtl.tickCycles());
    for (uint32_t c = 0; c < image.cores.size(); ++c) {
      std::vector<runtime::NeuronState> a(image.cores[c].neurons.size()), b(a.size());
      cycle.readState(c, 0, a);
      rtl.readState(c, 0, b);
      for (size_t i = 0; i < a.size(); ++i)
        ASSERT_EQ(a[i], b[i]) << "core " << c << " neuron " << i << ": cycle u " << a[i].u << " v "
                              << a[i].v << " ref " << int(a[i].refractory) << ", rtl u " << b[i].u
                              << " v " << b[i].v << " ref " << int(b[i].refractory);
    }
  }

  void compareCounters() {
    const runtime::Counters a = cycle.counters(), b = rtl.counters();
    for (size_t c = 0; c < image.cores.size(); ++c)
      for (unsigned i = 0; i < runtime::kCoreCounters; ++i)
        EXPECT_EQ(a.cores[c].values[i], b.cores[c].values[i])
            << "core " << c << " " << runtime::nameOf(static_cast<runtime::CoreCounter>(i));
    EXPECT_EQ(a.ticks, b.ticks);
    EXPECT_EQ(a.tickCycles, b.tickCycles);
    EXPECT_EQ(a.barriers, b.barriers);
    EXPECT_EQ(a.resetCycles, b.resetCycles);
    EXPECT_EQ(a.hostCycles, b.hostCycles);
    EXPECT_EQ(a.hostWriteWords, b.hostWriteWords);
    EXPECT_TRUE(a == b);
  }

  support::Rng &rng;
  const target::Target &target;
  const image::Image &image;
  Machine &cycle, &rtl;
};

void lockstep(support::Rng &rng, const target::Target &target,
              const test::RandomImageOptions &options, Coverage &coverage) {
  const image::Image image = test::randomImage(rng, target, options);
  if (llvm::Error error = image::verify(image))
    FAIL() << "random image is not legal: " << llvm::toString(std::move(error));
  const auto cycle = runtime::cycle::createCycleMachine();
  auto rtl = runtime::rtl::createRtlMachine(image, llvm::errs());
  if (!rtl)
    FAIL() << llvm::toString(rtl.takeError());
  const auto steps = static_cast<uint32_t>(rng.between(1, 8));
  if (llvm::Error error = cycle->load(image, steps))
    FAIL() << llvm::toString(std::move(error));
  if (llvm::Error error = (*rtl)->load(image, steps))
    FAIL() << llvm::toString(std::move(error));
  for (int sample = 0; sample < 2; ++sample) {
    SCOPED_TRACE("sample " + std::to_string(sample));
    Lockstep(rng, target, image, *cycle, **rtl).run(steps + 4, coverage);
  }
}

void expectCovered(const Coverage &coverage, bool mesh) {
  if (std::getenv("SNNC_SEED") != nullptr)
    return;
  for (unsigned i = 0; i < runtime::kCoreCounters; ++i) {
    const auto counter = static_cast<runtime::CoreCounter>(i);
    std::cout << runtime::nameOf(counter) << ' ' << coverage.sum[counter] << '\n';
    const bool hop = counter >= runtime::CoreCounter::HopsNorth &&
                     counter <= runtime::CoreCounter::HopsWest;
    if (!hop || mesh) {
      EXPECT_GT(coverage.sum[counter], 0u) << runtime::nameOf(counter) << " never happened";
    }
  }
  std::cout << "longest tick " << coverage.longest << " cycles, host " << coverage.hostCycles
            << ", transit hops " << coverage.transit << '\n';
}

target::Target load(const char *name) { return llvm::cantFail(target::loadTarget(name)); }

void run(const char *name, uint64_t base, uint64_t cases, const test::RandomImageOptions &options) {
  const target::Target target = load(name);
  Coverage coverage;
  test::forEachSeed(base, cases, [&](uint64_t, support::Rng &rng) {
    lockstep(rng, target, options, coverage);
  });
  expectCovered(coverage, options.meshWidth > 1 && options.meshHeight > 1);
}

} // namespace

TEST(Lockstep, TinyOneCore) { run("tiny", 1, 150, {.meshWidth = 1, .meshHeight = 1}); }
TEST(Lockstep, TinyTwoCores) { run("tiny", 1000, 150, {.meshWidth = 2, .meshHeight = 1}); }
TEST(Lockstep, TinyMesh) { run("tiny", 2000, 300, {.meshWidth = 2, .meshHeight = 2}); }
TEST(Lockstep, LoihiLikeMesh) {
  run("loihi-like", 3000, 12,
      {.meshWidth = 2, .meshHeight = 2, .maxNeurons = 1024, .maxAxons = 200, .maxWords = 4096,
       .maxSlotsPerNeuron = 4, .maxWordsPerAxon = 40});
}
