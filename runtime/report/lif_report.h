// What `snnc lif` finds out about a neuron, and its forms: text, CSV, JSON and a page.
#pragma once

#include "common/lif/fit.h"
#include "common/lif/lif.h"
#include "runtime/report/eval_report.h"

#include "llvm/Support/raw_ostream.h"

#include <optional>
#include <string>
#include <vector>

namespace snnc::runtime::report {

struct LifRate {      // one of the currents asked for
  double current = 0; // [A]
  lif::Response run;  // membrane recorded
  std::optional<uint64_t> chipSpikes;
};

// Rates [Hz] at one current of the curve: of the mean distance between spikes, but `counted`.
struct LifPoint {
  double current = 0; // [A]
  double closed = 0;  // the ODE's: closed form
  double counted = 0; // simulated: spikes over the window
  // One more approximation each: forward Euler at dt; a leak of 12 bits; the integers of the core.
  double euler = 0, decayed = 0;
  std::optional<double> chip;

  double error() const { return *chip - closed; }
};

struct LifChip {
  std::string target;
  std::vector<std::string> engines; // all give the same spikes, or `agree` is false
  bool agree = true;
  uint16_t decay = 0;   // register: the membrane loses decay/4096 a step
  lif::Neuron neuron;   // with the leak that this decay stands for
  double maxError = 0;  // [Hz], over the curve
  double atCurrent = 0; // [A], where
};

// Neurons of one dimensionless form under equal i: their spikes, counted in steps.
struct LifCollapse {
  std::vector<lif::Neuron> neurons; // the first is the one studied
  struct Row {
    double i = 0;
    std::vector<uint64_t> spikes; // by neuron
  };
  std::vector<Row> rows;
  bool identical = true; // every spike in the same step
};

struct LifReport {
  lif::Neuron neuron;
  lif::Protocol protocol;
  std::vector<LifRate> rates;
  std::vector<LifPoint> curve;
  lif::ReluFit relu; // to `closed`; x in pA, y in Hz
  lif::SigmoidFit sigmoid;
  LifCollapse collapse;
  std::optional<LifChip> chip;
};

void printText(const LifReport &report, llvm::raw_ostream &os);
void printCsv(const LifReport &report, llvm::raw_ostream &os); // the curve
Json toJson(const LifReport &report);                          // "snnc-lif/1"
std::string curveSvg(const LifReport &report);
std::string htmlPage(const LifReport &report);

} // namespace snnc::runtime::report
