#include "common/net/dequantize.h"

#include "common/net/dequantize_crossbar.h"
#include "common/net/synapses.h"
#include "common/support/diag.h"

#include <algorithm>
#include <cmath>
#include <limits>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::net {
namespace {

constexpr int32_t kRegisterMax = (1 << 23) - 1;
constexpr uint32_t kDecayOne = 4096;
constexpr int kWeightShift = 6;
constexpr int64_t kFloatIntegers = int64_t{1} << 18;  // as float off by less than 1/64
constexpr uint64_t kMostUnrolled = uint64_t{1} << 27; // synapses: 1 GiB

uint32_t currentLeak(const QuantPopulation &population, const NeuronConfig &neuron) {
  return std::min<uint32_t>(neuron.du + population.duOffset, kDecayOne);
}

// One value if all are the same.
Param shortest(std::vector<double> values) {
  Param param;
  const auto unlike = std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>());
  if (!values.empty() && unlike == values.end())
    param.values = {values.front()};
  else
    param.values = std::move(values);
  return param;
}

// tau of a decay of `leak` / 4096 a step under Euler; infinite without one.
double tauOf(uint32_t leak, double dt) {
  return leak == 0 ? std::numeric_limits<double>::infinity() : dt * kDecayOne / leak;
}
double unitGain(uint32_t leak) {
  return leak == 0 ? 1.0 : static_cast<double>(kDecayOne) / leak;
}

class Dequantizer {
public:
  explicit Dequantizer(const QuantNet &quant) : quant(quant) {}
  llvm::Expected<Net> run();

private:
  void setProfile();
  bool mixedCompare() const;
  void addPopulation(uint32_t p);
  void setKind(uint32_t p, Population &out);
  void setDecays(uint32_t p, Population &out) const;
  void setReset(uint32_t p, Population &out);
  void setGrid(uint32_t p, Population &out) const;
  bool usesCurrent(uint32_t p) const;
  bool hasListeners(uint32_t p) const;
  bool hasHost(uint32_t p) const;

  void addHostLayer(const HostLayer &layer);
  void addProjection(const QuantProjection &projection);
  void setConv(const ConvInts &ints, const QuantProjection &from, Projection &out);
  void setUnrolled(const QuantProjection &from, Projection &out);
  void addBiases(uint32_t p);
  Projection &biasHolder(uint32_t p, const std::vector<double> &bias);
  Projection &bareProjection(uint32_t p);

  double scaleOf(uint32_t p, uint32_t neuron) const {
    const std::vector<double> &scale = quant.populations[p].scale;
    return scale.empty() ? 1.0 : scale[neuron];
  }
  double restOf(uint32_t p, uint32_t neuron) const {
    const std::vector<double> &rest = quant.populations[p].rest;
    return rest.empty() ? 0.0 : rest[neuron];
  }
  template <class F> Param paramOf(uint32_t p, F valueOf) const {
    std::vector<double> values(quant.populations[p].size());
    for (uint32_t i = 0; i < values.size(); ++i)
      values[i] = valueOf(quant.populations[p].neurons[i], i);
    return shortest(std::move(values));
  }
  template <class F> bool anyNeuron(uint32_t p, F holds) const {
    const std::vector<NeuronConfig> &neurons = quant.populations[p].neurons;
    return std::any_of(neurons.begin(), neurons.end(), holds);
  }
  float realWeight(double value, const std::string &projection);
  void refuse(const std::string &what, const char *help) {
    errors =
        llvm::joinErrors(std::move(errors),
                         Diag(DiagCode::RuleNotReal, {}, "unsupported: " + what).help(help).take());
  }

  const QuantNet &quant;
  Net net;
  double dt = 1.0;
  bool geBecomesGt = false; // `>= t` is written as `> t - 1`
  bool tooLarge = false;    // reported once
  llvm::Error errors = llvm::Error::success();
};

// ---- the profile

// Neurons that compare differently share a network: then all of them compare with `>`.
bool Dequantizer::mixedCompare() const {
  bool gt = false, ge = false;
  for (uint32_t p = 0; p < quant.populations.size(); ++p) {
    if (isSilent(quant.populations[p]))
      continue;
    gt |= anyNeuron(p, [](const NeuronConfig &n) { return !n.compareGe; });
    ge |= anyNeuron(p, [](const NeuronConfig &n) { return n.compareGe; });
  }
  return gt && ge;
}

