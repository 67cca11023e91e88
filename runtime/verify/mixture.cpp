#include "runtime/verify/mixture.h"

#include "runtime/verify/mixed_weights.h"

#include "common/net/dequantize.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace snnc::runtime::verify {
namespace {

using net::Param;
using reference::FloatEngine;
using reference::RoundingGrid;

// `lower` has moved every rest to 0.
Param withoutRest(Param param, const std::vector<double> &rest) {
  if (rest.empty() || param.empty())
    return param;
  Param moved;
  for (size_t i = 0; i < rest.size(); ++i)
    moved.values.push_back(param[i] - rest[i]);
  return moved;
}

// a + sign * b, neuron by neuron; an empty one counts as 0.
Param sum(const Param &a, double sign, const Param &b) {
  const auto at = [](const Param &param, size_t i) { return param.empty() ? 0.0 : param[i]; };
  Param out;
  out.values.resize(std::max({a.values.size(), b.values.size(), size_t{1}}));
  for (size_t i = 0; i < out.values.size(); ++i)
    out.values[i] = at(a, i) + sign * at(b, i);
  return out;
}

// tau in steps whose unit integrator decays by 1 - leak/4096 a step.
double tauOf(uint32_t leak) {
  constexpr double kOne = 4096.0, kForgets = 1e-3; // exp(-1000) is 0 in double
  if (leak == 0)
    return std::numeric_limits<double>::infinity();
  return leak >= kOne ? kForgets : -1.0 / std::log1p(-(leak / kOne));
}

struct Taus {
  Param membrane, current;
};

Taus tausOf(const net::QuantPopulation &from) {
  Taus taus;
  for (const net::NeuronConfig &neuron : from.neurons) {
    taus.membrane.values.push_back(tauOf(neuron.dv));
    taus.current.values.push_back(tauOf(neuron.du + from.duOffset));
  }
  return taus;
}

void takeDecays(net::NeuronKind kind, net::NeuronParams &params, const net::QuantPopulation &from) {
  if (!from.crossbar.empty())
    return; // decays of 0 and 1 as they are
  Taus taus = tausOf(from);
  switch (kind) {
  case net::NeuronKind::LIF:
  case net::NeuronKind::LI:
    params.tau = std::move(taus.membrane);
    break;
  case net::NeuronKind::CubaLIF:
  case net::NeuronKind::CubaLI:
    params.tauMem = std::move(taus.membrane);
    params.tauSyn = std::move(taus.current);
    break;
  default:
    break;
  }
}

struct Amounts {
  Param threshold, reset, vInit;
};

// Of a neuron population of `ints`, with rests at 0. An amount that became 0 has come back as no
// reset at all.
Amounts amountsOf(const net::Net &ints, const net::QuantNet &quant, uint32_t p) {
  const net::NeuronParams &from = ints.populations[p].params;
  const bool crossbar = !quant.populations[p].crossbar.empty(); // its membrane is as it stands
  const std::vector<double> rest = crossbar ? std::vector<double>() : quant.populations[p].rest;
  Amounts out{withoutRest(from.vThreshold, rest), withoutRest(from.vReset, rest),
              withoutRest(from.vInit, rest)};
  if (net::resetRule(ints.populations[p], ints.profile) == net::ResetRule::None)
    out.reset = out.threshold;
  return out;
}

void takeAmounts(net::Population &population, net::ResetRule rule, const Amounts &from,
                 bool thresholds, bool resets) {
  net::NeuronParams &params = population.params;
  if (thresholds)
    params.vInit = from.vInit;
  if (!net::spikes(population.kind) || !(thresholds || resets))
    return;
  const Param real = params.vThreshold;
  if (thresholds)
    params.vThreshold = from.threshold;
  if (rule == net::ResetRule::Subtract) // by threshold - v_reset: one must not move the other
    params.vReset =
        sum(params.vThreshold, -1.0,
            resets ? sum(from.threshold, -1.0, from.reset) : sum(real, -1.0, params.vReset));
  else if (resets)
    params.vReset = from.reset;
}

std::vector<double> biasOf(const net::Net &net, uint32_t population) {
  std::vector<double> all;
  for (const net::Projection &projection : net.projections)
    if (projection.target == population && !projection.bias.empty()) {
      all.resize(projection.bias.size(), 0.0);
      std::transform(all.begin(), all.end(), projection.bias.begin(), all.begin(), std::plus<>());
    }
  return all;
}

void takeBiases(net::Net &net, const net::Net &ints, uint32_t population) {
  std::vector<double> all = biasOf(ints, population);
  for (net::Projection &projection : net.projections)
    if (projection.target == population) {
      projection.bias = std::move(all);
      all.clear();
    }
}

const net::HostLayer *hostOf(const net::QuantNet &quant, uint32_t input) {
  for (const net::HostLayer &layer : quant.hostLayers)
    if (layer.source == input)
      return &layer;
  return nullptr;
}

const net::HostLayer *hostInto(const net::QuantNet &quant, uint32_t target) {
  for (const net::HostLayer &layer : quant.hostLayers)
    if (layer.target == target)
      return &layer;
  return nullptr;
}

// Of the bias registers that a host writes, in float units.
std::vector<double> currentSteps(const net::QuantPopulation &population) {
  std::vector<double> steps;
  for (size_t n = 0; n < population.neurons.size(); ++n)
    steps.push_back(std::ldexp(1.0, population.neurons[n].biasExp) / population.scale[n]);
  return steps;
}

bool same(const Param &a, const Param &b, double tolerance = 0.0) {
  const size_t count = std::max(a.values.size(), b.values.size());
  if (a.empty() != b.empty())
    return false;
  for (size_t i = 0; i < count; ++i)
    if (a[i] != b[i] && !(std::abs(a[i] - b[i]) <= tolerance * std::abs(a[i])))
      return false;
  return true;
}

constexpr double kFloat = 1.0 / (1 << 23); // integers come back as float

Param orZero(const Param &param) {
  return param.empty() ? Param(0.0) : param;
}

bool sameNeurons(const net::NeuronParams &a, const net::NeuronParams &b) {
  constexpr double kTau = 1e-9; // k/4096 came from a logarithm
  return same(a.tau, b.tau, kTau) && same(a.tauMem, b.tauMem, kTau) &&
         same(a.tauSyn, b.tauSyn, kTau) && same(a.vThreshold, b.vThreshold) &&
         same(orZero(a.vReset), orZero(b.vReset)) && same(orZero(a.vInit), orZero(b.vInit));
}

} // namespace

