#include "common/net/discretize.h"

#include "common/net/number_text.h"
#include "common/support/diag.h"

#include <algorithm>
#include <cmath>
#include <limits>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::net {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLargestResistanceThatIsAGain = 100.0;
constexpr uint32_t kMaxRefractorySteps = 1u << 20;

// One neuron of one population, and where to complain about it.
struct Site {
  const Population &population;
  const Profile &profile;
  size_t neuron;
  double dt; // in units of tau
};

double dtInTauUnits(const Profile &profile) {
  switch (profile.tauUnit.value) {
  case TauUnit::Seconds:
    return profile.dt.value;
  case TauUnit::Milliseconds:
    return profile.dt.value * 1e3;
  case TauUnit::Steps:
    return 1.0;
  }
  llvm_unreachable("covered switch");
}

support::SourceLoc fieldLoc(const Population &population, const char *field) {
  support::SourceLoc loc = population.loc;
  if (!loc.path.empty())
    loc.path += std::string("/") + field;
  return loc;
}

std::string neuronSuffix(const Site &site, const Param &param) {
  return param.values.size() > 1 ? llvm::formatv("[{0}]", site.neuron).str() : std::string();
}

llvm::Error outOfRange(const Site &site, const Param &param, const char *field,
                       const std::string &must) {
  return Diag(DiagCode::ParamRange, fieldLoc(site.population, field),
              llvm::formatv("'{0}' of '{1}' is {2} but must be {3}",
                            field + neuronSuffix(site, param), site.population.name,
                            numberText(param[site.neuron]), must))
      .help("correct the value in the model")
      .take();
}

// Sets `value` unless the parameter is empty.
llvm::Error takeFinite(const Site &site, const Param &param, const char *field, double &value) {
  if (param.empty())
    return llvm::Error::success();
  value = param[site.neuron];
  if (!std::isfinite(value))
    return outOfRange(site, param, field, "finite");
  return llvm::Error::success();
}

// The decimal of at most 5 places that x is up to float32 noise; x itself if there is none.
double snap(double x) {
  const double snapped = std::round(x * 1e5) / 1e5;
  return std::abs(x - snapped) <= 2e-7 ? snapped : x;
}

double snapGain(double gain) {
  return std::abs(gain - 1.0) <= 1e-6 ? 1.0 : gain;
}

struct Filter {
  double decay = 1.0;
  double gain = 1.0;
  double leak = 0.0; // 1 - decay
};

llvm::Error dtTooLarge(const Site &site, const Param &param, const char *field, double ratio) {
  const char *unit = nameOf(site.profile.tauUnit.value);
  return Diag(DiagCode::DtTooLarge, fieldLoc(site.population, field),
              llvm::formatv("dt/{0} is {1:f3} for '{2}', forward Euler needs at most 1 "
                            "(dt {3} {4}, {0}{5} {6} {4})",
                            field, ratio, site.population.name, numberText(site.dt), unit,
                            neuronSuffix(site, param), numberText(param[site.neuron])))
      .help("--dt gives a smaller step, --tau-unit s|ms|steps another unit of tau, "
            "--integrator exp another rule")
      .take();
}

// The first-order filter of a time constant; `gainParam` is r or w_in.
llvm::Expected<Filter> filterOf(const Site &site, const Param &tauParam, const char *tauField,
                                const Param &gainParam, const char *gainField) {
  const double tau = tauParam.empty() ? kInfinity : tauParam[site.neuron];
  if (!(tau > 0.0))
    return outOfRange(site, tauParam, tauField, "above 0");
  if (std::isinf(tau))
    return Filter{1.0, 1.0, 0.0};
  const double resistance = gainParam.empty() ? 1.0 : gainParam[site.neuron];
  if (!std::isfinite(resistance))
    return outOfRange(site, gainParam, gainField, "finite");

  const double ratio = site.dt / tau;
  const Integrator integrator = site.profile.integrator.value;
  if (integrator == Integrator::Euler && ratio > 1.0 + 1e-6)
    return dtTooLarge(site, tauParam, tauField, ratio);
  const bool euler = integrator == Integrator::Euler;
  const double exactLeak = euler ? std::min(ratio, 1.0) : -std::expm1(-ratio);

  Filter filter;
  const double leak = snap(exactLeak);
  const bool slow = leak == 0.0; // a leak below the noise is still a leak
  filter.decay = slow ? 1.0 - exactLeak : snap(1.0 - exactLeak);
  // A slow neuron's leak has few digits left: then the unsnapped one is the better gain.
  filter.leak = std::abs(leak - exactLeak) <= 1e-6 * exactLeak ? leak : exactLeak;
  const bool unitGain = integrator == Integrator::Unit || gainParam.empty();
  filter.gain = unitGain ? 1.0 : snapGain(resistance * filter.leak);
  return filter;
}

bool hasCurrent(NeuronKind kind) {
  return kind == NeuronKind::CubaLIF || kind == NeuronKind::CubaLI;
}

