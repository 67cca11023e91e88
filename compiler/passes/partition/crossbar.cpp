#include "compiler/passes/partition/crossbar.h"

#include "compiler/passes/partition/crossbar_cells.h"
#include "compiler/passes/partition/crossbar_misfit.h"
#include "compiler/passes/partition/misfit.h"

#include "llvm/ADT/STLExtras.h"

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::partition {

using namespace core_ir;

namespace {

using AllSynapses = std::vector<std::unique_ptr<CrossbarSynapses>>;

uint64_t ceilDiv(uint64_t a, uint64_t b) {
  return (a + b - 1) / b;
}

// Neurons, and axons of one population: a source comes in at least once.
uint32_t lowerBound(const net::QuantNet &net, const AllSynapses &synapses,
                    const CrossbarLimits &limits) {
  uint64_t neurons = 0, cores = 0;
  for (uint32_t p = 0; p < net.populations.size(); ++p) {
    if (net.populations[p].isInput)
      continue;
    neurons += net.populations[p].size();
    uint64_t axons = 0;
    for (uint32_t s = 0; synapses[p] && s < synapses[p]->sources().size(); ++s)
      axons += !synapses[p]->outOf(s).empty();
    cores = std::max(cores, ceilDiv(axons, limits.axons));
  }
  return static_cast<uint32_t>(std::max(cores, ceilDiv(neurons, limits.neurons)));
}

std::string coresText(const net::QuantPopulation &population,
                      llvm::ArrayRef<CrossbarCluster> clusters, uint32_t p) {
  uint64_t cores = 0, copies = 0;
  for (const CrossbarCluster &cluster : clusters) {
    cores += llvm::any_of(cluster.cells, [&](const CrossbarCell &cell) {
      return cell.population == p && cell.kind == CrossbarCell::Kind::Home;
    });
    for (const CrossbarCell &cell : cluster.cells)
      copies += cell.population == p && cell.kind == CrossbarCell::Kind::Copy;
  }
  return formatv("'{0}' ({1} neurons, {2} copies for its targets) takes {3} cores", population.name,
                 population.size(), copies, cores);
}

llvm::Error tooFew(const net::QuantNet &net, llvm::ArrayRef<CrossbarCluster> clusters,
                   const target::Target &target, uint32_t width, uint32_t height) {
  Diag diag(DiagCode::TooFewCores, {},
            formatv("'{0}' needs {1} cores but the {2}x{3} mesh of '{4}' has {5}", net.name,
                    clusters.size(), width, height, target.name, uint64_t{width} * height));
  uint64_t relays = 0;
  for (const CrossbarCluster &cluster : clusters)
    relays += cluster.cells.front().kind == CrossbarCell::Kind::Relay;
  for (uint32_t p = 0; p < net.populations.size(); ++p)
    if (!net.populations[p].isInput)
      (void)std::move(diag).note({}, coresText(net.populations[p], clusters, p));
  if (relays != 0)
    (void)std::move(diag).note({}, formatv("relays take {0} cores", relays).str());
  const auto [w, h] = meshFor(clusters.size(), {64, 64, 0});
  return std::move(diag)
      .help(clusters.size() <= uint64_t{target.mesh.width} * target.mesh.height
                ? "a larger --mesh has the cores"
                : formatv("use a target with a mesh of at least {0}x{1} such cores, or a smaller "
                          "network",
                          w, h)
                      .str())
      .take();
}

llvm::Error hopelesslyMany(const net::QuantNet &net, uint32_t bound, const target::Target &target,
                           uint32_t width, uint32_t height) {
  return Diag(DiagCode::TooFewCores, {},
              formatv("'{0}' needs at least {1} cores but the {2}x{3} mesh of '{4}' has {5}",
                      net.name, bound, width, height, target.name, uint64_t{width} * height))
      .help("use a smaller network")
      .take();
}

llvm::Error noSchedule(const net::QuantNet &net) {
  return Diag(DiagCode::NoSchedule, {},
              formatv("'{0}' has a cycle of projections with fewer steps of delay than neurons on "
                      "it, and every hop takes a step",
                      net.name))
      .help("give the projection that closes the cycle a delay of at least the cycle's length")
      .take();
}

} // namespace

llvm::Error forCrossbar(Module &module, const PartitionOptions &options, PassContext &context) {
  const net::QuantNet &net = *module.quant;
  const target::Target &target = context.target;
  const CrossbarLimits limits = crossbarLimits(target, options.maxNeuronsPerCore);
  const uint32_t width = options.meshWidth != 0 ? options.meshWidth : target.mesh.width;
  const uint32_t height = options.meshHeight != 0 ? options.meshHeight : target.mesh.height;
  const uint64_t available = uint64_t{width} * height;

  AllSynapses synapses(net.populations.size());
  const uint32_t neuronsAlone = lowerBound(net, synapses, limits);
  if (neuronsAlone > farBeyond(available))
    return hopelesslyMany(net, neuronsAlone, target, width, height);
  const CrossbarMisfits misfits{net, target, limits};
  llvm::Error errors = llvm::Error::success();
  for (uint32_t p = 0; p < net.populations.size(); ++p) {
    if (net.populations[p].isInput)
      continue;
    synapses[p] = std::make_unique<CrossbarSynapses>(net, p, typeLimits(limits));
    errors = llvm::joinErrors(std::move(errors), misfits.registers(p));
    errors = llvm::joinErrors(std::move(errors), misfits.fanIn(p, *synapses[p]));
  }
  if (errors)
    return errors;
  const CrossbarPlan plan = CrossbarPlanner(net, synapses, limits).run();
  if (plan.firstTick.size() != net.populations.size())
    return noSchedule(net);
  errors = llvm::joinErrors(misfits.fanOut(plan), misfits.delays(plan));
  if (errors)
    return errors;
  CrossbarIr ir;
  ir.clusters = buildClusters(net, plan, synapses, limits);
  ir.firstTick = plan.firstTick;
  ir.coresLowerBound = lowerBound(net, synapses, limits);
  if (ir.clusters.size() > available)
    return tooFew(net, ir.clusters, target, width, height);
  module.crossbar = std::move(ir);
  return llvm::Error::success();
}

} // namespace snnc::compiler::partition
