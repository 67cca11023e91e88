#include "compiler/passes/partition/misfit.h"

#include "compiler/passes/partition/natural.h"

#include "common/support/diag.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::partition {

using namespace core_ir;

namespace {

// What makes one neuron fit again, resource by resource.
std::string neuronRemedy(const Misfit &misfit, const target::Target &target) {
  const Violation &violation = misfit.violation;
  const std::string field = targetField(violation.resource);
  const std::string grow = formatv("a target whose {0} is at least {1}", field, violation.needed);
  switch (violation.resource) {
  case Resource::InputAxons:
    return formatv("prune its inputs to {0}, or use {1}", violation.available, grow);
  case Resource::OutputSlots:
    return formatv("let it reach fewer cores: smaller target layers, or {0}", grow);
  case Resource::BlockBits:
    return formatv("--weight-bits below {0} or pruning makes its inputs smaller; or use {1}",
                   target.core.weightBits, grow);
  default:
    return "use " + grow;
  }
}

size_t bindingResource(const std::vector<uint32_t> &closedBy) {
  return static_cast<size_t>(std::max_element(closedBy.begin(), closedBy.end()) - closedBy.begin());
}

uint64_t coresOf(const FillResult &result, uint32_t population) {
  uint64_t cores = 0;
  for (const Filled &filled : result.clusters)
    cores += std::any_of(filled.cluster.runs.begin(), filled.cluster.runs.end(),
                         [&](const Run &run) { return run.population == population; });
  return cores;
}

// Of the cores that have some of the population: which resource they use most of, and which part.
std::pair<Resource, double> fullestResource(const MisfitContext &context, const FillResult &result,
                                            uint32_t population) {
  double used[5] = {};
  double cores = 0;
  for (const Filled &filled : result.clusters) {
    const Cluster &cluster = filled.cluster;
    if (std::none_of(cluster.runs.begin(), cluster.runs.end(),
                     [&](const Run &run) { return run.population == population; }))
      continue;
    const Limits &limits = context.limits;
    const auto part = [](uint64_t needed, uint64_t available) {
      return static_cast<double>(needed) / static_cast<double>(available);
    };
    used[0] += part(cluster.load.neurons, limits.neurons);
    used[1] += part(cluster.load.inputAxons, limits.inputAxons);
    used[2] += part(cluster.load.outputSlots, limits.outputSlots);
    used[3] += part(cluster.load.synapseWords, limits.synapseWords);
    used[4] += part(cluster.load.blockBits, limits.blockBits);
    ++cores;
  }
  constexpr Resource kOf[] = {Resource::Neurons, Resource::InputAxons, Resource::OutputSlots,
                              Resource::SynapseWords, Resource::BlockBits};
  const double *most = std::max_element(used, used + 5);
  return {kOf[most - used], cores > 0 ? *most / cores : 0.0};
}

std::vector<std::string> layerNotes(const MisfitContext &context, const FillResult &result) {
  constexpr size_t kMost = 10;
  std::vector<std::string> notes;
  size_t more = 0;
  for (uint32_t p = 0; p < context.net.populations.size(); ++p) {
    const net::QuantPopulation &population = context.net.populations[p];
    if (population.isInput)
      continue;
    if (notes.size() == kMost) {
      ++more;
      continue;
    }
    std::string note = formatv("'{0}' ({1} neurons) takes {2} cores", population.name,
                               population.size(), coresOf(result, p));
    const size_t resource = bindingResource(result.closedBy[p]);
    if (result.closedBy[p][resource] > 0)
      note += formatv("; its cores are full of {0} first", nameOf(static_cast<Resource>(resource)));
    else if (const auto [fullest, part] = fullestResource(context, result, p); part > 0.5)
      note += formatv("; its cores hold {0:P0} of their {1}", part, nameOf(fullest));
    notes.push_back(std::move(note));
  }
  if (more > 0)
    notes.push_back(formatv("and {0} more layers", more));
  return notes;
}

uint64_t coresWith(const MisfitContext &context, const Limits &limits, uint64_t enough,
                   uint32_t weightBits) {
  const FillResult result =
      fillNaturally(*context.mapping, {farBeyond(enough), weightBits, &limits});
  return result.misfits.empty() && !result.gaveUp ? result.clusters.size() : UINT64_MAX;
}

std::string largerTarget(const target::Target &target, uint64_t needed) {
  constexpr target::MeshSpec kLargest = {64, 64, 0};
  const auto [width, height] = meshFor(needed, kLargest);
  if (width > kLargest.width)
    return formatv("use a smaller network: a mesh has at most {0}x{1} cores", kLargest.width,
                   kLargest.height);
  const std::string board =
      target.core.isCrossbar()
          ? ""
          : formatv("--mesh {0}x{1} (a board of chips), ", width, height).str();
  return formatv("use {0}a target with a mesh of at least {1}x{2} such cores, or a smaller network",
                 board, width, height);
}

// Which layer could do without the cores that are too many, and how many neurons those hold: of the
// cores that have neurons of one layer only, the emptiest.
std::string smallerLayer(const MisfitContext &context, const FillResult &result) {
  const uint64_t available = uint64_t{context.meshWidth} * context.meshHeight;
  if (result.gaveUp || result.clusters.size() <= available)
    return "";
  const size_t beyond = result.clusters.size() - available;
  std::vector<std::vector<uint64_t>> sizes(context.net.populations.size());
  for (const Filled &filled : result.clusters) {
    const std::vector<Run> &runs = filled.cluster.runs;
    if (std::all_of(runs.begin(), runs.end(),
                    [&](const Run &run) { return run.population == runs[0].population; }))
      sizes[runs[0].population].push_back(filled.cluster.load.neurons);
  }
  uint64_t fewest = UINT64_MAX;
  std::string layer;
  for (uint32_t p = 0; p < sizes.size(); ++p) {
    std::sort(sizes[p].begin(), sizes[p].end());
    if (sizes[p].size() < beyond)
      continue;
    const uint64_t fewer = std::accumulate(
        sizes[p].begin(), sizes[p].begin() + static_cast<ptrdiff_t>(beyond), uint64_t{0});
    if (fewer < std::min<uint64_t>(fewest, context.net.populations[p].size())) {
      fewest = fewer;
      layer = context.net.populations[p].name;
    }
  }
  return layer.empty() ? "" : formatv("{0} neurons fewer in '{1}' would do", fewest, layer).str();
}

// Tries changes from the cheapest on and names the first that fits.
std::string coresRemedy(const MisfitContext &context, uint64_t needed) {
  const target::MeshSpec &mesh = context.target.mesh;
  if (needed <= uint64_t{mesh.width} * mesh.height) {
    const auto [width, height] = meshFor(needed, mesh);
    return formatv("--mesh {0}x{1} has the cores", width, height);
  }
  const uint64_t available = uint64_t{context.meshWidth} * context.meshHeight;
  if (context.options.maxNeuronsPerCore != 0) {
    const Limits limits = limitsOf(context.target, 0);
    const uint64_t cores = coresWith(context, limits, available, 0);
    if (cores <= available)
      return formatv("--max-neurons-per-core {0} or no such limit takes {1} cores",
                     context.target.core.neurons, cores);
  }
  if (context.options.mapper != mapperNames().front()) {
    const FillResult ours = allMappers().front().map(*context.mapping);
    if (ours.misfits.empty() && !ours.gaveUp && ours.clusters.size() <= available)
      return formatv("--mapper {0} takes {1} cores", allMappers().front().name,
                     ours.clusters.size());
  }
  uint32_t bits = 0;
  for (const net::QuantProjection &projection : context.net.projections)
    bits = std::max<uint32_t>(bits, projection.weightBits);
  for (uint32_t fewer = bits > 0 && context.target.blockCost ? bits - 1 : 0; fewer >= 2; --fewer) {
    const uint64_t cores = coresWith(context, context.limits, available, fewer);
    if (cores <= available)
      return formatv("--weight-bits {0} takes about {1} cores", fewer, cores);
  }
  return largerTarget(context.target, needed);
}

void noteTotals(Diag &diag, const MisfitContext &context,
                const std::vector<ResourceTotal> &totals) {
  const uint64_t available = uint64_t{context.meshWidth} * context.meshHeight;
  for (const ResourceTotal &total : totals)
    if (total.cores() > available)
      (void)std::move(diag).note({},
                                 formatv("{0}: at least {1} needed, {2} available ({3} per core)",
                                         nameOf(total.resource), total.needed,
                                         total.perCore * available, total.perCore));
}

} // namespace

