#include "compiler/passes/partition/partition.h"

#include "compiler/passes/partition/crossbar.h"
#include "compiler/passes/partition/lower_bound.h"
#include "compiler/passes/partition/mappers.h"
#include "compiler/passes/partition/misfit.h"

#include "llvm/ADT/StringExtras.h"

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler {

using namespace core_ir;

std::vector<std::string> mapperNames() {
  std::vector<std::string> names;
  for (const partition::MapperInfo &mapper : partition::allMappers())
    names.push_back(mapper.name);
  return names;
}

namespace {

const partition::MapperInfo *mapperNamed(llvm::StringRef name) {
  for (const partition::MapperInfo &mapper : partition::allMappers())
    if (name == mapper.name)
      return &mapper;
  return nullptr;
}

llvm::Error checkOptions(const PartitionOptions &options, const target::Target &target,
                         support::Warnings &warnings) {
  llvm::Error errors = llvm::Error::success();
  const auto add = [&](llvm::Error error) {
    errors = llvm::joinErrors(std::move(errors), std::move(error));
  };
  if (mapperNamed(options.mapper) == nullptr)
    add(Diag(DiagCode::UnknownMapper, {}, "there is no mapper '" + options.mapper + "'")
            .help("--mapper " + llvm::join(mapperNames(), "|"))
            .take());
  if (options.maxNeuronsPerCore > target.core.neurons)
    add(Diag(DiagCode::MaxNeuronsOption, {},
             formatv("--max-neurons-per-core is {0} but a core of '{1}' has {2}",
                     options.maxNeuronsPerCore, target.name, target.core.neurons))
            .help(formatv("choose 1 to {0}", target.core.neurons).str())
            .take());
  // Chips of cuba cores may be put together, and routed across; a crossbar's packets may not.
  const bool beyond =
      options.meshWidth > target.mesh.width || options.meshHeight > target.mesh.height;
  if ((options.meshWidth == 0) != (options.meshHeight == 0) || (beyond && target.core.isCrossbar()))
    add(Diag(DiagCode::MeshOption, {},
             formatv("--mesh is {0}x{1} but '{2}' has {3}x{4} cores", options.meshWidth,
                     options.meshHeight, target.name, target.mesh.width, target.mesh.height))
            .help("a mesh of crossbar cores may be smaller than the target's, not larger, and none "
                  "is empty")
            .take());
  else if (beyond)
    warnings.push_back(
        Diag(DiagCode::MeshBeyondChip, {},
             formatv(
                 "--mesh is {0}x{1} but a '{2}' chip has {3}x{4} cores: a board of chips, joined "
                 "as if it were one",
                 options.meshWidth, options.meshHeight, target.name, target.mesh.width,
                 target.mesh.height))
            .help("time and energy price every link as one on the chip")
            .data());
  return errors;
}

llvm::Error checkDelays(const net::QuantNet &net, const std::vector<uint32_t> &first,
                        const target::Target &target) {
  llvm::Error errors = llvm::Error::success();
  const uint32_t most = target.core.delaySlots - 1;
  for (const net::QuantProjection &projection : net.projections) {
    const uint32_t delay = net::hardwareDelay(net, first, projection);
    if (delay <= most)
      continue;
    errors = llvm::joinErrors(
        std::move(errors),
        Diag(DiagCode::DelayTooLong, {},
             formatv("'{0}' from '{1}' to '{2}' needs an axonal delay of {3} ticks but '{4}' has "
                     "at most {5}",
                     projection.name, net.populations[projection.source].name,
                     net.populations[projection.target].name, delay, target.name, most))
            .help(formatv("use a target whose core.delay_slots is at least {0}, or shorten the "
                          "path beside it",
                          delay + 1)
                      .str())
            .take());
  }
  return errors;
}

// A network that came in integers may be those of another kind of core.
llvm::Error checkKind(const net::QuantNet &net, const target::Target &target) {
  for (const net::QuantPopulation &population : net.populations)
    if (!(target.core.isCrossbar() ? population.neurons.empty() : population.crossbar.empty()))
      return Diag(DiagCode::TargetKind, {},
                  formatv("'{0}' is in the integers of another kind of core than the {1} cores of "
                          "'{2}'",
                          population.name, nameOf(target.core.kind), target.name))
          .help("compile the network in real numbers for this target")
          .take();
  return llvm::Error::success();
}

llvm::Error noSchedule(const net::QuantNet &net) {
  return Diag(DiagCode::NoSchedule, {},
              formatv("'{0}' has a cycle of projections with fewer steps of delay than neurons on "
                      "it, and every hop takes a step",
                      net.name))
      .help("give the projection that closes the cycle a delay of at least the cycle's length")
      .take();
}

SpikeRates ratesOf(const net::QuantNet &net,
                   const std::map<std::string, std::vector<float>> &byName) {
  SpikeRates rates;
  for (const net::QuantPopulation &population : net.populations) {
    const auto found = byName.find(population.name);
    const bool fits = found != byName.end() && found->second.size() == population.size();
    rates.of.push_back(fits ? found->second : std::vector<float>());
  }
  return rates;
}

} // namespace

llvm::Expected<bool> PartitionPass::run(Module &module, PassContext &context) {
  if (!module.quant)
    return missingInput(name(), "quantize");
  const net::QuantNet &net = *module.quant;
  const target::Target &target = context.target;
  if (llvm::Error error = checkOptions(options, target, context.warnings))
    return error;
  if (llvm::Error error = checkKind(net, target))
    return error;
  if (target.core.isCrossbar()) {
    if (llvm::Error error = partition::forCrossbar(module, options, context))
      return error;
    return true;
  }
  CoreIr ir;
  ir.firstTick = net::firstTicks(net);
  if (ir.firstTick.size() != net.populations.size())
    return noSchedule(net);

  ir.rates = ratesOf(net, options.rates);
  const Limits limits = limitsOf(target, options.maxNeuronsPerCore);
  const uint32_t width = options.meshWidth != 0 ? options.meshWidth : target.mesh.width;
  const uint32_t height = options.meshHeight != 0 ? options.meshHeight : target.mesh.height;
  const uint64_t cores = uint64_t{width} * height;
  const std::vector<partition::ResourceTotal> totals =
      partition::resourceTotals(net, target, limits);
  ir.coresLowerBound = partition::coresLowerBound(net, totals);
  partition::MisfitContext misfits{net, target, options, limits, width, height};
  if (ir.coresLowerBound > partition::farBeyond(cores))
    return partition::hopeless(misfits, totals);

  const partition::Problem problem(net, target, limits, ir.rates);
  const partition::MapperContext mapping{
      problem, ir.firstTick, cores, ir.coresLowerBound, options.seed, options.threads, &ir.remarks};
  misfits.mapping = &mapping;
  partition::FillResult result = mapperNamed(options.mapper)->map(mapping);
  llvm::Error errors = llvm::joinErrors(checkDelays(net, ir.firstTick, target),
                                        partition::neuronsExceedCore(misfits, result.misfits));
  if (result.clusters.size() > cores || result.gaveUp)
    errors = llvm::joinErrors(std::move(errors), partition::tooFewCores(misfits, result, totals));
  if (errors)
    return errors;
  ir.coresLowerBound =
      static_cast<uint32_t>(std::max<uint64_t>(ir.coresLowerBound, result.leastCores));
  for (partition::Filled &filled : result.clusters)
    ir.clusters.push_back(std::move(filled.cluster));
  module.cores = std::move(ir);
  return true;
}

} // namespace snnc::compiler