template <class T> void settle(Setting<T> &setting, T value) {
  setting = {value, Origin::Model, "dequantised"};
}

void Dequantizer::setProfile() {
  net.profile = quant.profile;
  dt = net.profile.dt.value;
  settle(net.profile.integrator, Integrator::Euler);
  settle(net.profile.tauUnit, TauUnit::Seconds);
  const bool zero = quant.profile.reset.value == ResetRule::Zero;
  const bool none = quant.profile.reset.value == ResetRule::None;
  settle(net.profile.reset, zero ? ResetRule::Zero : none ? ResetRule::None : ResetRule::Subtract);
  geBecomesGt = mixedCompare();
  bool ge = quant.profile.compare.value == Compare::Ge;
  for (uint32_t p = 0; p < quant.populations.size(); ++p)
    if (!isSilent(quant.populations[p]) && !quant.populations[p].neurons.empty())
      ge = quant.populations[p].neurons.front().compareGe;
  settle(net.profile.compare, ge && !geBecomesGt ? Compare::Ge : Compare::Gt);
}

// ---- populations

bool Dequantizer::hasListeners(uint32_t p) const {
  return std::any_of(quant.projections.begin(), quant.projections.end(),
                     [&](const QuantProjection &each) { return each.source == p; });
}
bool Dequantizer::hasHost(uint32_t p) const {
  return std::any_of(quant.hostLayers.begin(), quant.hostLayers.end(),
                     [&](const HostLayer &each) { return each.target == p; });
}
bool Dequantizer::usesCurrent(uint32_t p) const {
  const QuantPopulation &from = quant.populations[p];
  return anyNeuron(p, [&](const NeuronConfig &neuron) {
    return neuron.biasToCurrent || currentLeak(from, neuron) != kDecayOne;
  });
}

void Dequantizer::setKind(uint32_t p, Population &out) {
  const QuantPopulation &from = quant.populations[p];
  const bool spiking = !isSilent(from) || hasListeners(p);
  const bool leaks =
      !from.rest.empty() || anyNeuron(p, [](const NeuronConfig &neuron) { return neuron.dv != 0; });
  if (!usesCurrent(p)) {
    out.kind = leaks ? (spiking ? NeuronKind::LIF : NeuronKind::LI)
                     : (spiking ? NeuronKind::IF : NeuronKind::I);
    return;
  }
  out.kind = spiking ? NeuronKind::CubaLIF : NeuronKind::CubaLI;
  for (size_t i = 0; i < from.neurons.size(); ++i) {
    const NeuronConfig &neuron = from.neurons[i];
    const bool biased = neuron.biasMant != 0 || hasHost(p);
    if (!biased || neuron.biasToCurrent || currentLeak(from, neuron) == kDecayOne)
      continue;
    refuse(formatv("the bias of neuron {0} of '{1}' bypasses its current", i, from.name),
           "the network IR adds a bias to what a synapse brings: set bias_to_current");
    return;
  }
}

void Dequantizer::setDecays(uint32_t p, Population &out) const {
  const QuantPopulation &from = quant.populations[p];
  const auto tau = [&](const NeuronConfig &n, uint32_t) { return tauOf(n.dv, dt); };
  const auto gain = [&](const NeuronConfig &n, uint32_t) { return unitGain(n.dv); };
  out.params.r = paramOf(p, gain);
  if (out.kind == NeuronKind::IF || out.kind == NeuronKind::I)
    return;
  out.params.vLeak = from.rest.empty() ? Param() : shortest(from.rest);
  const bool cuba = out.kind == NeuronKind::CubaLIF || out.kind == NeuronKind::CubaLI;
  (cuba ? out.params.tauMem : out.params.tau) = paramOf(p, tau);
  if (!cuba)
    return;
  const auto leak = [&](const NeuronConfig &n) { return currentLeak(from, n); };
  out.params.tauSyn =
      paramOf(p, [&](const NeuronConfig &n, uint32_t) { return tauOf(leak(n), dt); });
  out.params.wIn = paramOf(p, [&](const NeuronConfig &n, uint32_t) { return unitGain(leak(n)); });
}

