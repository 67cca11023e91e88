// Every alarm rings: each test breaks one thing on purpose and must be told where.
#include "common/image/codec.h"
#include "common/image/match_network.h"
#include "common/image/synapse_words.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/verify/verify.h"
#include "tests/support/image_builder.h"

#include <gtest/gtest.h>

#include <functional>

using namespace snnc;
using namespace snnc::runtime;

namespace {

constexpr uint32_t kSteps = 12;

// Three inputs, four neurons, two neurons, and a loop over the last: everything fires often, every
// weight is used, nothing saturates.
net::QuantNet lively() {
  net::QuantNet net;
  net.name = "lively";
  net::NeuronConfig neuron;
  neuron.threshold = 2500;
  neuron.dv = 1000;
  neuron.du = 3000;
  net::QuantPopulation in{.name = "in", .shape = {3}, .isInput = true, .neurons = {}, .scale = {}};
  net::QuantPopulation a{.name = "a", .shape = {4}, .neurons = {4, neuron}, .scale = {}};
  neuron.threshold = 900;
  neuron.resetSubtract = true;
  neuron.reset = 900;
  neuron.refractory = 2;
  net::QuantPopulation b{.name = "b", .shape = {2}, .neurons = {2, neuron}, .scale = {}};
  net.populations = {in, a, b};
  net::QuantProjection first{.name = "in_a", .source = 0, .target = 1, .weights = {}};
  first.weights = net::DenseInts{4, 3, {9, 5, 7, 3, 11, 2, 8, -1, 12, 6, 10, 4}};
  net::QuantProjection second{.name = "a_b", .source = 1, .target = 2, .weights = {}};
  second.weights = net::DenseInts{2, 4, {5, 9, -3, 8, 7, 4, 10, 6}};
  net::QuantProjection loop{.name = "b_b", .source = 2, .target = 2, .delay = 1, .weights = {}};
  loop.weights = net::DenseInts{2, 2, {1, -2, 3, 1}};
  net.projections = {first, second, loop};
  net.inputs = {0};
  net.outputs = {2};
  return net;
}

struct Subject {
  net::QuantNet net = lively();
  target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  image::Image image;

