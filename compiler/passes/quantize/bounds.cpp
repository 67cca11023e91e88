#include "compiler/passes/quantize/bounds.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace snnc::compiler::quantize {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

// Limit of x <- keep*x + drive from 0, drive >= 0: how far it can get.
double fixpoint(double drive, double keep, std::optional<uint32_t> steps) {
  if (drive <= 0.0)
    return 0.0;
  if (keep < 1.0)
    return drive / (1.0 - keep);
  return steps ? drive * *steps : kUnbounded;
}

Range currentRange(const BoundsInput &in) {
  const double decay = std::min<double>(4096.0, in.neuron.du + in.duOffset);
  const double keep = (4096.0 - decay) / 4096.0;
  Range drive = in.accumulator;
  if (in.neuron.biasToCurrent) {
    drive.low += in.bias.low;
    drive.high += in.bias.high;
  }
  return {-fixpoint(-drive.low, keep, in.steps), fixpoint(drive.high, keep, in.steps)};
}

double membraneHigh(const BoundsInput &in, double drive, double keep) {
  const double threshold = in.neuron.threshold, init = in.neuron.vInit, reset = in.neuron.reset;
  const double resting = std::max(0.0, in.neuron.resetSubtract ? init : std::max(init, reset));
  double leaking = std::max(resting, fixpoint(drive, keep, in.steps));
  if (keep >= 1.0 && drive > 0.0)
    leaking = resting + fixpoint(drive, keep, in.steps);
  if (!in.neuron.compareGe && threshold >= in.vmax)
    return leaking; // never fires: no threshold holds it
  // What a step leaves behind: at most the threshold, or what is left after the subtraction.
  double left = std::max(resting, threshold);
  if (in.neuron.resetSubtract && drive > reset)
    left = std::max(left, keep < 1.0 ? (drive - reset) / (1.0 - keep) : kUnbounded);
  return std::min(leaking, keep * left + std::max(0.0, drive));
}

double membraneLow(const BoundsInput &in, double drive, double keep) {
  const double threshold = in.neuron.threshold, init = in.neuron.vInit, reset = in.neuron.reset;
  const double afterReset = in.neuron.resetSubtract ? threshold - reset : reset;
  const double resting = std::min({0.0, init, afterReset});
  const double driven = -fixpoint(-drive, keep, in.steps);
  return keep < 1.0 ? std::min(resting, driven) : resting + driven;
}

double limit(uint32_t bits) {
  return std::ldexp(1.0, static_cast<int>(bits) - 1);
}

bool inside(const Range &range, double low, double high) {
  return range.low >= low && range.high <= high;
}

} // namespace

NeuronBounds::Excess NeuronBounds::excess(const target::CoreSpec &core, double vmin,
                                          double vmax) const {
  const auto farthest = [](double most, double bound, double end) {
    return std::isfinite(bound) ? std::max(most, bound / end) : most;
  };
  const double acc = limit(core.accumulatorBits), u = limit(core.currentBits);
  Excess excess;
  excess.wrap = farthest(excess.wrap, accumulator.low, -acc);
  excess.wrap = farthest(excess.wrap, accumulator.high, acc - 1);
  excess.wrap = farthest(excess.wrap, current.low, -u);
  excess.wrap = farthest(excess.wrap, current.high, u - 1);
  excess.clamp = farthest(excess.clamp, membrane.low, vmin);
  excess.clamp = farthest(excess.clamp, membrane.high, vmax);
  return excess;
}

NeuronBounds boundsOf(const BoundsInput &in, const target::CoreSpec &core) {
  NeuronBounds bounds;
  bounds.accumulator = in.accumulator;
  bounds.current = currentRange(in);
  Range drive = bounds.current;
  if (!in.neuron.biasToCurrent) {
    drive.low += in.bias.low;
    drive.high += in.bias.high;
  }
  const double keep = (4096.0 - in.neuron.dv) / 4096.0;
  bounds.membrane = {membraneLow(in, drive.low, keep), membraneHigh(in, drive.high, keep)};

  const double acc = limit(core.accumulatorBits), current = limit(core.currentBits);
  bounds.accumulatorSafe = inside(bounds.accumulator, -acc, acc - 1);
  bounds.currentSafe = inside(bounds.current, -current, current - 1);
  bounds.membraneSafe = inside(bounds.membrane, in.vmin, in.vmax);
  return bounds;
}

} // namespace snnc::compiler::quantize
