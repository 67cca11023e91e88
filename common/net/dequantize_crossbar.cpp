#include "common/net/dequantize_crossbar.h"

#include "common/net/synapses.h"
#include "common/support/diag.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::net {
namespace {

bool isMemoryless(const CrossbarConfig &c) {
  return c.threshold == 1 && c.floor == 0 && c.reset == 0 && c.vInit == 0 && !c.linearReset &&
         !c.floorInclusive;
}

// Its floor is the lowest value of a register, which `quantize` has shown or warned about.
bool integrates(const CrossbarConfig &c) {
  constexpr uint32_t kLeast = 64;
  const auto depth = static_cast<uint32_t>(-c.floor);
  return depth >= kLeast && llvm::isPowerOf2_32(depth) && !c.floorInclusive;
}

class Dequantizer {
public:
  explicit Dequantizer(const QuantNet &quant) : quant(quant) {}

  llvm::Expected<Net> run() {
    net.name = quant.name;
    net.profile = quant.profile;
    net.run = quant.run;
    net.inputs = quant.inputs;
    net.outputs = quant.outputs;
    net.profile.integrator = {Integrator::Euler, Origin::Model, "dequantised"};
    if (net.profile.reset.value == ResetRule::SubtractDelayed)
      net.profile.reset = {ResetRule::Subtract, Origin::Model, "dequantised"};
    for (const QuantProjection &projection : quant.projections)
      addProjection(projection);
    for (uint32_t p = 0; p < quant.populations.size(); ++p)
      addPopulation(p);
    if (errors)
      return std::move(errors);
    return std::move(net);
  }

private:
  void refuse(const std::string &what, const char *help) {
    errors =
        llvm::joinErrors(std::move(errors),
                         Diag(DiagCode::RuleNotReal, {}, "unsupported: " + what).help(help).take());
  }

  double scaleOf(uint32_t p, size_t neuron) const {
    const std::vector<double> &scale = quant.populations[p].scale;
    return scale.empty() ? 1.0 : scale[neuron];
  }

  void addProjection(const QuantProjection &from) {
    Projection &out = net.projections.emplace_back();
    out.name = from.name;
    out.source = from.source;
    out.target = from.target;
    out.delay = from.delay;
    const auto real = [&](uint32_t target, int16_t weight) {
      return static_cast<float>(weight / scaleOf(from.target, target));
    };
    if (const auto *dense = std::get_if<DenseInts>(&from.weights); dense && from.pools.empty()) {
      DenseWeights weights{dense->rows, dense->cols, {}};
      for (size_t k = 0; k < dense->values.size(); ++k)
        weights.values.push_back(real(static_cast<uint32_t>(k / dense->cols), dense->values[k]));
      out.weights = std::move(weights);
      return;
    }
    SparseWeights weights{postCount(from), preCount(from), {0}, {}, {}};
    const OutgoingInts synapses(from);
    for (uint32_t source = 0; source < weights.pres; ++source) {
      synapses.forEach(source, [&](uint32_t target, int16_t weight) {
        weights.columns.push_back(target);
        weights.values.push_back(real(target, weight));
      });
      weights.rowStart.push_back(weights.columns.size());
    }
    out.weights = std::move(weights);
  }

  void addPopulation(uint32_t p) {
    const QuantPopulation &from = quant.populations[p];
    Population &out = net.populations.emplace_back();
    out.name = from.name;
    out.shape = from.shape;
    if (from.isInput)
      return;
    const auto all = [&](auto holds) {
      return std::all_of(from.crossbar.begin(), from.crossbar.end(), holds);
    };
    const bool linear = from.crossbar.front().linearReset;
    if (all(isMemoryless)) {
      out.kind = NeuronKind::Threshold;
      for (size_t n = 0; n < from.crossbar.size(); ++n)
        out.params.vThreshold.values.push_back((0.5 - from.crossbar[n].leak) / scaleOf(p, n));
      return;
    }
    out.kind = NeuronKind::IF;
    if (!all(integrates) || !all([&](const auto &c) { return c.linearReset == linear; }))
      return refuse("'" + from.name + "' has neurons of several kinds, or floors that they reach",
                    "only networks that quantize wrote come back in real numbers");
    out.reset = linear ? ResetRule::Subtract : ResetRule::Zero;
    setIntegrating(p, out);
  }

  void setIntegrating(uint32_t p, Population &out) {
    std::vector<double> bias;
    for (size_t n = 0; n < quant.populations[p].crossbar.size(); ++n) {
      const CrossbarConfig &c = quant.populations[p].crossbar[n];
      const double scale = scaleOf(p, n), threshold = (c.threshold - 0.5) / scale;
      out.params.vThreshold.values.push_back(threshold);
      out.params.vReset.values.push_back(c.linearReset ? threshold - c.threshold / scale
                                                       : c.reset / scale);
      out.params.vInit.values.push_back(c.vInit / scale);
      bias.push_back(c.leak / scale);
    }
    if (std::all_of(bias.begin(), bias.end(), [](double b) { return b == 0.0; }))
      return;
    for (uint32_t delay : {0u, UINT32_MAX})
      for (Projection &projection : net.projections)
        if (projection.target == p && projection.delay <= delay) {
          projection.bias = std::move(bias);
          return;
        }
    refuse("'" + out.name + "' leaks but has no projection whose bias it could be",
           "give it an input of weight 0");
  }

  const QuantNet &quant;
  Net net;
  llvm::Error errors = llvm::Error::success();
};

} // namespace

llvm::Expected<Net> dequantizeCrossbar(const QuantNet &quant) {
  return Dequantizer(quant).run();
}

} // namespace snnc::net