  Subject() {
    support::Rng rng(1);
    image = *test::layOut(net, target, {.neuronsPerCore = 4, .meshWidth = 2, .meshHeight = 1}, rng);
  }
};

llvm::Expected<data::EncodedSample> allInputs(uint64_t) {
  return data::EncodedSample{kSteps, 3, std::vector<uint8_t>(kSteps * 3, 1), {}};
}

verify::MachineFactory cycleEngine() {
  return [](const image::Image &) -> llvm::Expected<std::unique_ptr<Machine>> {
    return cycle::createCycleMachine();
  };
}

verify::VerifyReport run(const Subject &subject, const image::Image &image,
                         std::vector<verify::EngineSpec> engines) {
  auto report = verify::verifyEngines({.image = image,
                                       .network = &subject.net,
                                       .core = subject.target.core,
                                       .engines = std::move(engines),
                                       .firstSample = 0,
                                       .samples = 1,
                                       .sampleAt = allInputs,
                                       .command = "snnc verify lively.snn",
                                       .progress = {}});
  if (!report) {
    ADD_FAILURE() << llvm::toString(report.takeError());
    return {};
  }
  return *report;
}

// The cycle engine with one thing wrong: in what it loads, or in what it shows.
struct Fault {
  std::function<void(image::Image &)> load = {};
  std::function<void(SpikeEvent &)> spike = {};
  std::function<void(SendEvent &)> send = {};
  std::function<uint64_t(uint64_t)> length = {};
  std::function<void(NeuronState &)> state = {};
  std::function<void(Counters &)> counters = {};
};

class FaultyMachine final : public Machine {
public:
  explicit FaultyMachine(Fault fault)
      : fault(std::move(fault)), inner(cycle::createCycleMachine()) {}
  const char *name() const override { return "faulty"; }
  llvm::Error load(const image::Image &image, uint32_t steps) override {
    image::Image changed = image;
    if (fault.load)
      fault.load(changed);
    return inner->load(changed, steps);
  }
  void reset() override { inner->reset(); }
  void writeBias(uint32_t core, uint32_t first, llvm::ArrayRef<int16_t> mantissas) override {
    inner->writeBias(core, first, mantissas);
  }
  void inject(llvm::ArrayRef<HostPacket> packets) override { inner->inject(packets); }
  void step() override {
    inner->step();
    shownSpikes = inner->spikes().vec();
    shownSends = inner->sends().vec();
    if (fault.spike && !shownSpikes.empty())
      fault.spike(shownSpikes.back());
    if (fault.send && !shownSends.empty())
      fault.send(shownSends.back());
  }
  llvm::ArrayRef<SpikeEvent> spikes() const override { return shownSpikes; }
  llvm::ArrayRef<SendEvent> sends() const override { return shownSends; }
  uint64_t tickCycles() const override {
    return fault.length ? fault.length(inner->tickCycles()) : inner->tickCycles();
  }
  void readState(uint32_t core, uint32_t first, llvm::MutableArrayRef<NeuronState> out) override {
    inner->readState(core, first, out);
    if (fault.state)
      fault.state(out.back());
  }
  Counters counters() override {
    Counters result = inner->counters();
    // Only what one sample adds is compared, so a wrong constant would not show.
    if (fault.counters && result.ticks != 0)
      fault.counters(result);
    return result;
  }

private:
  Fault fault;
  std::unique_ptr<Machine> inner;
  std::vector<SpikeEvent> shownSpikes;
  std::vector<SendEvent> shownSends;
};

verify::PairReport compareWith(Fault fault) {
  const Subject subject;
  const verify::VerifyReport report =
      run(subject, subject.image,
          {{"cycle", cycleEngine()},
           {"faulty", [fault](const image::Image &) -> llvm::Expected<std::unique_ptr<Machine>> {
              return std::make_unique<FaultyMachine>(fault);
            }}});
  if (report.pairs.size() != 1) {
    ADD_FAILURE() << "no report";
    return {};
  }
  EXPECT_EQ(report.pass, report.pairs[0].equal());
  return report.pairs[0];
}

} // namespace

TEST(Alarms, SilentWhenNothingIsWrong) {
  const Subject subject;
  const verify::VerifyReport report =
      run(subject, subject.image, {{"quant", {}}, {"cycle", cycleEngine()}});
  EXPECT_TRUE(report.pass);
  EXPECT_EQ(report.imageEqualsNetwork, true);
  EXPECT_FALSE(llvm::errorToBool(image::matchNetwork(subject.image, subject.net)));
  ASSERT_EQ(report.pairs.size(), 1u);
  EXPECT_FALSE(report.pairs[0].first);
  EXPECT_TRUE(compareWith({}).equal());
}

// Every bit of every weight that is in use, one at a time.
TEST(Alarms, FlippedWeightBitInTheImage) {
  const Subject subject;
  const image::WordFormat format = image::WordFormat::of(subject.target.core);
  size_t flips = 0;
  for (size_t c = 0; c < subject.image.cores.size(); ++c)
    for (size_t w = 0; w < subject.image.cores[c].synapses.size(); ++w)
      for (uint32_t lane = 0; lane < subject.image.cores[c].neurons.size(); ++lane) {
        if (format.denseWeight(subject.image.cores[c].synapses[w], lane) == 0)
          continue; // another population's lane
        for (uint32_t bit = 0; bit < format.weightBits; ++bit, ++flips) {
          image::Image broken = subject.image;
          broken.cores[c].synapses[w] ^= uint64_t{1} << (lane * format.weightBits + bit);
          const verify::VerifyReport report =
              run(subject, broken, {{"quant", {}}, {"cycle", cycleEngine()}});
          ASSERT_FALSE(report.pass) << "core " << c << " word " << w << " lane " << lane;
          EXPECT_EQ(report.imageEqualsNetwork, false);
          EXPECT_TRUE(llvm::errorToBool(image::matchNetwork(broken, subject.net)));
          EXPECT_NE(report.imageDifference, "");
          EXPECT_GT(report.pairs[0].spikeMismatches + report.pairs[0].stateMismatches, 0u);
          ASSERT_TRUE(report.pairs[0].first);
          EXPECT_EQ(report.pairs[0].first->core, c);
          EXPECT_EQ(report.pairs[0].first->local, lane);
          EXPECT_EQ(report.pairs[0].first->field, "u");
        }
      }
  EXPECT_EQ(flips, 24u * 8);
}

