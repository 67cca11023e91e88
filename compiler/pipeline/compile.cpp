#include "compiler/pipeline/compile.h"

#include "compiler/pass/pass_manager.h"
#include "compiler/pipeline/capacity.h"
#include "compiler/pipeline/mapping_report.h"
#include "compiler/pipeline/passes.h"
#include "compiler/pipeline/standard.h"

#include "common/net/synapses.h"
#include "common/support/strings.h"

#include <algorithm>
#include <limits>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler {
namespace {

llvm::Error checkPassNames(const CompileOptions &options) {
  llvm::Error errors = llvm::Error::success();
  const auto check = [&](const std::string &name, const char *flag) {
    if (name.empty() || findPass(name) != nullptr)
      return;
    errors = llvm::joinErrors(
        std::move(errors),
        Diag(DiagCode::UnknownPass, {}, llvm::formatv("{0}: there is no pass '{1}'", flag, name))
            .help("passes: " + support::joinNames(passNames()))
            .take());
  };
  check(options.stopAfter, "--stop-after");
  for (const std::string &name : options.skip)
    check(name, "--skip");
  return errors;
}

uint64_t synapsesInto(const net::QuantNet &net, uint32_t population) {
  uint64_t count = 0;
  for (const net::QuantProjection &projection : net.projections)
    count += projection.target == population ? net::synapseCount(projection) : 0;
  for (const net::HostLayer &layer : net.hostLayers)
    count += layer.target == population ? net::synapseCount(layer) : 0;
  return count;
}

// The layers of a network that came in integers: nothing was lost, nothing is known of its source.
std::vector<LayerStats> integerLayers(const net::QuantNet &net) {
  std::vector<LayerStats> layers;
  for (uint32_t p = 0; p < net.populations.size(); ++p) {
    if (net.populations[p].isInput)
      continue;
    LayerStats &layer = layers.emplace_back();
    layer.name = net.populations[p].name;
    layer.neurons = net.populations[p].size();
    layer.synapses = synapsesInto(net, p);
    layer.quantizer = "exact";
    layer.sqnrDb = std::numeric_limits<double>::infinity();
    for (const net::QuantProjection &projection : net.projections)
      if (projection.target == p)
        layer.weightBits = std::max<uint32_t>(layer.weightBits, projection.weightBits);
    for (const net::HostLayer &host : net.hostLayers)
      if (host.target == p) {
        layer.onHost = true;
        layer.weightBits = std::max<uint32_t>(layer.weightBits, host.weightBits);
      }
  }
  return layers;
}

CompileReport reportOf(const Module &module, const PassManager &manager,
                       const target::Target &target, const CompileOptions &options) {
  CompileReport report;
  for (const LayerStats &layer : module.layers) {
    report.layers.push_back({layer.name, layer.neurons, layer.synapses, layer.weightBits,
                             layer.quantizer, layer.sqnrDb, layer.saturated, layer.zeroed,
                             layer.onHost, layer.mayWrapAccumulator, layer.mayWrapCurrent,
                             layer.mayClampMembrane, layer.overflow});
    report.neurons += layer.neurons;
    report.synapses += layer.synapses;
  }
  if (module.cores) {
    report.coresUsed = static_cast<uint32_t>(module.cores->clusters.size());
    report.coresLowerBound = module.cores->coresLowerBound;
  }
  if (module.crossbar) {
    report.coresUsed = static_cast<uint32_t>(module.crossbar->clusters.size());
    report.coresLowerBound = module.crossbar->coresLowerBound;
  }
  report.messagesPerTick = module.traffic.messagesPerTick;
  report.hopsPerTick = module.traffic.hopsPerTick;
  report.lowerBoundMessagesPerTick = module.traffic.lowerBoundMessagesPerTick;
  report.mapping = mappingReportOf(module, target, options);
  for (const PassRecord &record : manager.records())
    report.passes.push_back(
        {record.name, record.seconds, record.verifySeconds, record.peakMemory, record.changed});
  return report;
}

llvm::Expected<CompileResult> runPipeline(Module module, const std::vector<std::string> &names,
                                          const target::Target &target,
                                          const CompileOptions &options,
                                          support::Warnings &warnings) {
  if (llvm::Error error = checkPassNames(options))
    return error;
  if (llvm::Error error = verifyModule(module, target))
    return error;
  PassManager manager({options.stopAfter, options.skip, options.bisect, options.dumpDir});
  for (const std::string &name : names)
    manager.add(findPass(name)->make(options));
  PassContext context{target, warnings, options.threads};
  if (llvm::Error error = manager.run(module, context))
    return error;

  CompileResult result;
  result.report = reportOf(module, manager, target, options);
  if (!options.stopAfter.empty()) {
    llvm::raw_string_ostream os(result.ir);
    printModule(module, os);
  }
  result.net = std::move(module.net);
  result.quant = std::move(module.quant);
  result.image = std::move(module.image);
  return result;
}

} // namespace

llvm::Expected<CompileResult> compile(net::Net net, const target::Target &target,
                                      const CompileOptions &options, support::Warnings &warnings) {
  if (llvm::Error error = checkPassNames(options))
    return error;
  if (llvm::Error error = checkCapacity(net, target, options))
    return error;
  Module module;
  module.net = std::move(net);
  module.hasNet = true;
  return runPipeline(std::move(module), standardPipeline(), target, options, warnings);
}

llvm::Expected<CompileResult> compile(net::QuantNet net, const target::Target &target,
                                      const CompileOptions &options, support::Warnings &warnings) {
  Module module;
  module.layers = integerLayers(net);
  module.quant = std::move(net);
  return runPipeline(std::move(module), integerPipeline(), target, options, warnings);
}

} // namespace snnc::compiler
