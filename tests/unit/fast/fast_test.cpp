// The fast engine's tables, and what no network of the property tests does on purpose: packets
// beyond the image's routes, messages before a window opens, several samples on one machine.
#include "common/image/codec.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/fast/fast_machine.h"
#include "runtime/fast/tables.h"
#include "tests/support/image_builder.h"
#include "tests/support/seeds.h"

#include <gtest/gtest.h>

using namespace snnc;
using namespace snnc::runtime;

namespace {

// `n` inputs -> `n` neurons a -> `n` neurons b, and b -> b if it is recurrent, dense.
image::Image denseImage(uint32_t n, int32_t weight, uint32_t delay, bool recurrent = true) {
  const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  support::Rng rng(7);
  net::NeuronConfig neuron;
  neuron.threshold = 900;
  neuron.dv = 200;
  neuron.du = 4095;
  net::QuantNet net;
  net.populations.resize(3);
  for (uint32_t p = 0; p < 3; ++p) {
    net.populations[p].name = std::string(1, static_cast<char>('i' + p));
    net.populations[p].shape = {n};
    net.populations[p].isInput = p == 0;
    if (p != 0)
      net.populations[p].neurons.assign(n, neuron);
  }
  const std::pair<uint32_t, uint32_t> edges[] = {{0, 1}, {1, 2}, {2, 2}};
  for (const auto &[from, to] : edges) {
    if (from == to && !recurrent)
      continue;
    net::QuantProjection projection;
    projection.name = "p" + std::to_string(from) + std::to_string(to);
    projection.source = from;
    projection.target = to;
    projection.delay = from == to ? std::max(delay, 1u) : from == 1 ? delay : 0;
    std::vector<int16_t> weights(size_t{n} * n);
    for (int16_t &w : weights)
      w = static_cast<int16_t>(rng.between(-weight, weight));
    projection.weights = net::DenseInts{n, n, std::move(weights)};
    net.projections.push_back(std::move(projection));
  }
  net.inputs = {0};
  net.outputs = {2};
  auto image =
      test::layOut(net, target, {.neuronsPerCore = 64, .meshWidth = 6, .meshHeight = 6}, rng);
  if (!image)
    ADD_FAILURE() << n << " neurons per layer do not fit";
  return image.value_or(image::Image());
}

std::vector<NeuronState> states(Machine &machine, const image::Image &image) {
  std::vector<NeuronState> all;
  for (uint32_t c = 0; c < image.cores.size(); ++c) {
    std::vector<NeuronState> core(image.cores[c].neuronCount());
    machine.readState(c, 0, core);
    all.insert(all.end(), core.begin(), core.end());
  }
  return all;
}

constexpr CoreCounter kClockless[] = {
    CoreCounter::Synops,        CoreCounter::SynapseWords,    CoreCounter::AxonLookups,
    CoreCounter::UpdatesActive, CoreCounter::UpdatesInactive, CoreCounter::Spikes,
    CoreCounter::Messages,      CoreCounter::HopsNorth,       CoreCounter::HopsEast,
    CoreCounter::HopsSouth,     CoreCounter::HopsWest,        CoreCounter::CurrentWraps,
    CoreCounter::MembraneClamps};

// Packets to any axon, several times, with any delay.
void compareUnderPackets(const image::Image &image, fast::Path path, support::Rng &rng) {
  constexpr uint32_t kSteps = 12;
  const auto fast = fast::createFastMachine(path), cycle = cycle::createCycleMachine();
  ASSERT_FALSE(static_cast<bool>(fast->load(image, kSteps)));
  ASSERT_FALSE(static_cast<bool>(cycle->load(image, kSteps)));
  uint64_t spikes = 0;
  for (uint32_t tick = 0; tick < 3 * kSteps; ++tick) {
    if (tick % kSteps == 0) { // the next sample
      fast->reset();
      cycle->reset();
    }
    std::vector<HostPacket> packets;
    for (int64_t k = rng.between(0, 30); k > 0; --k) {
      const image::CoreImage &core = image.cores[static_cast<size_t>(
          rng.between(0, static_cast<int64_t>(image.cores.size()) - 1))];
      const auto axon = static_cast<uint16_t>(rng.between(0, 5)); // few: the same one again
      packets.push_back({core.x, core.y, static_cast<uint8_t>(rng.between(0, 7)), axon});
    }
    for (Machine *machine : {fast.get(), cycle.get()}) {
      machine->inject(packets);
      machine->step();
    }
    ASSERT_TRUE(fast->spikes() == cycle->spikes()) << "tick " << tick;
    ASSERT_TRUE(states(*fast, image) == states(*cycle, image)) << "tick " << tick;
    spikes += fast->spikes().size();
  }
  EXPECT_GT(spikes, 100u);
  const Counters a = fast->counters(), b = cycle->counters();
  for (size_t c = 0; c < a.cores.size(); ++c)
    for (const CoreCounter counter : kClockless)
      EXPECT_EQ(a.cores[c][counter], b.cores[c][counter]) << nameOf(counter);
}

net::NeuronConfig randomNeuron(support::Rng &rng) {
  net::NeuronConfig neuron;
  const bool far = (rng.uniform() < 0.3); // goes to the ends of the membrane's range
  neuron.threshold = static_cast<int32_t>(far ? rng.between(1 << 21, (1 << 23) - 1) : 3000);
  neuron.dv = static_cast<uint16_t>(far ? rng.between(0, 30) : rng.between(0, 4095));
  neuron.du = static_cast<uint16_t>((rng.uniform() < 0.5) ? 4095 : rng.between(0, 4095));
  neuron.refractory = static_cast<uint8_t>((rng.uniform() < 0.7) ? 1 : rng.between(2, 9));
  neuron.resetSubtract = (rng.uniform() < 0.5);
  neuron.reset = static_cast<int32_t>(neuron.resetSubtract ? rng.between(0, 1 << 22)
                                                           : rng.between(-(1 << 23), 100));
  neuron.biasExp = static_cast<uint8_t>(far ? 7 : rng.between(0, 3));
  neuron.biasMant = static_cast<int16_t>(rng.between(far ? 1000 : -2000, 4000));
  neuron.biasToCurrent = (rng.uniform() < 0.2);
  return neuron;
}

// Three populations, spikes forward only, driven by their biases. With `alike` the neurons of a
// population have the same parameters.
std::optional<image::Image> forwardImage(support::Rng &rng, bool alike) {
  net::QuantNet net;
  net.populations.resize(3);
  for (uint32_t p = 0; p < 3; ++p) {
    net::QuantPopulation &population = net.populations[p];
    const auto size = static_cast<uint32_t>(rng.between(1, 200));
    population.name = std::string(1, static_cast<char>('a' + p));
    population.shape = {size};
    population.neurons.assign(size, randomNeuron(rng));
    for (net::NeuronConfig &neuron : population.neurons)
      neuron = alike ? neuron : randomNeuron(rng);
  }
  for (const auto &[from, to] : {std::pair(0U, 1U), {1U, 2U}, {0U, 2U}}) {
    const uint32_t rows = net.populations[to].shape[0], columns = net.populations[from].shape[0];
    std::vector<int16_t> weights(size_t{rows} * columns);
    const int64_t most = (rng.uniform() < 0.5) ? 20 : 127;
    for (int16_t &w : weights)
      w = static_cast<int16_t>((rng.uniform() < 0.7) ? rng.between(-most, most) : 0);
    net::QuantProjection projection;
    projection.name = "p" + std::to_string(from) + std::to_string(to);
    projection.source = from;
    projection.target = to;
    projection.delay = static_cast<uint32_t>(rng.between(0, 2));
    projection.exponent = static_cast<uint8_t>(rng.between(0, 3));
    projection.weights = net::DenseInts{rows, columns, std::move(weights)};
    net.projections.push_back(std::move(projection));
  }
  net.outputs = {2};
  const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  return test::layOut(net, target, {.neuronsPerCore = 100, .shuffle = true}, rng);
}

// Ticks in runs of any length are ticks one by one: spikes of every tick, states of every run.
void compareInRuns(const image::Image &image, fast::Path path, support::Rng &rng,
                   CoreCounters &seen) {
  constexpr uint32_t kSteps = 60;
  const auto fast = fast::createFastMachine(path), cycle = cycle::createCycleMachine();
  llvm::Error error = fast->load(image, kSteps);
  ASSERT_FALSE(static_cast<bool>(error)) << llvm::toString(std::move(error));
  ASSERT_FALSE(static_cast<bool>(cycle->load(image, kSteps)));
  std::vector<uint8_t> expected(1024), spikes(1024 * 64);
  for (uint32_t tick = 0; tick < 2 * kSteps;) {
    if (tick == kSteps) { // the next sample
      fast->reset();
      cycle->reset();
    }
    const uint32_t left = kSteps - tick % kSteps;
    const uint32_t ran = fast->run(static_cast<uint32_t>(rng.between(1, left)));
    ASSERT_TRUE(ran >= 1 && ran <= left);
    for (uint32_t t = 0; t < ran; ++t) {
      cycle->step();
      for (uint32_t c = 0; c < image.cores.size(); ++c) {
        const uint32_t count = image.cores[c].neuronCount(), first = count / 3;
        cycle->readSpikes({c, first, count - first, 0, 1, expected.data(), count});
        fast->readSpikes({c, first, count - first, t, 1, spikes.data(), count});
        ASSERT_TRUE(
            std::equal(expected.begin(), expected.begin() + (count - first), spikes.begin()))
            << "tick " << tick + t << " core " << c;
      }
    }
    ASSERT_TRUE(fast->spikes() == cycle->spikes()) << "tick " << tick;
    ASSERT_TRUE(states(*fast, image) == states(*cycle, image)) << "tick " << tick;
    tick += ran;
  }
  const Counters a = fast->counters(), b = cycle->counters();
  for (size_t c = 0; c < a.cores.size(); ++c)
    for (const CoreCounter counter : kClockless)
      EXPECT_EQ(a.cores[c][counter], b.cores[c][counter]) << nameOf(counter);
  for (unsigned i = 0; i < kCoreCounters; ++i)
    seen.values[i] += a.total().values[i];
}

} // namespace

