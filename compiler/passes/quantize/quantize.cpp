#include "compiler/passes/quantize/quantize.h"

#include "compiler/pass/unroll.h"
#include "compiler/passes/quantize/check_options.h"
#include "compiler/passes/quantize/crossbar.h"
#include "compiler/passes/quantize/layer.h"
#include "compiler/passes/quantize/rounded_layer.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <numeric>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler {
namespace {

using quantize::canRound;
using quantize::Source;

bool isInput(const net::Net &net, uint32_t population) {
  return net.populations[population].kind == net::NeuronKind::Input;
}

net::QuantNet skeleton(const Module &module, const QuantizeOptions &options) {
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
    out.weightBits = static_cast<uint8_t>(options.bitsOf(net.populations[projection.target].name));
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

// Feed-forward neighbours in order; ties by index.
std::vector<uint32_t> inOrder(const net::QuantNet &quant) {
  std::vector<uint32_t> order(quant.populations.size());
  std::iota(order.begin(), order.end(), 0);
  const std::vector<uint32_t> first = net::firstTicks(quant);
  if (!first.empty())
    std::stable_sort(order.begin(), order.end(),
                     [&](uint32_t a, uint32_t b) { return first[a] < first[b]; });
  return order;
}

double decibels(double signal, double noise) {
  return noise > 0.0 ? 10.0 * std::log10(signal / noise) : std::numeric_limits<double>::infinity();
}

const char *absmaxName(const LayerStats &stats) {
  return std::isfinite(stats.sqnrDb) ? nameOf(Quantizer::AbsMax) : "exact";
}

class NetQuantizer {
public:
  NetQuantizer(const Module &module, const QuantizeOptions &options, PassContext &context)
      : module(module), options(options), target(context.target), quant(skeleton(module, options)),
        stats(quant.populations.size()), warnings(quant.populations.size()) {}

  // Every layer as absmax has it.
  llvm::Error run() {
    for (uint32_t p = 0; p < quant.populations.size(); ++p)
      if (!quant.populations[p].isInput)
        if (llvm::Error error = layer(module.net, p, quant, stats[p], warnings[p]))
          return error;
    return llvm::Error::success();
  }

  // The layers that are not exact by another method, first to last: each sees the activity that
  // the integers before it cause.
  llvm::Error refine() {
    net::Net rounded = module.net;
    for (uint32_t p : inOrder(quant))
      if (options.quantizerOf(quant.populations[p].name) != Quantizer::AbsMax &&
          !quant.populations[p].isInput && std::isfinite(stats[p].sqnrDb) && canRound(rounded, p))
        if (llvm::Error error = refineLayer(rounded, p))
          return error;
    return llvm::Error::success();
  }

  void finish(Module &out, support::Warnings &all) {
    out.layers.clear();
    for (uint32_t p = 0; p < quant.populations.size(); ++p) {
      if (quant.populations[p].isInput)
        continue;
      all.insert(all.end(), warnings[p].begin(), warnings[p].end());
      out.layers.push_back(std::move(stats[p]));
    }
    out.quant = std::move(quant);
  }

  const net::QuantNet &result() const { return quant; }

private:
  llvm::Error layer(const net::Net &net, uint32_t p, net::QuantNet &into, LayerStats &layerStats,
                    support::Warnings &found) {
    PassContext context{target, found};
    std::deque<net::Projection> unrolled;
    llvm::Expected<std::vector<Source>> sources = sourcesOf(net, p, into, unrolled, context);
    if (!sources)
      return sources.takeError();
    quantize::LayerQuantizer quantizer(net, p, options, context);
    if (llvm::Error error = quantizer.run(std::move(*sources), into.populations[p], layerStats))
      return error;
    layerStats.quantizer = absmaxName(layerStats);
    return llvm::Error::success();
  }

  llvm::Expected<std::vector<std::optional<SourceMoments>>> observed(uint32_t p) {
    const net::Net &net = module.net;
    std::vector<std::optional<SourceMoments>> moments(net.projections.size());
    for (size_t s = 0; s < net.projections.size(); ++s) {
      const net::Projection &projection = net.projections[s];
      if (projection.target != p || !quantize::isObserved(projection))
        continue;
      llvm::Expected<SourceMoments> seen = options.observe(net, quant, projection.source);
      if (!seen)
        return seen.takeError();
      moments[s] = std::move(*seen);
    }
    return moments;
  }

  // Keeps what absmax made where the registers do not take the rounded weights as they are.
  llvm::Error refineLayer(net::Net &rounded, uint32_t p) {
    std::vector<std::optional<SourceMoments>> moments;
    const Quantizer quantizer = options.quantizerOf(module.net.populations[p].name);
    if (quantizer == Quantizer::Calibrated) {
      auto seen = observed(p);
      if (!seen)
        return seen.takeError();
      moments = std::move(*seen);
    }
    const auto weightMax =
        static_cast<uint32_t>((1u << (options.bitsOf(module.net.populations[p].name) - 1)) - 1);
    const quantize::RoundingLoss loss = quantize::roundLayer(rounded, p, quant, moments, quantizer,
                                                             weightMax, target.core.weightShift);
    net::QuantNet fresh = skeleton(module, options);
    LayerStats found;
    support::Warnings foundWarnings;
    llvm::Error error = layer(rounded, p, fresh, found, foundWarnings);
    if (error || std::isfinite(found.sqnrDb)) {
      llvm::consumeError(std::move(error));
      return llvm::Error::success();
    }
    found.synapses = stats[p].synapses;
    found.sqnrDb = decibels(loss.signal, loss.noise);
    found.saturated = static_cast<uint64_t>(loss.saturated);
    found.zeroed = static_cast<uint64_t>(loss.zeroed);
    found.quantizer = nameOf(quantizer);
    stats[p] = std::move(found);
    warnings[p] = std::move(foundWarnings);
    quant.populations[p] = std::move(fresh.populations[p]);
    for (size_t s = 0; s < quant.projections.size(); ++s)
      if (quant.projections[s].target == p)
        quant.projections[s] = std::move(fresh.projections[s]);
    for (size_t s = 0; s < quant.hostLayers.size(); ++s)
      if (quant.hostLayers[s].target == p)
        quant.hostLayers[s] = std::move(fresh.hostLayers[s]);
    return llvm::Error::success();
  }

  const Module &module;
  const QuantizeOptions &options;
  const target::Target &target;
  net::QuantNet quant;
  std::vector<LayerStats> stats;           // per population
  std::vector<support::Warnings> warnings; // per population
};

} // namespace

llvm::Expected<bool> QuantizePass::run(Module &module, PassContext &context) {
  if (llvm::Error error = quantize::checkOptions(module.net, options, context.target))
    return error;
  if (context.target.core.isCrossbar()) {
    if (!module.lowered)
      return missingInput("quantize", "lower");
    if (llvm::Error error = quantize::forCrossbar(module, options, context))
      return error;
    for (LayerStats &layer : module.layers)
      layer.quantizer = absmaxName(layer);
    return true;
  }
  const net::Net &net = module.net;
  if (!module.lowered)
    return missingInput("quantize", "lower");
  if (net.run.encode == net::Encoding::Direct)
    if (llvm::Error error = checkHostLayers(net))
      return error;

  NetQuantizer quantizer(module, options, context);
  if (llvm::Error error = quantizer.run())
    return error;
  if (llvm::Error error = quantizer.refine())
    return error;
  if (llvm::Error error = checkBiasTiming(net, quantizer.result()))
    return error;
  quantizer.finish(module, context.warnings);
  return true;
}

} // namespace snnc::compiler