void CauseMask::set(uint32_t population, Cause cause, bool on) {
  bits[population] = static_cast<uint16_t>(on ? bits[population] | bit(cause)
                                              : bits[population] & ~unsigned{bit(cause)});
}

Mixture::Mixture(const net::Net &lowered, const net::QuantNet &quant, net::Net ints)
    : lowered(&lowered), quant(&quant), ints(std::move(ints)), active(quant.populations.size()) {
  for (uint32_t p = 0; p < quant.populations.size(); ++p)
    for (Cause cause : allCauses())
      active.set(p, cause, differs(p, cause));
}

llvm::Expected<Mixture> Mixture::create(const net::Net &lowered, const net::QuantNet &quant) {
  llvm::Expected<net::Net> ints = net::dequantize(quant);
  if (!ints)
    return ints.takeError();
  return Mixture(lowered, quant, std::move(*ints));
}

void Mixture::takeNeurons(net::Net &net, uint32_t p, const CauseMask &mask) const {
  net::Population &population = net.populations[p];
  takeAmounts(population, net::resetRule(population, net.profile), amountsOf(ints, *quant, p),
              mask.has(p, Cause::Thresholds), mask.has(p, Cause::Resets));
  if (mask.has(p, Cause::Biases))
    takeBiases(net, ints, p);
  if (mask.has(p, Cause::Decays))
    takeDecays(population.kind, population.params, quant->populations[p]);
}