llvm::Error setMembrane(const Site &site, NeuronUpdate &update) {
  const NeuronParams &params = site.population.params;
  const NeuronKind kind = site.population.kind;
  if (kind == NeuronKind::Threshold) {
    update.membraneDecay = 0.0;
    return llvm::Error::success();
  }
  double rest = 0.0;
  if (llvm::Error error = takeFinite(site, params.vLeak, "v_leak", rest))
    return error;
  if (kind == NeuronKind::IF || kind == NeuronKind::I) {
    double resistance = 1.0;
    if (llvm::Error error = takeFinite(site, params.r, "r", resistance))
      return error;
    const bool isGain = resistance <= kLargestResistanceThatIsAGain;
    update.membraneGain = snapGain(isGain ? resistance : resistance * site.dt);
    return llvm::Error::success();
  }
  const bool cuba = hasCurrent(kind);
  llvm::Expected<Filter> filter =
      filterOf(site, cuba ? params.tauMem : params.tau, cuba ? "tau_mem" : "tau", params.r, "r");
  if (!filter)
    return filter.takeError();
  update.membraneDecay = filter->decay;
  update.membraneGain = filter->gain;
  update.leakTerm = filter->leak * rest;
  return llvm::Error::success();
}

llvm::Error setCurrent(const Site &site, NeuronUpdate &update) {
  if (!hasCurrent(site.population.kind))
    return llvm::Error::success();
  const NeuronParams &params = site.population.params;
  update.hasCurrent = true;
  if (params.tauSyn.empty())
    return takeFinite(site, params.wIn, "w_in", update.currentGain);
  llvm::Expected<Filter> filter = filterOf(site, params.tauSyn, "tau_syn", params.wIn, "w_in");
  if (!filter)
    return filter.takeError();
  update.currentDecay = filter->decay;
  update.currentGain = filter->gain;
  return llvm::Error::success();
}

llvm::Error setReset(const Site &site, NeuronUpdate &update) {
  const NeuronParams &params = site.population.params;
  double vReset = 0.0;
  if (llvm::Error error = takeFinite(site, params.vInit, "v_init", update.vInit))
    return error;
  if (!spikes(site.population.kind)) {
    update.spikes = false;
    update.threshold = kInfinity;
    return llvm::Error::success();
  }
  if (llvm::Error error = takeFinite(site, params.vThreshold, "v_threshold", update.threshold))
    return error;
  if (llvm::Error error = takeFinite(site, params.vReset, "v_reset", vReset))
    return error;
  if (site.population.kind == NeuronKind::Threshold)
    return llvm::Error::success();
  switch (resetRule(site.population, site.profile)) {
  case ResetRule::Zero:
    update.reset = vReset;
    break;
  case ResetRule::Subtract:
    update.reset = update.threshold - vReset;
    break;
  case ResetRule::SubtractDelayed:
    update.reset = update.threshold;
    break;
  case ResetRule::None:
    update.reset = 0.0;
    break;
  }
  return llvm::Error::success();
}

llvm::Error setRefractory(const Site &site, NeuronUpdate &update) {
  const Param &param = site.population.params.refractory;
  if (param.empty())
    return llvm::Error::success();
  const double steps = param[site.neuron] / site.dt;
  const double whole = std::round(steps);
  if (!(steps >= 0.0 && steps <= kMaxRefractorySteps))
    return outOfRange(site, param, "refractory", "between 0 and 2^20 steps");
  if (std::abs(steps - whole) > 1e-6 * std::max(1.0, whole))
    return outOfRange(site, param, "refractory",
                      llvm::formatv("a whole number of steps of {0} {1}", numberText(site.dt),
                                    nameOf(site.profile.tauUnit.value))
                          .str());
  update.refractorySteps = static_cast<uint32_t>(whole);
  return llvm::Error::success();
}

llvm::Expected<NeuronUpdate> discretizeNeuron(const Site &site) {
  NeuronUpdate update;
  if (llvm::Error error = setCurrent(site, update))
    return error;
  if (llvm::Error error = setMembrane(site, update))
    return error;
  if (llvm::Error error = setReset(site, update))
    return error;
  if (llvm::Error error = setRefractory(site, update))
    return error;
  return update;
}

bool isBroadcast(const NeuronParams &params) {
  for (const Param *param :
       {&params.tau, &params.tauSyn, &params.tauMem, &params.r, &params.wIn, &params.vLeak,
        &params.vThreshold, &params.vReset, &params.vInit, &params.refractory})
    if (param->values.size() > 1)
      return false;
  return true;
}

} // namespace

llvm::Expected<std::vector<NeuronUpdate>> discretize(const Population &population,
                                                     const Profile &profile) {
  std::vector<NeuronUpdate> updates;
  if (population.kind == NeuronKind::Input)
    return updates;
  const double dt = dtInTauUnits(profile);
  if (!(dt > 0.0 && std::isfinite(dt)))
    return Diag(DiagCode::ParamRange, population.loc,
                "dt is " + numberText(profile.dt.value) + " but must be above 0 and finite")
        .help("--dt SECONDS")
        .take();
  const size_t count = isBroadcast(population.params) ? 1 : population.size();
  updates.reserve(count);
  for (size_t neuron = 0; neuron < count; ++neuron) {
    llvm::Expected<NeuronUpdate> update = discretizeNeuron({population, profile, neuron, dt});
    if (!update)
      return update.takeError();
    updates.push_back(*update);
  }
  return updates;
}

} // namespace snnc::net
