// The cycle engine and the RTL on random images: every spike, every state, the clock cycle of every
// message, every tick's length and every counter are equal.
#include "tests/cosim/lockstep.h"
#include "tests/support/seeds.h"

using namespace snnc;
using runtime::CoreCounter;
using test::tinyWith;

namespace {

// Every counter has counted, or the runs proved less than they seem to.
void expectCovered(const test::LockstepCoverage &coverage, bool mesh) {
  for (unsigned i = 0; i < runtime::kCoreCounters; ++i) {
    const auto counter = static_cast<CoreCounter>(i);
    std::cout << runtime::nameOf(counter) << ' ' << coverage.sum[counter] << ", ";
    const bool hop = counter >= CoreCounter::HopsNorth && counter <= CoreCounter::HopsWest;
    if (mesh || !hop) {
      EXPECT_GT(coverage.sum[counter], 0u) << runtime::nameOf(counter) << " never happened";
    }
  }
  std::cout << "longest tick " << coverage.longestTick << " cycles, host cycles "
            << coverage.hostCycles << ", transit hops " << coverage.transitHops
            << ", sparse lists above row 0 " << coverage.sparseBaseRows << ", shared lists "
            << coverage.sharedLists << '\n';
}

// A target with several rows meets lists at several base rows.
void expectSharing(const test::LockstepCoverage &coverage) {
  if (std::getenv("SNNC_SEED") || std::getenv("SNNC_CASES"))
    return;
  EXPECT_GT(coverage.sparseBaseRows, 0u);
  EXPECT_GT(coverage.sharedLists, 0u);
}

test::LockstepCoverage run(const target::Target &target, uint64_t base, uint64_t cases,
                           const test::RandomImageOptions &options) {
  test::LockstepCoverage coverage;
  test::forEachSeed(base, cases, [&](uint64_t, support::Rng &rng) {
    const std::optional<std::string> difference =
        test::cycleAgainstRtl(rng, target, options, coverage);
    EXPECT_FALSE(difference) << *difference;
  });
  return coverage;
}

void run(const char *name, uint64_t base, uint64_t cases, const test::RandomImageOptions &options) {
  const auto coverage = run(llvm::cantFail(target::loadTarget(name)), base, cases, options);
  if (!std::getenv("SNNC_SEED") && !std::getenv("SNNC_CASES"))
    expectCovered(coverage, options.meshWidth > 1 && options.meshHeight > 1);
}

} // namespace

TEST(Lockstep, TinyOneCore) {
  run("tiny", 1, 600, {.meshWidth = 1, .meshHeight = 1});
}
TEST(Lockstep, TinyTwoCores) {
  run("tiny", 1000, 600, {.meshWidth = 2, .meshHeight = 1});
}
TEST(Lockstep, TinyMesh) {
  run("tiny", 2000, 300, {.meshWidth = 2, .meshHeight = 2});
}
TEST(Lockstep, LoihiLikeMesh) {
  run("loihi-like", 3000, 12,
      {.meshWidth = 2,
       .meshHeight = 2,
       .maxNeurons = 1024,
       .maxAxons = 200,
       .maxWords = 4096,
       .maxSlotsPerNeuron = 4,
       .maxWordsPerAxon = 40});
}

// The corners of targets/README.md: one of everything, and as much as the fields hold.
TEST(Lockstep, OneOfEverything) {
  run(tinyWith({{"core/neurons", 32},
                {"core/weight_bits", 2},
                {"core/groups", 1},
                {"core/delay_slots", 1},
                {"core/input_axons", 1},
                {"core/output_slots", 1},
                {"core/synapse_words", 1},
                {"core/exponent_max", 0},
                {"core/bias_exp_max", 0},
                {"core/refractory_max", 1},
                {"core/du_offset", 0},
                {"mesh/fifo_depth", 1}}),
      4000, 60, {.meshWidth = 2, .meshHeight = 1});
}
TEST(Lockstep, ManyOfEverything) {
  run(tinyWith({{"core/neurons", 64},
                {"core/weight_bits", 4},
                {"core/groups", 255},
                {"core/delay_slots", 64},
                {"core/input_axons", 100},
                {"core/output_slots", 65536},
                {"core/synapse_words", 65536},
                {"mesh/fifo_depth", 3},
                {"mesh/width", 3}}),
      5000, 12, {.meshWidth = 3, .meshHeight = 1, .maxWords = 65536, .maxSteps = 80});
}

