#include "compiler/passes/quantize/witness.h"

#include "common/support/fixed_point.h"

namespace snnc::compiler::quantize {

using support::clampTo;
using support::decayTowardZero;
using support::wrapSigned;

namespace {

class Neuron {
public:
  Neuron(const BoundsInput &input, bool up, const target::CoreSpec &core)
      : config(input.neuron), core(core), duOffset(input.duOffset),
        vmin(static_cast<int64_t>(input.vmin)), vmax(static_cast<int64_t>(input.vmax)),
        sum(static_cast<int64_t>(up ? input.accumulator.high : input.accumulator.low)),
        bias(static_cast<int64_t>(up ? input.bias.high : input.bias.low)), v(config.vInit) {}

  // One update; true if the register left its range in it.
  bool step(Register which) {
    const int64_t acc = wrapSigned(sum, core.accumulatorBits);
    if (which == Register::Accumulator && acc != sum)
      return true;
    const unsigned decay = std::min<unsigned>(4096, config.du + duOffset);
    const int64_t current = decayTowardZero(u, decay) + acc + (config.biasToCurrent ? bias : 0);
    u = wrapSigned(current, core.currentBits);
    if (which == Register::Current && u != current)
      return true;
    if (held > 0) {
      --held;
      v = config.resetSubtract ? v : config.reset;
      return false;
    }
    const int64_t membrane = decayTowardZero(v, config.dv) + u + (config.biasToCurrent ? 0 : bias);
    v = clampTo(membrane, vmin, vmax);
    if (which == Register::Membrane && v != membrane)
      return true;
    if (config.compareGe ? v >= config.threshold : v > config.threshold) {
      v = config.resetSubtract ? clampTo(v - config.reset, vmin, vmax) : config.reset;
      held = config.refractory - 1;
    }
    return false;
  }

private:
  const net::NeuronConfig config;
  const target::CoreSpec &core;
  const unsigned duOffset;
  const int64_t vmin, vmax, sum, bias;
  int64_t u = 0, v;
  int held = 0; // steps to go
};

} // namespace

const char *nameOf(Register which) {
  switch (which) {
  case Register::Accumulator:
    return "accumulator";
  case Register::Current:
    return "current";
  case Register::Membrane:
    return "membrane";
  }
  return "";
}

std::optional<uint32_t> firstOverflow(const BoundsInput &input, Register which, bool up,
                                      const target::CoreSpec &core) {
  constexpr uint32_t kMost = 1u << 16;
  Neuron neuron(input, up, core);
  const uint32_t steps = input.steps.value_or(kMost);
  for (uint32_t step = 0; step < steps; ++step)
    if (neuron.step(which))
      return step;
  return std::nullopt;
}

} // namespace snnc::compiler::quantize
