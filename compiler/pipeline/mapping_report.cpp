#include "compiler/pipeline/mapping_report.h"

#include "compiler/core_ir/limits.h"

#include <algorithm>

namespace snnc::compiler {

using namespace core_ir;

static std::vector<ResourceUse> usesOf(const CoreIr &ir, const Limits &limits) {
  std::vector<ResourceUse> uses;
  const auto add = [&](Resource resource, uint64_t limit, auto loadOf) {
    if (limit == UINT64_MAX) // the target has no such limit
      return;
    ResourceUse &use = uses.emplace_back();
    use.name = nameOf(resource);
    use.perCore = limit;
    for (const Cluster &cluster : ir.clusters) {
      use.total += loadOf(cluster.load);
      use.most = std::max<uint64_t>(use.most, loadOf(cluster.load));
    }
  };
  add(Resource::Neurons, limits.neurons, [](const Load &load) { return load.neurons; });
  add(Resource::Groups, limits.groups, [](const Load &load) { return load.groups; });
  add(Resource::InputAxons, limits.inputAxons, [](const Load &load) { return load.inputAxons; });
  add(Resource::OutputSlots, limits.outputSlots, [](const Load &load) { return load.outputSlots; });
  add(Resource::SynapseWords, limits.synapseWords,
      [](const Load &load) { return load.synapseWords; });
  add(Resource::BlockBits, limits.blockBits, [](const Load &load) { return load.blockBits; });
  return uses;
}

MappingReport mappingReportOf(const Module &module, const target::Target &target,
                              const CompileOptions &options) {
  MappingReport report;
  report.mapper = options.mapper;
  const TrafficStats &traffic = module.traffic;
  report.hopEnergyPerTick = traffic.hopEnergyPerTick;
  report.lowerBoundHopsPerTick = traffic.lowerBoundHopsPerTick;
  report.hottestLink = traffic.hottestLink;
  report.hottestLinkMessages = traffic.hottestLinkMessages;
  report.hottestCore = traffic.hottestCore;
  report.hottestCoreMessages = traffic.hottestCoreMessages;
  if (module.cores) {
    report.resources = usesOf(*module.cores, limitsOf(target, options.maxNeuronsPerCore));
    report.remarks = module.cores->remarks;
    report.meshWidth = module.cores->meshWidth;
    report.meshHeight = module.cores->meshHeight;
  } else if (module.crossbar) {
    report.mapper = "crossbar";
    report.meshWidth = module.crossbar->meshWidth;
    report.meshHeight = module.crossbar->meshHeight;
  }
  return report;
}

} // namespace snnc::compiler
