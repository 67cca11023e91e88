#include "compiler/core_ir/verify.h"

#include "compiler/core_ir/limits.h"

#include "common/support/diag.h"

#include <algorithm>
#include <map>
#include <set>

using llvm::formatv;

namespace snnc::compiler::core_ir {
namespace {

class Verifier {
public:
  Verifier(const CoreIr &ir, const net::QuantNet &net, const target::Target &target)
      : ir(ir), net(net), target(target), names(clusterNames(ir, net)) {}

  llvm::Error run() {
    if (llvm::Error error = checkNeurons())
      return error;
    const Limits limits = limitsOf(target, 0);
    for (size_t i = 0; i < ir.clusters.size(); ++i) {
      if (llvm::Error error = checkRuns(i))
        return error;
      for (const Violation &violation : violations(ir.clusters[i].load, limits))
        return fail(i, formatv("needs {0} {1}, a core has {2}", violation.needed,
                               nameOf(violation.resource), violation.available));
    }
    if (ir.placed)
      if (llvm::Error error = checkPlaces())
        return error;
    return ir.routed ? checkRoutes() : llvm::Error::success();
  }

private:
  llvm::Error fail(size_t cluster, const llvm::Twine &what) {
    return support::Diag(support::DiagCode::CoreIrInvalid, {},
                         formatv("cluster {0} {1}", names[cluster], what.str()))
        .help("this is a fault of the compiler; --dump-dir shows the IR after every pass")
        .take();
  }

  llvm::Error checkNeurons() {
    std::vector<std::vector<bool>> seen;
    for (const net::QuantPopulation &population : net.populations)
      seen.emplace_back(population.isInput ? 0 : population.size(), false);
    for (size_t i = 0; i < ir.clusters.size(); ++i)
      for (const Run &run : ir.clusters[i].runs)
        for (uint32_t n = run.first; n < run.first + run.count; ++n) {
          if (n >= seen[run.population].size() || seen[run.population][n])
            return fail(i, formatv("holds neuron {0} of '{1}', which does not exist or lives twice",
                                   n, net.populations[run.population].name));
          seen[run.population][n] = true;
        }
    for (size_t p = 0; p < seen.size(); ++p)
      for (size_t n = 0; n < seen[p].size(); ++n)
        if (!seen[p][n])
          return support::Diag(
                     support::DiagCode::CoreIrInvalid, {},
                     formatv("neuron {0} of '{1}' lives nowhere", n, net.populations[p].name))
              .take();
    return llvm::Error::success();
  }

  llvm::Error checkRuns(size_t index) {
    const Cluster &cluster = ir.clusters[index];
    uint32_t end = 0, neurons = 0;
    for (const Run &run : cluster.runs) {
      if (run.count == 0 || run.local < end)
        return fail(index, "has runs that are empty or overlap");
      end = run.local + run.count;
      neurons += run.count;
      const net::QuantPopulation &a = net.populations[run.population];
      const net::QuantPopulation &b = net.populations[cluster.runs[0].population];
      if (a.vmin != b.vmin || a.vmax != b.vmax || a.duOffset != b.duOffset)
        return fail(index,
                    formatv("mixes '{0}' and '{1}', whose core registers differ", a.name, b.name));
    }
    if (cluster.load.extent != end || cluster.load.neurons != neurons)
      return fail(index, "misstates its neurons");
    return llvm::Error::success();
  }

  llvm::Error checkPlaces() {
    std::set<std::pair<uint32_t, uint32_t>> used;
    for (size_t i = 0; i < ir.clusters.size(); ++i) {
      const Cluster &cluster = ir.clusters[i];
      if (cluster.x >= ir.meshWidth || cluster.y >= ir.meshHeight)
        return fail(i, formatv("is at ({0}, {1}), outside the {2}x{3} mesh", cluster.x, cluster.y,
                               ir.meshWidth, ir.meshHeight));
      if (!used.insert({cluster.y, cluster.x}).second)
        return fail(i, formatv("shares ({0}, {1}) with another", cluster.x, cluster.y));
    }
    return llvm::Error::success();
  }

