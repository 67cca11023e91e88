#include "compiler/frontends/nir/infer_profile.h"

#include "common/net/number_text.h"
#include "compiler/frontends/nir/run_hints.h"

#include <algorithm>
#include <cmath>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

using net::Integrator;
using net::NeuronKind;
using net::Origin;
using net::ResetRule;
using net::TauUnit;

constexpr double kSame = 1e-6; // relative; taus and gains are float32

// A time constant and the gain that belongs to it: (tau, r), (tau_mem, r) or (tau_syn, w_in).
struct Filter {
  double tau, gain;
};

bool same(double a, double b) {
  return std::abs(a - b) <= kSame * std::max(std::abs(a), std::abs(b));
}

void addFilters(const net::Param &tau, const net::Param &gain, std::vector<Filter> &out) {
  const size_t count = std::max(tau.values.size(), gain.values.size());
  for (size_t i = 0; i < count && !tau.empty() && !gain.empty(); ++i)
    if (std::isfinite(tau[i]) && std::isfinite(gain[i]) && tau[i] > 0 && gain[i] > 0)
      out.push_back({tau[i], gain[i]});
}

// What the numbers of a net look like.
struct Evidence {
  std::vector<Filter> filters;
  std::vector<double> integratorGains; // r of IF and I
  std::vector<Filter> membranes;       // without those of a synapse
  bool hasLif = false, hasCuba = false;
  bool unitSynapses = true; // every w_in is 1
  bool anyReset = false;    // a neuron follows the profile's rule
  bool allReset = true;     // every such neuron has v_reset
  bool zeroReset = true;    // and every v_reset is 0

  explicit Evidence(const net::Net &net) {
    for (const net::Population &population : net.populations) {
      const net::NeuronParams &params = population.params;
      const NeuronKind kind = population.kind;
      hasLif |= kind == NeuronKind::LIF;
      hasCuba |= kind == NeuronKind::CubaLIF || kind == NeuronKind::CubaLI;
      addFilters(params.tau, params.r, membranes);
      addFilters(params.tauMem, params.r, membranes);
      addFilters(params.tauSyn, params.wIn, filters);
      for (double gain : params.wIn.values)
        unitSynapses &= gain == 1.0;
      if (kind == NeuronKind::IF || kind == NeuronKind::I)
        integratorGains.insert(integratorGains.end(), params.r.values.begin(),
                               params.r.values.end());
      const bool resets =
          kind == NeuronKind::IF || kind == NeuronKind::LIF || kind == NeuronKind::CubaLIF;
      if (!resets || population.reset)
        continue;
      anyReset = true;
      allReset &= !params.vReset.empty();
      for (double value : params.vReset.values)
        zeroReset &= value == 0.0;
    }
    filters.insert(filters.end(), membranes.begin(), membranes.end());
  }

  bool everyGainIsOne() const {
    return std::all_of(filters.begin(), filters.end(), [](Filter f) { return f.gain == 1.0; });
  }
  bool anyTauAtLeastOne() const {
    return std::any_of(filters.begin(), filters.end(), [](Filter f) { return f.tau >= 1.0; });
  }
  // The value of `measure` if it is the same for every filter.
  template <class Measure> std::optional<double> common(Measure measure) const {
    if (filters.empty())
      return std::nullopt;
    const double first = measure(filters.front());
    for (const Filter &filter : filters)
      if (!same(measure(filter), first))
        return std::nullopt;
    return first;
  }
};

// The decimal with the fewest digits, at most 6, that is `value` up to float32 noise.
double shortest(double value, int &digits) {
  for (digits = 1; digits <= 6; ++digits) {
    char text[40];
    const auto end =
        std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, digits - 1);
    const llvm::StringRef written(text, static_cast<size_t>(end.ptr - text));
    const double rounded = net::readNumber<double>(written).value_or(value);
    if (same(rounded, value))
      return rounded;
  }
  return value;
}

