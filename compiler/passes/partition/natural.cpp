#include "compiler/passes/partition/natural.h"

#include "compiler/passes/partition/neuron_order.h"

#include <algorithm>

namespace snnc::compiler::partition {

using namespace core_ir;

namespace {

bool outOfSlots(const FillResult &result) {
  return std::any_of(result.misfits.begin(), result.misfits.end(), [](const Misfit &misfit) {
    return misfit.violation.resource == Resource::OutputSlots;
  });
}

Arrangement tiledOrder(const MapperContext &context, const FillOptions &options, bool apart) {
  Arrangement arrangement = networkOrder(context.problem, context.firstTick, apart);
  tileConvolutions(context.problem,
                   options.limits != nullptr ? *options.limits : context.problem.limits,
                   arrangement);
  return arrangement;
}

// Of both on one core, without what a common axon would save.
Load together(const Load &a, const Load &b, uint32_t lanes) {
  Load sum = a;
  sum.neurons += b.neurons;
  sum.extent = (a.extent + lanes - 1) / lanes * lanes + b.extent;
  sum.groups += b.groups;
  sum.inputAxons += b.inputAxons;
  sum.outputSlots += b.outputSlots;
  sum.synapseWords += b.synapseWords;
  sum.blockBits += b.blockBits;
  return sum;
}

struct Bin {
  std::vector<uint32_t> clusters;
  uint32_t registerClass = 0;
  Load load;
};

// First fit: a cluster joins the first bin that takes all of it.
std::vector<Bin> packed(const Problem &problem, const std::vector<Filled> &clusters,
                        const Limits &limits) {
  std::vector<Bin> bins;
  for (uint32_t c = 0; c < clusters.size(); ++c) {
    const Cluster &cluster = clusters[c].cluster;
    const uint32_t registers = problem.registerClass[cluster.runs.front().population];
    const uint32_t lanes = problem.target.core.lanes();
    const auto bin = std::find_if(bins.begin(), bins.end(), [&](const Bin &candidate) {
      return candidate.registerClass == registers &&
             fits(together(candidate.load, cluster.load, lanes), limits);
    });
    if (bin == bins.end()) {
      bins.push_back({{c}, registers, cluster.load});
      continue;
    }
    bin->clusters.push_back(c);
    bin->load = together(bin->load, cluster.load, lanes);
  }
  return bins;
}

} // namespace

FillResult fillNaturally(const MapperContext &context, FillOptions options) {
  FillResult shared = fill(context.problem, tiledOrder(context, options, false), options);
  if (!outOfSlots(shared))
    return shared;
  FillResult apart = fill(context.problem, tiledOrder(context, options, true), options);
  return apart.clusters.size() <= shared.clusters.size() || !outOfSlots(apart) ? std::move(apart)
                                                                               : std::move(shared);
}

FillResult fillApart(const MapperContext &context) {
  const FillOptions options = context.fillOptions();
  return fill(context.problem, tiledOrder(context, options, true), options);
}

FillResult fillWhole(const MapperContext &context, const FillResult &apart) {
  const Problem &problem = context.problem;
  Arrangement joined;
  for (const Bin &bin : packed(problem, apart.clusters, problem.limits)) {
    joined.starts.push_back(static_cast<uint32_t>(joined.order.size()));
    for (uint32_t c : bin.clusters)
      for (const Run &run : apart.clusters[c].cluster.runs)
        for (uint32_t k = 0; k < run.count; ++k)
          joined.order.push_back(problem.idOf(run.population, run.first + k));
  }
  return fill(problem, joined, context.fillOptions());
}

} // namespace snnc::compiler::partition
