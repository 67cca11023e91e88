// What quantising a layer cost, and which of its neurons could overflow.
#include "compiler/passes/quantize/layer.h"
#include "compiler/passes/quantize/witness.h"

#include "common/net/number_text.h"
#include "common/net/synapses.h"

#include <algorithm>
#include <cmath>

using llvm::formatv;
using snnc::net::numberText;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::quantize {
namespace {

// The most exceeded proof of a layer.
struct Worst {
  double excess = 1.0; // bound / limit
  std::optional<Register> state;
  bool up = true;
  double bound = 0.0, limit = 0.0;
  BoundsInput input;
  uint32_t neuron = 0;

  void consider(uint32_t j, const BoundsInput &of, Register what, const Range &range, double low,
                double high) {
    const double over = range.high / high, under = range.low / low;
    if (std::max(over, under) <= excess)
      return;
    excess = std::max(over, under);
    state = what;
    up = over >= under;
    bound = up ? range.high : range.low;
    limit = up ? high : low;
    input = of;
    neuron = j;
  }
};

std::string boundText(double bound) {
  return std::isfinite(bound) ? formatv("{0:f0}", bound).str() : "without bound";
}

} // namespace

void LayerQuantizer::addMisfit(uint32_t j, llvm::StringRef what, double value, double limit) {
  if (misfits++ == 0)
    firstMisfit = formatv("the {0} of neuron {1} of '{2}' is {3}, beside its other values a core "
                          "holds up to {4:e3}",
                          what, j, population.name, numberText(value), limit);
}

// What left a neuron no step for its weights: all that share its scale.
std::string LayerQuantizer::valuesOf(uint32_t j) const {
  float largest = 0.0f;
  for (const IncomingValues &values : incoming)
    largest =
        std::max(largest, static_cast<float>(absMax(values.of(j - j % groupSize, groupSize))));
  const net::NeuronUpdate &u = update(j);
  return formatv("threshold {0}, reset {1}, v_init {2}, bias {3}, largest weight {4}",
                 numberText(u.threshold), numberText(u.reset), numberText(u.vInit),
                 numberText(bias[j]), numberText(largest));
}

// Registers that no scale fills, and weights that it takes to 0, are errors; the latter only a
// warning with allowLossy, as are steps that are lost.
llvm::Error LayerQuantizer::checkScales() {
  const char *const similar = "bring threshold, reset, v_init, bias, weights and the input range "
                              "to similar size";
  if (misfits != 0)
    return Diag(DiagCode::CoreCannotHold, population.loc,
                formatv("unsupported: {0} ({1} of {2} neurons)", firstMisfit, misfits,
                        population.size()))
        .help(similar)
        .take();
  if (limitedNeurons == 0)
    return llvm::Error::success();
  if (fewestSteps < 1.0 && !options.allowLossy)
    return Diag(DiagCode::CoreCannotHold, population.loc,
                formatv("unsupported: the largest weight of neuron {0} of '{1}' has {2:f1} of {3} "
                        "steps, so its input is lost: {4}",
                        worstLimited, population.name, fewestSteps, weightMax,
                        valuesOf(worstLimited)))
        .help(llvm::Twine(similar) + "; --allow-lossy compiles it without that input")
        .take();
  context.warnings.push_back(
      Diag(
          DiagCode::ScaleReduced, population.loc,
          formatv("{0} of {1} neurons of '{2}' lose weight precision to a threshold, reset or bias "
                  "register: the largest weight of neuron {3} has {4:f1} of {5} steps",
                  limitedNeurons, population.size(), population.name, worstLimited, fewestSteps,
                  weightMax))
          .help("thresholds are large against the weights; retrain with larger weights")
          .data());
  return llvm::Error::success();
}

void LayerQuantizer::proveSafe(LayerStats &stats) {
  const double acc = std::ldexp(1.0, static_cast<int>(core.accumulatorBits) - 1);
  const double current = std::ldexp(1.0, static_cast<int>(core.currentBits) - 1);
  Worst worst;
  for (uint32_t j = 0; j < population.size(); ++j) {
    BoundsInput input;
    input.neuron = quant->neurons[j];
    input.duOffset = quant->duOffset;
    input.vmin = quant->vmin;
    input.vmax = quant->vmax;
    input.accumulator = accumulator[j];
    input.bias = biasRange[j];
    input.steps = net.run.steps;
    const NeuronBounds bounds = boundsOf(input, core);
    const double farthest = std::max({-bounds.membrane.low, bounds.membrane.high,
                                      std::abs(static_cast<double>(input.neuron.reset))});
    rememberingNeurons += update(j).membraneDecay == 0.0 && farthest >= 4096.0;
    stats.mayWrapAccumulator += !bounds.accumulatorSafe;
    stats.mayWrapCurrent += !bounds.currentSafe;
    stats.mayClampMembrane += !bounds.membraneSafe;
    worst.consider(j, input, Register::Accumulator, bounds.accumulator, -acc, acc - 1);
    worst.consider(j, input, Register::Current, bounds.current, -current, current - 1);
    worst.consider(j, input, Register::Membrane, bounds.membrane, input.vmin, input.vmax);
  }
  if (!worst.state)
    return;
  Overflow &overflow = stats.overflow.emplace();
  overflow.neuron = worst.neuron;
  overflow.state = nameOf(*worst.state);
  overflow.bound = worst.bound;
  overflow.limit = worst.limit;
  overflow.excites = worst.up;
  overflow.step = firstOverflow(worst.input, *worst.state, worst.up, core);
  overflow.sources = sourcesThat(worst.up, worst.neuron);
  warnOverflow(stats);
}

// What of the layer's sources pushes a neuron up, or down.
std::vector<Overflow::Sources> LayerQuantizer::sourcesThat(bool excite, uint32_t neuron) const {
  std::vector<Overflow::Sources> found;
  for (const Source &source : sources) {
    Overflow::Sources &into = found.emplace_back();
    into.projection = source.real->name;
    const auto add = [&](uint32_t from, int16_t weight) {
      if (excite ? weight > 0 : weight < 0)
        into.neurons.push_back(from);
    };
    if (source.host != nullptr)
      net::IncomingInts(*source.host).forEach(neuron, add);
    else
      net::IncomingInts(*source.quant).forEach(neuron, add);
  }
  return found;
}

void LayerQuantizer::warnOverflow(const LayerStats &stats) {
  const Overflow &overflow = *stats.overflow;
  size_t drivers = 0;
  for (const Overflow::Sources &each : overflow.sources)
    drivers += each.neurons.size();
  const char *const drive = overflow.excites ? "excite" : "inhibit";
  const std::string help =
      overflow.step
          ? formatv("it happens at step {0} if the {1} inputs that {2} it fire at every step; "
                    "--json lists them, and the engines count the events that happen",
                    *overflow.step, drivers, drive)
                .str()
          : formatv("a bound: it does not happen when the {0} inputs that {1} it fire at every "
                    "step; the engines count the events that do",
                    drivers, drive)
                .str();
  context.warnings.push_back(
      Diag(DiagCode::MayOverflow, population.loc,
           formatv("'{0}' is not proven free of overflow: {1} accumulators and {2} currents could "
                   "wrap, {3} membranes clamp; worst is the {4} of neuron {5}, {6} against {7:f0}",
                   population.name, stats.mayWrapAccumulator, stats.mayWrapCurrent,
                   stats.mayClampMembrane, overflow.state, overflow.neuron,
                   boundText(overflow.bound), overflow.limit))
          .help(help)
          .data());
}

} // namespace snnc::compiler::quantize
