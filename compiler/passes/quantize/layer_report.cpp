// What quantising a layer cost, and which of its neurons could overflow.
#include "compiler/passes/quantize/layer.h"

#include <algorithm>
#include <cmath>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::quantize {
namespace {

// The most exceeded proof of a layer.
struct Worst {
  double excess = 1.0; // bound / limit
  const char *state = nullptr, *drivers = nullptr;
  uint32_t neuron = 0;
  double bound = 0.0, limit = 0.0;

  void consider(uint32_t j, const char *what, const Range &range, double low, double high) {
    const double up = range.high / high, down = range.low / low;
    if (std::max(up, down) <= excess)
      return;
    excess = std::max(up, down);
    state = what;
    drivers = up >= down ? "excites" : "inhibits";
    neuron = j;
    bound = up >= down ? range.high : range.low;
    limit = up >= down ? high : low;
  }
};

} // namespace

void LayerQuantizer::addHostErrors() {
  const net::HostLayer &layer = *host->host;
  for (uint32_t j = 0; j < population.size(); ++j) {
    const llvm::ArrayRef<float> row = incoming[hostIndex].of(j);
    for (uint32_t i = 0; i < layer.weights.cols; ++i) {
      const int16_t w = layer.weights.values[size_t{j} * layer.weights.cols + i];
      zeroed += row[i] != 0.0f && w == 0;
      nonzero += w != 0;
      addError(row[i], nearInteger(row[i] / hostStep[j]) ? row[i] : w * hostStep[j]);
    }
  }
}

void LayerQuantizer::warnScales() {
  if (limitedNeurons == 0)
    return;
  context.warnings.push_back(
      Diag(
          DiagCode::ScaleReduced, population.loc,
          formatv("{0} of {1} neurons of '{2}' lose weight precision to a threshold, reset or bias "
                  "register: the largest weight of neuron {3} has {4:f1} of {5} steps",
                  limitedNeurons, population.size(), population.name, worstLimited, fewestSteps,
                  weightMax))
          .help("thresholds are large against the weights; retrain with larger weights")
          .data());
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
    worst.consider(j, "accumulator", bounds.accumulator, -acc, acc - 1);
    worst.consider(j, "current", bounds.current, -current, current - 1);
    worst.consider(j, "membrane", bounds.membrane, input.vmin, input.vmax);
  }
  if (worst.state == nullptr)
    return;
  context.warnings.push_back(
      Diag(DiagCode::MayOverflow, population.loc,
           formatv(
               "'{0}' is not proven free of overflow: {1} accumulators and {2} currents could "
               "wrap, {3} membranes clamp; worst is the {4} of neuron {5}, {6:f0} against {7:f0}",
               population.name, stats.mayWrapAccumulator, stats.mayWrapCurrent,
               stats.mayClampMembrane, worst.state, worst.neuron, worst.bound, worst.limit))
          .help(llvm::Twine("only if every input that ") + worst.drivers +
                " it fires at every step; the engines count the events that happen")
          .data());
}

} // namespace snnc::compiler::quantize
