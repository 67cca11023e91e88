#include "compiler/frontends/json/json_params.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using snnc::support::DiagCode;
using snnc::support::JsonNode;
using snnc::support::JsonObject;

namespace snnc::compiler::json {
namespace {

using net::Dimension;
using net::NeuronKind;
using net::Param;

constexpr double kMost = std::numeric_limits<double>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLeast = std::numeric_limits<double>::min();

constexpr ParamForm kAny = {-kMost, kMost};
constexpr ParamForm kDecay = {0.0, 1.0, std::nullopt, false,
                              "a decay is what stays after a step: 0.9 keeps nine tenths"};
constexpr ParamForm kTime = {0.0, kMost, Dimension::Time};
constexpr ParamForm kTau = {kLeast, kInfinity, Dimension::Time};
constexpr ParamForm kGain = {-kMost, kInfinity};

constexpr ParamForm physical(Dimension dimension, double lo = kLeast) {
  return {lo, kMost, dimension, true};
}

constexpr const char *kSimpleKeys[] = {"beta", "alpha", "threshold", "reset", "refractory_steps"};
constexpr const char *kNirKeys[] = {"tau",    "tau_mem",     "r",       "w_in",
                                    "v_leak", "v_threshold", "v_reset", "refractory"};
constexpr const char *kPhysicalKeys[] = {"C_m",     "g_L",    "tau_m",   "E_L",         "V_th",
                                         "V_reset", "V_init", "tau_ref", "current_unit"};

class ParamsReader {
public:
  ParamsReader(Context &context, JsonObject object, NeuronKind kind, uint32_t size)
      : context(context), object(std::move(object)), kind(kind), size(size) {}

  net::NeuronParams read();

private:
  void readSimple();
  void readNir();
  void readPhysical();
  const char *presentOf(llvm::ArrayRef<const char *> keys) const;

  bool has(const char *key) const {
    return object.node().present() && object.node().raw().contains(key);
  }
  void optional(const char *key, const ParamForm &form, Param &param) {
    if (auto node = object.optional(key))
      param = readParam(context, *node, key, size, form).value_or(Param());
  }
  std::optional<Param> required(const char *key, const ParamForm &form) {
    return readParam(context, object.required(key), key, size, form);
  }
  // f(a, b, ...) neuron by neuron; one value if all arguments have one.
  template <class F, class... Params> Param combine(F f, const Params &...from) {
    Param out;
    const size_t count = std::max({size_t{1}, from.values.size()...});
    for (size_t i = 0; i < count; ++i)
      out.values.push_back(f(from[i]...));
    return out;
  }
  Param tauOfDecay(const Param &decay);

