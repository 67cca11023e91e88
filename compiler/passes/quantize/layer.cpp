#include "compiler/passes/quantize/layer.h"

#include "common/net/number_text.h"
#include "compiler/passes/quantize/registers.h"

#include <algorithm>
#include <cmath>
#include <limits>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::quantize {

static RowStats rowStats(const IncomingValues &incoming, uint32_t neurons) {
  RowStats row;
  for (uint32_t j = 0; j < neurons; ++j) {
    double positive = 0.0, negative = 0.0;
    for (float w : incoming.of(j))
      (w > 0.0f ? positive : negative) += std::abs(w);
    row.largest.push_back(absMax(incoming.of(j)));
    row.positive.push_back(positive);
    row.negative.push_back(negative);
  }
  return row;
}

LayerQuantizer::LayerQuantizer(const net::Net &net, uint32_t population, QuantizeOptions options,
                               PassContext &context)
    : net(net), population(net.populations[population]), options(options), context(context),
      core(context.target.core), weightMax((1u << (options.weightBits - 1)) - 1),
      resetSubtract(net.profile.reset.value != net::ResetRule::Zero),
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
  for (uint32_t j = 0; j < population.size(); ++j)
    quantizeNeuron(j);
  for (Source &source : sources)
    if (source.quant != nullptr)
      quantizeWeights(source);
  if (host != nullptr)
    addHostErrors();
  if (llvm::Error error = checkScales())
    return error;

  stats.name = population.name;
  stats.neurons = population.size();
  stats.synapses = nonzero;
  stats.weightBits = sources.empty() ? 0 : options.weightBits;
  stats.sqnrDb =
      noise > 0.0 ? 10.0 * std::log10(signal / noise) : std::numeric_limits<double>::infinity();
  stats.saturated = saturated;
  stats.zeroed = zeroed;
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
  quant->duOffset = chooseDuOffset();
  accumulator.assign(size, {});
  biasRange.assign(size, {});
  hostStep.assign(size, 1.0);
  bias.assign(size, 0.0);
  for (size_t s = 0; s < sources.size(); ++s) {
    incoming.emplace_back(sources[s].real->weights);
    for (uint32_t j = 0; j < size && !sources[s].real->bias.empty(); ++j)
      bias[j] += sources[s].real->bias[j];
    if (sources[s].host != nullptr)
      prepareHost(s);
  }
  setExponents();
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

void LayerQuantizer::prepareHost(size_t source) {
  host = &sources[source];
  hostIndex = source;
  net::HostLayer &layer = *host->host;
  layer.weightBits = static_cast<uint8_t>(options.weightBits);
  layer.inputScale = hostInput.scale;
  layer.inputMin = hostInput.low;
  layer.inputMax = hostInput.high;
  layer.weights.rows = population.size();
  layer.weights.cols = net::preCount(host->real->weights);
  layer.weights.values.reserve(size_t{layer.weights.rows} * layer.weights.cols);
}

