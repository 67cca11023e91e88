// The quantised network, evaluated with Eigen in double. Every value is an integer below 2^53, so
// it is exact. Shares no arithmetic with the integer engines: it includes neither
// support/fixed_point.h nor anything of an image. Specification: docs/reference/arithmetic.md.
//
// Time is the network's: an edge of delay d delivers a spike of step t in step t + d, input spikes
// and feed-forward delay-0 edges in their own step. No window, no skew.
#pragma once

#include "common/data/data.h"
#include "common/net/quant_net.h"
#include "common/target/target.h"
#include "common/trace/trace.h"

#include <memory>

namespace snnc::runtime::reference {

class QuantEngine {
public:
  // REQUIRES: delay-0 edges form no cycle; hostLayers has at most one layer per target, whose |I_j|
  // stay below 2^53. `net` is copied as far as needed. Widths are those of `core`.
  QuantEngine(const net::QuantNet &net, const target::CoreSpec &core);
  ~QuantEngine();
  // One sample from the initial state; `recordState` fills u and v. An analog input's spikes are 0.
  trace::SampleTrace run(const data::EncodedSample &sample, bool recordState);
  // Counted since construction, over all neurons and steps.
  struct Events {
    // Neuron updates whose exact accumulator sum left its width: the sums are taken whole, so this
    // is 0 where no order of the single additions wraps, but is not their count.
    uint64_t accWraps = 0;
    uint64_t currentWraps = 0;    // u left its width (arithmetic.md, step 2)
    uint64_t membraneClamps = 0;  // step 4 or step 7 changed the value
    uint64_t biasSaturations = 0; // host layer: mantissas clipped, per computation
  };
  Events events() const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace snnc::runtime::reference
