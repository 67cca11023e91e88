// The host's part of a run, the same for every machine: computes direct-coded layers in integers,
// writes biases, injects input spikes as packets, steps the ticks of one sample, and turns what
// the cores did back into network terms (per population, de-skewed).
#pragma once

#include "common/data/data.h"
#include "common/trace/trace.h"
#include "runtime/machine/machine.h"

#include <functional>

namespace snnc::runtime {

struct HostStats {
  uint64_t macs = 0;             // nonzero weight times input, executed on the host
  uint64_t biasSaturations = 0;  // mantissas clipped to 13 bits
  uint64_t inputSaturations = 0; // inputs clipped to the encoder's range
  uint64_t packets = 0;          // input spikes sent
};

class HostDriver {
public:
  // `image` and `machine` outlive the driver; machine.load(image, steps) has been called.
  HostDriver(const image::Image &image, Machine &machine, uint32_t steps);

  struct Options {
    bool recordState = false; // fill u and v of the trace
    // Called after every tick: lockstep comparison hooks in here.
    std::function<void(uint32_t tick)> onTick;
  };
  // Resets the machine and runs one sample of steps + skew ticks.
  trace::SampleTrace run(const data::EncodedSample &sample, const Options &options);
  const HostStats &stats() const { return hostStats; }
  uint32_t ticksPerSample() const;

private:
  const image::Image &image;
  Machine &machine;
  uint32_t steps;
  HostStats hostStats;
};

} // namespace snnc::runtime
