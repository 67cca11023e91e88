#include "compiler/passes/quantize/host_neuron.h"

#include "compiler/passes/quantize/incoming_values.h"
#include "compiler/passes/quantize/neuron_scale.h"
#include "compiler/passes/quantize/registers.h"

#include "common/support/fixed_point.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace snnc::compiler::quantize {
namespace {

constexpr int kMaxShift = 40;
constexpr double kBiasMax = 9007199254740992.0; // 2^53: beyond every shift, and exact
constexpr uint32_t kAssumedSteps = 256; // a leakless membrane when nobody has said how long it runs

struct IntRange {
  int64_t low = 0, high = 0;
};

// Weights at `step`, and the range of I over the input range.
IntRange roundWeights(const HostNeuronRequest &request, double step, HostNeuron &neuron) {
  neuron.step = step;
  neuron.weights.clear();
  const double bias = request.bias * request.input.scale / step;
  neuron.biasFits = std::abs(bias) < kBiasMax;
  neuron.bias = neuron.biasFits ? std::llrint(bias) : 0;
  IntRange range{neuron.bias, neuron.bias};
  const double limit = request.weightMax;
  const double low = request.weightMin ? *request.weightMin : -limit;
  for (float value : request.row) {
    const auto w = static_cast<int64_t>(std::clamp(std::nearbyint(value / step), low, limit));
    neuron.weights.push_back(static_cast<int16_t>(w));
    range.low += std::min(w * request.input.low, w * request.input.high);
    range.high += std::max(w * request.input.low, w * request.input.high);
  }
  return range;
}

// Clears neuron.biasFits if no shift brings the range into a mantissa.
int smallestShift(const HostNeuronRequest &request, const IntRange &range,
                  const target::CoreSpec &core, HostNeuron &neuron) {
  const int64_t mantMax = (int64_t{1} << (core.biasMantBits - 1)) - 1;
  neuron.biasLimit =
      std::ldexp(static_cast<double>(mantMax), kMaxShift) * neuron.step / request.input.scale;
  const auto fits = [&](int shift) {
    const auto bits = static_cast<unsigned>(shift);
    return support::shiftRoundHalfEven(range.high, bits) <= mantMax &&
           support::shiftRoundHalfEven(range.low, bits) >= -mantMax - 1;
  };
  for (int shift = 0; shift <= kMaxShift; ++shift)
    if (fits(shift))
      return shift;
  neuron.biasFits = false;
  return kMaxShift;
}

// Sets shift, exp, scale and the bias range for scale = 2^power * inputScale / step.
void setPower(const HostNeuronRequest &request, const IntRange &range, int minShift, int power,
              HostNeuron &neuron) {
  const int shift = std::clamp(-power, minShift, kMaxShift);
  const int exp = power + shift;
  neuron.shift = static_cast<uint8_t>(shift);
  neuron.exp = static_cast<uint8_t>(exp);
  neuron.scale = std::ldexp(request.input.scale / neuron.step, power);
  const auto bias = [&](int64_t current) {
    const int64_t mant = support::shiftRoundHalfEven(current, static_cast<unsigned>(shift));
    return std::ldexp(static_cast<double>(mant), exp);
  };
  neuron.biasRange = {bias(range.low), bias(range.high)};
  neuron.inputLost = range.low != range.high && neuron.biasRange.low == neuron.biasRange.high;
}

bool holds(const HostNeuronRequest &request, const HostNeuron &neuron,
           const target::CoreSpec &core) {
  const double registerMax = std::ldexp(1.0, static_cast<int>(core.membraneBits) - 1) - 1;
  const net::NeuronUpdate &update = *request.update;
  for (double value : realRegisters(update))
    if (!(std::abs(value) * neuron.scale <= registerMax))
      return false;
  BoundsInput input;
  input.neuron = neuronRegisters(update, neuron.scale, request.resetSubtract, request.compare,
                                 request.duOffset);
  input.duOffset = request.duOffset;
  input.vmin = request.vmin;
  input.vmax = request.vmax;
  input.bias = neuron.biasRange;
  input.steps = request.steps.value_or(kAssumedSteps);
  const NeuronBounds bounds = boundsOf(input, core);
  return bounds.currentSafe && bounds.membraneSafe;
}

// The largest power from `power` down whose registers and membrane hold; the smallest if none does:
// then a register may not hold its value (misfitRegister).
HostNeuron settle(const HostNeuronRequest &request, const IntRange &range, int minShift, int power,
                  const target::CoreSpec &core, HostNeuron neuron) {
  for (; power > -kMaxShift; --power) {
    setPower(request, range, minShift, power, neuron);
    if (holds(request, neuron, core))
      return neuron;
  }
  setPower(request, range, minShift, power, neuron);
  return neuron;
}

HostNeuron atStep(const HostNeuronRequest &request, double step, const target::CoreSpec &core) {
  HostNeuron neuron;
  const IntRange range = roundWeights(request, step, neuron);
  const int minShift = smallestShift(request, range, core, neuron);
  const int power = static_cast<int>(core.biasExpMax) - minShift;
  return settle(request, range, minShift, power, core, neuron);
}

// At a scale that on-chip inputs set; lowered by powers of two while the bias does not fit there.
HostNeuron atScale(const HostNeuronRequest &request, double scale, double largest,
                   const target::CoreSpec &core) {
  const double finest = largest / request.weightMax;
  constexpr double kMaxPower = 1000.0; // a double's exponent; settle() stays within kMaxShift
  const int power = static_cast<int>(std::clamp(
      std::ceil(std::log2(scale) + std::log2(finest) - std::log2(request.input.scale) - 1e-9),
      -kMaxPower, kMaxPower));
  HostNeuron neuron;
  const double step = std::ldexp(request.input.scale, power) / scale;
  const IntRange range = roundWeights(request, step, neuron);
  const int minShift = smallestShift(request, range, core, neuron);
  const int reachable = static_cast<int>(core.biasExpMax) - minShift;
  return settle(request, range, minShift, std::clamp(power, -kMaxShift, reachable), core, neuron);
}

bool registersExact(const HostNeuronRequest &request, const HostNeuron &neuron) {
  return llvm::all_of(realRegisters(*request.update),
                      [&](double value) { return nearInteger(value * neuron.scale); });
}

bool rowOnGrid(llvm::ArrayRef<float> row, double step) {
  return std::all_of(row.begin(), row.end(), [&](float w) { return nearInteger(w / step); });
}

} // namespace