void Dequantizer::setReset(uint32_t p, Population &out) {
  const std::vector<NeuronConfig> &neurons = quant.populations[p].neurons;
  const bool subtract = !neurons.empty() && neurons.front().resetSubtract;
  const auto other = std::find_if(neurons.begin(), neurons.end(), [&](const NeuronConfig &n) {
    return n.resetSubtract != subtract;
  });
  if (other != neurons.end())
    refuse(formatv("neuron {0} of '{1}' resets {2}, neuron 0 {3}", other - neurons.begin(),
                   out.name, subtract ? "to a value" : "by an amount",
                   subtract ? "by an amount" : "to a value"),
           "one population has one reset rule: split it");
  const bool keeps = subtract && !anyNeuron(p, [](const NeuronConfig &n) { return n.reset != 0; });
  ResetRule rule = keeps ? ResetRule::None : subtract ? ResetRule::Subtract : ResetRule::Zero;
  if (keeps && net.profile.reset.value == ResetRule::Subtract && !spikes(out.kind))
    rule = ResetRule::Subtract; // of no effect: what the others have
  if (rule != net.profile.reset.value)
    out.reset = rule;
  if (!spikes(out.kind))
    return;
  const auto threshold = [&](const NeuronConfig &n, uint32_t i) {
    const bool lower = geBecomesGt && n.compareGe && n.threshold > -kRegisterMax - 1;
    return (n.threshold - (lower ? 1 : 0)) / scaleOf(p, i) + restOf(p, i);
  };
  out.params.vThreshold = paramOf(p, threshold);
  if (rule == ResetRule::Zero)
    out.params.vReset = paramOf(p, [&](const NeuronConfig &n, uint32_t i) {
      return n.reset / scaleOf(p, i) + restOf(p, i);
    });
  if (rule == ResetRule::Subtract)
    out.params.vReset = paramOf(p, [&](const NeuronConfig &n, uint32_t i) {
      return threshold(n, i) - n.reset / scaleOf(p, i);
    });
  if (anyNeuron(p, [](const NeuronConfig &n) { return n.refractory != 1; }))
    out.params.refractory =
        paramOf(p, [&](const NeuronConfig &n, uint32_t) { return (n.refractory - 1) * dt; });
}

void Dequantizer::setGrid(uint32_t p, Population &out) const {
  const QuantPopulation &from = quant.populations[p];
  std::vector<double> scale(from.size());
  for (uint32_t i = 0; i < scale.size(); ++i)
    scale[i] = scaleOf(p, i);
  out.grid.scale = shortest(std::move(scale));
  for (const NeuronConfig &neuron : from.neurons)
    out.grid.biasExp.push_back(neuron.biasExp);
  std::vector<uint8_t> &exponents = out.grid.biasExp;
  if (std::adjacent_find(exponents.begin(), exponents.end(), std::not_equal_to<>()) ==
      exponents.end())
    exponents.erase(exponents.begin() + 1, exponents.end());
  out.grid.duOffset = from.duOffset;
}

void Dequantizer::addPopulation(uint32_t p) {
  const QuantPopulation &from = quant.populations[p];
  Population &out = net.populations.emplace_back();
  out.name = from.name;
  out.shape = from.shape;
  if (from.isInput)
    return;
  if (from.vmin != -kRegisterMax || from.vmax != kRegisterMax)
    refuse(
        formatv("the membrane of '{0}' is kept within {1} .. {2}", from.name, from.vmin, from.vmax),
        "a network in real numbers has no such floor or ceiling");
  setKind(p, out);
  setDecays(p, out);
  setReset(p, out);
  setGrid(p, out);
  const bool starts = anyNeuron(p, [](const NeuronConfig &n) { return n.vInit != 0; });
  if (starts || !from.rest.empty())
    out.params.vInit = paramOf(p, [&](const NeuronConfig &n, uint32_t i) {
      return n.vInit / scaleOf(p, i) + restOf(p, i);
    });
}

// ---- projections

float Dequantizer::realWeight(double value, const std::string &projection) {
  const auto real = static_cast<float>(value);
  if (!std::isfinite(real) && !tooLarge) {
    refuse(formatv("a weight of '{0}' is {1:e3}, beyond a float", projection, value),
           "the scales of its target are far too small");
    tooLarge = true;
  }
  return real;
}

// One real weight for every integer; `unitOf(target)` is what a step of it is worth.
template <class UnitOf, class Convert>
Weights realDense(const DenseInts &ints, UnitOf unitOf, Convert convert) {
  DenseWeights real{ints.rows, ints.cols, std::vector<float>(ints.values.size())};
  for (size_t row = 0, i = 0; row < ints.rows; ++row)
    for (const size_t end = i + ints.cols; i < end; ++i)
      real.values[i] = convert(ints.values[i] * unitOf(static_cast<uint32_t>(row)));
  return real;
}
template <class UnitOf, class Convert>
Weights realSparse(const SparseInts &ints, UnitOf unitOf, Convert convert) {
  SparseWeights real{ints.posts, ints.pres, ints.rowStart, ints.columns,
                     std::vector<float>(ints.values.size())};
  for (size_t i = 0; i < ints.values.size(); ++i)
    real.values[i] = convert(ints.values[i] * unitOf(ints.columns[i]));
  return real;
}

