// The FPGA: examples/ice40_mnist on the netlist that is placed and routed for the iCE40UP5K, behind
// its serial port, against the cycle engine.
#include "common/image/codec.h"
#include "common/image/synapse_words.h"
#include "compiler/frontends/json/json_frontend.h"
#include "compiler/pipeline/compile.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/machine/host_driver.h"
#include "runtime/rtl/rtl_machine.h"

#include <gtest/gtest.h>

#include <iostream>
#include <numeric>

using namespace snnc;
using namespace snnc::runtime;

namespace {

const target::Target &up5k() {
  static const target::Target target = llvm::cantFail(target::loadTarget("ice40-up5k"));
  return target;
}

image::Image mnistImage() {
  support::Warnings warnings;
  const net::Net net =
      llvm::cantFail(compiler::readJson(SNNC_EXAMPLES "/ice40_mnist/model.json", {}, warnings));
  auto compiled = llvm::cantFail(compiler::compile(net, up5k(), {}, warnings));
  return std::move(*compiled.image);
}

struct Result {
  trace::SampleTrace trace;
  std::vector<uint64_t> tickCycles;
};

Result runDigit(Machine &machine, const image::Image &image) {
  const data::Dataset data = llvm::cantFail(data::loadDataset("digits:1", {28, 28}));
  const uint32_t steps = *image.run.steps;
  const data::EncodedSample sample = llvm::cantFail(data::encodeSample(data, 0, image.run, 1));
  llvm::cantFail(machine.load(image, steps));
  Result result;
  HostDriver driver(image, machine, steps);
  result.trace =
      driver.run(sample, {.recordState = true, .onTick = [&](uint32_t) {
                            result.tickCycles.push_back(machine.tickCycles());
                          }});
  return result;
}

uint64_t spikesOf(const trace::SampleTrace &trace) {
  uint64_t sum = 0;
  for (const trace::PopulationTrace &population : trace.populations)
    sum = std::accumulate(population.spikes.begin(), population.spikes.end(), sum);
  return sum;
}

// One core of `neurons` neurons, all behind each of `axons` axons.
image::Image denseCore(uint32_t neurons, uint32_t axons) {
  image::Image image;
  image.netName = "dense";
  image.targetJson = up5k().json;
  image.targetFingerprint = up5k().fingerprint;
  image.meshWidth = image.meshHeight = 1;
  image::CoreImage &core = image.cores.emplace_back();
  core.vmin = -(1 << 23) + 1;
  core.vmax = (1 << 23) - 1;
  core.groups = {{0, static_cast<uint16_t>(neurons), 0}};
  core.neurons.resize(neurons);
  core.outPointers.resize(neurons);
  const image::WordFormat format = image::WordFormat::of(up5k().core);
  const uint32_t words = (neurons + format.lanes - 1) / format.lanes;
  for (uint32_t axon = 0; axon < axons; ++axon) {
    core.axons.push_back({axon * words, static_cast<uint16_t>(words), 0, 0, false});
    for (uint32_t word = 0; word < words; ++word)
      core.synapses.push_back(format.putDense(axon % format.lanes, 1));
  }
  return image;
}

} // namespace

TEST(Netlist, AnMnistNetworkRunsAsOnTheCycleEngine) {
  const image::Image image = mnistImage();
  const auto cycle = cycle::createCycleMachine();
  const auto netlist = llvm::cantFail(rtl::openRtlMachine(image, SNNC_NETLIST));
  const Result expected = runDigit(*cycle, image);
  const Result got = runDigit(*netlist, image);
  const trace::TraceDiff difference = trace::diff(expected.trace, got.trace);
  EXPECT_EQ(difference.spikeMismatches, 0u);
  EXPECT_EQ(difference.stateMismatches, 0u);
  EXPECT_EQ(expected.tickCycles, got.tickCycles);
  EXPECT_GT(spikesOf(expected.trace), 300u);
  std::cout << spikesOf(expected.trace) << " spikes of input and neurons, ticks of";
  for (uint64_t cycles : got.tickCycles)
    std::cout << ' ' << cycles;
  std::cout << " clocks\n";
}

TEST(Ice40, OneAxonEventTakesAtMost32Clocks) {
  constexpr uint32_t kNeurons = 160, kAxons = 98;
  const image::Image image = denseCore(kNeurons, kAxons);
  if (llvm::Error error = image::verify(image))
    FAIL() << llvm::toString(std::move(error));
  const auto clocks = [&](uint32_t events) {
    const auto machine = cycle::createCycleMachine();
    llvm::cantFail(machine->load(image, 1));
    std::vector<HostPacket> packets(events);
    for (uint32_t i = 0; i < events; ++i)
      packets[i].axon = static_cast<uint16_t>(i);
    machine->inject(packets);
    machine->step();
    return machine->counters().hostCycles + machine->tickCycles();
  };
  const uint64_t perEvent = (clocks(kAxons) - clocks(0) + kAxons - 1) / kAxons;
  std::cout << "one axon event to " << kNeurons << " neurons: " << perEvent << " clocks\n";
  EXPECT_GE(perEvent, kNeurons / 8) << "one synaptic word of eight weights a clock";
  EXPECT_LE(perEvent, 32u);
}