// What the report says of one flip, word by word: sample, tick, layer, neuron, core, field, both
// values, the operation, the replay line.
TEST(Alarms, ReportNamesTheSynapseThatIsWrong) {
  const Subject subject;
  image::Image broken = subject.image;
  broken.cores[0].synapses[0] ^= uint64_t{1} << 8; // lane 1 of input 0: weight 3 becomes 2
  const verify::VerifyReport report =
      run(subject, broken, {{"quant", {}}, {"cycle", cycleEngine()}});
  EXPECT_EQ(report.imageDifference,
            "synapse 0 -> 1 of 'in_a' weighs 2 in the image and 3 in the network");
  ASSERT_TRUE(report.pairs[0].first);
  EXPECT_EQ(report.pairs[0].first->text(),
            "sample 0, tick 0, neuron 1 of 'a', core 0 neuron 1\n"
            "  u: 1024 against 960\n"
            "  step 2: u' = wrap24(dec(0, 3001) + acc) = wrap24(0 + x): x is 1024 in a and 960 in "
            "b, -64 apart; compare the synapses that were due\n"
            "  due: 'in_a' from 0: 3 << 6; 'in_a' from 1: 11 << 6; 'in_a' from 2: 2 << 6\n"
            "  replay: snnc verify lively.snn --engines quant,cycle --samples 0:1");
}

TEST(Alarms, FlippedByteInTheFile) {
  const Subject subject;
  const auto bytes = image::encode(subject.image);
  ASSERT_TRUE(static_cast<bool>(image::decode(bytes, "whole")));
  for (size_t at = 0; at < bytes.size(); ++at) {
    auto broken = bytes;
    broken[at] = static_cast<char>(broken[at] ^ (1 << (at % 8)));
    auto image = image::decode(broken, "broken");
    ASSERT_FALSE(static_cast<bool>(image)) << "byte " << at << " of " << bytes.size();
    llvm::consumeError(image.takeError());
  }
}

// One rule of the arithmetic or of the schedule is another one.
TEST(Alarms, EngineWithOneWrongRule) {
  using image::Image;
  const std::vector<std::pair<const char *, std::function<void(Image &)>>> rules = {
      {"du offset", [](Image &i) { i.cores[0].duOffset = 0; }},
      {"membrane decay", [](Image &i) { i.cores[0].neurons[2].dv += 1; }},
      {"threshold", [](Image &i) { i.cores[0].neurons[0].threshold = 1000; }},
      {"reset rule", [](Image &i) { i.cores[1].neurons[0].resetSubtract = false; }},
      {"refractory", [](Image &i) { i.cores[1].neurons[1].refractory = 1; }},
      {"bias into the current", [](Image &i) { i.cores[0].neurons[3].biasMant = 1; }},
      {"vmax", [](Image &i) { i.cores[0].vmax = 950; }},
      {"initial state", [](Image &i) { i.cores[0].neurons[1].vInit = 200; }},
      {"window", [](Image &i) { i.cores[1].groups[0].skew = i.populations[2].skew = 4; }},
      {"delay", [](Image &i) { i.cores[0].outSlots[0].delay = 1; }},
      {"exponent", [](Image &i) { i.cores[0].axons[1].exponent = 1; }},
      {"a lost message", [](Image &i) { i.cores[0].outPointers[2].count = 0; }},
  };
  for (const auto &[name, rule] : rules) {
    SCOPED_TRACE(name);
    const Subject subject;
    Image broken = subject.image;
    rule(broken);
    EXPECT_TRUE(llvm::errorToBool(image::matchNetwork(broken, subject.net)));
    const verify::PairReport pair = compareWith({.load = rule});
    EXPECT_GT(pair.stateMismatches, 0u);
    ASSERT_TRUE(pair.first);
    // A message fewer shows first as a shorter tick, which belongs to no layer.
    EXPECT_TRUE(!pair.first->layer.empty() || *pair.cycleMismatches > 0);
    EXPECT_NE(pair.first->operation, "");
  }
}