HostInputRange hostInputRange(const net::RunOptions &run) {
  constexpr double kLevels = 255.0;
  const double largest = std::max(std::abs(run.inputLow), std::abs(run.inputHigh));
  HostInputRange range;
  range.scale = std::min(kLevels / (largest > 0.0 ? largest : 1.0),
                         std::numeric_limits<double>::max()); // times 0 must be 0
  range.low = static_cast<int32_t>(std::nearbyint(run.inputLow * range.scale));
  range.high = static_cast<int32_t>(std::nearbyint(run.inputHigh * range.scale));
  return range;
}

HostNeuron quantizeHostNeuron(const HostNeuronRequest &request, const target::CoreSpec &core) {
  double largest = absMax(request.row);
  if (largest == 0.0) {
    largest = std::max(std::abs(request.bias), 1e-30);
    for (double value : realRegisters(*request.update))
      largest = std::max(largest, std::abs(value));
  }
  if (request.scale)
    return atScale(request, *request.scale, largest, core);

  constexpr uint32_t kGridSearch = 255;
  std::optional<double> weightsOnly;
  for (uint32_t m = std::min(request.weightMax, kGridSearch); m >= 1; --m) {
    if (!rowOnGrid(request.row, largest / m))
      continue;
    HostNeuron neuron = atStep(request, largest / m, core);
    if (registersExact(request, neuron))
      return neuron;
    if (!weightsOnly)
      weightsOnly = largest / m;
  }
  return atStep(request, weightsOnly.value_or(largest / request.weightMax), core);
}

HostNeuron hostNeuronAt(const HostNeuronRequest &request, double scale, uint8_t exp,
                        uint8_t shift) {
  HostNeuron neuron;
  const int power = int{exp} - int{shift};
  const IntRange range =
      roundWeights(request, std::ldexp(request.input.scale, power) / scale, neuron);
  setPower(request, range, shift, power, neuron);
  neuron.scale = scale;
  return neuron;
}

} // namespace snnc::compiler::quantize
