// One tick of one cuba neuron in integers: docs/reference/arithmetic.md, steps 2 to 8.
#pragma once

#include "common/net/quant_net.h"
#include "common/support/fixed_point.h"

#include <cstdint>

namespace snnc::runtime::cycle {

// The registers of a core that its neurons share.
struct CoreRegisters {
  int32_t vmin = 0, vmax = 0; // 24-bit signed
  uint32_t duOffset = 1;      // 0 or 1
};

struct NeuronVariables {
  int32_t u = 0, v = 0; // 24-bit signed
  uint32_t refractory = 0;

  bool operator==(const NeuronVariables &) const = default;
};

// What one update did, for the counters.
struct NeuronEvents {
  bool spike = false;
  bool currentWrapped = false;  // step 2 left 24 bits
  bool membraneClamped = false; // the clamp of step 4 or of step 7 changed its value
};

// `accumulator`: the sum of step 1, 22-bit signed.
inline NeuronEvents updateNeuron(const net::NeuronConfig &config, const CoreRegisters &core,
                                 int32_t accumulator, NeuronVariables &state) {
  using support::clampTo;
  NeuronEvents events;
  // Not a shift of the signed mantissa, only its value times a power of two.
  const int64_t bias = int64_t{config.biasMant} * (int64_t{1} << config.biasExp);

  const int64_t current = support::decayTowardZero(state.u, config.du + core.duOffset) +
                          accumulator + (config.biasToCurrent ? bias : 0);
  const int64_t u = support::wrapSigned(current, 24);
  events.currentWrapped = u != current;

  const int64_t sum =
      support::decayTowardZero(state.v, config.dv) + u + (config.biasToCurrent ? 0 : bias);
  int64_t v = clampTo(sum, core.vmin, core.vmax);
  events.membraneClamped = v != sum;

  const bool held = state.refractory > 0;
  if (held)
    v = config.resetSubtract ? state.v : config.reset;
  events.spike = !held && (config.compareGe ? v >= config.threshold : v > config.threshold);
  uint32_t refractory = state.refractory;
  if (events.spike) {
    refractory = config.refractory;
    if (config.resetSubtract) {
      const int64_t rest = v - config.reset;
      v = clampTo(rest, core.vmin, core.vmax);
      events.membraneClamped |= v != rest;
    } else {
      v = config.reset;
    }
  }
  state.refractory = refractory > 0 ? refractory - 1 : 0;
  state.u = static_cast<int32_t>(u);
  state.v = static_cast<int32_t>(v);
  return events;
}

// Step 1 for one weight: adds `effect` and wraps to 22 bits. Returns true if the sum wrapped.
inline bool accumulate(int32_t &accumulator, int32_t effect) {
  const int32_t sum = accumulator + effect;
  // Shifting out and back in 32 bits is wrapSigned(sum, 22), written so that loops vectorise.
  accumulator = static_cast<int32_t>(static_cast<uint32_t>(sum) << 10) >> 10;
  return accumulator != sum;
}

} // namespace snnc::runtime::cycle