TEST(Alarms, WrongStateOrSpike) {
  verify::PairReport pair = compareWith({.state = [](NeuronState &s) { s.v ^= 1; }});
  EXPECT_GT(pair.stateMismatches, 0u);
  EXPECT_EQ(pair.spikeMismatches, 0u);
  ASSERT_TRUE(pair.first);
  EXPECT_EQ(pair.first->field, "v");

  pair = compareWith({.state = [](NeuronState &s) { s.refractory ^= 1; }});
  ASSERT_TRUE(pair.first);
  EXPECT_EQ(pair.first->field, "refractory");

  pair = compareWith({.spike = [](SpikeEvent &s) { s.neuron ^= 1; }});
  EXPECT_GT(pair.spikeMismatches, 0u);
  EXPECT_EQ(pair.stateMismatches, 0u);
  ASSERT_TRUE(pair.first);
  EXPECT_EQ(pair.first->field, "spike");
}

TEST(Alarms, WrongCycle) {
  verify::PairReport pair = compareWith({.send = [](SendEvent &s) { s.cycle += 1; }});
  EXPECT_GT(pair.cycleMismatches, 0u);
  EXPECT_EQ(pair.stateMismatches + pair.spikeMismatches, 0u);
  ASSERT_TRUE(pair.first);
  EXPECT_EQ(pair.first->field, "send_cycle");
  EXPECT_EQ(pair.first->b - pair.first->a, 1);

  pair = compareWith({.length = [](uint64_t cycles) { return cycles + 1; }});
  EXPECT_EQ(pair.cycleMismatches, kSteps + 1); // one skewed layer: a tick more
  ASSERT_TRUE(pair.first);
  EXPECT_EQ(pair.first->field, "tick_cycles");
}

// Each counter, the whole machine's too.
TEST(Alarms, WrongCounter) {
  for (unsigned i = 0; i < kCoreCounters; ++i) {
    const verify::PairReport pair =
        compareWith({.counters = [i](Counters &c) { c.cores[1].values[i] += 1; }});
    EXPECT_EQ(pair.counterMismatches, 1u);
    ASSERT_TRUE(pair.first);
    EXPECT_EQ(pair.first->field, std::string("counter:") + nameOf(static_cast<CoreCounter>(i)));
    EXPECT_EQ(pair.first->core, 1u);
  }
  for (uint64_t Counters::*counter :
       {&Counters::transitHopsNorth, &Counters::transitHopsEast, &Counters::transitHopsSouth,
        &Counters::transitHopsWest, &Counters::ticks, &Counters::tickCycles, &Counters::barriers,
        &Counters::resetCycles, &Counters::hostCycles, &Counters::hostWriteWords}) {
    const verify::PairReport pair =
        compareWith({.counters = [counter](Counters &c) { c.*counter += 1; }});
    EXPECT_EQ(pair.counterMismatches, 1u);
  }
}
