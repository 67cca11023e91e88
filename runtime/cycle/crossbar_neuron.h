// One tick of one crossbar neuron in integers: docs/reference/crossbar_core.md, steps 2 to 7.
#pragma once

#include "common/net/quant_net.h"
#include "common/support/fixed_point.h"

#include <cstdint>

namespace snnc::runtime::cycle {

struct CrossbarEvents {
  bool spike = false;
  bool clamped = false; // step 7 changed the value
};

// `sum`: of step 1. `v`: membraneBits wide, signed.
inline CrossbarEvents updateCrossbarNeuron(const net::CrossbarConfig &config, uint32_t membraneBits,
                                           int32_t sum, int32_t &v) {
  const int32_t x = v + sum + config.leak; // below 2^23 + 2^25 + 2^15
  CrossbarEvents events;
  events.spike = x >= config.threshold;
  int32_t y = x;
  if (events.spike)
    y = config.linearReset ? x - config.threshold : config.reset;
  else if (config.floorInclusive ? x <= config.floor : x < config.floor)
    y = config.linearReset ? x - config.floor : -config.reset;
  const int32_t bound = int32_t{1} << (membraneBits - 1);
  v = static_cast<int32_t>(support::clampTo(y, -bound, bound - 1));
  events.clamped = v != y;
  return events;
}

} // namespace snnc::runtime::cycle
