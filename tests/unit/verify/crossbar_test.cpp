// What compareRuns finds in two runs of a crossbar network, and the rows of the bus.
#include "runtime/verify/verify_crossbar.h"

#include "runtime/cycle/cycle_machine.h"
#include "tests/unit/support/expect_diag.h"

#include <gtest/gtest.h>

#include <functional>

using namespace snnc;
using namespace snnc::runtime;
using verify::CrossbarRun;

namespace {

// One core of two neurons that fire every second and every third tick, on columns 1 and 0.
image::Image ticking() {
  const target::Target target = llvm::cantFail(target::loadTarget("truenorth-like"));
  image::Image image;
  image.targetJson = target.json;
  image.targetFingerprint = target.fingerprint;
  image::CoreImage &core = image.cores.emplace_back();
  core.groups = {{0, 2, 0}};
  core.outPointers.resize(2);
  core.crossbar.axonTypes = {0};
  core.crossbar.neurons = {{1, 2, -9, 0, 0, false, false}, {1, 3, -9, 0, 0, false, false}};
  core.crossbar.enabled = {1, 1};
  core.crossbar.weights.resize(8);
  core.crossbar.rows.resize(2 * target.core.rowWords());
  image.populations = {{"n", {2}, false, 0, {{0, 2, 0, 0}}, {}}};
  image.busColumns = 3;
  image.bus = {{0, 0, 1}, {0, 1, 0}};
  return image;
}

CrossbarRun run(uint32_t ticks) {
  const std::unique_ptr<Machine> machine = cycle::createCycleMachine();
  auto result = verify::runImage(ticking(), *machine, ticks,
                                 [](uint32_t) { return std::vector<HostPacket>(); });
  EXPECT_TRUE(static_cast<bool>(result)) << llvm::toString(result.takeError());
  return std::move(*result);
}

verify::PairReport compared(const CrossbarRun &a, const CrossbarRun &b) {
  return verify::compareRuns(ticking(), {a, b}, "replay me").pairs.at(0);
}

} // namespace

TEST(VerifyCrossbar, RowsComeATickLater) {
  const CrossbarRun done = run(6);
  EXPECT_EQ(done.spikes[0], (std::vector<uint8_t>{0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1}));
  EXPECT_EQ(done.v[0], (std::vector<int32_t>{1, 1, 0, 2, 1, 0, 0, 1, 1, 2, 0, 0}));
  // Tick 5's spikes are in no row.
  EXPECT_EQ(done.rows,
            (std::vector<uint8_t>{0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0}));
}

TEST(VerifyCrossbar, EveryDifferenceIsFound) {
  const CrossbarRun sound = run(6);
  EXPECT_TRUE(compared(sound, sound).equal());
  const struct {
    const char *field;
    uint32_t tick;
    std::function<void(CrossbarRun &)> damage;
  } cases[] = {
      {"spike", 2, [](CrossbarRun &r) { r.spikes[0][4] ^= 1; }},
      {"v", 5, [](CrossbarRun &r) { r.v[0][11] += 1; }},
      {"tick_cycles", 3, [](CrossbarRun &r) { r.tickCycles[3] += 1; }},
      {"sends", 4,
       [](CrossbarRun &r) {
         r.sends[4].push_back({0, 9});
       }},
      {"counter:synops", 6, [](CrossbarRun &r) { r.counters->cores[0][CoreCounter::Synops] += 1; }},
      {"counter:machine", 6, [](CrossbarRun &r) { r.counters->hostCycles += 1; }},
  };
  for (const auto &damaged : cases) {
    CrossbarRun other = sound;
    damaged.damage(other);
    const verify::PairReport pair = compared(sound, other);
    EXPECT_FALSE(pair.equal()) << damaged.field;
    ASSERT_TRUE(pair.first.has_value()) << damaged.field;
    EXPECT_EQ(pair.first->field, damaged.field);
    EXPECT_EQ(pair.first->tick, damaged.tick);
    EXPECT_EQ(pair.first->replay, "replay me");
  }
}

// The network in double has no clock: cycles and counters are not compared, and said not to be.
TEST(VerifyCrossbar, WithoutAClock) {
  CrossbarRun timeless = run(6);
  timeless.counters.reset();
  const verify::PairReport pair = compared(timeless, run(6));
  EXPECT_TRUE(pair.equal());
  EXPECT_FALSE(pair.cycleMismatches.has_value());
  EXPECT_FALSE(pair.counterMismatches.has_value());
}

TEST(VerifyCrossbar, AnImageThatLiesIsNotRun) {
  image::Image image = ticking();
  image.bus[0].column = 3;
  const std::unique_ptr<Machine> machine = cycle::createCycleMachine();
  auto result =
      verify::runImage(image, *machine, 1, [](uint32_t) { return std::vector<HostPacket>(); });
  EXPECT_EQ(firstDiagnostic(result.takeError()).code, support::DiagCode::ImageInvalid);
}
