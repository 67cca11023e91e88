#include "compiler/frontends/nir/delays.h"

#include "common/net/number_text.h"
#include "common/net/verify.h"

#include <algorithm>
#include <cmath>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

constexpr double kWholeStep = 1e-3; // how far from a whole number a delay may be

double stepInTauUnits(const net::Profile &profile) {
  switch (profile.tauUnit.value) {
  case net::TauUnit::Seconds:
    return profile.dt.value;
  case net::TauUnit::Milliseconds:
    return profile.dt.value * 1e3;
  case net::TauUnit::Steps:
    return 1.0;
  }
  llvm_unreachable("covered switch");
}

support::SourceLoc delayLoc(const Node &node) {
  support::SourceLoc loc = node.loc;
  loc.path += "/delay";
  return loc;
}

} // namespace

llvm::Expected<DelaySteps> delaySteps(const Node &node, const net::Profile &profile,
                                      support::Warnings &warnings) {
  const double step = stepInTauUnits(profile);
  const char *unit = net::nameOf(profile.tauUnit.value);
  DelaySteps steps;
  size_t rounded = 0, example = 0;
  for (size_t i = 0; i < node.delay.size(); ++i) {
    const double exact = node.delay[i] / step, whole = std::round(exact);
    if (!(whole <= net::kMaxDelay))
      return Diag(DiagCode::ParamRange, delayLoc(node),
                  llvm::formatv("the delay of node '{0}' is {1} {2}, which is {3} steps; at most "
                                "{4} are read",
                                node.name, net::numberText(node.delay[i]), unit,
                                net::numberText(whole), net::kMaxDelay))
          .help("--dt gives another step, --tau-unit s|ms|steps another unit")
          .take();
    if (std::abs(exact - whole) > kWholeStep && ++rounded == 1)
      example = i;
    steps.push_back(static_cast<uint32_t>(whole));
  }
  if (rounded != 0)
    warnings.push_back(
        Diag(DiagCode::DelayRounded, delayLoc(node),
             llvm::formatv("{0} of {1} delays of node '{2}' are no whole number of steps of {3} "
                           "{4}: {5} is taken as {6} steps",
                           rounded, node.delay.size(), node.name, net::numberText(step), unit,
                           net::numberText(node.delay[example]), steps[example]))
            .help("--dt gives another step, --tau-unit s|ms|steps another unit")
            .data());
  if (std::equal(steps.begin() + 1, steps.end(), steps.begin()))
    steps.resize(1);
  return steps;
}

DelaySteps sumOf(const DelaySteps &a, const DelaySteps &b) {
  DelaySteps sum = a.size() >= b.size() ? a : b;
  const DelaySteps &other = a.size() >= b.size() ? b : a;
  for (size_t i = 0; i < sum.size(); ++i)
    sum[i] += other[other.size() == 1 ? 0 : i];
  return sum;
}

std::vector<uint32_t> distinct(DelaySteps steps) {
  std::sort(steps.begin(), steps.end());
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  return steps;
}

net::DiagonalWeights maskOf(const DelaySteps &delays, uint32_t steps) {
  net::DiagonalWeights mask{static_cast<uint32_t>(delays.size()), {}};
  for (uint32_t delay : delays)
    mask.values.push_back(delay == steps ? 1.0f : 0.0f);
  return mask;
}

} // namespace snnc::compiler::nir