TEST(Fast, RunsOfSeveralTicks) {
  CoreCounters seen;
  test::forEachSeed(1, 60, [&](uint64_t seed, support::Rng &rng) {
    const auto image = forwardImage(rng, seed % 2 == 0);
    ASSERT_TRUE(image.has_value());
    const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
    ASSERT_EQ(fast::flatten(*image, target.core).blockTicks, fast::kMostBlockTicks);
    for (const fast::Path path : fast::kPaths)
      if (fast::isUsable(path))
        compareInRuns(*image, path, rng, seen);
  });
  for (const CoreCounter counter :
       {CoreCounter::Spikes, CoreCounter::CurrentWraps, CoreCounter::MembraneClamps})
    EXPECT_GT(seen[counter], 20u) << nameOf(counter);
}

TEST(Fast, RecurrentNetworksRunTickByTick) {
  const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  const fast::Tables tables = fast::flatten(denseImage(64, 100, 2), target.core);
  EXPECT_EQ(tables.blockTicks, 1u);
  EXPECT_EQ(tables.stages.size(), 1u);
}

TEST(Fast, PacketsBeyondTheRoutesAndTheirDelays) {
  const image::Image narrow = denseImage(64, 100, 2), wide = denseImage(600, 127, 3);
  const image::Image forward = denseImage(64, 100, 0, false); // more slots than the chip
  test::forEachSeed(1, 4, [&](uint64_t, support::Rng &rng) {
    for (const fast::Path path : fast::kPaths)
      if (fast::isUsable(path))
        for (const image::Image *image : {&narrow, &wide, &forward})
          compareUnderPackets(*image, path, rng);
  });
}

TEST(Fast, DenseRowsAreBundledAndNarrow) {
  const image::Image image = denseImage(256, 100, 0);
  const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  const fast::Tables tables = fast::flatten(image, target.core);
  ASSERT_FALSE(tables.bundles.empty());
  EXPECT_TRUE(tables.rows.empty());
  for (const fast::Bundle &bundle : tables.bundles) {
    EXPECT_TRUE(bundle.row.narrow);
    EXPECT_EQ(bundle.row.kind, fast::ListKind::Dense8);
  }
}

TEST(Fast, SumsWithoutABoundAreWide) {
  const image::Image image = denseImage(600, 127, 0); // 600 * 127 / 2 in one direction and more
  const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  uint64_t wide = 0;
  for (const fast::Row &row : fast::flatten(image, target.core).axonRows)
    wide += !row.narrow;
  EXPECT_GT(wide, 0u);
}

TEST(Fast, TablesTakeAtMostTwiceTheImage) {
  const image::Image image = denseImage(500, 127, 0);
  const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  EXPECT_LE(fast::flatten(image, target.core).bytes(), 2 * image::encode(image).size());
}
