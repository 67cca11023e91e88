#include "compiler/passes/quantize/crossbar.h"

#include "compiler/core_ir/crossbar_limits.h"
#include "compiler/pass/unroll.h"
#include "compiler/passes/quantize/crossbar_layer.h"

#include "common/net/number_text.h"

#include <deque>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::quantize {
namespace {

constexpr uint32_t kMostBits = core_ir::kMaxAxonTypes; // of weights on no grid: a type a bit

llvm::Expected<uint32_t> bitsOf(const QuantizeOptions &options, const target::Target &target) {
  const uint32_t most = std::min(kMostBits, core_ir::crossbarLimits(target).types);
  if (!options.forceBits)
    return std::min(options.weightBits, most);
  if (options.weightBits >= 2 && options.weightBits <= most)
    return options.weightBits;
  return Diag(DiagCode::WeightBits, {},
              formatv(
                  "--weight-bits is {0} but a crossbar core of '{1}' adds up weights of 2 to {2} "
                  "bits, one axon type a bit",
                  options.weightBits, target.name, most))
      .help("weights of at most as many different values per neuron as there are types keep the "
            "whole width of a type's weight, without this flag")
      .take();
}

// What a crossbar neuron cannot do, of the first neuron of each fault.
class Capability {
public:
  Capability(const net::Net &net, const net::Population &population)
      : net(net), population(population) {}

  llvm::Error check(llvm::ArrayRef<net::NeuronUpdate> updates) {
    for (size_t j = 0; j < updates.size(); ++j) {
      const net::NeuronUpdate &u = updates[j];
      if (u.membraneDecay != 0.0 && u.membraneDecay != 1.0)
        add(decay, j, "a membrane that decays", "membrane decay", u.membraneDecay,
            "retrain with a decay of 0 (memoryless) or 1 (no leak), or use --target loihi-like");
      if (u.hasCurrent && u.currentDecay != 0.0)
        add(current, j, "a synaptic current", "current decay", u.currentDecay,
            "retrain without a synaptic time constant, or use --target loihi-like");
      if (u.refractorySteps != 0)
        add(refractory, j, "a refractory time", "steps", u.refractorySteps,
            "retrain without it, or use --target loihi-like");
      if (!u.spikes && u.membraneDecay == 0.0)
        add(readout, j, "a readout without a memory", "membrane decay", 0.0,
            "a membrane that is read has a decay of 1; or let the layer spike and count");
    }
    if (isRead() && updates.front().spikes && updates.front().membraneDecay == 0.0)
      add(readout, 0, "memoryless neurons whose membrane is read", "membrane decay", 0.0,
          "--readout count");
    return std::move(errors);
  }

private:
  bool isRead() const {
    return net.run.readout != net::Readout::Count && !net.outputs.empty() &&
           &net.populations[net.outputs.front()] == &population;
  }
  void add(bool &seen, size_t neuron, const char *what, const char *field, double value,
           const char *help) {
    if (seen)
      return;
    seen = true;
    errors = llvm::joinErrors(
        std::move(errors),
        Diag(DiagCode::CoreCannotHold, population.loc,
             formatv("unsupported: '{0}' has {1}, which crossbar cores do not have: {2} {3} in "
                     "neuron {4}",
                     population.name, what, field, net::numberText(value), neuron))
            .help(help)
            .take());
  }

