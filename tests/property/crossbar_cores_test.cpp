// Random crossbar networks with a layout and packets of their own, as RANC files hold them: the
// network in double (the reference, which knows no image and no width) and the cycle engine on its
// image agree in every spike, every v and every row of the bus, at every tick.
#include "compiler/crossbar/crossbar_image.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/reference/crossbar_engine.h"
#include "runtime/verify/verify_crossbar.h"
#include "tests/support/random_crossbar_cores.h"
#include "tests/support/random_crossbar_net.h"
#include "tests/support/seeds.h"

#include <cmath>

using namespace snnc;
using namespace snnc::runtime;

namespace {

struct Coverage {
  uint64_t networks = 0, saturated = 0, spikes = 0, merged = 0, lost = 0, floors = 0, onFloor = 0,
           asleep = 0, hops = 0, rows = 0, disabled = 0;
  uint64_t delays[net::kMaxCrossbarDelay + 1] = {}; // spikes of neurons with each
  uint64_t resets[2][2] = {};                       // spikes [linear][floorInclusive]
};

// Whether a membrane of the reference left the register: from there on the chip saturates.
bool leaves(const reference::CrossbarTrace &trace, uint32_t bits) {
  const double bound = std::ldexp(1.0, static_cast<int>(bits) - 1);
  for (const std::vector<double> &core : trace.v)
    for (const double v : core)
      if (v < -bound || v >= bound)
        return true;
  return false;
}

void cover(const net::CrossbarNet &net, const verify::CrossbarRun &run, Coverage &coverage) {
  for (size_t c = 0; c < net.cores.size(); ++c)
    for (size_t i = 0; i < net.neurons; ++i) {
      const net::CrossbarNeuron &neuron = net.cores[c].neurons[i];
      coverage.disabled += !neuron.enabled;
      for (size_t t = 0; t < run.ticks; ++t) {
        const uint64_t fired = run.spikes[c][t * net.neurons + i];
        coverage.delays[neuron.target.delay] += fired;
        coverage.resets[neuron.resetMode == net::CrossbarReset::Linear][neuron.floorInclusive] +=
            fired;
      }
    }
  const CoreCounters total = run.counters->total();
  coverage.hops += total[CoreCounter::HopsEast] + total[CoreCounter::HopsSouth];
  coverage.asleep +=
      uint64_t{net.neurons} * net.cores.size() * run.ticks - total[CoreCounter::SynapseWords];
  for (const uint8_t row : run.rows)
    coverage.rows += row;
}

void expectAgreement(const net::CrossbarNet &net, const target::Target &target,
                     Coverage &coverage) {
  ASSERT_FALSE(net::verify(net));
  auto image = compiler::toImage(net, target);
  ASSERT_TRUE(static_cast<bool>(image)) << llvm::toString(image.takeError());
  const uint32_t ticks = net.ticks + 20; // the largest delay, and silence
  const reference::CrossbarTrace trace = reference::runCrossbar(net, ticks, true);
  ASSERT_EQ(trace.inexact + trace.outOfInt32, 0u);
  const std::unique_ptr<Machine> machine = cycle::createCycleMachine();
  size_t next = 0;
  auto run = verify::runImage(*image, *machine, ticks, [&](uint32_t tick) {
    std::vector<HostPacket> packets;
    for (const compiler::PlacedPacket &packet : compiler::packetsOf(net, tick, next))
      packets.push_back({packet.x, packet.y, 0, packet.axon});
    return packets;
  });
  ASSERT_TRUE(static_cast<bool>(run)) << llvm::toString(run.takeError());
  const uint64_t clamps = run->counters->total()[CoreCounter::MembraneClamps];
  ++coverage.networks;
  if (leaves(trace, target.core.membraneBits)) { // ours saturates, the reference does not
    EXPECT_GT(clamps, 0u);
    ++coverage.saturated;
    return;
  }
  EXPECT_EQ(clamps, 0u);
  const std::vector<verify::CrossbarRun> runs = {verify::runNetwork(net, ticks), *run};
  const verify::VerifyReport report = verify::compareRuns(*image, runs, "");
  EXPECT_TRUE(report.pass) << report.pairs[0].first->text();
  EXPECT_EQ(run->rows, trace.rows);
  EXPECT_EQ(run->counters->total()[CoreCounter::Spikes], trace.spikeCount);
  EXPECT_LE(run->counters->total()[CoreCounter::Synops], trace.synapticOps);
  coverage.spikes += trace.spikeCount;
  coverage.merged += run->counters->total()[CoreCounter::AccWraps];
  coverage.lost += trace.lost;
  coverage.floors += trace.floors;
  coverage.onFloor += trace.onFloor;
  cover(net, *run, coverage);
}

void expectCovered(const Coverage &coverage) {
  if (std::getenv("SNNC_SEED") != nullptr || std::getenv("SNNC_CASES") != nullptr)
    return;
  std::cout << coverage.networks << " networks, " << coverage.saturated << " saturated, "
            << coverage.spikes << " spikes, " << coverage.merged << " merged, " << coverage.lost
            << " lost, " << coverage.floors << " floors, " << coverage.onFloor << " exactly on it, "
            << coverage.asleep << " updates asleep, " << coverage.hops << " hops, " << coverage.rows
            << " on the bus\n";
  EXPECT_GT(coverage.saturated, 0u);
  EXPECT_LT(coverage.saturated, coverage.networks / 4);
  for (const uint64_t count :
       {coverage.spikes, coverage.merged, coverage.lost, coverage.floors, coverage.onFloor,
        coverage.asleep, coverage.hops, coverage.rows, coverage.disabled})
    EXPECT_GT(count, 200u);
  for (const uint64_t count : coverage.delays)
    EXPECT_GT(count, 100u);
  for (const auto &modes : coverage.resets)
    for (const uint64_t count : modes)
      EXPECT_GT(count, 1000u);
}

} // namespace

TEST(CrossbarCores, ReferenceAndCycleEngineAgree) {
  const target::Target target = llvm::cantFail(target::loadTarget("truenorth-like"));
  Coverage coverage;
  test::forEachSeed(70000, 300, [&](uint64_t, support::Rng &rng) {
    expectAgreement(test::randomCrossbarCores(rng, target.core, {}), target, coverage);
  });
  expectCovered(coverage);
}

// Cores as large as the chip's, rows of several words, a mesh to cross.
TEST(CrossbarCores, WholeCores) {
  const target::Target target = llvm::cantFail(target::loadTarget("truenorth-like"));
  Coverage coverage;
  test::forEachSeed(71000, 12, [&](uint64_t, support::Rng &rng) {
    expectAgreement(test::randomCrossbarCores(rng, target.core,
                                              {.maxSide = 4, .maxAxons = 256, .maxNeurons = 256}),
                    target, coverage);
  });
  if (std::getenv("SNNC_SEED") == nullptr) {
    EXPECT_GT(coverage.networks, coverage.saturated);
  }
}

// Cores no larger than need be: every axon and neuron there is, the smallest sizes of a target.
TEST(CrossbarCores, SmallTargets) {
  const target::Target target = test::crossbarTarget(64, 8, 3);
  Coverage coverage;
  test::forEachSeed(72000, 60, [&](uint64_t, support::Rng &rng) {
    expectAgreement(test::randomCrossbarCores(rng, target.core, {.maxAxons = 64, .maxNeurons = 8}),
                    target, coverage);
  });
}
