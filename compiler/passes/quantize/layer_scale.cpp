// The scale of every neuron, and the registers that follow from it.
#include "compiler/passes/quantize/layer.h"

#include "compiler/passes/quantize/registers.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

namespace snnc::compiler::quantize {

// A readout without leak, when nobody has said how long it runs.
constexpr uint32_t kAssumedSteps = 256;

static void addDistinct(llvm::SmallVectorImpl<double> &values, double value) {
  if (values.empty() || values.back() != value)
    values.push_back(value);
}

ScaleRequest LayerQuantizer::scaleRequest(uint32_t first) const {
  ScaleRequest request;
  for (size_t s = 0; s < sources.size(); ++s)
    if (sources[s].quant != nullptr)
      request.rows.push_back({incoming[s].of(first, groupSize), unitOf(*sources[s].quant)});
  for (uint32_t j = first; j < first + groupSize; ++j) {
    const net::NeuronUpdate &u = update(j);
    if (u.spikes)
      addDistinct(request.thresholds, u.threshold);
    if (u.reset != 0.0)
      addDistinct(request.registers, u.reset);
    if (u.vInit != 0.0)
      addDistinct(request.registers, u.vInit);
    if (host == nullptr && bias[j] != 0.0)
      addDistinct(request.biases, bias[j]);
  }
  request.weightMax = weightMax;
  request.registerMax = quant->vmax;
  request.biasMantMax = std::ldexp(1.0, static_cast<int>(core.biasMantBits) - 1) - 1;
  request.biasMax = std::ldexp(request.biasMantMax, static_cast<int>(core.biasExpMax));
  return request;
}

void LayerQuantizer::quantizeGroup(uint32_t first) {
  const ScaleRequest request = scaleRequest(first);
  ScaleChoice choice = chooseScale(request);
  forgetExactly(first, request, choice);
  makeRoom(first, request, choice);
  const bool driven =
      llvm::any_of(request.rows, [](const WeightRow &row) { return absMax(row.values) > 0.0; });
  if (driven && choice.limitedByRegister)
    noteLimited(first, choice.weightSteps);
  if (host != nullptr) {
    setHostGroup(first, driven ? std::optional<double>(choice.scale) : std::nullopt);
    return;
  }
  for (uint32_t j = first; j < first + groupSize; ++j) {
    setRegisters(j, choice.scale);
    const BiasRegister value = biasRegister(bias[j] * choice.scale, core);
    setBias(j, value.mant, value.exp);
  }
}

void LayerQuantizer::setBias(uint32_t j, int16_t mant, uint8_t exp) {
  quant->neurons[j].biasMant = mant;
  quant->neurons[j].biasExp = exp;
  const double value = std::ldexp(mant, exp);
  biasRange[j] = {value, value};
}

void LayerQuantizer::noteLimited(uint32_t first, double weightSteps) {
  if (limitedNeurons == 0 || weightSteps < fewestSteps) {
    fewestSteps = weightSteps;
    worstLimited = first;
  }
  limitedNeurons += groupSize;
}

// A membrane that keeps nothing still keeps 1/4096 on the chip, which is 0 below 4096 units: a grid
// that holds the neurons there loses nothing.
void LayerQuantizer::forgetExactly(uint32_t first, const ScaleRequest &request,
                                   ScaleChoice &choice) const {
  bool forgets = false;
  double most = 0.0;
  for (uint32_t j = first; j < first + groupSize; ++j) {
    forgets |= update(j).membraneDecay == 0.0;
    double others = 0.0;
    for (double value : realRegisters(update(j)))
      others = std::max(others, std::abs(value));
    most = std::max(most, std::max(-realSums[j].low, realSums[j].high) +
                              (host == nullptr ? std::abs(bias[j]) : 0.0) + others);
  }
  if (!forgets)
    return;
  ScaleRequest small = request;
  small.scaleMax = most > 0.0 ? 4095.0 / most : request.scaleMax;
  if (const ScaleChoice exact = chooseScale(small); exact.onGrid)
    choice = exact;
}

// How many times its registers the states of neuron j can get.
NeuronBounds::Excess LayerQuantizer::excess(uint32_t j, double scale) const {
  BoundsInput input;
  input.neuron =
      neuronRegisters(update(j), scale, resetSubtract, net.profile.compare.value, quant->duOffset);
  input.duOffset = quant->duOffset;
  input.vmin = quant->vmin;
  input.vmax = quant->vmax;
  input.accumulator = {realSums[j].low * scale, realSums[j].high * scale};
  const Range host = hostRange(j);
  input.bias = {(host.low + bias[j]) * scale, (host.high + bias[j]) * scale};
  input.steps = net.run.steps;
  if (!update(j).spikes)
    input.steps = net.run.steps.value_or(kAssumedSteps);
  return boundsOf(input, core).excess(core, input.vmin, input.vmax);
}

// Weights of many bits at full scale would wrap the accumulator at once. Gives up steps of theirs
// until no input can wrap or clamp a state, but for
//   - steps that networks with feedback need to fire as trained: below those of 12 bits a membrane
//     may clamp when half of its inputs of one sign fire at every step
//   - steps of 8 bits, whatever wraps or clamps
//   - the membrane of a readout, which is its result: down to 6 bits, it does not clamp
void LayerQuantizer::makeRoom(uint32_t first, ScaleRequest request, ScaleChoice &choice) const {
  constexpr double kPlentySteps = 2047.0, kRareClamps = 2.0;
  const bool readout = !net::spikes(population.kind);
  const double enough = readout ? 31.0 : 127.0, margin = readout ? 0.98 : 0.99;
  if (choice.weightSteps <= enough)
    return;
  NeuronBounds::Excess worst;
  for (uint32_t j = first; j < first + groupSize; ++j) {
    const NeuronBounds::Excess each = excess(j, choice.scale);
    worst = {std::max(worst.wrap, each.wrap), std::max(worst.clamp, each.clamp)};
  }
  const auto within = [&](double times) { return times > 1.0 ? margin / times : 1.0; };
  const auto steps = [&](double count) { return count / choice.weightSteps; };
  double part = within(std::max(worst.wrap, worst.clamp));
  if (!readout)
    part = std::max(part, std::min(within(std::max(worst.wrap, worst.clamp / kRareClamps)),
                                   steps(kPlentySteps)));
  part = std::max(part, steps(enough));
  if (part >= 1.0)
    return;
  request.scaleMax = choice.scale * part;
  ScaleChoice smaller = chooseScale(request);
  if (readout && choice.onGrid && !smaller.onGrid)
    return; // exact, as long as it does not clamp
  smaller.limitedByRegister = choice.limitedByRegister;
  choice = smaller;
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

HostNeuronRequest LayerQuantizer::hostRequest(uint32_t j) const {
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
  return request;
}

// Each neuron alone if its scale is free. Those of a channel keep one scale: the smallest that one
// of them needs.
void LayerQuantizer::setHostGroup(uint32_t first, std::optional<double> onChipScale) {
  constexpr int kRounds = 64; // a shift more each
  std::vector<HostNeuron> neurons(groupSize);
  const bool free = !onChipScale;
  bool equal = false;
  for (int round = 0; round < kRounds && !equal; ++round) {
    double smallest = 0.0;
    equal = true;
    for (uint32_t k = 0; k < groupSize; ++k) {
      HostNeuronRequest request = hostRequest(first + k);
      request.scale = onChipScale;
      neurons[k] = quantizeHostNeuron(request, core);
      equal &= k == 0 || neurons[k].scale == smallest;
      smallest = k == 0 ? neurons[k].scale : std::min(smallest, neurons[k].scale);
    }
    onChipScale = smallest;
  }
  if (!equal)
    addMisfit(first, "bias", bias[first], neurons[0].biasLimit);
  for (uint32_t k = 0; k < groupSize; ++k)
    setHostNeuron(first + k, neurons[k], free);
}

void LayerQuantizer::setHostNeuron(uint32_t j, const HostNeuron &neuron, bool free) {
  net::HostLayer &layer = *host->host;
  hostWeights.insert(hostWeights.end(), neuron.weights.begin(), neuron.weights.end());
  layer.bias.push_back(neuron.bias);
  layer.shift.push_back(neuron.shift);
  if (!neuron.biasFits)
    addMisfit(j, "bias", bias[j], neuron.biasLimit);
  else if (neuron.inputLost && free)
    noteLimited(j, 0.0);
  setRegisters(j, neuron.scale);
  quant->neurons[j].biasExp = neuron.exp;
  biasRange[j] = neuron.biasRange;
  hostStep[j] = neuron.step;
}

} // namespace snnc::compiler::quantize