  const net::Net &net;
  const net::Population &population;
  llvm::Error errors = llvm::Error::success();
  bool decay = false, current = false, refractory = false, readout = false;
};

llvm::Error checkEncoding(const net::Net &net) {
  if (net.run.encode != net::Encoding::Direct)
    return llvm::Error::success();
  return Diag(DiagCode::DirectCoding, {},
              "unsupported: direct coding adds real values to membranes, and axons of crossbar "
              "cores take spikes")
      .help("--encode binary, rate or poisson")
      .take();
}

// Leaks act from a layer's own first tick on.
llvm::Error checkBiasTiming(const net::Net &net, const net::QuantNet &quant) {
  if (net.profile.biasTiming.value != net::BiasTiming::Start)
    return llvm::Error::success();
  const std::vector<uint32_t> first = net::firstTicks(quant);
  for (const net::Projection &projection : net.projections) {
    const bool biased = llvm::any_of(projection.bias, [](double bias) { return bias != 0.0; });
    if (biased && !first.empty() && first[projection.target] != 0)
      return Diag(DiagCode::BiasFromStart, projection.loc,
                  formatv("unsupported: bias timing 'start' on '{0}', which begins at tick {1}",
                          net.populations[projection.target].name, first[projection.target]))
          .help("--bias-timing window starts a layer's bias with its first input")
          .take();
  }
  return llvm::Error::success();
}

net::QuantNet skeleton(const Module &module) {
  const net::Net &net = module.net;
  net::QuantNet quant;
  quant.name = net.name;
  quant.profile = module.profile;
  quant.run = net.run;
  quant.inputs = net.inputs;
  quant.outputs = net.outputs;
  for (uint32_t p = 0; p < net.populations.size(); ++p) {
    net::QuantPopulation &population = quant.populations.emplace_back();
    population.name = net.populations[p].name;
    population.shape = net.populations[p].shape;
    population.isInput = net.populations[p].kind == net::NeuronKind::Input;
    population.rest = module.rests[p];
  }
  for (const net::Projection &projection : net.projections) {
    net::QuantProjection &out = quant.projections.emplace_back();
    out.name = projection.name;
    out.source = projection.source;
    out.target = projection.target;
    out.delay = projection.delay;
  }
  return quant;
}

// The updates of every population, or everything that no core can hold.
llvm::Expected<std::vector<std::vector<net::NeuronUpdate>>> updatesOf(const net::Net &net) {
  llvm::Error errors = checkEncoding(net);
  std::vector<std::vector<net::NeuronUpdate>> updates;
  for (const net::Population &population : net.populations) {
    llvm::Expected<std::vector<net::NeuronUpdate>> each = net::discretize(population, net.profile);
    if (!each)
      return llvm::joinErrors(std::move(errors), each.takeError());
    if (population.kind != net::NeuronKind::Input)
      errors = llvm::joinErrors(std::move(errors), Capability(net, population).check(*each));
    updates.push_back(std::move(*each));
  }
  if (errors)
    return errors;
  return updates;
}

// Matrices as they are; chains of maps and convolutions unrolled, as no two axons share a list.
llvm::Expected<const net::Projection *> matrixOf(const net::Projection &projection,
                                                 std::deque<net::Projection> &unrolled,
                                                 PassContext &context) {
  const bool plain = std::holds_alternative<net::DenseWeights>(projection.weights) ||
                     std::holds_alternative<net::SparseWeights>(projection.weights);
  if (plain && projection.before.empty())
    return &projection;
  llvm::Expected<net::SparseWeights> sparse =
      unrollBounded(projection, "a crossbar joins single axons and neurons",
                    "a target with cuba cores keeps convolutions as kernels", context);
  if (!sparse)
    return sparse.takeError();
  net::Projection &copy = unrolled.emplace_back();
  copy.name = projection.name;
  copy.bias = projection.bias;
  copy.weights = std::move(*sparse);
  return &copy;
}

} // namespace

llvm::Error forCrossbar(Module &module, const QuantizeOptions &options, PassContext &context) {
  llvm::Expected<uint32_t> bits = bitsOf(options, context.target);
  if (!bits)
    return bits.takeError();
  const net::Net &net = module.net;
  auto updates = updatesOf(net);
  if (!updates)
    return updates.takeError();
  net::QuantNet quant = skeleton(module);
  module.layers.clear();
  for (uint32_t p = 0; p < net.populations.size(); ++p) {
    if (quant.populations[p].isInput)
      continue;
    std::deque<net::Projection> unrolled;
    std::vector<CrossbarSource> sources;
    for (size_t s = 0; s < net.projections.size(); ++s) {
      if (net.projections[s].target != p)
        continue;
      auto matrix = matrixOf(net.projections[s], unrolled, context);
      if (!matrix)
        return matrix.takeError();
      sources.push_back({*matrix, &quant.projections[s]});
    }
    const CrossbarLayerRequest request{net, p, (*updates)[p], *bits, options.allowLossy};
    if (llvm::Error error = quantizeCrossbarLayer(request, sources, quant.populations[p],
                                                  module.layers.emplace_back(), context))
      return error;
  }
  if (llvm::Error error = checkBiasTiming(net, quant))
    return error;
  module.quant = std::move(quant);
  return llvm::Error::success();
}

} // namespace snnc::compiler::quantize