  Context &context;
  JsonObject object;
  NeuronKind kind;
  uint32_t size;
  net::NeuronParams params;
};

const char *ParamsReader::presentOf(llvm::ArrayRef<const char *> keys) const {
  for (const char *key : keys)
    if (has(key))
      return key;
  return nullptr;
}

// The tau that the profile's integrator turns back into `decay`; with no r the gain is 1.
Param ParamsReader::tauOfDecay(const Param &decay) {
  const double dt = context.dtInTauUnits();
  const bool euler = context.profile.integrator.value == net::Integrator::Euler;
  return combine(
      [&](double b) {
        if (b == 1.0)
          return kInfinity;
        // exp(-100) is 0 at the precision of decays.
        return euler ? dt / (1.0 - b) : b == 0.0 ? dt / 100 : -dt / std::log(b);
      },
      decay);
}

void ParamsReader::readSimple() {
  if (kind != NeuronKind::IF)
    if (const auto beta = required("beta", kDecay))
      (kind == NeuronKind::LIF ? params.tau : params.tauMem) = tauOfDecay(*beta);
  if (kind == NeuronKind::CubaLIF)
    if (const auto alpha = required("alpha", kDecay))
      params.tauSyn = tauOfDecay(*alpha);
  optional("threshold", kAny, params.vThreshold);
  optional("reset", kAny, params.vReset);
  optional("v_init", kAny, params.vInit);
  if (auto node = object.optional("refractory_steps"))
    if (auto steps = node->integer(0, 1 << 20))
      params.refractory = static_cast<double>(*steps) * context.dtInTauUnits();
}

void ParamsReader::readNir() {
  params.r = 1.0;
  if (kind == NeuronKind::LIF)
    params.tau = required("tau", kTau).value_or(Param());
  if (kind == NeuronKind::CubaLIF) {
    params.tauSyn = required("tau_syn", kTau).value_or(Param());
    params.tauMem = required("tau_mem", kTau).value_or(Param());
    params.wIn = 1.0;
    optional("w_in", kGain, params.wIn);
  }
  optional("r", kGain, params.r);
  if (kind != NeuronKind::IF)
    optional("v_leak", kAny, params.vLeak);
  optional("v_threshold", kAny, params.vThreshold);
  optional("v_reset", kAny, params.vReset);
  optional("v_init", kAny, params.vInit);
  optional("refractory", kTime, params.refractory);
}

// C dV/dt = -g (V - E) + I with v = (V - E)/(Vth - E): tau dv/dt = -v + I / (g (Vth - E)).
void ParamsReader::readPhysical() {
  context.usesDt = true;
  const auto capacitance = required("C_m", physical(Dimension::Capacitance));
  const bool byTau = has("tau_m");
  if (byTau && object.optional("g_L"))
    object.node().error(DiagCode::ParamConflict, "'g_L' and 'tau_m' say the same thing twice",
                        "give one of them; tau_m is C_m/g_L");
  const auto leak = byTau ? required("tau_m", physical(Dimension::Time))
                          : required("g_L", physical(Dimension::Conductance));
  const auto rest = required("E_L", physical(Dimension::Voltage, -kMost));
  const auto threshold = required("V_th", physical(Dimension::Voltage, -kMost));
  Param reset = rest.value_or(0.0), init = reset, refractory = 0.0;
  optional("V_reset", physical(Dimension::Voltage, -kMost), reset);
  optional("V_init", physical(Dimension::Voltage, -kMost), init);
  optional("tau_ref", physical(Dimension::Time, 0.0), refractory);
  std::optional<double> unit;
  const JsonNode unitNode = object.required("current_unit");
  if (const auto name = unitNode.string()) {
    const auto quantity = net::parseQuantity("1" + *name);
    if (quantity && quantity->dimension == Dimension::Current)
      unit = quantity->value;
    else
      unitNode.error(DiagCode::BadUnit, "'current_unit' is \"" + *name + "\"", "write \"pA\"");
  }
  std::optional<Param> synapse;
  if (kind == NeuronKind::CubaLIF)
    synapse = required("tau_syn", physical(Dimension::Time));
  if (!capacitance || !leak || !rest || !threshold || !unit || reset.empty() || init.empty() ||
      refractory.empty())
    return;

  const Param height = combine([](double vth, double e) { return vth - e; }, *threshold, *rest);
  if (llvm::any_of(height.values, [](double value) { return !(value > 0); }))
    return object.node().error(DiagCode::ParamRange, "'V_th' must be above 'E_L'");
  auto scaled = [](double v, double e, double h) { return (v - e) / h; };
  const Param seconds =
      byTau ? *leak : combine([](double c, double g) { return c / g; }, *capacitance, *leak);
  Param &tau = kind == NeuronKind::LIF ? params.tau : params.tauMem;
  tau = combine([&](double s) { return context.secondsToTauUnits(s); }, seconds);
  params.r = combine([&](double s, double c, double h) { return *unit * s / (c * h); }, seconds,
                     *capacitance, height);
  params.vThreshold = 1.0;
  params.vReset = combine(scaled, reset, *rest, height);
  params.vInit = combine(scaled, init, *rest, height);
  params.refractory = combine([&](double s) { return context.secondsToTauUnits(s); }, refractory);
  // No w_in: a spike raises the current by its weight whatever dt is.
  if (synapse)
    params.tauSyn = combine([&](double s) { return context.secondsToTauUnits(s); }, *synapse);
}

net::NeuronParams ParamsReader::read() {
  const char *simple = presentOf(kSimpleKeys);
  const char *nir = presentOf(kNirKeys);
  const char *physical = presentOf(kPhysicalKeys);
  if (!simple && !nir && !physical && has("tau_syn"))
    nir = "tau_syn";
  const char *first = simple ? simple : nir;
  const char *second = physical ? physical : nir;
  if (first && second && first != second) {
    object.node().error(
        DiagCode::ParamConflict,
        llvm::formatv("'{0}' and '{1}' are of two families of parameters", first, second),
        "simple (beta, alpha, threshold), NIR (tau, r, v_threshold) or physical "
        "(C_m, g_L, V_th), docs/reference/model_json.md");
    return params;
  }
  if (physical && kind == NeuronKind::IF) {
    object.node().error(DiagCode::ParamConflict, "unsupported: physical parameters for 'if'",
                        "use 'lif' with a large C_m/g_L");
    return params;
  }
  if (physical)
    readPhysical();
  else if (nir)
    readNir();
  else
    readSimple();
  object.finish();
  return params;
}

} // namespace

net::NeuronParams readParams(Context &context, const JsonNode &layer,
                             const std::optional<JsonNode> &params, NeuronKind kind,
                             uint32_t size) {
  if (kind == NeuronKind::Input) {
    if (params)
      params->error(DiagCode::ParamConflict, "an input has no parameters");
    return {};
  }
  if (!params) {
    if (kind != NeuronKind::IF)
      layer.error(DiagCode::JsonMissingKey,
                  llvm::formatv("'params' is missing, a {0} has no default decay", nameOf(kind)),
                  "for instance \"params\": { \"beta\": 0.9 }");
    return {};
  }
  return ParamsReader(context, params->object(), kind, size).read();
}

} // namespace snnc::compiler::json
