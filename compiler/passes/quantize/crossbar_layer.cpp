#include "compiler/passes/quantize/crossbar_layer.h"

#include "compiler/core_ir/crossbar_limits.h"
#include "compiler/passes/quantize/crossbar_neuron.h"

#include "common/net/number_text.h"
#include "common/net/synapses.h"

#include <cmath>
#include <limits>

using llvm::formatv;
using snnc::net::numberText;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::quantize {
namespace {

CrossbarRegisters registersOf(const core_ir::CrossbarLimits &limits) {
  const auto highest = [](uint32_t bits) { return (int32_t{1} << (bits - 1)) - 1; };
  CrossbarRegisters registers;
  registers.types = core_ir::typeLimits(limits);
  registers.leakMax = highest(limits.leakBits);
  registers.thresholdMax = highest(limits.thresholdBits);
  registers.membraneMax = highest(limits.membraneBits);
  return registers;
}

class Layer {
public:
  Layer(const CrossbarLayerRequest &request, llvm::ArrayRef<CrossbarSource> sources,
        net::QuantPopulation &quant, PassContext &context)
      : request(request), population(request.net.populations[request.population]), sources(sources),
        quant(quant), context(context),
        registers(registersOf(core_ir::crossbarLimits(context.target))) {}

  llvm::Error run(LayerStats &stats) {
    const uint32_t size = population.size();
    bias.assign(size, 0.0);
    std::vector<net::IncomingSynapses> incoming;
    for (const CrossbarSource &source : sources) {
      incoming.emplace_back(*source.real);
      for (uint32_t j = 0; j < source.real->bias.size(); ++j)
        bias[j] += source.real->bias[j];
    }
    for (uint32_t j = 0; j < size; ++j) {
      weights.clear();
      for (const net::IncomingSynapses &each : incoming)
        each.forEach(j, [&](uint32_t, double weight) { weights.push_back(weight); });
      quantizeNeuron(j);
    }
    for (const CrossbarSource &source : sources)
      std::visit([&](const auto &map) { writeWeights(map, *source.quant); }, source.real->weights);
    if (llvm::Error error = check())
      return error;
    report(stats);
    return llvm::Error::success();
  }

private:
  void quantizeNeuron(uint32_t j) {
    const net::NeuronUpdate &update = request.updates[request.updates.size() == 1 ? 0 : j];
    CrossbarRequest one;
    one.weights = weights;
    one.update = update;
    one.bias = bias[j];
    one.reset = net::resetRule(population, request.net.profile);
    one.compareGe = request.net.profile.compare.value == net::Compare::Ge;
    one.bits = request.bits;
    const CrossbarNeuron neuron = crossbarNeuron(one, registers);
    noteFit(j, neuron);
    double most = 0.0, least = 0.0; // of the integer weights' sum
    for (double weight : weights) {
      const int32_t integer = neuron.weight(weight);
      (integer > 0 ? most : least) += integer;
      const double error = weight - neuron.code(weight) * neuron.step;
      signal += weight * weight;
      noise += neuron.weightsExact ? 0.0 : error * error;
      zeroed += integer == 0;
      const double code = std::nearbyint(weight / neuron.step);
      saturated += code > neuron.codeHigh || code < neuron.codeLow;
    }
    synapses += weights.size();
    if (update.membraneDecay == 1.0)
      proveInside(neuron.config, most, least);
    quant.crossbar.push_back(neuron.config);
    quant.scale.push_back(neuron.scale());
    if (neuron.offset != 0.0 || !quant.rest.empty()) {
      quant.rest.resize(population.size(), 0.0);
      quant.rest[j] -= neuron.offset / neuron.scale();
    }
    neurons.push_back(neuron);
  }

  // Steps that the registers left the largest weight, and values that no scale fits.
  void noteFit(uint32_t j, const CrossbarNeuron &neuron) {
    if (!neuron.fits && misfits++ == 0)
      firstMisfit = j;
    double most = 0.0;
    for (double weight : weights)
      most = std::max(most, std::abs(weight));
    const double steps = most / neuron.step;
    if (!neuron.limited || steps >= (1 << (request.bits - 1)) - 1)
      return;
    if (limited++ == 0 || steps < fewestSteps) {
      fewestSteps = steps;
      worstLimited = j;
    }
  }

  // Whether the membrane stays between floor or clamp and the upper clamp in all steps of a run.
  void proveInside(const net::CrossbarConfig &config, double most, double least) {
    const double steps = request.net.run.steps ? *request.net.run.steps : HUGE_VAL;
    const auto after = [&](double drive) { return drive == 0.0 ? 0.0 : steps * drive; };
    const double floor = std::max<double>(config.floor, -registers.membraneMax - 1.0);
    double high = std::max(config.threshold - 1.0, double(config.reset));
    if (config.linearReset)
      high += after(std::max(0.0, most + config.leak - config.threshold));
    const double low = std::min(config.vInit, config.linearReset ? 0 : config.reset) +
                       after(std::min(0.0, least + config.leak));
    mayClamp += low < floor || high > registers.membraneMax;
  }

  template <class Map> void writeWeights(const Map &, net::QuantProjection &) {
    llvm_unreachable("unrolled before");
  }
  void writeWeights(const net::DenseWeights &real, net::QuantProjection &out) {
    net::DenseInts ints{real.rows, real.cols, {}};
    ints.values.reserve(real.values.size());
    for (size_t k = 0; k < real.values.size(); ++k)
      ints.values.push_back(integer(static_cast<uint32_t>(k / real.cols), real.values[k]));
    finish(ints.values, out);
    out.weights = std::move(ints);
  }
  void writeWeights(const net::SparseWeights &real, net::QuantProjection &out) {
    net::SparseInts ints{real.posts, real.pres, real.rowStart, real.columns, {}};
    ints.values.reserve(real.values.size());
    for (size_t k = 0; k < real.values.size(); ++k)
      ints.values.push_back(integer(real.columns[k], real.values[k]));
    finish(ints.values, out);
    out.weights = std::move(ints);
  }
  int16_t integer(uint32_t target, float weight) const {
    return weight == 0.0f ? int16_t{0} : static_cast<int16_t>(neurons[target].weight(weight));
  }
  // The narrowest width that holds them.
  static void finish(llvm::ArrayRef<int16_t> values, net::QuantProjection &out) {
    unsigned bits = 2;
    for (int16_t value : values)
      while (value < -(1 << (bits - 1)) || value >= 1 << (bits - 1))
        ++bits;
    out.weightBits = static_cast<uint8_t>(bits);
  }

  llvm::Error check() const {
    if (misfits != 0)
      return Diag(DiagCode::CoreCannotHold, population.loc,
                  formatv("unsupported: {0} of {1} neurons of '{2}' have a value that no register "
                          "holds beside the others: {3}",
                          misfits, population.size(), population.name, valuesOf(firstMisfit)))
          .help("bring threshold, reset, v_init, bias and weights to similar size")
          .take();
    if (limited == 0)
      return llvm::Error::success();
    const std::string what =
        formatv("{0} of {1} neurons of '{2}' lose weight precision to a register: the largest "
                "weight of neuron {3} has {4:f1} steps: {5}",
                limited, population.size(), population.name, worstLimited, fewestSteps,
                valuesOf(worstLimited));
    if (fewestSteps < 0.5 && !request.allowLossy)
      return Diag(DiagCode::CoreCannotHold, population.loc, "unsupported: " + what)
          .help("thresholds are large against the weights: retrain with larger weights; "
                "--allow-lossy compiles it without that input")
          .take();
    context.warnings.push_back(
        Diag(DiagCode::ScaleReduced, population.loc, what)
            .help("thresholds are large against the weights; retrain with larger weights")
            .data());
    return llvm::Error::success();
  }

  std::string valuesOf(uint32_t j) const {
    const net::NeuronUpdate &u = request.updates[request.updates.size() == 1 ? 0 : j];
    return formatv("neuron {0} has threshold {1}, reset {2}, v_init {3}, bias {4}; the leak "
                   "register holds {5} .. {6}, threshold and reset up to {7}",
                   j, numberText(u.threshold), numberText(u.reset), numberText(u.vInit),
                   numberText(bias[j]), -registers.leakMax - 1, registers.leakMax,
                   registers.thresholdMax);
  }

  void report(LayerStats &stats) {
    stats.name = population.name;
    stats.neurons = population.size();
    stats.synapses = synapses;
    for (const CrossbarSource &source : sources)
      stats.weightBits = std::max<uint32_t>(stats.weightBits, source.quant->weightBits);
    stats.sqnrDb =
        noise > 0.0 ? 10.0 * std::log10(signal / noise) : std::numeric_limits<double>::infinity();
    stats.saturated = saturated;
    stats.zeroed = zeroed;
    stats.mayClampMembrane = mayClamp;
    if (mayClamp != 0)
      context.warnings.push_back(
          Diag(DiagCode::MayOverflow, population.loc,
               formatv("{0} of {1} membranes of '{2}' are not proven to stay inside {3} .. {4}",
                       mayClamp, population.size(), population.name,
                       std::max(-registers.membraneMax, -registers.thresholdMax) - 1,
                       registers.membraneMax))
              .help("only if the inputs that drive them fire at every step; the engines count the "
                    "events that happen")
              .data());
  }

  const CrossbarLayerRequest &request;
  const net::Population &population;
  const llvm::ArrayRef<CrossbarSource> sources;
  net::QuantPopulation &quant;
  PassContext &context;
  const CrossbarRegisters registers;

  std::vector<double> bias;    // per neuron
  std::vector<double> weights; // of the current neuron
  std::vector<CrossbarNeuron> neurons;
  double signal = 0.0, noise = 0.0, fewestSteps = 0.0;
  uint64_t synapses = 0, saturated = 0, zeroed = 0, mayClamp = 0;
  uint32_t misfits = 0, firstMisfit = 0, limited = 0, worstLimited = 0;
};

} // namespace

llvm::Error quantizeCrossbarLayer(const CrossbarLayerRequest &request,
                                  llvm::ArrayRef<CrossbarSource> sources,
                                  net::QuantPopulation &quant, LayerStats &stats,
                                  PassContext &context) {
  return Layer(request, sources, quant, context).run(stats);
}

} // namespace snnc::compiler::quantize