void Mixture::takeWeights(net::Net &net, const CauseMask &mask) const {
  for (net::Projection &projection : net.projections) {
    const MixedParts parts{mask.has(projection.target, Cause::Weights),
                           mask.has(projection.target, Cause::Saturation)};
    mixWeights(projection, ints, *quant, parts);
    if (const net::HostLayer *host = hostOf(*quant, projection.source);
        host != nullptr && mask.has(projection.source, Cause::Inputs))
      divideInputs(projection, host->inputScale);
  }
}

net::Net Mixture::mix(const CauseMask &mask) const {
  net::Net net = *lowered;
  for (uint32_t p = 0; p < net.populations.size(); ++p)
    if (!quant->populations[p].isInput)
      takeNeurons(net, p, mask);
  takeWeights(net, mask);
  return net;
}

bool Mixture::differs(uint32_t p, Cause cause) const {
  const net::QuantPopulation &population = quant->populations[p];
  if (cause == Cause::Inputs || population.isInput)
    return cause == Cause::Inputs && population.isInput && hostOf(*quant, p) != nullptr;
  if (cause == Cause::Currents)
    return hostInto(*quant, p) != nullptr;
  if (cause == Cause::Rounding)
    return !population.scale.empty(); // without a leak too: it has sums on the grid
  CauseMask mask(quant->populations.size());
  mask.set(p, cause, true);
  if (cause == Cause::Weights || cause == Cause::Saturation)
    return std::any_of(lowered->projections.begin(), lowered->projections.end(),
                       [&](const net::Projection &projection) {
                         net::Projection mixed = projection;
                         return projection.target == p &&
                                mixWeights(mixed, ints, *quant,
                                           {cause == Cause::Weights, cause == Cause::Saturation});
                       });
  if (cause == Cause::Biases) {
    const std::vector<double> a = biasOf(*lowered, p), b = biasOf(ints, p);
    Param before, after;
    before.values = a;
    after.values = b;
    return !same(orZero(before), orZero(after), kFloat);
  }
  net::Net net;
  net.profile = lowered->profile;
  net.populations = lowered->populations;
  takeNeurons(net, p, mask);
  return !sameNeurons(lowered->populations[p].params, net.populations[p].params);
}

llvm::Expected<std::unique_ptr<FloatEngine>> Mixture::engine(const CauseMask &mask) const {
  // Membranes stay those of the lowered network; rests are added to all alike.
  RoundingGrid grid = RoundingGrid::of(*quant);
  bool rounds = false;
  for (uint32_t p = 0; p < grid.populations.size(); ++p) {
    grid.populations[p].rest.clear();
    if (!mask.has(p, Cause::Rounding))
      grid.populations[p].scale.clear();
    if (mask.has(p, Cause::Currents))
      grid.populations[p].currentStep = currentSteps(quant->populations[p]);
    rounds |= mask.has(p, Cause::Rounding) || mask.has(p, Cause::Currents);
  }
  return FloatEngine::create(mix(mask), {.rounding = rounds ? &grid : nullptr});
}

data::EncodedSample Mixture::inputs(const data::EncodedSample &sample,
                                    const CauseMask &mask) const {
  data::EncodedSample rounded = sample;
  if (!sample.analog())
    return rounded;
  uint32_t offset = 0;
  for (uint32_t input : quant->inputs) {
    const uint32_t size = quant->populations[input].size();
    const net::HostLayer *host = mask.has(input, Cause::Inputs) ? hostOf(*quant, input) : nullptr;
    for (size_t row = 0; host != nullptr && row < rounded.values.size(); row += rounded.size)
      for (uint32_t i = 0; i < size; ++i) {
        float &value = rounded.values[row + offset + i];
        const double x = std::nearbyint(static_cast<double>(value) * host->inputScale);
        value = static_cast<float>(std::clamp<double>(x, host->inputMin, host->inputMax));
      }
    offset += size;
  }
  return rounded;
}

} // namespace snnc::runtime::verify
