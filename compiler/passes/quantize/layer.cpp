#include "compiler/passes/quantize/layer.h"

#include "common/net/number_text.h"
#include "compiler/passes/quantize/registers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::quantize {

LayerQuantizer::LayerQuantizer(const net::Net &net, uint32_t population, QuantizeOptions options,
                               PassContext &context)
    : net(net), population(net.populations[population]), options(options), context(context),
      core(context.target.core),
      weightMax((1u << (options.bitsOf(net.populations[population].name) - 1)) - 1),
      resetSubtract(net::resetRule(net.populations[population], net.profile) !=
                    net::ResetRule::Zero),
      hostInput(hostInputRange(net.run)) {}

llvm::Error LayerQuantizer::run(std::vector<Source> inputs, net::QuantPopulation &out,
                                LayerStats &stats) {
  sources = std::move(inputs);
  quant = &out;
  if (llvm::Error error = takeUpdates())
    return error;
  if (llvm::Error error = checkCapability())
    return error;
  prepare();
  onGrid = takeGrid();
  if (!onGrid) {
    quant->duOffset = chooseDuOffset();
    setExponents();
    for (uint32_t first = 0; first < population.size(); first += groupSize)
      quantizeGroup(first);
  }
  for (size_t s = 0; s < sources.size(); ++s)
    if (sources[s].quant != nullptr)
      quantizeWeights(incoming[s], sources[s]);
  if (host != nullptr)
    addHostErrors();
  if (llvm::Error error = checkScales())
    return error;

  stats.name = population.name;
  stats.neurons = population.size();
  stats.synapses = static_cast<uint64_t>(synapses);
  for (const Source &source : sources)
    stats.weightBits =
        std::max<uint32_t>(stats.weightBits, source.quant != nullptr ? source.quant->weightBits
                                                                     : source.host->weightBits);
  stats.sqnrDb =
      noise > 0.0 ? 10.0 * std::log10(signal / noise) : std::numeric_limits<double>::infinity();
  stats.saturated = static_cast<uint64_t>(saturated);
  stats.zeroed = static_cast<uint64_t>(zeroed);
  stats.onHost = host != nullptr;
  proveSafe(stats);
  warnDecays();
  return llvm::Error::success();
}

llvm::Error LayerQuantizer::takeUpdates() {
  llvm::Expected<std::vector<net::NeuronUpdate>> discrete =
      net::discretize(population, net.profile);
  if (!discrete)
    return discrete.takeError();
  updates = std::move(*discrete);
  for (const net::NeuronUpdate &each : updates)
    if (each.currentGain != 1.0 || each.membraneGain != 1.0 || each.leakTerm != 0.0)
      return missingInput("quantize", "lower");
  return llvm::Error::success();
}

// What no register can hold: an error, or with allowLossy the nearest value and a warning.
llvm::Error LayerQuantizer::checkCapability() {
  if (population.kind == net::NeuronKind::Threshold)
    return Diag(DiagCode::CoreCannotHold, population.loc,
                formatv("unsupported: '{0}' is a threshold without a memory, and a core's membrane "
                        "keeps at least 1/4096 of its value",
                        population.name))
        .help("give it a memory that forgets at once: an LIF with tau = dt; --engine float runs "
              "the network as it is")
        .take();
  llvm::Error errors = llvm::Error::success();
  const auto report = [&](const llvm::Twine &what, const llvm::Twine &nearest) {
    if (options.allowLossy)
      context.warnings.push_back(
          Diag(DiagCode::ValueLost, population.loc, what + "; took " + nearest).data());
    else
      errors = llvm::joinErrors(
          std::move(errors), Diag(DiagCode::CoreCannotHold, population.loc, "unsupported: " + what)
                                 .help("--allow-lossy takes " + nearest)
                                 .take());
  };
  for (size_t j = 0; j < updates.size(); ++j) {
    net::NeuronUpdate &each = updates[j];
    if (each.refractorySteps + 1 > core.refractoryMax) {
      report(formatv("'{0}' has {1} refractory steps in neuron {2}, a core counts to {3}",
                     population.name, each.refractorySteps, j, core.refractoryMax - 1),
             llvm::Twine(core.refractoryMax - 1));
      each.refractorySteps = core.refractoryMax - 1;
    }
    if (resetSubtract && each.reset < 0.0) {
      report(formatv("'{0}' subtracts {1} in neuron {2}: a reset above the threshold adds",
                     population.name, net::numberText(each.reset), j),
             "0");
      each.reset = 0.0;
    }
  }
  return errors;
}

void LayerQuantizer::prepare() {
  const uint32_t size = population.size();
  quant->neurons.resize(size);
  quant->scale.assign(size, 1.0);
  const auto registerMax = static_cast<int32_t>((int64_t{1} << (core.membraneBits - 1)) - 1);
  quant->vmin = -registerMax;
  quant->vmax = registerMax;
  accumulator.assign(size, {});
  biasRange.assign(size, {});
  bias.assign(size, 0.0);
  groupSize = channelSize();
  for (size_t s = 0; s < sources.size(); ++s) {
    incoming.emplace_back(*sources[s].real);
    for (uint32_t j = 0; j < size && !sources[s].real->bias.empty(); ++j)
      bias[j] += sources[s].real->bias[j];
    if (sources[s].host != nullptr)
      prepareHost(s);
  }
}