// What HostLayer computes, in real numbers: a step of a weight is a bias of 2^(exp - shift) / x.
void Dequantizer::addHostLayer(const HostLayer &layer) {
  Projection &out = net.projections.emplace_back();
  out.name = layer.name;
  out.source = layer.source;
  out.target = layer.target;
  out.grid.weightBits = layer.weightBits;
  out.grid.hostShift = layer.shift;
  const std::vector<NeuronConfig> &neurons = quant.populations[layer.target].neurons;
  const auto unit = [&](uint32_t target) {
    return std::ldexp(1.0 / scaleOf(layer.target, target),
                      int{neurons[target].biasExp} - int{layer.shift[target]});
  };
  const auto weightUnit = [&](uint32_t target) { return unit(target) * layer.inputScale; };
  const auto convert = [&](double value) { return realWeight(value, layer.name); };
  if (const auto *dense = std::get_if<DenseInts>(&layer.weights))
    out.weights = realDense(*dense, weightUnit, convert);
  else
    out.weights = realSparse(std::get<SparseInts>(layer.weights), weightUnit, convert);
  if (std::all_of(layer.bias.begin(), layer.bias.end(), [](int64_t bias) { return bias == 0; }))
    return;
  for (uint32_t i = 0; i < layer.bias.size(); ++i) {
    const double bias = static_cast<double>(layer.bias[i]) * unit(i);
    const bool exact = std::abs(layer.bias[i]) < kFloatIntegers;
    out.bias.push_back(exact ? static_cast<float>(bias) : bias);
  }
}

void Dequantizer::setConv(const ConvInts &ints, const QuantProjection &from, Projection &out) {
  const uint64_t places = ints.window.outSize();
  for (uint32_t target = 0; target < ints.rows(); ++target)
    if (scaleOf(from.target, target) !=
        scaleOf(from.target, static_cast<uint32_t>(target / places * places)))
      return setUnrolled(from, out);
  ConvWeights real{ints.inChannels, ints.outChannels, ints.groups, ints.window, {}};
  const size_t perChannel = ints.kernel.size() / ints.outChannels;
  for (size_t i = 0; i < ints.kernel.size(); ++i) {
    const auto first = static_cast<uint32_t>(i / perChannel * places);
    real.kernel.push_back(realWeight(std::ldexp(ints.kernel[i], kWeightShift + from.exponent) /
                                         scaleOf(from.target, first),
                                     from.name));
  }
  out.before.assign(from.pools.begin(), from.pools.end());
  out.weights = std::move(real);
}

void Dequantizer::setUnrolled(const QuantProjection &from, Projection &out) {
  const uint64_t synapses = synapseCount(from);
  if (synapses > kMostUnrolled)
    return refuse(formatv("the channels of '{0}' have neurons of different scales, and its {1} "
                          "synapses are too many to unroll",
                          from.name, synapses),
                  "give the neurons of one channel one scale");
  SparseWeights real{postCount(from), preCount(from), {0}, {}, {}};
  const OutgoingInts outgoing(from);
  for (uint32_t source = 0; source < real.pres; ++source) {
    outgoing.forEach(source, [&](uint32_t target, int16_t w) {
      real.columns.push_back(target);
      real.values.push_back(realWeight(
          std::ldexp(w, kWeightShift + from.exponent) / scaleOf(from.target, target), from.name));
    });
    real.rowStart.push_back(real.columns.size());
  }
  out.weights = std::move(real);
}

void Dequantizer::addProjection(const QuantProjection &projection) {
  Projection &out = net.projections.emplace_back();
  out.name = projection.name;
  out.source = projection.source;
  out.target = projection.target;
  out.delay = projection.delay;
  out.grid.weightBits = projection.weightBits;
  out.grid.exponent = projection.exponent;
  if (const auto *conv = std::get_if<ConvInts>(&projection.weights))
    return setConv(*conv, projection, out);
  out.before.assign(projection.pools.begin(), projection.pools.end());
  const auto unit = [&](uint32_t target) {
    return std::ldexp(1.0, kWeightShift + projection.exponent) / scaleOf(projection.target, target);
  };
  const auto convert = [&](double value) { return realWeight(value, projection.name); };
  if (const auto *dense = std::get_if<DenseInts>(&projection.weights))
    out.weights = realDense(*dense, unit, convert);
  else
    out.weights = realSparse(std::get<SparseInts>(projection.weights), unit, convert);
}

