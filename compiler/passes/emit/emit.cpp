#include "compiler/passes/emit/emit.h"

#include "compiler/core_ir/by_target.h"
#include "compiler/passes/emit/crossbar.h"
#include "compiler/passes/emit/image_head.h"
#include "compiler/passes/emit/synapse_encoder.h"

#include "common/support/parallel.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <numeric>

namespace snnc::compiler {

using namespace core_ir;

namespace {

class Emitter {
public:
  Emitter(const CoreIr &ir, const net::QuantNet &net, const target::Target &target, unsigned most)
      : ir(ir), net(net), target(target), format(image::WordFormat::of(target.core)),
        into(projectionsInto(net)), synapses(allByTarget(net)),
        image(emit::imageHead(net, target, ir.firstTick)) {
    image.meshWidth = ir.meshWidth;
    image.meshHeight = ir.meshHeight;
    std::vector<std::pair<uint32_t, uint32_t>> yx;
    for (const Cluster &cluster : ir.clusters)
      yx.push_back({cluster.y, cluster.x});
    order = emit::coreOrder(yx);
    const bool plain = llvm::all_of(synapses, [](const ByTarget &each) { return each.isPlain(); });
    threads = plain ? std::max(1u, most) : 1;
  }

  image::Image run() {
    emitPopulations();
    emitInputs();
    const size_t cores = order.clusters.size();
    image.cores.resize(cores);
    image.axonSources.resize(cores);
    std::vector<AxonTable> tables(threads);
    support::parallelChunks(threads, cores, 1, [&](unsigned worker, size_t core, size_t) {
      if (tables[worker].empty())
        for (const net::QuantProjection &projection : net.projections)
          tables[worker].emplace_back(preCount(projection), 0);
      emitCore(ir.clusters[order.clusters[core]], image.cores[core], image.axonSources[core],
               tables[worker]);
    });
    emit::sortTables(image);
    return std::move(image);
  }

private:
  using AxonTable = std::vector<std::vector<uint32_t>>; // [projection][source], of one core

  void emitPopulations() {
    for (uint32_t c = 0; c < ir.clusters.size(); ++c)
      for (const Run &run : ir.clusters[c].runs)
        image.populations[run.population].segments.push_back(
            {run.first, run.count, order.coreOf[c], run.local});
  }

  void emitInputs() {
    for (const HostInput &input : ir.inputs) {
      image::InputMap &map = image.inputs.emplace_back();
      map.population = input.population;
      for (const HostRoute &route : input.routes)
        map.routes.push_back(
            {route.element, order.coreOf[route.cluster], route.axon, route.offset});
    }
  }

  void emitCore(const Cluster &cluster, image::CoreImage &core,
                std::vector<image::AxonSource> &sources, AxonTable &axonOf) const {
    core.x = static_cast<uint8_t>(cluster.x);
    core.y = static_cast<uint8_t>(cluster.y);
    const net::QuantPopulation &any = net.populations[cluster.runs[0].population];
    core.vmin = any.vmin;
    core.vmax = any.vmax;
    core.duOffset = any.duOffset;
    core.groups = cluster.groups;
    core.neurons.resize(cluster.load.extent);
    for (const Run &run : cluster.runs)
      std::copy_n(net.populations[run.population].neurons.begin() + run.first, run.count,
                  core.neurons.begin() + run.local);
    core.outPointers = cluster.outPointers;
    for (const Slot &slot : cluster.slots) {
      const Cluster &to = ir.clusters[slot.cluster];
      core.outSlots.push_back(
          {static_cast<uint8_t>(to.x), static_cast<uint8_t>(to.y), slot.delay, slot.axon});
    }
    for (uint32_t a = 0; a < cluster.axons.size(); ++a) {
      axonOf[cluster.axons[a].projection][cluster.axons[a].source] = a;
      sources.push_back({cluster.axons[a].projection, cluster.axons[a].source});
    }
    emitSynapses(cluster, core, axonOf);
  }

  // f(axon index, local neuron, weight) for every synapse of the cluster, ascending local.
  template <class F>
  void forEachSynapse(const Cluster &cluster, const AxonTable &axonOf, F f) const {
    for (const Run &run : cluster.runs)
      for (uint32_t k = 0; k < run.count; ++k)
        for (uint32_t p : into[run.population])
          synapses[p].forEach(run.first + k, [&](uint32_t source, int16_t weight) {
            f(axonOf[p][source], run.local + k, weight);
          });
  }

  void emitSynapses(const Cluster &cluster, image::CoreImage &core, const AxonTable &axonOf) const {
    const std::vector<uint8_t> writes = writersOfLists(cluster);
    std::vector<size_t> start(cluster.axons.size() + 1, 0);
    forEachSynapse(cluster, axonOf,
                   [&](uint32_t axon, uint32_t, int16_t) { start[axon + 1] += writes[axon]; });
    std::partial_sum(start.begin(), start.end(), start.begin());
    std::vector<emit::LocalSynapse> local(start.back());
    std::vector<size_t> next(start.begin(), start.end() - 1);
    forEachSynapse(cluster, axonOf, [&](uint32_t axon, uint32_t neuron, int16_t weight) {
      if (writes[axon])
        local[next[axon]++] = {static_cast<uint16_t>(neuron), weight};
    });
    for (uint32_t a = 0; a < cluster.axons.size(); ++a) {
      const Axon &axon = cluster.axons[a];
      image::AxonEntry &entry = core.axons.emplace_back();
      entry.address = axon.address;
      entry.words = axon.words;
      entry.baseRow = axon.baseRow;
      entry.exponent = net.projections[axon.projection].exponent;
      entry.sparse = axon.sparse;
      if (writes[a])
        emit::appendWords(axon, llvm::ArrayRef(local.data() + start[a], start[a + 1] - start[a]),
                          format, core.synapses);
    }
  }

  // The axons whose list no earlier one has.
  static std::vector<uint8_t> writersOfLists(const Cluster &cluster) {
    std::vector<uint8_t> writes; // of bool
    uint32_t end = 0;
    for (const Axon &axon : cluster.axons) {
      writes.push_back(axon.address == end);
      end = std::max(end, axon.address + axon.words);
    }
    return writes;
  }

  const CoreIr &ir;
  const net::QuantNet &net;
  const target::Target &target;
  const image::WordFormat format;
  const std::vector<std::vector<uint32_t>> into;
  const std::vector<ByTarget> synapses;
  emit::CoreOrder order;
  unsigned threads = 1;
  image::Image image;
};

} // namespace

llvm::Expected<bool> EmitPass::run(Module &module, PassContext &context) {
  if (module.crossbar && module.crossbar->routed) {
    module.image = emit::crossbarImage(*module.crossbar, *module.quant, context.target);
    return true;
  }
  if (!module.cores || !module.cores->routed)
    return missingInput(name(), "route");
  module.image = Emitter(*module.cores, *module.quant, context.target, context.threads).run();
  return true;
}

} // namespace snnc::compiler
