#include "compiler/passes/quantize/quantize.h"

#include "compiler/pass/unroll.h"
#include "compiler/passes/quantize/crossbar.h"
#include "compiler/passes/quantize/layer.h"

#include <algorithm>
#include <deque>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler {
namespace {

using quantize::Source;

bool isInput(const net::Net &net, uint32_t population) {
  return net.populations[population].kind == net::NeuronKind::Input;
}

net::QuantNet skeleton(const Module &module, uint32_t weightBits) {
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
    population.isInput = isInput(net, p);
    population.rest = module.rests[p];
  }
  const bool direct = net.run.encode == net::Encoding::Direct;
  for (const net::Projection &projection : net.projections) {
    if (direct && isInput(net, projection.source)) {
      net::HostLayer &host = quant.hostLayers.emplace_back();
      host.name = projection.name;
      host.source = projection.source;
      host.target = projection.target;
      continue;
    }
    net::QuantProjection &out = quant.projections.emplace_back();
    out.name = projection.name;
    out.source = projection.source;
    out.target = projection.target;
    out.delay = projection.delay;
    out.weightBits = static_cast<uint8_t>(weightBits);
  }
  return quant;
}

llvm::Error checkHostLayers(const net::Net &net) {
  llvm::Error errors = llvm::Error::success();
  std::vector<const net::Projection *> into(net.populations.size(), nullptr);
  for (const net::Projection &projection : net.projections) {
    if (!isInput(net, projection.source))
      continue;
    const std::string &target = net.populations[projection.target].name;
    if (projection.delay != 0)
      errors = llvm::joinErrors(
          std::move(errors),
          Diag(DiagCode::DirectCoding, projection.loc,
               formatv("unsupported: direct coding through '{0}', which has a delay of {1} steps",
                       projection.name, projection.delay))
              .help("use --encode rate, or remove the delay")
              .take());
    const net::Projection *&first = into[projection.target];
    if (first != nullptr)
      errors = llvm::joinErrors(
          std::move(errors),
          Diag(DiagCode::DirectCoding, projection.loc,
               formatv("unsupported: direct coding into '{0}' by two projections, '{1}' and '{2}'",
                       target, first->name, projection.name))
              .help("merge their weights into one projection")
              .take());
    first = &projection;
  }
  return errors;
}

// What the host multiplies: dense, or unrolled.
llvm::Expected<const net::Projection *> forHost(const net::Projection &projection,
                                                std::deque<net::Projection> &unrolled,
                                                PassContext &context) {
  const bool plain = std::holds_alternative<net::DenseWeights>(projection.weights) ||
                     std::holds_alternative<net::SparseWeights>(projection.weights);
  if (plain && projection.before.empty())
    return &projection;
  llvm::Expected<net::SparseWeights> sparse =
      unrollBounded(projection, "direct coding: the host's weights are not shared",
                    "--encode rate or poisson keeps the layer on the chip", context);
  if (!sparse)
    return sparse.takeError();
  net::Projection &copy = unrolled.emplace_back();
  copy.name = projection.name;
  copy.bias = projection.bias;
  copy.grid = projection.grid;
  copy.weights = std::move(*sparse);
  return &copy;
}

// The projections into `population`, real and integer side by side.
llvm::Expected<std::vector<Source>> sourcesOf(const net::Net &net, uint32_t population,
                                              net::QuantNet &quant,
                                              std::deque<net::Projection> &unrolled,
                                              PassContext &context) {
  std::vector<Source> sources;
  size_t nextHost = 0, nextChip = 0;
  for (const net::Projection &projection : net.projections) {
    const bool onHost = net.run.encode == net::Encoding::Direct && isInput(net, projection.source);
    Source source;
    source.real = &projection;
    (onHost ? nextHost : nextChip) += 1;
    if (projection.target != population)
      continue;
    if (onHost) {
      llvm::Expected<const net::Projection *> real = forHost(projection, unrolled, context);
      if (!real)
        return real.takeError();
      source.real = *real;
      source.host = &quant.hostLayers[nextHost - 1];
    } else {
      source.quant = &quant.projections[nextChip - 1];
    }
    sources.push_back(source);
  }
  return sources;
}

// Biases run from the layer's own first tick; from tick 0 only where that is the same.
llvm::Error checkBiasTiming(const net::Net &net, const net::QuantNet &quant) {
  if (net.profile.biasTiming.value != net::BiasTiming::Start)
    return llvm::Error::success();
  const std::vector<uint32_t> first = net::firstTicks(quant);
  for (size_t p = 0; p < first.size(); ++p) {
    const bool biased =
        std::any_of(quant.populations[p].neurons.begin(), quant.populations[p].neurons.end(),
                    [](const net::NeuronConfig &n) { return n.biasMant != 0; });
    if (first[p] != 0 && biased)
      return Diag(DiagCode::BiasFromStart, net.populations[p].loc,
                  formatv("unsupported: bias timing 'start' on '{0}', which begins at tick {1}",
                          net.populations[p].name, first[p]))
          .help("--bias-timing window starts a layer's bias with its first input")
          .take();
  }
  return llvm::Error::success();
}

} // namespace

llvm::Expected<bool> QuantizePass::run(Module &module, PassContext &context) {
  if (context.target.core.isCrossbar()) {
    if (!module.lowered)
      return missingInput("quantize", "lower");
    if (llvm::Error error = quantize::forCrossbar(module, options, context))
      return error;
    return true;
  }
  const net::Net &net = module.net;
  const uint32_t most = context.target.core.weightBits;
  if (options.weightBits < 2 || options.weightBits > most)
    return Diag(DiagCode::WeightBits, {},
                formatv("--weight-bits is {0} but target '{1}' has 2 to {2}", options.weightBits,
                        context.target.name, most))
        .help("choose a number in that range, or a target with wider weights")
        .take();
  if (!module.lowered)
    return missingInput("quantize", "lower");
  if (net.run.encode == net::Encoding::Direct)
    if (llvm::Error error = checkHostLayers(net))
      return error;

  net::QuantNet quant = skeleton(module, options.weightBits);
  module.layers.clear();
  for (uint32_t p = 0; p < net.populations.size(); ++p) {
    if (isInput(net, p))
      continue;
    std::deque<net::Projection> unrolled;
    llvm::Expected<std::vector<Source>> sources = sourcesOf(net, p, quant, unrolled, context);
    if (!sources)
      return sources.takeError();
    quantize::LayerQuantizer layer(net, p, options, context);
    if (llvm::Error error =
            layer.run(std::move(*sources), quant.populations[p], module.layers.emplace_back()))
      return error;
  }
  if (llvm::Error error = checkBiasTiming(net, quant))
    return error;
  module.quant = std::move(quant);
  return true;
}

} // namespace snnc::compiler