// ---- biases

// A convolution in a file has one bias per channel: another one goes elsewhere if it can.
bool takesBias(const Projection &projection, const std::vector<double> &bias) {
  const auto *conv = std::get_if<ConvWeights>(&projection.weights);
  if (conv == nullptr)
    return true;
  const uint64_t places = conv->window.outSize();
  for (size_t i = 0; i < bias.size(); ++i)
    if (bias[i] != bias[i / places * places])
      return false;
  return true;
}

Projection &Dequantizer::biasHolder(uint32_t p, const std::vector<double> &bias) {
  Projection *first = nullptr;
  for (Projection &projection : net.projections) {
    if (projection.target != p)
      continue;
    if (takesBias(projection, bias))
      return projection;
    first = first == nullptr ? &projection : first;
  }
  if (first != nullptr)
    return *first;
  return bareProjection(p);
}

// Nothing arrives at `p`: a projection without a synapse carries its bias. A loop, where there may
// be one.
Projection &Dequantizer::bareProjection(uint32_t p) {
  const bool direct = quant.run.encode == Encoding::Direct;
  uint32_t source = p;
  for (uint32_t s = 0; s < net.populations.size() && !spikes(net.populations[source].kind); ++s)
    if (net.populations[s].kind != NeuronKind::Input || !direct)
      source = s;
  if (!spikes(net.populations[source].kind))
    refuse(formatv("'{0}' has a bias, but no population that could bring it",
                   quant.populations[p].name),
           "remove the bias: a readout that nothing reaches tells nothing");
  Projection &bare = net.projections.emplace_back();
  bare.name = net.populations[p].name + "_bias";
  const auto taken = [&](const Projection &each) {
    return &each != &bare && each.name == bare.name;
  };
  while (std::any_of(net.projections.begin(), net.projections.end(), taken))
    bare.name += "_";
  bare.source = source;
  bare.target = p;
  bare.delay = source == p ? 1 : 0;
  const uint32_t posts = net.populations[p].size(), pres = net.populations[source].size();
  bare.weights = SparseWeights{posts, pres, std::vector<uint64_t>(size_t{pres} + 1, 0), {}, {}};
  return bare;
}

void Dequantizer::addBiases(uint32_t p) {
  const std::vector<NeuronConfig> &neurons = quant.populations[p].neurons;
  if (hasHost(p) || !anyNeuron(p, [](const NeuronConfig &n) { return n.biasMant != 0; }))
    return; // a host layer writes the registers itself
  std::vector<double> bias(neurons.size());
  for (uint32_t i = 0; i < bias.size(); ++i)
    bias[i] =
        static_cast<float>(std::ldexp(neurons[i].biasMant, neurons[i].biasExp) / scaleOf(p, i));
  biasHolder(p, bias).bias = bias;
}

llvm::Expected<Net> Dequantizer::run() {
  net.name = quant.name;
  net.run = quant.run;
  net.inputs = quant.inputs;
  net.outputs = quant.outputs;
  setProfile();
  for (uint32_t p = 0; p < quant.populations.size(); ++p)
    addPopulation(p);
  for (const HostLayer &layer : quant.hostLayers)
    addHostLayer(layer);
  for (const QuantProjection &projection : quant.projections)
    addProjection(projection);
  for (uint32_t p = 0; p < quant.populations.size(); ++p)
    addBiases(p);
  if (errors)
    return std::move(errors);
  return std::move(net);
}

} // namespace

bool isSilent(const QuantPopulation &population) {
  const std::vector<NeuronConfig> &neurons = population.neurons;
  return !population.neurons.empty() &&
         std::all_of(neurons.begin(), neurons.end(), [](const NeuronConfig &neuron) {
           return neuron.threshold == kRegisterMax && !neuron.compareGe;
         });
}

llvm::Expected<Net> dequantize(const QuantNet &quant) {
  if (quant.isCrossbar())
    return dequantizeCrossbar(quant);
  return Dequantizer(quant).run();
}

} // namespace snnc::net