// Four rows of neurons, so that base rows and shared lists are met at every turn.
TEST(Lockstep, SharedLists) {
  const auto coverage = run(tinyWith({{"core/neurons", 16}, {"core/delay_slots", 4}}), 6000, 150,
                            {.meshWidth = 2, .meshHeight = 1});
  expectSharing(coverage);
}

// Cores whose rows of neurons and axons are small, and widths that make membranes clamp.
static target::Target smallCrossbar() {
  return test::crossbarWith({{"core/neurons", 32},
                             {"core/input_axons", 64},
                             {"core/weight_bits", 5},
                             {"core/leak_bits", 6},
                             {"core/threshold_bits", 8},
                             {"core/membrane_bits", 9},
                             {"core/groups", 4},
                             {"core/delay_slots", 4},
                             {"mesh/width", 4},
                             {"mesh/height", 4},
                             {"mesh/fifo_depth", 2}});
}

// What a crossbar core counts; a current it does not have.
static void expectCrossbarCovered(const test::LockstepCoverage &coverage) {
  if (std::getenv("SNNC_SEED") || std::getenv("SNNC_CASES"))
    return;
  for (CoreCounter counter :
       {CoreCounter::Synops, CoreCounter::SynapseWords, CoreCounter::UpdatesActive,
        CoreCounter::UpdatesInactive, CoreCounter::Spikes, CoreCounter::Messages,
        CoreCounter::AccWraps, CoreCounter::MembraneClamps}) {
    std::cout << runtime::nameOf(counter) << ' ' << coverage.sum[counter] << ", ";
    EXPECT_GT(coverage.sum[counter], 0u) << runtime::nameOf(counter) << " never happened";
  }
  std::cout << "longest tick " << coverage.longestTick << " cycles\n";
  EXPECT_EQ(coverage.sum[CoreCounter::CurrentWraps], 0u);
}

TEST(Lockstep, CrossbarOneCore) {
  expectCrossbarCovered(run(smallCrossbar(), 8000, 300, {.meshWidth = 1, .meshHeight = 1}));
}
TEST(Lockstep, CrossbarMesh) {
  expectCrossbarCovered(run(smallCrossbar(), 9000, 150, {.meshWidth = 2, .meshHeight = 2}));
}
TEST(Lockstep, TrueNorthLike) {
  expectCrossbarCovered(run(llvm::cantFail(target::loadTarget("truenorth-like")), 10000, 10,
                            {.meshWidth = 2, .meshHeight = 1, .maxNeurons = 256, .maxAxons = 256}));
}
TEST(Lockstep, CrossbarStallsChangeOnlyCycles) {
  test::LockstepCoverage coverage;
  test::forEachSeed(11000, 60, [&](uint64_t seed, support::Rng &rng) {
    const runtime::rtl::RouterStalls stalls = {seed, seed % 2 == 0 ? 64u : 170u};
    const auto difference = test::cycleAgainstRtl(
        rng, smallCrossbar(), {.meshWidth = 2, .meshHeight = 2}, coverage, stalls);
    EXPECT_FALSE(difference) << *difference;
  });
  if (!std::getenv("SNNC_SEED") && !std::getenv("SNNC_CASES")) {
    EXPECT_GT(coverage.otherLengths, 50u) << "the stalls stalled nothing";
  }
}

// Congestion may change cycles, never spikes: routers that hold back outputs and inputs at random.
TEST(Lockstep, RouterStallsChangeOnlyCycles) {
  const target::Target tiny = llvm::cantFail(target::loadTarget("tiny"));
  test::LockstepCoverage coverage;
  test::forEachSeed(7000, 640, [&](uint64_t seed, support::Rng &rng) {
    const runtime::rtl::RouterStalls stalls = {seed, seed % 2 == 0 ? 64u : 170u};
    const auto difference =
        test::cycleAgainstRtl(rng, tiny, {.meshWidth = 2, .meshHeight = 2}, coverage, stalls);
    EXPECT_FALSE(difference) << *difference;
  });
  if (!std::getenv("SNNC_SEED") && !std::getenv("SNNC_CASES")) {
    EXPECT_GE(coverage.ticks, 10000u);
    EXPECT_GT(coverage.sum[CoreCounter::Messages], 5000u);
    EXPECT_GT(coverage.otherLengths, 1000u) << "the stalls stalled nothing";
  }
}
