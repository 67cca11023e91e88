// Small networks whose result follows by hand, through the host driver on the cycle engine and on
// the RTL: delays up to the ring's limit, branches that meet, several inputs and outputs, readouts.
#include "common/image/codec.h"
#include "common/image/synapse_words.h"
#include "common/trace/readout.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/machine/host_driver.h"
#include "runtime/rtl/rtl_machine.h"
#include "tests/support/image_builder.h"

#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>

using namespace snnc;
using namespace snnc::runtime;

namespace {

constexpr int32_t kFull = (1 << 23) - 1;

// No memory: fires in the steps in which 10 or more arrives.
net::NeuronConfig relay() {
  net::NeuronConfig neuron;
  neuron.threshold = 10 << 6;
  neuron.compareGe = true;
  neuron.du = neuron.dv = 4095; // u loses all with the offset of 1; v keeps less than its 4096th
  return neuron;
}

// A readout: a threshold that no membrane exceeds.
net::NeuronConfig readout(uint16_t dv) {
  net::NeuronConfig neuron;
  neuron.threshold = kFull;
  neuron.du = 4095;
  neuron.dv = dv;
  return neuron;
}

struct Network {
  net::QuantNet net;
  uint32_t add(std::string name, std::vector<uint32_t> shape, net::NeuronConfig neuron) {
    net::QuantPopulation population;
    population.name = std::move(name);
    population.shape = std::move(shape);
    population.neurons.assign(population.size(), neuron);
    net.populations.push_back(std::move(population));
    return static_cast<uint32_t>(net.populations.size() - 1);
  }
  uint32_t input(std::string name, std::vector<uint32_t> shape) {
    const uint32_t index = add(std::move(name), std::move(shape), {});
    net.populations[index].neurons.clear();
    net.populations[index].isInput = true;
    net.inputs.push_back(index);
    return index;
  }
  // Element by element.
  void join(uint32_t source, uint32_t target, int16_t weight, uint32_t delay = 0) {
    net::QuantProjection projection;
    projection.name = net.populations[source].name + "_" + net.populations[target].name;
    projection.source = source;
    projection.target = target;
    projection.delay = delay;
    const uint32_t size = net.populations[source].size();
    net::SparseInts weights{net.populations[target].size(), size, {0}, {}, {}};
    for (uint32_t i = 0; i < size; ++i) {
      weights.columns.push_back(i);
      weights.values.push_back(weight);
      weights.rowStart.push_back(i + 1);
    }
    projection.weights = std::move(weights);
    net.projections.push_back(std::move(projection));
  }
};

data::EncodedSample randomSpikes(uint32_t steps, uint32_t size, uint64_t seed) {
  support::Rng rng(seed);
  data::EncodedSample sample{steps, size, std::vector<uint8_t>(size_t{steps} * size), {}};
  for (uint8_t &spike : sample.spikes)
    spike = rng.below(3) == 0;
  return sample;
}

// The spikes of element `element` of the sample at step `step`; none before the start.
bool fired(const data::EncodedSample &sample, uint32_t element, int64_t step) {
  return step >= 0 && sample.spikes[static_cast<size_t>(step) * sample.size + element] != 0;
}

class OnBothMachines : public ::testing::TestWithParam<const char *> {
protected:
  const target::Target target = llvm::cantFail(target::loadTarget(GetParam()));
  const uint32_t ring = target.core.delaySlots;

  std::vector<std::unique_ptr<Machine>> machines(const image::Image &image, uint32_t steps) {
    if (llvm::Error error = image::verify(image))
      ADD_FAILURE() << llvm::toString(std::move(error));
    std::vector<std::unique_ptr<Machine>> out;
    out.push_back(cycle::createCycleMachine());
    out.push_back(llvm::cantFail(rtl::createRtlMachine(image, llvm::errs())));
    for (const auto &machine : out)
      llvm::cantFail(machine->load(image, steps));
    return out;
  }

  image::Image emptyImage() const {
    image::Image image;
    image.netName = "by hand";
    image.targetJson = target.json;
    image.targetFingerprint = target.fingerprint;
    image.meshWidth = 2;
    for (uint8_t x = 0; x < 2; ++x) {
      image::CoreImage &core = image.cores.emplace_back();
      core.x = x;
      core.vmin = -kFull;
      core.vmax = kFull;
    }
    return image;
  }

  // Half of the neurons on each of two cores.
  image::Image layOut(const net::QuantNet &net) {
    uint32_t neurons = 0;
    for (const net::QuantPopulation &population : net.populations)
      neurons += static_cast<uint32_t>(population.neurons.size());
    support::Rng rng(1);
    auto image = test::layOut(
        net, target, {.neuronsPerCore = (neurons + 1) / 2, .meshWidth = 2, .meshHeight = 1}, rng);
    EXPECT_TRUE(image.has_value());
    EXPECT_EQ(image->cores.size(), 2u);
    return *image;
  }

