#include "common/net/profile.h"

#include "common/net/names.h"

namespace snnc::net {

static const Name<TauUnit> kTauUnits[] = {
    {TauUnit::Seconds, "s"}, {TauUnit::Milliseconds, "ms"}, {TauUnit::Steps, "steps"}};
static const Name<Integrator> kIntegrators[] = {
    {Integrator::Euler, "euler"}, {Integrator::Exp, "exp"}, {Integrator::Unit, "unit"}};
static const Name<ResetRule> kResetRules[] = {{ResetRule::Zero, "zero"},
                                              {ResetRule::Subtract, "subtract"},
                                              {ResetRule::SubtractDelayed, "subtract-delayed"},
                                              {ResetRule::None, "none"}};
static const Name<Compare> kCompares[] = {{Compare::Gt, "gt"}, {Compare::Ge, "ge"}};
static const Name<BiasTiming> kBiasTimings[] = {{BiasTiming::Window, "window"},
                                                {BiasTiming::Start, "start"}};
static const Name<Origin> kOrigins[] = {{Origin::Default, "default"},
                                        {Origin::Inferred, "inferred"},
                                        {Origin::Metadata, "metadata"},
                                        {Origin::Model, "model"},
                                        {Origin::Flag, "flag"}};
static const Name<Encoding> kEncodings[] = {
    {Encoding::None, "none"}, {Encoding::Direct, "direct"},   {Encoding::Binary, "binary"},
    {Encoding::Rate, "rate"}, {Encoding::Poisson, "poisson"}, {Encoding::Latency, "latency"}};
static const Name<Readout> kReadouts[] = {{Readout::Count, "count"},
                                          {Readout::Membrane, "membrane"},
                                          {Readout::Last, "last"},
                                          {Readout::Max, "max"}};

const char *nameOf(TauUnit value) {
  return findName(kTauUnits, value);
}
const char *nameOf(Integrator value) {
  return findName(kIntegrators, value);
}
const char *nameOf(ResetRule value) {
  return findName(kResetRules, value);
}
const char *nameOf(Compare value) {
  return findName(kCompares, value);
}
const char *nameOf(BiasTiming value) {
  return findName(kBiasTimings, value);
}
const char *nameOf(Origin value) {
  return findName(kOrigins, value);
}
const char *nameOf(Encoding value) {
  return findName(kEncodings, value);
}
const char *nameOf(Readout value) {
  return findName(kReadouts, value);
}

std::optional<TauUnit> parseTauUnit(const std::string &s) {
  return findValue(kTauUnits, s);
}
std::optional<Integrator> parseIntegrator(const std::string &s) {
  return findValue(kIntegrators, s);
}
std::optional<ResetRule> parseResetRule(const std::string &s) {
  return findValue(kResetRules, s);
}
std::optional<Compare> parseCompare(const std::string &s) {
  return findValue(kCompares, s);
}
std::optional<BiasTiming> parseBiasTiming(const std::string &s) {
  return findValue(kBiasTimings, s);
}
std::optional<Origin> parseOrigin(const std::string &s) {
  return findValue(kOrigins, s);
}
std::optional<Encoding> parseEncoding(const std::string &s) {
  return findValue(kEncodings, s);
}
std::optional<Readout> parseReadout(const std::string &s) {
  return findValue(kReadouts, s);
}

template <class T>
static void applyOne(const std::optional<T> &flag, const char *name, Setting<T> &setting) {
  if (flag)
    setting = {*flag, Origin::Flag, name};
}

void apply(const ProfileFlags &flags, Profile &profile) {
  applyOne(flags.dt, "--dt", profile.dt);
  applyOne(flags.tauUnit, "--tau-unit", profile.tauUnit);
  applyOne(flags.integrator, "--integrator", profile.integrator);
  applyOne(flags.reset, "--reset", profile.reset);
  applyOne(flags.compare, "--compare", profile.compare);
  applyOne(flags.biasTiming, "--bias-timing", profile.biasTiming);
}

} // namespace snnc::net