std::pair<uint32_t, uint32_t> meshFor(uint64_t cores, const target::MeshSpec &most) {
  auto width = static_cast<uint32_t>(std::ceil(std::sqrt(static_cast<double>(cores))));
  width = std::clamp<uint32_t>(width, 1, most.width);
  auto height = static_cast<uint32_t>((cores + width - 1) / width);
  if (height > most.height && most.height > 0) {
    height = most.height;
    width = static_cast<uint32_t>((cores + height - 1) / height);
  }
  return {width, height};
}

llvm::Error neuronsExceedCore(const MisfitContext &context, const std::vector<Misfit> &misfits) {
  llvm::Error errors = llvm::Error::success();
  for (const Misfit &misfit : misfits)
    errors = llvm::joinErrors(
        std::move(errors),
        Diag(DiagCode::NeuronExceedsCore, {},
             formatv("neuron {0} of '{1}' alone needs {2} {3} but a core of '{4}' has {5}",
                     misfit.neuron, context.net.populations[misfit.population].name,
                     misfit.violation.needed, nameOf(misfit.violation.resource),
                     context.target.name, misfit.violation.available))
            .help(neuronRemedy(misfit, context.target))
            .take());
  return errors;
}

llvm::Error tooFewCores(const MisfitContext &context, const FillResult &result,
                        const std::vector<ResourceTotal> &totals) {
  const uint64_t available = uint64_t{context.meshWidth} * context.meshHeight;
  const uint64_t needed = result.clusters.size();
  Diag diag(DiagCode::TooFewCores, {},
            formatv("'{0}' needs {1}{2} cores but the {3}x{4} mesh of '{5}' has {6}",
                    context.net.name, result.gaveUp ? "more than " : "", needed, context.meshWidth,
                    context.meshHeight, context.target.name, available));
  for (const std::string &note : layerNotes(context, result))
    (void)std::move(diag).note({}, note);
  noteTotals(diag, context, totals);
  if (const std::string smaller = smallerLayer(context, result); !smaller.empty())
    (void)std::move(diag).note({}, smaller);
  return std::move(diag).help(coresRemedy(context, needed)).take();
}

llvm::Error hopeless(const MisfitContext &context, const std::vector<ResourceTotal> &totals) {
  const uint64_t needed = coresLowerBound(context.net, totals);
  Diag diag(DiagCode::TooFewCores, {},
            formatv("'{0}' needs at least {1} cores but the {2}x{3} mesh of '{4}' has {5}",
                    context.net.name, needed, context.meshWidth, context.meshHeight,
                    context.target.name, uint64_t{context.meshWidth} * context.meshHeight));
  noteTotals(diag, context, totals);
  return std::move(diag).help(largerTarget(context.target, needed)).take();
}

} // namespace snnc::compiler::partition
