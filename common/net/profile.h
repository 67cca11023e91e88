// The discretisation profile: what an interchange file does not say and every framework decides
// for itself (time step, integrator, reset rule, comparison). Each value remembers where it came
// from, so that it can be printed, stored in the image and overridden.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace snnc::net {

enum class TauUnit { Seconds, Milliseconds, Steps };
enum class Integrator {
  Euler, // a = 1 - dt/tau, gain dt/tau
  Exp,   // a = exp(-dt/tau), gain 1 - a (zero-order hold)
  Unit,  // a = exp(-dt/tau), gain 1 (sinabs and Rockpool importers)
};
enum class ResetRule {
  Zero,            // v <- v_reset
  Subtract,        // v <- v - (threshold - v_reset), in the step of the spike
  SubtractDelayed, // snnTorch's default: the step after, v' = b*v + i - threshold*[spiked before]
  None,            // the spike leaves v alone
};
enum class Compare { Gt, Ge };
// When a bias starts to act: with the layer's own window (as the frameworks do), or at tick 0.
enum class BiasTiming { Window, Start };

// How a value entered the profile; later entries win over earlier ones.
enum class Origin { Default, Inferred, Metadata, Model, Flag };

template <class T> struct Setting {
  T value{};
  Origin origin = Origin::Default;
  std::string reason; // one clause, printed: "tau/r is 1e-4 in every node"
};

struct Profile {
  Setting<double> dt{1e-4, Origin::Default, {}}; // seconds; > 0
  Setting<TauUnit> tauUnit{TauUnit::Seconds, Origin::Default, {}};
  Setting<Integrator> integrator{Integrator::Euler, Origin::Default, {}};
  Setting<ResetRule> reset{ResetRule::Zero, Origin::Default, {}};
  Setting<Compare> compare{Compare::Gt, Origin::Default, {}};
  Setting<BiasTiming> biasTiming{BiasTiming::Window, Origin::Default, {}};
};

// Command-line overrides (Origin::Flag); an empty field leaves the profile alone.
struct ProfileFlags {
  std::optional<double> dt;
  std::optional<TauUnit> tauUnit;
  std::optional<Integrator> integrator;
  std::optional<ResetRule> reset;
  std::optional<Compare> compare;
  std::optional<BiasTiming> biasTiming;
};
// Sets what the flags hold, with Origin::Flag and the flag's name as reason.
void apply(const ProfileFlags &flags, Profile &profile);

enum class Encoding { None, Direct, Binary, Rate, Poisson, Latency };
enum class Readout { Count, Membrane, Last, Max };

// How a network is run; carried by a .json model and by an image, each overridden by a flag.
struct RunOptions {
  std::optional<uint32_t> steps; // T, time steps per sample, >= 1; empty: the data decides
  Encoding encode = Encoding::None;
  Readout readout = Readout::Count;
  double inputLow = 0.0; // range the encoder may expect; direct coding sizes its registers by it
  double inputHigh = 1.0;
};

// Names as on the command line ("subtract-delayed", "euler", ...). parse* returns empty if unknown.
const char *nameOf(TauUnit);
const char *nameOf(Integrator);
const char *nameOf(ResetRule);
const char *nameOf(Compare);
const char *nameOf(BiasTiming);
const char *nameOf(Origin);
const char *nameOf(Encoding);
const char *nameOf(Readout);
std::optional<TauUnit> parseTauUnit(const std::string &);
std::optional<Integrator> parseIntegrator(const std::string &);
std::optional<ResetRule> parseResetRule(const std::string &);
std::optional<Compare> parseCompare(const std::string &);
std::optional<BiasTiming> parseBiasTiming(const std::string &);
std::optional<Origin> parseOrigin(const std::string &);
std::optional<Encoding> parseEncoding(const std::string &);
std::optional<Readout> parseReadout(const std::string &);

} // namespace snnc::net
