// The quantised network, evaluated with Eigen in double. Every value is an integer below 2^53, so
// it is exact. Shares no arithmetic with the integer engines: it includes neither
// support/fixed_point.h nor anything of an image.
#pragma once

#include "common/data/data.h"
#include "common/net/quant_net.h"
#include "common/target/target.h"
#include "common/trace/trace.h"

#include <memory>

namespace snnc::runtime::reference {

class QuantEngine {
public:
  QuantEngine(const net::QuantNet &net, const target::CoreSpec &core);
  ~QuantEngine();
  // One sample from the initial state; `recordState` fills u and v.
  trace::SampleTrace run(const data::EncodedSample &sample, bool recordState);
  // Counted since construction, over all neurons and steps.
  struct Events { uint64_t accWraps = 0, currentWraps = 0, membraneClamps = 0, biasSaturations = 0; };
  Events events() const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace snnc::runtime::reference