// dt for which r*dt/tau = exp(-dt/tau), the gain that Rockpool exports: x e^x = 1/r, by Newton.
double rockpoolStep(const Filter &filter) {
  double x = std::log1p(1.0 / filter.gain);
  for (int i = 0; i < 50; ++i)
    x -= (x * std::exp(x) - 1.0 / filter.gain) / (std::exp(x) * (1.0 + x));
  return x * filter.tau;
}

bool isMultipleOf64th(double value) {
  return value * 64 == std::floor(value * 64);
}

bool onLavaGrid(const net::Net &net, const Graph &graph) {
  auto allOn = [](const auto &values) {
    return std::all_of(values.begin(), values.end(), isMultipleOf64th);
  };
  for (const net::Population &population : net.populations)
    if (!allOn(population.params.vThreshold.values))
      return false;
  for (const Node &node : graph.nodes) {
    const auto *dense = std::get_if<net::DenseWeights>(&node.map);
    const auto *sparse = std::get_if<net::SparseWeights>(&node.map);
    const auto *conv = std::get_if<net::ConvWeights>(&node.map);
    const auto *scale = std::get_if<net::DiagonalWeights>(&node.map);
    if ((dense && !allOn(dense->values)) || (sparse && !allOn(sparse->values)) ||
        (conv && !allOn(conv->kernel)) || (scale && !allOn(scale->values)))
      return false;
  }
  return true;
}

class Inference {
public:
  Inference(const net::Net &net, const Graph &graph, support::Warnings &warnings)
      : net(net), graph(graph), evidence(net), warnings(warnings) {}

  net::Profile profile;

  void inferStep();
  void inferReset();
  // Whether the gains are to be left out; what the flags say is in the profile by then.
  bool leaveOutGains() const { return spyx && profile.dt.origin == Origin::Inferred; }
  // A step found as tau/r is in the unit of tau, which a flag may have set since.
  void rescaleStep() {
    if (unitGain && profile.dt.origin == Origin::Inferred &&
        profile.tauUnit.value == TauUnit::Milliseconds)
      profile.dt.value *= 1e-3;
  }
  // Adds the guess of a setting that nothing settled later.
  template <class T>
  void warnIfGuess(const net::Setting<T> &setting, const char *name, const std::string &value,
                   const char *flag, bool guess) {
    if (!guess || setting.origin > Origin::Inferred)
      return;
    warnings.push_back(Diag(DiagCode::ProfileGuess, {},
                            llvm::formatv("{0} is taken as {1}: {2}", name, value, setting.reason))
                           .help(llvm::formatv("{0} settles it", flag).str())
                           .data());
  }
  void warnGuesses();

private:
  template <class T> void infer(net::Setting<T> &setting, T value, std::string reason) {
    setting = {value, Origin::Inferred, std::move(reason)};
  }
  bool inferUnitGain();
  bool inferSpyx();
  void inferUnscaled();
  bool inferFromIntegrators();

  const net::Net &net;
  const Graph &graph;
  const Evidence evidence;
  support::Warnings &warnings;
  bool unitGain = false, spyx = false;
  bool guessedStep = false, guessedUnit = false, guessedReset = false;
};

bool Inference::inferUnitGain() {
  const auto ratio = evidence.common([](Filter f) { return f.tau / f.gain; });
  if (!ratio)
    return false;
  int digits = 0, rockpoolDigits = 0;
  const double step = shortest(*ratio, digits);
  const auto rockpool = evidence.common(rockpoolStep);
  if (rockpool && digits > 3) {
    const double rockpoolDt = shortest(*rockpool, rockpoolDigits);
    if (rockpoolDigits <= 2) {
      infer(profile.dt, rockpoolDt,
            "r*dt/tau is exp(-dt/tau) in every node, as Rockpool writes it");
      infer(profile.integrator, Integrator::Unit, profile.dt.reason);
      return true;
    }
  }
  unitGain = true;
  const std::string which = evidence.hasCuba ? "tau_mem/r and tau_syn/w_in are " : "tau/r is ";
  if (step == 1.0) {
    infer(profile.tauUnit, TauUnit::Steps, which + "1 in every node: taus count steps");
    infer(profile.dt, profile.dt.value, "not used: taus count steps");
  } else {
    infer(profile.tauUnit, TauUnit::Seconds, which + net::numberText(step) + " in every node");
    infer(profile.dt, step, which + net::numberText(step) + " in every node");
    // Neurons that are all alike agree on any step; 1e-4 is what snnTorch and Lava write.
    guessedStep = step != 1e-4 &&
                  std::all_of(evidence.filters.begin(), evidence.filters.end(), [&](Filter filter) {
                    return same(filter.tau, evidence.filters[0].tau);
                  });
  }
  return true;
}

