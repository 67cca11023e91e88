// The host's part of a run, the same for every machine: computes direct-coded layers in integers,
// writes biases, injects input spikes as packets, steps the ticks of one sample, and turns what
// the cores did back into network terms (per population, de-skewed).
#pragma once

#include "common/data/data.h"
#include "common/trace/trace.h"
#include "runtime/machine/machine.h"

#include <functional>
#include <memory>

namespace snnc::runtime {

struct HostStats {
  uint64_t macs = 0;             // nonzero weight times nonzero integer input, as executed
  uint64_t biasSaturations = 0;  // mantissas clipped to 13 bits
  uint64_t inputSaturations = 0; // inputs clipped to the encoder's range
  uint64_t packets = 0;          // input spikes sent
};

// What run() requires of a sample: the width of the image's inputs, and values where it has host
// layers, spikes where it has none. Fails with SNN7100.
llvm::Error checkSample(const image::Image &image, const data::EncodedSample &sample);

class HostDriver {
public:
  // `image` and `machine` outlive the driver; machine.load(image, steps) has been called.
  HostDriver(const image::Image &image, Machine &machine, uint32_t steps);
  ~HostDriver();

  struct Options {
    bool recordState = false; // fill u and v of the trace
    // Called after every tick: lockstep comparison hooks in here.
    std::function<void(uint32_t tick)> onTick;
  };
  // Resets the machine and runs one sample of steps + skew ticks. The sample has `steps` steps and
  // the elements of all input populations, one after the other in the order of image.inputs.
  // REQUIRES: checkSample succeeds.
  trace::SampleTrace run(const data::EncodedSample &sample, const Options &options);
  const HostStats &stats() const { return hostStats; }
  uint32_t ticksPerSample() const;

private:
  struct Plan; // worked out once from the image: bias bursts, packet routes
  void writeBiases(const data::EncodedSample &sample, uint32_t tick);
  void injectSpikes(const data::EncodedSample &sample, uint32_t tick);
  // Of ticks [tick, tick + ticks), which the machine ran last.
  void recordSpikes(trace::SampleTrace &trace, uint32_t tick, uint32_t ticks);
  void recordState(trace::SampleTrace &trace, uint32_t tick);

  const image::Image &image;
  Machine &machine;
  uint32_t steps;
  HostStats hostStats;
  std::unique_ptr<Plan> plan;
};

} // namespace snnc::runtime
