#include "compiler/passes/quantize/registers.h"

#include "common/support/fixed_point.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace snnc::compiler::quantize {

constexpr double kDecayOne = 4096.0;
constexpr int64_t kDecayMax = 4095; // 12 bits

static Decay decayRegister(double keep, uint32_t offset) {
  const double wanted = kDecayOne * (1.0 - keep);
  const auto rounded = static_cast<int64_t>(std::nearbyint(wanted));
  const int64_t stored = support::clampTo(rounded - static_cast<int64_t>(offset), 0, kDecayMax);
  const double got = static_cast<double>(stored + offset);
  Decay decay;
  decay.value = static_cast<uint16_t>(stored);
  const bool extreme = wanted == 0.0 || wanted == kDecayOne;
  decay.faithful = extreme ? got == wanted : std::abs(got - wanted) <= 0.1 * wanted;
  return decay;
}

Decay membraneDecay(double keep) {
  return decayRegister(keep, 0);
}
Decay currentDecay(double keep, uint32_t duOffset) {
  return decayRegister(keep, duOffset);
}

BiasRegister biasRegister(double value, const target::CoreSpec &core) {
  const double mantMax = std::ldexp(1.0, static_cast<int>(core.biasMantBits) - 1) - 1;
  BiasRegister bias;
  double mant = std::nearbyint(value);
  while (std::abs(mant) > mantMax && bias.exp < core.biasExpMax) {
    ++bias.exp;
    mant = std::nearbyint(std::ldexp(value, -static_cast<int>(bias.exp)));
  }
  bias.mant = static_cast<int16_t>(std::clamp(mant, -mantMax - 1, mantMax));
  return bias;
}

llvm::SmallVector<double, 3> realRegisters(const net::NeuronUpdate &update) {
  if (!update.spikes)
    return {update.vInit};
  return {update.threshold, update.reset, update.vInit};
}

std::optional<MisfitRegister> misfitRegister(const net::NeuronUpdate &update, double scale,
                                             const target::CoreSpec &core) {
  const double registerMax = std::ldexp(1.0, static_cast<int>(core.membraneBits) - 1) - 1;
  const MisfitRegister registers[] = {{"threshold", update.spikes ? update.threshold : 0.0},
                                      {"reset", update.reset},
                                      {"v_init", update.vInit}};
  for (const MisfitRegister &each : registers)
    if (!(std::abs(std::nearbyint(each.value * scale)) <= registerMax)) // also of NaN
      return each;
  return std::nullopt;
}

static int32_t rounded(double value) {
  constexpr double kLow = std::numeric_limits<int32_t>::min();
  constexpr double kHigh = std::numeric_limits<int32_t>::max();
  return static_cast<int32_t>(std::fmin(std::fmax(std::nearbyint(value), kLow), kHigh));
}

net::NeuronConfig neuronRegisters(const net::NeuronUpdate &update, double scale, bool resetSubtract,
                                  net::Compare compare, uint32_t duOffset) {
  constexpr int32_t kNever = (1 << 23) - 1; // no membrane exceeds it
  net::NeuronConfig neuron;
  neuron.threshold = update.spikes ? rounded(update.threshold * scale) : kNever;
  neuron.reset = rounded(update.reset * scale);
  neuron.vInit = rounded(update.vInit * scale);
  neuron.du = currentDecay(update.hasCurrent ? update.currentDecay : 0.0, duOffset).value;
  neuron.dv = membraneDecay(update.membraneDecay).value;
  neuron.refractory = static_cast<uint8_t>(update.refractorySteps + 1);
  neuron.compareGe = update.spikes && compare == net::Compare::Ge;
  neuron.resetSubtract = update.spikes && resetSubtract;
  neuron.biasToCurrent = update.hasCurrent;
  return neuron;
}

} // namespace snnc::compiler::quantize
