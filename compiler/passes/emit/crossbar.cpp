#include "compiler/passes/emit/crossbar.h"

#include "compiler/core_ir/by_target.h"
#include "compiler/passes/emit/image_head.h"

#include "llvm/ADT/DenseMap.h"

#include <algorithm>

namespace snnc::compiler::emit {

using namespace core_ir;

namespace {

using Kind = CrossbarCell::Kind;

// Passes on every spike of its axon, whose type weighs 1: v is 0 after every tick.
net::CrossbarConfig relayConfig() {
  net::CrossbarConfig config;
  config.threshold = 1;
  return config;
}

class Emitter {
public:
  Emitter(const CrossbarIr &ir, const net::QuantNet &net, const target::Target &target)
      : ir(ir), net(net), spec(target.core), into(projectionsInto(net)), synapses(allByTarget(net)),
        image(imageHead(net, target, ir.firstTick)) {
    image.meshWidth = ir.meshWidth;
    image.meshHeight = ir.meshHeight;
    std::vector<std::pair<uint32_t, uint32_t>> yx;
    for (const CrossbarCluster &cluster : ir.clusters)
      yx.push_back({cluster.y, cluster.x});
    order = coreOrder(yx);
  }

  image::Image run() {
    for (uint32_t c : order.clusters)
      emitCore(c);
    for (const CrossbarHostInput &input : ir.inputs) {
      image::InputMap &map = image.inputs.emplace_back();
      map.population = input.population;
      for (const CrossbarHostRoute &route : input.routes)
        map.routes.push_back(
            {route.element, order.coreOf[route.cluster], route.axon, route.offset});
    }
    sortTables(image);
    return std::move(image);
  }

private:
  void emitCore(uint32_t c) {
    const CrossbarCluster &cluster = ir.clusters[c];
    image::CoreImage &core = image.cores.emplace_back();
    core.x = static_cast<uint8_t>(cluster.x);
    core.y = static_cast<uint8_t>(cluster.y);
    core.groups = cluster.groups;
    emitAxons(c, core.crossbar);
    image::CrossbarTables &tables = core.crossbar;
    tables.enabled.assign(cluster.cells.size(), 1);
    tables.rows.assign(cluster.cells.size() * spec.rowWords(), 0);
    for (uint32_t local = 0; local < cluster.cells.size(); ++local) {
      const CrossbarCell &cell = cluster.cells[local];
      tables.weights.insert(tables.weights.end(), cell.weights.begin(),
                            cell.weights.begin() + spec.axonTypes);
      if (cell.kind == Kind::Relay) {
        tables.neurons.push_back(relayConfig());
        join(tables, local, cell.relayAxon);
      } else {
        tables.neurons.push_back(net.populations[cell.population].crossbar[cell.neuron]);
        joinSources(tables, local, cell);
      }
      emitTarget(cell, core);
      emitName(cell, order.coreOf[c], local);
    }
  }

  // The axons' types, what they stand for, and where a source's first axon is.
  void emitAxons(uint32_t c, image::CrossbarTables &tables) {
    std::vector<image::AxonSource> &sources = image.axonSources.emplace_back();
    const std::vector<CrossbarAxon> &axons = ir.clusters[c].axons;
    firstAxon.clear();
    typesOf.assign(axons.size(), 0);
    for (uint32_t a = 0; a < axons.size(); ++a) {
      const CrossbarAxon &axon = axons[a];
      tables.axonTypes.push_back(axon.type);
      sources.push_back({axon.relay ? relayedProjection(c, a) : axon.from, axon.source});
      if (axon.relay)
        continue;
      const uint32_t first = firstAxon.try_emplace({axon.from, axon.source}, a).first->second;
      typesOf[first] = static_cast<TypeSet>(typesOf[first] | 1u << axon.type);
    }
  }

  // Of an axon that feeds relays: the projection that the first of them serves.
  uint32_t relayedProjection(uint32_t c, uint32_t axon) const {
    const std::vector<CrossbarCell> &cells = ir.clusters[c].cells;
    const auto relay = std::find_if(cells.begin(), cells.end(), [&](const CrossbarCell &cell) {
      return cell.kind == Kind::Relay && cell.relayAxon == axon;
    });
    return ir.clusters[relay->cluster].axons[relay->axon].from;
  }

  void join(image::CrossbarTables &tables, uint32_t local, uint32_t axon) const {
    tables.rows[size_t{local} * spec.rowWords() + axon / 64] |= uint64_t{1} << (axon % 64);
  }

  // Every weight is the sum over some of its source's axons, which lie one behind the other by
  // type.
  void joinSources(image::CrossbarTables &tables, uint32_t local, const CrossbarCell &cell) {
    for (uint32_t p : into[cell.population])
      synapses[p].forEach(cell.neuron, [&](uint32_t source, int16_t weight) {
        uint32_t axon = firstAxon.find({p, source})->second;
        const TypeSet types = typesOf[axon];
        const TypeSet part = partOf(types, cell.weights, weight);
        for (uint32_t type = 0; type < kMaxAxonTypes; ++type) {
          if ((types >> type & 1) == 0)
            continue;
          if ((part >> type & 1) != 0)
            join(tables, local, axon);
          ++axon;
        }
      });
  }

  void emitTarget(const CrossbarCell &cell, image::CoreImage &core) const {
    const bool sends = cell.cluster != CrossbarCell::kNowhere;
    core.outPointers.push_back(
        {static_cast<uint16_t>(core.outSlots.size()), static_cast<uint16_t>(sends ? 1 : 0)});
    if (!sends)
      return;
    const CrossbarCluster &to = ir.clusters[cell.cluster];
    core.outSlots.push_back(
        {static_cast<uint8_t>(to.x), static_cast<uint8_t>(to.y), cell.delay, cell.axon});
  }

  void emitName(const CrossbarCell &cell, uint32_t core, uint32_t local) {
    if (cell.kind != Kind::Home) {
      image.copies.push_back({core, local, cell.population, cell.neuron, cell.kind == Kind::Relay});
      return;
    }
    std::vector<image::Segment> &segments = image.populations[cell.population].segments;
    const bool follows = !segments.empty() && segments.back().core == core &&
                         segments.back().first + segments.back().count == cell.neuron &&
                         segments.back().local + segments.back().count == local;
    if (follows)
      ++segments.back().count;
    else
      segments.push_back({cell.neuron, 1, core, local});
  }

  const CrossbarIr &ir;
  const net::QuantNet &net;
  const target::CoreSpec &spec;
  const std::vector<std::vector<uint32_t>> into;
  const std::vector<ByTarget> synapses;
  image::Image image;
  CoreOrder order;
  llvm::DenseMap<std::pair<uint32_t, uint32_t>, uint32_t> firstAxon; // (projection, source)
  std::vector<TypeSet> typesOf;                                      // [first axon of a source]
};

} // namespace

image::Image crossbarImage(const CrossbarIr &ir, const net::QuantNet &net,
                           const target::Target &target) {
  return Emitter(ir, net, target).run();
}

} // namespace snnc::compiler::emit