// r = beta = 1 - dt/tau: at least two that agree, or steps as the unit of tau.
bool Inference::inferSpyx() {
  const std::vector<Filter> &membranes = evidence.membranes;
  if (membranes.empty() || !evidence.unitSynapses)
    return false;
  auto stepOf = [](Filter filter) { return filter.tau * (1.0 - filter.gain); };
  const double first = stepOf(membranes.front());
  bool differ = false;
  for (const Filter &filter : membranes) {
    if (filter.gain >= 1.0 || !(std::abs(stepOf(filter) - first) <= 1e-4 * first))
      return false;
    differ |= !same(filter.tau, membranes.front().tau);
  }
  int digits = 0;
  const double step = shortest(std::round(first * 1e7) / 1e7, digits);
  const bool counts = std::abs(step - 1.0) <= 1e-4;
  if (digits > 2 || (!differ && !counts))
    return false;
  spyx = true;
  const std::string why = "r is 1 - dt/tau in every node, as Spyx writes it; its gains are 1";
  infer(profile.tauUnit, counts ? TauUnit::Steps : TauUnit::Seconds, why);
  infer(profile.dt, counts ? profile.dt.value : step, why);
  guessedStep = true;
  return true;
}

// An IF that is as long as a step: 1/r.
bool Inference::inferFromIntegrators() {
  const std::vector<double> &gains = evidence.integratorGains;
  if (gains.empty() || !(gains[0] > 100) ||
      !std::all_of(gains.begin(), gains.end(), [&](double gain) { return same(gain, gains[0]); }))
    return false;
  int digits = 0;
  infer(profile.dt, shortest(1.0 / gains[0], digits), "r of every IF is 1/dt");
  return true;
}

// r = 1 everywhere, or no rule at all.
void Inference::inferUnscaled() {
  if (evidence.everyGainIsOne() && evidence.anyTauAtLeastOne()) {
    guessedUnit = true;
    if (evidence.hasCuba) {
      infer(profile.tauUnit, TauUnit::Milliseconds,
            "r is 1 and a tau is at least 1, as hxtorch and jaxsnn write milliseconds");
      guessedStep = true;
      infer(profile.dt, profile.dt.value, "the file does not say; NIR tools use 1e-4 s");
      return;
    }
    infer(profile.tauUnit, TauUnit::Steps,
          "r is 1 and a tau is at least 1, as sinabs counts steps");
    infer(profile.integrator, Integrator::Exp, "sinabs integrates exactly");
    infer(profile.dt, profile.dt.value, "not used: taus count steps");
    return;
  }
  infer(profile.tauUnit, TauUnit::Seconds,
        evidence.everyGainIsOne() ? "r is 1 and every tau is below 1" : "the unit of NIR's text");
  if (inferFromIntegrators())
    return;
  guessedStep = true;
  infer(profile.dt, profile.dt.value, "the file does not say; NIR tools use 1e-4 s");
}

