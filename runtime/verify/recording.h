// Everything observable of one engine over one sample.
#pragma once

#include "runtime/machine/host_driver.h"

#include <memory>
#include <vector>

namespace snnc::runtime::verify {

struct TickRecord {
  uint64_t cycles = 0;
  std::vector<SpikeEvent> spikes;  // sorted by (core, neuron)
  std::vector<SendEvent> sends;    // sorted by (core, cycle)
  std::vector<NeuronState> states; // of all cores, one after the other
};

struct SampleRecord {
  trace::SampleTrace trace;
  std::vector<TickRecord> ticks; // empty for the network in double
  Counters counters;             // of this sample alone
  bool clocked = false;          // the engine counts cycles
};

// Runs a machine and writes down what it did. The machine is loaded for the first sample's steps,
// and again when a sample has others.
class Recorder {
public:
  // Both outlive the recorder.
  Recorder(const image::Image &image, Machine &machine) : image(image), machine(machine) {}
  llvm::Expected<SampleRecord> run(const data::EncodedSample &sample);

private:
  TickRecord recordTick();

  const image::Image &image;
  Machine &machine;
  std::unique_ptr<HostDriver> driver;
  uint32_t loadedSteps = 0;
};

// Counters of `after` minus those of `before`.
Counters since(const Counters &after, const Counters &before);

} // namespace snnc::runtime::verify
