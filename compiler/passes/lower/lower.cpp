#include "compiler/passes/lower/lower.h"

#include "compiler/passes/lower/fold.h"

#include "common/net/discretize.h"

#include <algorithm>
#include <cmath>
#include <limits>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler {
namespace {

using Updates = std::vector<net::NeuronUpdate>;

// tau in steps whose unit integrator decays by `decay` a step: exp(-1/tau).
double tauOfDecay(double decay) {
  constexpr double kForgets = 1e-3; // exp(-1000) is 0 in double
  if (decay >= 1.0)
    return std::numeric_limits<double>::infinity();
  return decay <= 0.0 ? kForgets : -1.0 / std::log(decay);
}

// An all-zero parameter is left empty: zero is its default.
void dropZeros(net::Param &param) {
  if (std::all_of(param.values.begin(), param.values.end(), [](double v) { return v == 0.0; }))
    param.values.clear();
}

llvm::Error delayedWithoutMemory(const net::Population &population, size_t neuron) {
  return Diag(DiagCode::CoreCannotHold, population.loc,
              formatv("unsupported: '{0}' resets by subtraction one step late, but the membrane of "
                      "neuron {1} keeps nothing from step to step (decay 0)",
                      population.name, neuron))
      .help("--reset subtract subtracts in the step of the spike")
      .take();
}

// The reset parameter (value, or threshold - amount) of one neuron around its new rest 0.
double resetParam(const net::NeuronUpdate &update, net::ResetRule rule, double rest) {
  switch (rule) {
  case net::ResetRule::Zero:
    return update.reset - rest;
  case net::ResetRule::Subtract:
    return update.threshold - rest - update.reset;
  case net::ResetRule::SubtractDelayed:
    return update.threshold - rest - update.reset / update.membraneDecay;
  case net::ResetRule::None:
    return 0.0;
  }
  llvm_unreachable("covered switch");
}

bool hasCurrent(net::NeuronKind kind) {
  return kind == net::NeuronKind::CubaLIF || kind == net::NeuronKind::CubaLI;
}
bool leaks(net::NeuronKind kind) {
  return hasCurrent(kind) || kind == net::NeuronKind::LIF || kind == net::NeuronKind::LI;
}

// The rest of every neuron; empty if it is 0 in all.
std::vector<double> restsOf(const net::Population &population) {
  net::Param rest = population.params.vLeak;
  if (!leaks(population.kind) || rest.empty())
    return {};
  std::vector<double> rests;
  for (uint32_t i = 0; i < population.size(); ++i)
    rests.push_back(rest[i]);
  rest.values = std::move(rests);
  dropZeros(rest);
  return rest.values;
}

void rewriteFilters(net::NeuronParams &params, net::NeuronKind kind,
                    const net::NeuronUpdate &update) {
  if (hasCurrent(kind)) {
    params.tauMem.values.push_back(tauOfDecay(update.membraneDecay));
    params.tauSyn.values.push_back(tauOfDecay(update.currentDecay));
  } else if (leaks(kind)) {
    params.tau.values.push_back(tauOfDecay(update.membraneDecay));
  }
}

llvm::Error rewriteNeurons(net::Population &population, const Updates &updates,
                           net::ResetRule rule) {
  if (population.kind == net::NeuronKind::Threshold)
    return llvm::Error::success(); // its threshold is all it has
  const net::NeuronParams old = population.params;
  const bool hasRest = leaks(population.kind) && !old.vLeak.empty();
  net::NeuronParams params;
  for (size_t i = 0; i < updates.size(); ++i) {
    const net::NeuronUpdate &update = updates[i];
    const double rest = hasRest ? old.vLeak[i] : 0.0;
    rewriteFilters(params, population.kind, update);
    params.vInit.values.push_back(update.vInit - rest);
    if (!update.spikes)
      continue;
    if (rule == net::ResetRule::SubtractDelayed && update.membraneDecay == 0.0)
      return delayedWithoutMemory(population, i);
    params.vThreshold.values.push_back(update.threshold - rest);
    params.vReset.values.push_back(resetParam(update, rule, rest));
    params.refractory.values.push_back(update.refractorySteps);
  }
  dropZeros(params.vReset);
  dropZeros(params.vInit);
  dropZeros(params.refractory);
  population.params = std::move(params);
  if (population.reset == net::ResetRule::SubtractDelayed)
    population.reset = net::ResetRule::Subtract;
  return llvm::Error::success();
}

// g_s * g_m per target neuron (or one for all); empty if every gain is 1.
std::vector<double> gainsOf(const Updates &updates) {
  std::vector<double> gains;
  bool unit = true;
  for (const net::NeuronUpdate &update : updates) {
    gains.push_back(update.currentGain * update.membraneGain);
    unit &= gains.back() == 1.0;
  }
  if (unit)
    gains.clear();
  return gains;
}

// Folds the maps of a population's inputs, its gains included, and sums their biases on one.
llvm::Error rewriteInputs(net::Net &net, uint32_t population, const std::vector<double> &gains,
                          PassContext &context) {
  llvm::Error errors = llvm::Error::success();
  net::Projection *biased = nullptr;
  for (net::Projection &projection : net.projections) {
    if (projection.target != population)
      continue;
    errors = llvm::joinErrors(std::move(errors), lower::fold(projection, gains, context));
    for (size_t i = 0; !gains.empty() && i < projection.bias.size(); ++i)
      projection.bias[i] *= gains[gains.size() == 1 ? 0 : i];
    if (projection.bias.empty())
      continue;
    if (biased == nullptr) {
      biased = &projection;
      continue;
    }
    for (size_t i = 0; i < projection.bias.size(); ++i)
      biased->bias[i] += projection.bias[i];
    projection.bias.clear();
  }
  return errors;
}

void rewriteProfile(net::Profile &profile) {
  profile.tauUnit.value = net::TauUnit::Steps;
  profile.integrator.value = net::Integrator::Unit;
  if (profile.reset.value == net::ResetRule::SubtractDelayed)
    profile.reset.value = net::ResetRule::Subtract;
  profile.tauUnit.reason = profile.integrator.reason = profile.reset.reason = "lowered";
}

} // namespace

llvm::Expected<bool> LowerPass::run(Module &module, PassContext &context) {
  net::Net &net = module.net;
  module.profile = net.profile;
  module.rests.assign(net.populations.size(), {});
  for (uint32_t p = 0; p < net.populations.size(); ++p) {
    net::Population &population = net.populations[p];
    if (population.kind == net::NeuronKind::Input)
      continue;
    llvm::Expected<Updates> updates = net::discretize(population, module.profile);
    if (!updates)
      return updates.takeError();
    if (llvm::Error error = rewriteInputs(net, p, gainsOf(*updates), context))
      return error;
    module.rests[p] = restsOf(population);
    const net::ResetRule rule = net::resetRule(population, module.profile);
    if (llvm::Error error = rewriteNeurons(population, *updates, rule))
      return error;
  }
  rewriteProfile(net.profile);
  module.lowered = true;
  return true;
}

} // namespace snnc::compiler