void LayerQuantizer::setExponents() {
  std::vector<double> thresholds;
  bool leaks = false;
  for (uint32_t j = 0; j < population.size(); ++j) {
    const net::NeuronUpdate &u = update(j);
    thresholds.push_back(std::abs(u.threshold));
    leaks |= u.membraneDecay > 0.0 && u.membraneDecay < 1.0;
    leaks |= u.currentDecay > 0.0 && u.currentDecay < 1.0;
  }
  std::vector<RowStats> rows;
  std::vector<net::QuantProjection *> onChip;
  for (size_t s = 0; s < sources.size(); ++s) {
    if (sources[s].quant == nullptr)
      continue;
    onChip.push_back(sources[s].quant);
    rows.push_back(rowStats(incoming[s], population.size()));
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

ScaleRequest LayerQuantizer::scaleRequest(uint32_t j) const {
  const net::NeuronUpdate &u = update(j);
  ScaleRequest request;
  for (size_t s = 0; s < sources.size(); ++s)
    if (sources[s].quant != nullptr)
      request.rows.push_back({incoming[s].of(j), unitOf(*sources[s].quant)});
  request.threshold = u.threshold;
  request.registers = {u.reset, u.vInit};
  request.bias = host == nullptr ? bias[j] : 0.0;
  request.weightMax = weightMax;
  request.registerMax = quant->vmax;
  request.biasMantMax = std::ldexp(1.0, static_cast<int>(core.biasMantBits) - 1) - 1;
  request.biasMax = std::ldexp(request.biasMantMax, static_cast<int>(core.biasExpMax));
  return request;
}

void LayerQuantizer::quantizeNeuron(uint32_t j) {
  const ScaleRequest request = scaleRequest(j);
  ScaleChoice choice = chooseScale(request);
  if (update(j).membraneDecay == 0.0)
    forgetExactly(request, choice);
  makeRoom(j, request, choice);
  const bool driven = std::any_of(request.rows.begin(), request.rows.end(),
                                  [](const WeightRow &row) { return absMax(row.values) > 0.0; });
  if (driven && choice.limitedByRegister)
    noteLimited(j, choice.weightSteps);
  if (host != nullptr) {
    setHostNeuron(j, driven ? std::optional<double>(choice.scale) : std::nullopt);
    return;
  }
  setRegisters(j, choice.scale);
  const BiasRegister value = biasRegister(bias[j] * choice.scale, core);
  quant->neurons[j].biasMant = value.mant;
  quant->neurons[j].biasExp = value.exp;
  biasRange[j] = {static_cast<double>(value.value()), static_cast<double>(value.value())};
}

void LayerQuantizer::noteLimited(uint32_t j, double weightSteps) {
  if (limitedNeurons == 0 || weightSteps < fewestSteps) {
    fewestSteps = weightSteps;
    worstLimited = j;
  }
  ++limitedNeurons;
}

// Real inputs of all the negative and of all the positive weights.
static Range weightSums(const ScaleRequest &request) {
  Range sums;
  for (const WeightRow &row : request.rows)
    for (float w : row.values)
      (w > 0.0f ? sums.high : sums.low) += w;
  return sums;
}

// A membrane that keeps nothing still keeps 1/4096 on the chip, which is 0 below 4096 units: a grid
// that holds the neuron there loses nothing.
void LayerQuantizer::forgetExactly(const ScaleRequest &request, ScaleChoice &choice) const {
  const Range sums = weightSums(request);
  double others = std::abs(request.threshold);
  for (double value : request.registers)
    others = std::max(others, std::abs(value));
  const double most = std::max(-sums.low, sums.high) + std::abs(request.bias) + others;
  ScaleRequest small = request;
  small.scaleMax = most > 0.0 ? 4095.0 / most : request.scaleMax;
  if (const ScaleChoice exact = chooseScale(small); exact.onGrid)
    choice = exact;
}

// Weights of many bits at full scale would wrap the accumulator at once. Gives up steps of theirs,
// down to those of 8 bits, until no input can wrap or clamp a state.
void LayerQuantizer::makeRoom(uint32_t j, ScaleRequest request, ScaleChoice &choice) const {
  constexpr double kEnoughSteps = 127.0, kMargin = 0.999;
  if (choice.weightSteps <= kEnoughSteps)
    return;
  const Range sums = weightSums(request);
  BoundsInput input;
  input.neuron = neuronRegisters(update(j), choice.scale, resetSubtract, net.profile.compare.value,
                                 quant->duOffset);
  input.duOffset = quant->duOffset;
  input.vmin = quant->vmin;
  input.vmax = quant->vmax;
  input.accumulator = {sums.low * choice.scale, sums.high * choice.scale};
  const Range host = hostRange(j);
  input.bias = {(host.low + bias[j]) * choice.scale, (host.high + bias[j]) * choice.scale};
  input.steps = net.run.steps;
  const double excess = boundsOf(input, core).excess(core, input.vmin, input.vmax);
  if (excess <= 1.0)
    return;
  request.scaleMax =
      std::max(choice.scale / excess * kMargin, choice.scale * kEnoughSteps / choice.weightSteps);
  const bool limitedByRegister = choice.limitedByRegister;
  choice = chooseScale(request);
  choice.limitedByRegister = limitedByRegister;
}

// Real input that the host layer may add, its bias apart.
Range LayerQuantizer::hostRange(uint32_t j) const {
  Range range;
  if (host == nullptr)
    return range;
  for (float w : incoming[hostIndex].of(j)) {
    const double a = w * net.run.inputLow, b = w * net.run.inputHigh;
    range.low += std::min(a, b);
    range.high += std::max(a, b);
  }
  return range;
}

void LayerQuantizer::setRegisters(uint32_t j, double scale) {
  if (const auto misfit = misfitRegister(update(j), scale, core))
    addMisfit(j, misfit->name, misfit->value, quant->vmax / scale);
  quant->neurons[j] =
      neuronRegisters(update(j), scale, resetSubtract, net.profile.compare.value, quant->duOffset);
  quant->scale[j] = scale;
}

void LayerQuantizer::setHostNeuron(uint32_t j, std::optional<double> onChipScale) {
  HostNeuronRequest request;
  request.row = incoming[hostIndex].of(j);
  request.bias = bias[j];
  request.weightMax = weightMax;
  request.input = hostInput;
  request.update = &update(j);
  request.resetSubtract = resetSubtract;
  request.compare = net.profile.compare.value;
  request.duOffset = quant->duOffset;
  request.vmin = quant->vmin;
  request.vmax = quant->vmax;
  request.steps = net.run.steps;
  request.scale = onChipScale;
  const HostNeuron neuron = quantizeHostNeuron(request, core);

  net::HostLayer &layer = *host->host;
  layer.weights.values.insert(layer.weights.values.end(), neuron.weights.begin(),
                              neuron.weights.end());
  layer.bias.push_back(neuron.bias);
  layer.shift.push_back(neuron.shift);
  if (!neuron.biasFits)
    addMisfit(j, "bias", bias[j], neuron.biasLimit);
  else if (neuron.inputLost && !onChipScale)
    noteLimited(j, 0.0);
  setRegisters(j, neuron.scale);
  quant->neurons[j].biasExp = neuron.exp;
  biasRange[j] = neuron.biasRange;
  hostStep[j] = neuron.step;
}

int16_t LayerQuantizer::quantizeOne(float weight, uint32_t target, double unit) {
  const double exact = weight * quant->scale[target] / unit;
  const double rounded = std::nearbyint(exact);
  const double stored = std::clamp<double>(rounded, -static_cast<double>(weightMax), weightMax);
  saturated += stored != rounded;
  zeroed += weight != 0.0f && stored == 0.0;
  nonzero += stored != 0.0;
  const double effect = stored * unit;
  (effect > 0.0 ? accumulator[target].high : accumulator[target].low) += effect;
  addError(weight, nearInteger(exact) ? weight : effect / quant->scale[target]);
  return static_cast<int16_t>(stored);
}

void LayerQuantizer::addError(double real, double got) {
  signal += real * real;
  noise += (real - got) * (real - got);
}

template <class W, class Q>
void LayerQuantizer::quantizeDense(const W &real, Q &ints, double unit) {
  ints.rows = real.rows;
  ints.cols = real.cols;
  ints.values.resize(real.values.size());
  for (uint32_t row = 0; row < real.rows; ++row)
    for (size_t i = size_t{row} * real.cols; i < (size_t{row} + 1) * real.cols; ++i)
      ints.values[i] = quantizeOne(real.values[i], row, unit);
}

template <class W, class Q>
void LayerQuantizer::quantizeSparse(const W &real, Q &ints, double unit) {
  ints.posts = real.posts;
  ints.pres = real.pres;
  ints.rowStart = real.rowStart;
  ints.columns = real.columns;
  ints.values.resize(real.values.size());
  for (size_t i = 0; i < real.values.size(); ++i)
    ints.values[i] = quantizeOne(real.values[i], real.columns[i], unit);
}

void LayerQuantizer::quantizeWeights(Source &source) {
  const double unit = unitOf(*source.quant);
  if (const auto *dense = std::get_if<net::DenseWeights>(&source.real->weights))
    quantizeDense(*dense, source.quant->weights.emplace<net::DenseInts>(), unit);
  else
    quantizeSparse(std::get<net::SparseWeights>(source.real->weights),
                   source.quant->weights.emplace<net::SparseInts>(), unit);
}

} // namespace snnc::compiler::quantize
