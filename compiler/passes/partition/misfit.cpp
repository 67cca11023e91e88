#include "compiler/passes/partition/misfit.h"

#include "compiler/passes/partition/natural.h"

#include "common/support/diag.h"

#include <algorithm>
#include <cmath>

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

std::string largerTarget(uint64_t needed) {
  constexpr target::MeshSpec kLargest = {64, 64, 0};
  const auto [width, height] = meshFor(needed, kLargest);
  if (width > kLargest.width)
    return formatv("use a smaller network: a mesh has at most {0}x{1} cores", kLargest.width,
                   kLargest.height);
  return formatv("use a target with a mesh of at least {0}x{1} such cores, or a smaller network",
                 width, height);
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
  uint32_t bits = 0;
  for (const net::QuantProjection &projection : context.net.projections)
    bits = std::max<uint32_t>(bits, projection.weightBits);
  for (uint32_t fewer = bits > 0 && context.target.blockCost ? bits - 1 : 0; fewer >= 2; --fewer) {
    const uint64_t cores = coresWith(context, context.limits, available, fewer);
    if (cores <= available)
      return formatv("--weight-bits {0} takes about {1} cores", fewer, cores);
  }
  return largerTarget(needed);
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
  return std::move(diag).help(coresRemedy(context, needed)).take();
}

llvm::Error hopeless(const MisfitContext &context, const std::vector<ResourceTotal> &totals) {
  const uint64_t needed = coresLowerBound(context.net, totals);
  Diag diag(DiagCode::TooFewCores, {},
            formatv("'{0}' needs at least {1} cores but the {2}x{3} mesh of '{4}' has {5}",
                    context.net.name, needed, context.meshWidth, context.meshHeight,
                    context.target.name, uint64_t{context.meshWidth} * context.meshHeight));
  noteTotals(diag, context, totals);
  return std::move(diag).help(largerTarget(needed)).take();
}

} // namespace snnc::compiler::partition
