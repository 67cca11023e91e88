// Random networks in integers, laid onto cores at random without the compiler: the network in
// double, the fast engine with every instruction set, the cycle engine and the RTL give the same
// spikes and states; the last two also the same cycles, and all machines the same counters; and the
// image decodes into the network that it came from.
#include "runtime/cycle/cycle_machine.h"
#include "runtime/rtl/rtl_machine.h"
#include "runtime/verify/verify.h"
#include "tests/support/fast_engines.h"
#include "tests/support/image_builder.h"
#include "tests/support/random_net.h"
#include "tests/support/seeds.h"

#include "llvm/Support/raw_ostream.h"

using namespace snnc;
using namespace snnc::runtime;

namespace {

struct Coverage {
  uint64_t runs = 0, spikes = 0, accWraps = 0, currentWraps = 0, clamps = 0, messages = 0, hops = 0;
  uint64_t manyCores = 0;
};

// Sums up what the runs met, from the engine itself: a property that nothing exercised is no proof.
class CountingMachine final : public Machine {
public:
  CountingMachine(std::unique_ptr<Machine> machine, Coverage &coverage)
      : machine(std::move(machine)), coverage(coverage) {}
  ~CountingMachine() override;
  const char *name() const override { return machine->name(); }
  llvm::Error load(const image::Image &image, uint32_t steps) override {
    return machine->load(image, steps);
  }
  void reset() override { machine->reset(); }
  void writeBias(uint32_t core, uint32_t first, llvm::ArrayRef<int16_t> mantissas) override {
    machine->writeBias(core, first, mantissas);
  }
  void inject(llvm::ArrayRef<HostPacket> packets) override { machine->inject(packets); }
  void step() override { machine->step(); }
  llvm::ArrayRef<SpikeEvent> spikes() const override { return machine->spikes(); }
  llvm::ArrayRef<SendEvent> sends() const override { return machine->sends(); }
  uint64_t tickCycles() const override { return machine->tickCycles(); }
  void readState(uint32_t core, uint32_t first, llvm::MutableArrayRef<NeuronState> out) override {
    machine->readState(core, first, out);
  }
  Counters counters() override { return machine->counters(); }

private:
  std::unique_ptr<Machine> machine;
  Coverage &coverage;
};

CountingMachine::~CountingMachine() {
  const Counters counters = machine->counters();
  const CoreCounters sum = counters.total();
  using enum CoreCounter;
  EXPECT_EQ(sum[BusyCycles] + sum[IdleCycles], counters.tickCycles * counters.cores.size());
  ++coverage.runs;
  coverage.spikes += sum[Spikes];
  coverage.accWraps += sum[AccWraps];
  coverage.currentWraps += sum[CurrentWraps];
  coverage.clamps += sum[MembraneClamps];
  coverage.messages += sum[Messages];
  coverage.hops += sum[HopsNorth] + sum[HopsEast] + sum[HopsSouth] + sum[HopsWest];
  coverage.manyCores += counters.cores.size() > 1;
}

std::vector<verify::EngineSpec> engines(bool rtl, Coverage &coverage) {
  std::vector<verify::EngineSpec> specs = {
      {"quant", {}},
      {"cycle", [&coverage](const image::Image &) -> llvm::Expected<std::unique_ptr<Machine>> {
         return std::make_unique<CountingMachine>(cycle::createCycleMachine(), coverage);
       }}};
  for (verify::EngineSpec &spec : test::fastEngines())
    specs.push_back(std::move(spec));
  if (rtl)
    specs.push_back({"rtl", [](const image::Image &image) {
                       return rtl::createRtlMachine(image, llvm::errs());
                     }});
  return specs;
}

void compare(support::Rng &rng, const target::Target &target,
             const test::RandomNetOptions &netOptions, const test::LayoutOptions &layout, bool rtl,
             Coverage &coverage) {
  const net::QuantNet net = test::randomQuantNet(rng, target.core, netOptions);
  const auto image = test::layOut(net, target, layout, rng);
  if (!image)
    return; // does not fit: another seed will
  const auto steps = static_cast<uint32_t>(rng.between(1, 24));
  auto report = verify::verifyEngines(
      {.image = *image,
       .network = &net,
       .core = target.core,
       .engines = engines(rtl, coverage),
       .firstSample = 0,
       .samples = 2,
       .sampleAt = [&](uint64_t) { return test::randomSample(rng, net, steps); },
       .command = {},
       .progress = {}});
  ASSERT_TRUE(static_cast<bool>(report)) << llvm::toString(report.takeError());
  EXPECT_EQ(report->imageDifference, "");
  for (const verify::PairReport &pair : report->pairs) {
    const auto clocked = [](const std::string &name) { return name == "cycle" || name == "rtl"; };
    EXPECT_EQ(pair.cycleMismatches.has_value(), clocked(pair.a) && clocked(pair.b));
    EXPECT_EQ(pair.counterMismatches.has_value(), pair.a != "quant");
    EXPECT_TRUE(pair.equal()) << pair.a << " and " << pair.b << ": " << pair.first->text();
  }
  EXPECT_TRUE(report->pass);
}

void expectCovered(const Coverage &coverage, uint64_t cases) {
  if (std::getenv("SNNC_SEED") != nullptr || cases == 0)
    return;
  EXPECT_GT(coverage.runs, cases / 3) << "too few random networks fit";
  EXPECT_GT(coverage.spikes, 0u);
  EXPECT_GT(coverage.accWraps, 0u);
  EXPECT_GT(coverage.currentWraps, 0u);
  EXPECT_GT(coverage.clamps, 0u);
  EXPECT_GT(coverage.messages, 0u);
  EXPECT_GT(coverage.hops, 0u);
  EXPECT_GT(coverage.manyCores, 0u);
}

target::Target load(const char *name) {
  return llvm::cantFail(target::loadTarget(name));
}

} // namespace

