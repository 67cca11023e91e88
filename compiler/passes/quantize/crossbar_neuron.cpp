#include "compiler/passes/quantize/crossbar_neuron.h"

#include "compiler/passes/quantize/neuron_scale.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace snnc::compiler::quantize {
namespace {

constexpr size_t kMostDifferent = 16; // sums of subsets of four type weights

// `value` as an integer if it is one within float32's rounding.
double snapped(double value) {
  return nearInteger(value) ? std::nearbyint(value) : value;
}

class Chooser {
public:
  Chooser(const CrossbarRequest &request, const CrossbarRegisters &registers)
      : request(request), registers(registers), update(request.update),
        remembers(request.update.membraneDecay == 1.0) {
    for (double weight : request.weights)
      if (different.size() <= kMostDifferent)
        different.insert(weight);
  }

  CrossbarNeuron run() {
    if (!takeGrid())
      roundWeights();
    chooseUnit();
    return out;
  }

private:
  // ---- codes of the weights

  // The coarsest grid that all weights lie on and type weights make.
  bool takeGrid() {
    if (different.size() > kMostDifferent)
      return false;
    out.weightsExact = true;
    if (different.empty()) {
      out.codeLow = out.codeHigh = 0;
      return true;
    }
    double least = HUGE_VAL;
    for (double weight : different)
      least = std::min(least, std::abs(weight));
    for (int32_t multiple = 1; multiple <= registers.types.high; ++multiple) {
      out.step = least / multiple;
      if (isGrid() && stepFits())
        return true;
    }
    return out.weightsExact = false;
  }

  bool isGrid() {
    std::vector<int32_t> codes;
    for (double weight : different) {
      const double code = weight / out.step;
      if (!nearInteger(code) || std::abs(code) > 32767.0)
        return false;
      codes.push_back(static_cast<int32_t>(std::nearbyint(code)));
    }
    out.codeLow = std::min(codes.front(), 0);
    out.codeHigh = std::max(codes.back(), 0);
    return core_ir::typeWeightsFor(codes, registers.types).has_value();
  }

  bool stepFits() {
    out.unit = 1;
    setRegisters();
    return out.fits;
  }

  // Rounded to a few bits: the step with the least error, as large as the registers ask.
  void roundWeights() {
    double most = 0.0;
    for (double weight : request.weights)
      most = std::max(most, std::abs(weight));
    if (different.size() <= registers.types.types) { // a type weight for each value
      out.codeHigh = registers.types.high;
      out.codeLow = registers.types.low;
    } else {
      out.codeHigh = (1 << (request.bits - 1)) - 1;
      out.codeLow = request.bits == 4 ? -8 : -out.codeHigh;
    }
    const double widest = most / out.codeHigh;
    double best = HUGE_VAL, chosen = widest;
    constexpr int kSteps = 16;
    for (int k = 0; k < kSteps; ++k) {
      out.step = widest * (1.0 - k / (2.0 * kSteps));
      const double error = squaredError();
      if (error < best) {
        best = error;
        chosen = out.step;
      }
    }
    out.step = chosen;
    constexpr double kWider = 1.125;
    constexpr int kTries = 64;
    for (int k = 0; k < kTries && !stepFits(); ++k) {
      out.limited = true;
      out.step *= kWider;
    }
  }

  double squaredError() const {
    double sum = 0.0;
    for (double weight : request.weights) {
      const double error = weight - out.code(weight) * out.step;
      sum += error * error;
    }
    return sum;
  }

  // ---- registers at out.step and out.unit

  // The smallest multiple at which nothing is rounded, else the largest that fits.
  void chooseUnit() {
    const int32_t widest = std::max({out.codeHigh, -out.codeLow, 1});
    int32_t most = remembers ? std::max(registers.types.high / widest, 1) : 1;
    for (out.unit = 1; out.unit <= most; ++out.unit) {
      setRegisters();
      if (!out.fits)
        break;
      if (parametersExact) {
        out.exact = out.weightsExact;
        return;
      }
    }
    if (out.unit > 1)
      --out.unit;
    setRegisters();
  }

  // Least integer that fires: of v + s for neurons that integrate, else of s alone.
  double firing(double threshold) const {
    const double at = snapped(threshold * out.scale());
    return request.compareGe ? std::ceil(at) : std::floor(at) + 1.0;
  }

  int32_t rounded(double value, double low, double high) {
    const double exact = snapped(value);
    const double integer = std::nearbyint(exact);
    parametersExact &= exact == integer;
    out.fits &= integer >= low && integer <= high;
    return static_cast<int32_t>(std::min(std::max(integer, low), high));
  }

  void setRegisters() {
    out.fits = true;
    parametersExact = true;
    out.offset = 0.0;
    out.config = {};
    if (remembers)
      setIntegrating();
    else
      setMemoryless();
  }

  void setMemoryless() {
    double most = 0.0, least = 0.0; // of s
    for (double weight : request.weights)
      (weight > 0 ? most : least) += out.weight(weight);
    // Beyond what s reaches one threshold is like the next.
    const double first =
        std::min(std::max(firing(update.threshold - request.bias), least), most + 1.0);
    out.config.threshold = 1;
    out.config.leak = rounded(1.0 - first, -registers.leakMax - 1.0, registers.leakMax);
  }

  void setIntegrating() {
    net::CrossbarConfig &config = out.config;
    const double scale = out.scale(), top = registers.thresholdMax;
    config.leak = rounded(request.bias * scale, -registers.leakMax - 1.0, registers.leakMax);
    config.floor = static_cast<int32_t>(-top - 1.0);
    const double start = update.vInit * scale;
    if (!update.spikes) {
      config.threshold = registers.thresholdMax;
      config.vInit = rounded(start, -registers.membraneMax - 1.0, registers.membraneMax);
      return;
    }
    const double first = firing(update.threshold);
    if (request.reset == net::ResetRule::Zero) {
      config.threshold = rounded(first, -top - 1.0, top);
      config.reset = rounded(update.reset * scale, -top - 1.0, top);
    } else { // None subtracts nothing
      const double amount = request.reset == net::ResetRule::None ? 0.0 : update.reset * scale;
      config.threshold = rounded(amount, -top - 1.0, top);
      config.linearReset = true;
      out.offset = config.threshold - first;
    }
    config.vInit = rounded(start + out.offset, -registers.membraneMax - 1.0, registers.membraneMax);
  }

  const CrossbarRequest &request;
  const CrossbarRegisters &registers;
  const net::NeuronUpdate &update;
  const bool remembers;
  std::set<double> different; // of the weights; more than kMostDifferent: not all
  bool parametersExact = true;
  CrossbarNeuron out;
};

} // namespace

int32_t CrossbarNeuron::code(double weight) const {
  const double code = std::nearbyint(weight / step);
  return static_cast<int32_t>(std::min<double>(std::max<double>(code, codeLow), codeHigh));
}

CrossbarNeuron crossbarNeuron(const CrossbarRequest &request, const CrossbarRegisters &registers) {
  return Chooser(request, registers).run();
}

} // namespace snnc::compiler::quantize