void LayerQuantizer::prepareHost(size_t source) {
  host = &sources[source];
  hostIndex = source;
  hostStep.assign(population.size(), 1.0);
  net::HostLayer &layer = *host->host;
  layer.weightBits = static_cast<uint8_t>(options.bitsOf(population.name));
  layer.inputScale = hostInput.scale;
  layer.inputMin = hostInput.low;
  layer.inputMax = hostInput.high;
}

// Neurons in a row whose kernels are shared: a whole number of channels of every convolution.
uint32_t LayerQuantizer::channelSize() const {
  uint64_t size = 1;
  for (const Source &source : sources)
    if (source.quant != nullptr)
      if (const auto *conv = std::get_if<net::ConvWeights>(&source.real->weights))
        size = std::lcm(size, conv->window.outSize());
  return static_cast<uint32_t>(size);
}

// The +1 on du is a register of the core: without it no current forgets all at once (4096 of 4096),
// with it none keeps all.
uint8_t LayerQuantizer::chooseDuOffset() const {
  bool forgets = false, keeps = false;
  for (const net::NeuronUpdate &each : updates) {
    forgets |= !currentDecay(each.hasCurrent ? each.currentDecay : 0.0, 0).faithful;
    keeps |= !currentDecay(each.hasCurrent ? each.currentDecay : 0.0, 1).faithful;
  }
  if (forgets == keeps)
    return static_cast<uint8_t>(forgets ? 1 : core.duOffset);
  return forgets ? 1 : 0;
}

// Of every group: its largest weight, and the sums of the neuron that has most.
static RowStats rowStats(const IncomingValues &incoming, llvm::ArrayRef<Range> sums,
                         uint32_t groupSize) {
  RowStats row;
  for (uint32_t first = 0; first < sums.size(); first += groupSize) {
    double positive = 0.0, negative = 0.0;
    for (const Range &sum : sums.slice(first, groupSize)) {
      positive = std::max(positive, sum.high);
      negative = std::max(negative, -sum.low);
    }
    row.largest.push_back(absMax(incoming.of(first, groupSize)));
    row.positive.push_back(positive);
    row.negative.push_back(negative);
  }
  return row;
}

void LayerQuantizer::setExponents() {
  const uint32_t size = population.size();
  std::vector<double> thresholds;
  bool leaks = false;
  for (uint32_t j = 0; j < size; ++j) {
    const net::NeuronUpdate &u = update(j);
    if (j % groupSize == 0)
      thresholds.push_back(0.0);
    if (u.spikes)
      thresholds.back() = std::max(thresholds.back(), std::abs(u.threshold));
    leaks |= u.membraneDecay > 0.0 && u.membraneDecay < 1.0;
    leaks |= u.currentDecay > 0.0 && u.currentDecay < 1.0;
  }
  std::vector<RowStats> rows;
  std::vector<net::QuantProjection *> onChip;
  realSums.assign(size, {});
  for (size_t s = 0; s < sources.size(); ++s) {
    if (sources[s].quant == nullptr)
      continue;
    onChip.push_back(sources[s].quant);
    std::vector<Range> sums(size);
    incoming[s].addSums(sums);
    rows.push_back(rowStats(incoming[s], sums, groupSize));
    for (uint32_t j = 0; j < size; ++j) {
      realSums[j].low += sums[j].low;
      realSums[j].high += sums[j].high;
    }
  }
  const std::vector<uint8_t> exponents = chooseExponents(rows, thresholds, leaks, weightMax, core);
  for (size_t p = 0; p < onChip.size(); ++p)
    onChip[p]->exponent = exponents[p];
}

double LayerQuantizer::unitOf(const net::QuantProjection &projection) const {
  return std::ldexp(1.0, static_cast<int>(core.weightShift) + projection.exponent);
}

void LayerQuantizer::warnDecays() {
  for (const net::NeuronUpdate &each : updates) {
    const Decay membrane = membraneDecay(each.membraneDecay);
    const Decay current = currentDecay(each.hasCurrent ? each.currentDecay : 0.0, quant->duOffset);
    const bool forgets = each.membraneDecay == 0.0 && rememberingNeurons == 0;
    if ((membrane.faithful || forgets) && current.faithful)
      continue;
    const double wanted = membrane.faithful ? each.currentDecay : each.membraneDecay;
    const double got =
        1.0 - (membrane.faithful ? current.value + quant->duOffset : membrane.value) / 4096.0;
    context.warnings.push_back(
        Diag(DiagCode::DecayNotExact, population.loc,
             formatv("the {0} of '{1}' keeps {2} of its value each step; the nearest that a core "
                     "holds is {3}",
                     membrane.faithful ? "current" : "membrane", population.name,
                     net::numberText(wanted), net::numberText(got)))
            .help("decays are multiples of 1/4096; compare float and quant with `snnc eval`")
            .data());
    return;
  }
}

} // namespace snnc::compiler::quantize