TEST(EnginesAgree, TinyQuantAndCycle) {
  const target::Target tiny = load("tiny");
  Coverage coverage;
  test::forEachSeed(1, 400, [&](uint64_t, support::Rng &rng) {
    compare(rng, tiny, {.maxPopulations = 3, .maxSize = 4, .maxInputs = 6}, {.shuffle = true},
            false, coverage);
  });
  expectCovered(coverage, 400);
}

TEST(EnginesAgree, LoihiLikeOnManyCoresQuantAndCycle) {
  const target::Target loihi = load("loihi-like");
  Coverage coverage;
  test::forEachSeed(1000, 150, [&](uint64_t, support::Rng &rng) {
    compare(rng, loihi, {.maxPopulations = 5, .maxSize = 40, .maxInputs = 30},
            {.neuronsPerCore = static_cast<uint32_t>(rng.between(3, 24)),
             .meshWidth = 6,
             .meshHeight = 5,
             .shuffle = true},
            false, coverage);
  });
  expectCovered(coverage, 150);
}

TEST(EnginesAgree, TinyQuantCycleAndRtl) {
  const target::Target tiny = load("tiny");
  Coverage coverage;
  test::forEachSeed(2000, 100, [&](uint64_t, support::Rng &rng) {
    compare(rng, tiny, {.maxPopulations = 3, .maxSize = 4, .maxInputs = 6}, {.shuffle = true}, true,
            coverage);
  });
  expectCovered(coverage, 100);
}

TEST(EnginesAgree, LoihiLikeQuantCycleAndRtl) {
  const target::Target loihi = load("loihi-like");
  Coverage coverage;
  test::forEachSeed(3000, 8, [&](uint64_t, support::Rng &rng) {
    compare(rng, loihi, {.maxPopulations = 4, .maxSize = 60, .maxInputs = 40, .recurrent = 0.8},
            {.neuronsPerCore = static_cast<uint32_t>(rng.between(40, 80)),
             .meshWidth = 2,
             .meshHeight = 2,
             .shuffle = true},
            true, coverage);
  });
  EXPECT_TRUE(std::getenv("SNNC_SEED") != nullptr || coverage.hops > 0);
}