void Inference::inferStep() {
  if (!evidence.filters.empty()) {
    if (evidence.everyGainIsOne() || (!inferSpyx() && !inferUnitGain()))
      inferUnscaled();
    return;
  }
  const std::vector<double> &gains = evidence.integratorGains;
  if (gains.empty() || inferFromIntegrators())
    return;
  if (std::all_of(gains.begin(), gains.end(), [](double gain) { return gain == 1.0; })) {
    infer(profile.dt, profile.dt.value, "not used: r of every IF is 1, a gain for a step");
  } else {
    guessedStep = true;
    infer(profile.dt, profile.dt.value, "the file does not say; NIR tools use 1e-4 s");
  }
}

void Inference::inferReset() {
  const bool stored = evidence.allReset;
  if (!evidence.anyReset) {
    infer(profile.reset, ResetRule::Zero, "not used: no neuron resets by it");
    return;
  }
  if (!evidence.zeroReset) {
    infer(profile.reset, ResetRule::Zero, "v_reset is not 0");
    return;
  }
  guessedReset = true;
  if (spyx) {
    infer(profile.reset, ResetRule::Subtract, "r is 1 - dt/tau, as of Spyx, which subtracts");
  } else if (unitGain && onLavaGrid(net, graph)) {
    infer(profile.reset, ResetRule::Zero,
          "weights and thresholds are multiples of 1/64, as Lava writes them");
  } else if (unitGain && evidence.hasLif && !evidence.hasCuba && stored) {
    infer(profile.reset, ResetRule::SubtractDelayed,
          "LIF of unit gain with v_reset 0, which snnTorch writes for every reset; this one is its "
          "default");
  } else {
    infer(profile.reset, ResetRule::Zero,
          stored ? "v_reset is 0, but some exporters write that for every reset"
                 : "no v_reset in the file");
  }
}

void Inference::warnGuesses() {
  warnIfGuess(profile.dt, "dt", net::numberText(profile.dt.value) + " s", "--dt SECONDS",
              guessedStep);
  warnIfGuess(profile.tauUnit, "the unit of tau", net::nameOf(profile.tauUnit.value),
              "--tau-unit s|ms|steps", guessedUnit);
  warnIfGuess(profile.integrator, "the integrator", net::nameOf(profile.integrator.value),
              "--integrator euler|exp|unit",
              guessedUnit && profile.integrator.value == Integrator::Exp);
  warnIfGuess(profile.reset, "the reset rule", net::nameOf(profile.reset.value),
              "--reset zero|subtract|subtract-delayed|none", guessedReset);
}

template <class T, class Parse>
void takeMetadata(const Metadata &metadata, const char *key, net::Setting<T> &setting, Parse parse,
                  support::Warnings &warnings) {
  if (const std::optional<T> value = metadataEntry(metadata, key, parse, warnings))
    setting = {*value, Origin::Metadata, std::string("metadata/") + key};
}

std::optional<double> parseStep(const std::string &text) {
  const std::optional<double> dt = net::readNumber<double>(text);
  return dt && *dt > 0 && std::isfinite(*dt) ? dt : std::nullopt;
}

} // namespace

net::Profile inferProfile(net::Net &net, const Graph &graph, const net::ProfileFlags &flags,
                          support::Warnings &warnings) {
  Inference inference(net, graph, warnings);
  inference.inferStep();
  inference.inferReset();
  net::Profile &profile = inference.profile;
  const Metadata &metadata = graph.metadata;
  takeMetadata(metadata, "dt", profile.dt, parseStep, warnings);
  takeMetadata(metadata, "tau_unit", profile.tauUnit, net::parseTauUnit, warnings);
  takeMetadata(metadata, "integrator", profile.integrator, net::parseIntegrator, warnings);
  takeMetadata(metadata, "reset", profile.reset, net::parseResetRule, warnings);
  takeMetadata(metadata, "compare", profile.compare, net::parseCompare, warnings);
  takeMetadata(metadata, "bias_timing", profile.biasTiming, net::parseBiasTiming, warnings);
  net::apply(flags, profile);
  inference.rescaleStep();
  inference.warnGuesses();
  if (inference.leaveOutGains())
    for (net::Population &population : net.populations)
      population.params.r = population.params.wIn = {};
  return profile;
}

} // namespace snnc::compiler::nir