  // Two samples, to see that the first leaves nothing behind. `check` gets the second's trace.
  template <class Check>
  void run(const net::QuantNet &net, const data::EncodedSample &sample, Check check) {
    const image::Image image = layOut(net);
    for (const auto &machine : machines(image, sample.steps)) {
      SCOPED_TRACE(machine->name());
      HostDriver driver(image, *machine, sample.steps);
      HostDriver::Options options;
      options.recordState = true;
      driver.run(sample, options);
      check(driver.run(sample, options));
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Targets, OnBothMachines, ::testing::Values("tiny", "loihi-like"),
                         [](const auto &info) {
                           return std::string(info.param == std::string("tiny") ? "Tiny" : "Loihi");
                         });

} // namespace

// One neuron sends with every delay of the ring at once: to neuron 0 by an axon each, with weights
// 1, 2, ..., and to neuron 1 always by the same axon.
TEST_P(OnBothMachines, EveryDelayAtOnce) {
  const image::WordFormat format = image::WordFormat::of(target.core);
  image::Image image = emptyImage();
  image::CoreImage &sender = image.cores[0], &receiver = image.cores[1];
  for (image::CoreImage *core : {&sender, &receiver}) {
    core->groups = {{0, 2, 0}};
    core->neurons.assign(2, core == &sender ? relay() : readout(4095));
    core->outPointers.resize(2);
  }
  sender.synapses = {format.putDense(0, 10)};
  sender.axons = {{0, 1, 0, 0, false}};
  for (uint32_t d = 0; d < ring; ++d) {
    receiver.synapses.push_back(format.putDense(0, static_cast<int32_t>(d) + 1));
    receiver.axons.push_back({d, 1, 0, 0, false});
    sender.outSlots.push_back({1, 0, static_cast<uint8_t>(d), static_cast<uint16_t>(d)});
    sender.outSlots.push_back({1, 0, static_cast<uint8_t>(d), static_cast<uint16_t>(ring)});
  }
  receiver.synapses.push_back(format.putDense(1, 1));
  receiver.axons.push_back({ring, 1, 0, 0, false});
  sender.outPointers[0] = {0, static_cast<uint16_t>(sender.outSlots.size())};

  const uint32_t ticks = 5 * ring;
  const data::EncodedSample spikes = randomSpikes(ticks, 1, 3);
  for (const auto &machine : machines(image, ticks)) {
    SCOPED_TRACE(machine->name());
    for (uint32_t tick = 0; tick < ticks; ++tick) {
      if (fired(spikes, 0, tick))
        machine->inject({HostPacket{0, 0, 0, 0}});
      machine->step();
      int32_t weighed = 0, counted = 0;
      for (uint32_t d = 0; d < ring; ++d) {
        const bool arrives = fired(spikes, 0, int64_t{tick} - 1 - d);
        weighed += arrives ? static_cast<int32_t>(d) + 1 : 0;
        counted += arrives;
      }
      NeuronState state[2];
      machine->readState(1, 0, state);
      EXPECT_EQ(state[0].u, weighed << 6) << "tick " << tick;
      EXPECT_EQ(state[1].u, counted << 6) << "tick " << tick;
    }
  }
}

// What a convolution does: one list of sparse words, an axon for each row that it is laid upon. Two
// words, because every word of a list has the same base row.
TEST_P(OnBothMachines, OneSparseListAtEveryRow) {
  const image::WordFormat format = image::WordFormat::of(target.core);
  const uint32_t lanes = format.lanes, rows = target.core.neurons / lanes;
  image::Image image = emptyImage();
  image::CoreImage &core = image.cores[1];
  core.neurons.assign(target.core.neurons, readout(4095));
  core.outPointers.resize(core.neurons.size());
  core.groups = {{0, static_cast<uint16_t>(core.neurons.size()), 0}};
  core.synapses = {format.putPair(0, 0, 1) | format.putPair(1, 1, -2), format.putPair(0, 0, 3)};
  std::vector<HostPacket> packets;
  for (uint16_t row = 0; row < rows; ++row) {
    core.axons.push_back({0, 2, row, static_cast<uint8_t>(row % 8), true});
    packets.push_back({1, 0, 0, row});
  }
  for (const auto &machine : machines(image, 1)) {
    SCOPED_TRACE(machine->name());
    machine->inject(packets);
    machine->step();
    std::vector<NeuronState> states(core.neurons.size());
    machine->readState(1, 0, states);
    for (uint32_t i = 0; i < states.size(); ++i) {
      const int32_t sum = i % lanes == 0 ? 4 : i % lanes == 1 ? -2 : 0;
      EXPECT_EQ(states[i].u, sum * (64 << (i / lanes % 8))) << "neuron " << i;
    }
    EXPECT_EQ(machine->counters().total()[CoreCounter::Synops], 3 * rows);
    EXPECT_EQ(machine->counters().total()[CoreCounter::SynapseWords], 2 * rows);
  }
}

// c needs the end of a chain from a, and a itself `delay` steps ago, both in one step. The skip is
// held back by what the chain takes, together as long as the ring allows.
TEST_P(OnBothMachines, BranchesMeetAtTheRingsLimit) {
  const uint32_t chain = std::min(3u, ring - 1), delay = ring - 1 - chain;
  Network network;
  const uint32_t in = network.input("in", {2}), a = network.add("a", {2}, relay());
  network.join(in, a, 10);
  uint32_t last = a;
  for (uint32_t i = 0; i < chain; ++i) {
    const uint32_t next = network.add("b" + std::to_string(i), {2}, relay());
    network.join(last, next, 10);
    last = next;
  }
  const uint32_t c = network.add("c", {2}, relay());
  network.join(last, c, 5);
  network.join(a, c, 5, delay);
  network.net.outputs = {c};
  const std::vector<uint32_t> first = net::firstTicks(network.net);
  ASSERT_EQ(net::hardwareDelay(network.net, first, network.net.projections.back()), ring - 1);

  const data::EncodedSample sample = randomSpikes(40, 2, 5);
  uint32_t spikes = 0;
  run(network.net, sample, [&](const trace::SampleTrace &trace) {
    for (uint32_t step = 0; step < sample.steps; ++step)
      for (uint32_t i = 0; i < 2; ++i) {
        const size_t at = size_t{step} * 2 + i;
        EXPECT_EQ(trace.populations[last].spikes[at] != 0, fired(sample, i, step));
        EXPECT_EQ(trace.populations[c].spikes[at] != 0,
                  fired(sample, i, step) && fired(sample, i, int64_t{step} - delay))
            << "step " << step << " neuron " << i;
        spikes += trace.populations[c].spikes[at];
      }
  });
  EXPECT_GT(spikes, 0u);
}

// A neuron that excites itself `ring` steps later: its hop takes one of them, the ring the others.
TEST_P(OnBothMachines, ALoopAsLongAsTheRing) {
  Network network;
  const uint32_t in = network.input("in", {2}), a = network.add("a", {2}, relay());
  network.join(in, a, 10);
  network.join(a, a, 10, ring);
  network.net.outputs = {a};
  data::EncodedSample sample{6 * ring, 2, std::vector<uint8_t>(size_t{12} * ring), {}};
  sample.spikes[0] = 1; // neuron 0 in step 0, neuron 1 in step 1
  sample.spikes[3] = 1;
  run(network.net, sample, [&](const trace::SampleTrace &trace) {
    for (uint32_t step = 0; step < sample.steps; ++step) {
      EXPECT_EQ(trace.populations[a].spikes[size_t{step} * 2] != 0, step % ring == 0);
      EXPECT_EQ(trace.populations[a].spikes[size_t{step} * 2 + 1] != 0, step % ring == 1);
    }
  });
}

// The host holds back what comes from an input: no ring limits it. Two inputs of several
// dimensions, two outputs; the sample has the inputs' elements one after the other.
TEST_P(OnBothMachines, DelayedInputsOfAnyShape) {
  const uint32_t late = 3 * ring + 1;
  Network network;
  const uint32_t image = network.input("image", {1, 2, 1}),
                 a = network.add("a", {2, 1, 1}, relay());
  const uint32_t b = network.add("b", {3}, relay());
  const uint32_t audio = network.input("audio", {3});
  const uint32_t c = network.add("c", {3}, relay());
  network.net.inputs = {audio, image}; // not in the order of the populations
  network.join(image, a, 10, late);
  network.join(audio, b, 10);
  network.join(b, c, 10);
  network.join(audio, c, 10, 2);
  network.net.outputs = {c, a};

  const data::EncodedSample sample = randomSpikes(4 * ring + 8, 5, 9);
  run(network.net, sample, [&](const trace::SampleTrace &trace) {
    for (uint32_t step = 0; step < sample.steps; ++step) {
      for (uint32_t i = 0; i < 2; ++i) {
        const size_t at = size_t{step} * 2 + i;
        EXPECT_EQ(trace.populations[image].spikes[at] != 0, fired(sample, 3 + i, step));
        EXPECT_EQ(trace.populations[a].spikes[at] != 0, fired(sample, 3 + i, int64_t{step} - late))
            << "step " << step << " neuron " << i;
      }
      for (uint32_t i = 0; i < 3; ++i) {
        const size_t at = size_t{step} * 3 + i;
        EXPECT_EQ(trace.populations[audio].spikes[at] != 0, fired(sample, i, step));
        EXPECT_EQ(trace.populations[c].spikes[at] != 0,
                  fired(sample, i, step) || fired(sample, i, int64_t{step} - 2))
            << "step " << step << " neuron " << i;
      }
    }
  });
}

// Readouts integrate and never fire, not at the clamp either; the scores of their membranes are
// those of the sums by hand. `deep` starts a tick after `flat`: both are read step by step.
TEST_P(OnBothMachines, ReadoutsNeverFireAndAreReadStepByStep) {
  Network network;
  const uint32_t in = network.input("in", {1}), a = network.add("a", {1}, relay());
  const uint32_t flat = network.add("flat", {1}, readout(0)); // sums
  const uint32_t deep = network.add("deep", {1}, readout(2048)),
                 high = network.add("high", {1}, readout(0));
  network.net.populations[high].neurons[0].biasMant = 4095;
  network.net.populations[high].neurons[0].biasExp = 7;
  network.net.populations[high].neurons[0].vInit = kFull - 600'000;
  network.join(in, a, 10);
  network.join(in, flat, 3);
  network.join(a, deep, -7);
  network.join(in, high, 1);
  network.net.outputs = {flat, deep, high};

  const data::EncodedSample sample = randomSpikes(16, 1, 11);
  std::vector<int32_t> sums, leaks, rises;
  int32_t sum = 0, leak = 0, rise = kFull - 600'000;
  for (uint32_t step = 0; step < sample.steps; ++step) {
    const int32_t x = fired(sample, 0, step);
    sums.push_back(sum += 3 * 64 * x);
    leaks.push_back(leak = leak / 2 - 7 * 64 * x); // toward zero
    rises.push_back(rise = std::min(rise + (4095 << 7) + 64 * x, kFull));
  }
  ASSERT_EQ(rises[4], kFull);
  const auto scores = [&](const trace::PopulationTrace &population, net::Readout readout) {
    return trace::scores(population, sample.steps, readout)[0];
  };
  run(network.net, sample, [&](const trace::SampleTrace &trace) {
    EXPECT_EQ(trace.populations[flat].v, sums);
    EXPECT_EQ(trace.populations[deep].v, leaks);
    EXPECT_EQ(trace.populations[high].v, rises);
    for (const uint32_t output : {flat, deep, high})
      EXPECT_EQ(scores(trace.populations[output], net::Readout::Count), 0.0);
    EXPECT_EQ(scores(trace.populations[flat], net::Readout::Last), sum);
    EXPECT_EQ(scores(trace.populations[high], net::Readout::Max), kFull);
    EXPECT_EQ(scores(trace.populations[deep], net::Readout::Max),
              *std::max_element(leaks.begin(), leaks.end()));
    EXPECT_EQ(scores(trace.populations[deep], net::Readout::Membrane),
              std::accumulate(leaks.begin(), leaks.end(), 0) / 16.0);
  });
}

// A core full of neurons that nothing happens to: the first tick visits them all, then they sleep.
TEST_P(OnBothMachines, AnIdleCoreSleeps) {
  image::Image image = emptyImage();
  const uint32_t neurons = target.core.neurons, rows = neurons / target.core.lanes();
  image.cores[0].neurons.assign(neurons, readout(0));
  image.cores[0].outPointers.resize(neurons);
  image.cores[0].groups = {{0, static_cast<uint16_t>(neurons), 0}};
  for (const auto &machine : machines(image, 100)) {
    SCOPED_TRACE(machine->name());
    // Scan, then a cycle for each neuron, four until the pipeline is empty; two barriers, an empty
    // exchange.
    const uint64_t awake = 1 + 1 + neurons - 1 + 4 + 5, asleep = 1 + 1 + rows + 1 + 5;
    machine->step();
    EXPECT_EQ(machine->tickCycles(), awake);
    machine->step();
    EXPECT_EQ(machine->tickCycles(), asleep);
    machine->writeBias(0, neurons - 1, {int16_t{1}});
    machine->step();
    EXPECT_EQ(machine->tickCycles(), asleep + target.core.lanes() - 1 + 2) << "one row woke";
    const CoreCounters counters = machine->counters().cores[0];
    EXPECT_EQ(counters[CoreCounter::UpdatesActive], 1u);
    EXPECT_EQ(counters[CoreCounter::UpdatesInactive], 3 * neurons - 1) << "a sleeping row counts";
    if (neurons == 1024) {
      EXPECT_LE(awake, 1100u);
      EXPECT_LE(asleep, 140u);
    }
    // A sample reset wakes every row.
    machine->reset();
    machine->step();
    EXPECT_EQ(machine->tickCycles(), awake);
  }
}
