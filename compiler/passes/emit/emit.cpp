#include "compiler/passes/emit/emit.h"

#include "compiler/core_ir/by_target.h"
#include "compiler/passes/emit/crossbar.h"
#include "compiler/passes/emit/image_head.h"
#include "compiler/passes/emit/synapse_encoder.h"

#include <algorithm>
#include <numeric>

namespace snnc::compiler {

using namespace core_ir;

namespace {

class Emitter {
public:
  Emitter(const CoreIr &ir, const net::QuantNet &net, const target::Target &target)
      : ir(ir), net(net), target(target), format(image::WordFormat::of(target.core)),
        into(projectionsInto(net)), synapses(allByTarget(net)),
        image(emit::imageHead(net, target, ir.firstTick)) {
    image.meshWidth = ir.meshWidth;
    image.meshHeight = ir.meshHeight;
    std::vector<std::pair<uint32_t, uint32_t>> yx;
    for (const Cluster &cluster : ir.clusters)
      yx.push_back({cluster.y, cluster.x});
    order = emit::coreOrder(yx);
    for (const net::QuantProjection &projection : net.projections)
      axonOf.emplace_back(preCount(projection), 0);
  }

  image::Image run() {
    emitPopulations();
    emitInputs();
    for (uint32_t cluster : order.clusters)
      emitCore(ir.clusters[cluster]);
    emit::sortTables(image);
    return std::move(image);
  }

private:
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

  void emitCore(const Cluster &cluster) {
    image::CoreImage &core = image.cores.emplace_back();
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
    emitSynapses(cluster, core);
  }

  // f(axon index, local neuron, weight) for every synapse of the cluster, ascending local.
  template <class F> void forEachSynapse(const Cluster &cluster, F f) const {
    for (const Run &run : cluster.runs)
      for (uint32_t k = 0; k < run.count; ++k)
        for (uint32_t p : into[run.population])
          synapses[p].forEach(run.first + k, [&](uint32_t source, int16_t weight) {
            f(axonOf[p][source], run.local + k, weight);
          });
  }

  void emitSynapses(const Cluster &cluster, image::CoreImage &core) {
    std::vector<image::AxonSource> &sources = image.axonSources.emplace_back();
    for (uint32_t a = 0; a < cluster.axons.size(); ++a) {
      axonOf[cluster.axons[a].projection][cluster.axons[a].source] = a;
      sources.push_back({cluster.axons[a].projection, cluster.axons[a].source});
    }
    const std::vector<uint8_t> writes = writersOfLists(cluster);
    std::vector<size_t> start(cluster.axons.size() + 1, 0);
    forEachSynapse(cluster,
                   [&](uint32_t axon, uint32_t, int16_t) { start[axon + 1] += writes[axon]; });
    std::partial_sum(start.begin(), start.end(), start.begin());
    std::vector<emit::LocalSynapse> local(start.back());
    std::vector<size_t> next(start.begin(), start.end() - 1);
    forEachSynapse(cluster, [&](uint32_t axon, uint32_t neuron, int16_t weight) {
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
  std::vector<std::vector<uint32_t>> axonOf; // [projection][source], of the current core
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
  module.image = Emitter(*module.cores, *module.quant, context.target).run();
  return true;
}

} // namespace snnc::compiler