  llvm::Error checkRoutes() {
    fedBy.clear();
    for (const Cluster &cluster : ir.clusters)
      fedBy.emplace_back(cluster.axons.size(), 0);
    for (size_t i = 0; i < ir.clusters.size(); ++i)
      if (llvm::Error error = checkTables(i))
        return error;
    for (const HostInput &input : ir.inputs)
      for (const HostRoute &route : input.routes)
        if (llvm::Error error = checkHostRoute(input, route))
          return error;
    for (size_t i = 0; i < fedBy.size(); ++i)
      for (size_t axon = 0; axon < fedBy[i].size(); ++axon)
        if (fedBy[i][axon] != 1)
          return fail(i, formatv("has axon {0} fed {1} times", axon, unsigned{fedBy[i][axon]}));
    return llvm::Error::success();
  }

  // Every axon begins a new list behind all earlier ones, or has all of an earlier axon's.
  static bool listsAreWhole(const Cluster &cluster) {
    std::map<uint32_t, const Axon *> lists; // by address
    uint64_t end = 0;
    for (const Axon &axon : cluster.axons) {
      const auto [place, isNew] = lists.try_emplace(axon.address, &axon);
      if (isNew ? axon.address != end
                : axon.words != place->second->words || axon.sparse != place->second->sparse)
        return false;
      end = std::max(end, uint64_t{axon.address} + axon.words);
    }
    return true;
  }

  llvm::Error checkTables(size_t index) {
    const Cluster &cluster = ir.clusters[index];
    if (!listsAreWhole(cluster))
      return fail(index, "has axons that share a part of a list");
    uint64_t words = 0; // lists fill the memory without a gap
    for (const Axon &axon : cluster.axons)
      words = std::max(words, uint64_t{axon.address} + axon.words);
    if (cluster.axons.size() != cluster.load.inputAxons ||
        cluster.slots.size() != cluster.load.outputSlots || words != cluster.load.synapseWords ||
        cluster.groups.size() != cluster.load.groups ||
        cluster.outPointers.size() != cluster.load.extent)
      return fail(index, "has tables that do not match its load");
    for (const Run &run : cluster.runs)
      for (uint32_t k = 0; k < run.count; ++k) {
        const image::OutPointer &pointer = cluster.outPointers[run.local + k];
        for (uint32_t s = pointer.base; s < uint32_t{pointer.base} + pointer.count; ++s)
          if (llvm::Error error = checkSlot(index, run, run.first + k, s))
            return error;
      }
    return llvm::Error::success();
  }

  llvm::Error checkSlot(size_t index, const Run &run, uint32_t neuron, uint32_t s) {
    const Cluster &cluster = ir.clusters[index];
    if (s >= cluster.slots.size() || cluster.slots[s].cluster >= ir.clusters.size() ||
        cluster.slots[s].axon >= ir.clusters[cluster.slots[s].cluster].axons.size())
      return fail(index, formatv("has slot {0}, which leads nowhere", s));
    const Slot &slot = cluster.slots[s];
    const Axon &axon = ir.clusters[slot.cluster].axons[slot.axon];
    const net::QuantProjection &projection = net.projections[axon.projection];
    if (projection.source != run.population || axon.source != neuron)
      return fail(index, formatv("sends neuron {0} to an axon of another source", neuron));
    if (slot.delay != net::hardwareDelay(net, ir.firstTick, projection) ||
        slot.delay >= target.core.delaySlots)
      return fail(index, formatv("has slot {0} with delay {1}, out of its window", s,
                                 unsigned{slot.delay}));
    ++fedBy[slot.cluster][slot.axon];
    return llvm::Error::success();
  }

  llvm::Error checkHostRoute(const HostInput &input, const HostRoute &route) {
    const Axon &axon = ir.clusters[route.cluster].axons[route.axon];
    const net::QuantProjection &projection = net.projections[axon.projection];
    if (projection.source != input.population || axon.source != route.element ||
        route.offset != ir.firstTick[projection.target] + projection.delay)
      return fail(route.cluster,
                  formatv("gets input element {0} on a wrong axon or tick", route.element));
    ++fedBy[route.cluster][route.axon];
    return llvm::Error::success();
  }

  const CoreIr &ir;
  const net::QuantNet &net;
  const target::Target &target;
  const std::vector<std::string> names;
  std::vector<std::vector<uint8_t>> fedBy;
};

} // namespace

llvm::Error verify(const CoreIr &ir, const net::QuantNet &net, const target::Target &target) {
  return Verifier(ir, net, target).run();
}

} // namespace snnc::compiler::core_ir
