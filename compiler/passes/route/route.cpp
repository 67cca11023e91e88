#include "compiler/passes/route/route.h"

#include "compiler/core_ir/alike_sources.h"
#include "compiler/core_ir/axon_cost.h"
#include "compiler/core_ir/by_target.h"
#include "compiler/core_ir/shared_lists.h"
#include "compiler/passes/route/crossbar.h"

#include "llvm/ADT/DenseMap.h"

#include <algorithm>
#include <optional>

namespace snnc::compiler {

using namespace core_ir;

namespace {

// Where a neuron lives.
struct Home {
  uint32_t cluster = 0, local = 0;
};

class Router {
public:
  Router(CoreIr &ir, const net::QuantNet &net, const target::Target &target)
      : ir(ir), net(net), lanes(target.core.lanes()), into(projectionsInto(net)),
        synapses(allByTarget(net)) {
    for (const net::QuantProjection &projection : net.projections) {
      const uint32_t sources = preCount(projection);
      costs.emplace_back(target, projection.weightBits);
      alike.push_back(firstAlike(projection));
      shared.emplace_back();
      if (sharesLists(projection))
        shared.back().emplace(costs.back(), lanes, sources);
      extents.emplace_back(shared.back() ? 0 : sources);
      banks.emplace_back(shared.back() ? 0 : size_t{sources} * lanes, 0);
    }
  }

  void run() {
    for (Cluster &cluster : ir.clusters) {
      buildGroups(cluster);
      buildAxons(cluster);
    }
    findHomes();
    buildSlots();
    buildHostRoutes();
    ir.routed = true;
  }

private:
  void buildGroups(Cluster &cluster) {
    cluster.groups.clear();
    const Run *before = nullptr;
    for (const Run &run : cluster.runs) {
      const auto count = static_cast<uint16_t>(run.count);
      if (before != nullptr && before->population == run.population)
        cluster.groups.back().count = static_cast<uint16_t>(cluster.groups.back().count + count);
      else
        cluster.groups.push_back(
            {static_cast<uint16_t>(run.local), count, ir.firstTick[run.population]});
      before = &run;
    }
  }

  void buildAxons(Cluster &cluster) {
    std::vector<std::pair<uint32_t, uint32_t>> used; // (projection, source)
    for (const Run &run : cluster.runs)
      for (uint32_t p : into[run.population])
        for (uint32_t k = 0; k < run.count; ++k)
          synapses[p].forEach(run.first + k, [&](uint32_t source, int16_t weight) {
            if (addSynapse(p, source, run.local + k, weight))
              used.emplace_back(p, source);
          });
    std::sort(used.begin(), used.end());
    cluster.axons.clear();
    addresses.clear();
    uint32_t end = 0;
    for (const auto &[p, source] : used) {
      cluster.axons.push_back(axonOf(p, source));
      Axon &axon = cluster.axons.back();
      axon.address = addressOf(p, source, end);
      end = std::max(end, axon.address + axon.words);
    }
    for (const auto &[p, source] : used)
      forget(p, source);
  }

  Axon axonOf(uint32_t p, uint32_t source) const {
    Axon axon;
    axon.projection = p;
    axon.source = source;
    const AxonCost cost = shared[p] ? shared[p]->cost(source) : costs[p](extents[p][source]);
    axon.sparse = cost.sparse;
    axon.words = static_cast<uint16_t>(cost.words);
    axon.baseRow = static_cast<uint16_t>(shared[p] ? shared[p]->baseRow(source)
                                                   : extents[p][source].first / lanes);
    return axon;
  }

  // Of the axon's list: where another axon has put it, or `end`.
  uint32_t addressOf(uint32_t p, uint32_t source, uint32_t end) {
    uint32_t list = source;
    if (shared[p])
      list = shared[p]->list(source);
    else if (!alike[p].empty())
      list = alike[p][source];
    else
      return end;
    return addresses.try_emplace({p, list}, end).first->second;
  }

  void forget(uint32_t p, uint32_t source) {
    if (shared[p])
      return shared[p]->clear(); // once for all
    extents[p][source] = {};
    std::fill_n(banks[p].begin() + static_cast<ptrdiff_t>(size_t{source} * lanes), lanes,
                uint16_t{0});
  }

  // True if it is the axon's first synapse.
  bool addSynapse(uint32_t projection, uint32_t source, uint32_t local, int16_t weight) {
    if (shared[projection])
      return shared[projection]->append(source, local, weight);
    AxonExtent &extent = extents[projection][source];
    uint16_t &bank = banks[projection][size_t{source} * lanes + local % lanes];
    const bool isFirst = extent.count == 0;
    extent.first = isFirst ? local : std::min(extent.first, local);
    extent.last = std::max(extent.last, local);
    ++extent.count;
    extent.fullestBank = std::max<uint32_t>(extent.fullestBank, ++bank);
    return isFirst;
  }

  void findHomes() {
    for (const net::QuantPopulation &population : net.populations)
      homes.emplace_back(population.isInput ? 0 : population.size());
    for (uint32_t c = 0; c < ir.clusters.size(); ++c)
      for (const Run &run : ir.clusters[c].runs)
        for (uint32_t k = 0; k < run.count; ++k)
          homes[run.population][run.first + k] = {c, run.local + k};
  }

  // f(axon's cluster, axon's index, axon) for the axons that neurons feed.
  template <class F> void forEachNeuronAxon(F f) const {
    for (uint32_t c = 0; c < ir.clusters.size(); ++c)
      for (uint32_t a = 0; a < ir.clusters[c].axons.size(); ++a) {
        const Axon &axon = ir.clusters[c].axons[a];
        if (!net.populations[net.projections[axon.projection].source].isInput)
          f(c, a, axon);
      }
  }
  Home homeOf(const Axon &axon) const {
    return homes[net.projections[axon.projection].source][axon.source];
  }

  void buildSlots() {
    for (Cluster &cluster : ir.clusters)
      cluster.outPointers.assign(cluster.load.extent, {});
    forEachNeuronAxon([&](uint32_t, uint32_t, const Axon &axon) {
      const Home home = homeOf(axon);
      ++ir.clusters[home.cluster].outPointers[home.local].count;
    });
    std::vector<std::vector<uint32_t>> next;
    for (Cluster &cluster : ir.clusters) {
      uint32_t base = 0;
      std::vector<uint32_t> &starts = next.emplace_back();
      for (image::OutPointer &pointer : cluster.outPointers) {
        pointer.base = static_cast<uint16_t>(pointer.count == 0 ? 0 : base);
        starts.push_back(base);
        base += pointer.count;
      }
      cluster.slots.assign(base, {});
    }
    forEachNeuronAxon([&](uint32_t c, uint32_t a, const Axon &axon) {
      const Home home = homeOf(axon);
      const uint32_t delay =
          net::hardwareDelay(net, ir.firstTick, net.projections[axon.projection]);
      ir.clusters[home.cluster].slots[next[home.cluster][home.local]++] = {
          c, static_cast<uint16_t>(a), static_cast<uint8_t>(delay)};
    });
  }

  void buildHostRoutes() {
    ir.inputs.clear();
    for (uint32_t population : net.inputs) {
      HostInput &input = ir.inputs.emplace_back();
      input.population = population;
      for (uint32_t c = 0; c < ir.clusters.size(); ++c)
        for (uint32_t a = 0; a < ir.clusters[c].axons.size(); ++a) {
          const Axon &axon = ir.clusters[c].axons[a];
          const net::QuantProjection &projection = net.projections[axon.projection];
          if (projection.source == population)
            input.routes.push_back({axon.source, c, static_cast<uint16_t>(a),
                                    ir.firstTick[projection.target] + projection.delay});
        }
      std::stable_sort(
          input.routes.begin(), input.routes.end(),
          [](const HostRoute &a, const HostRoute &b) { return a.element < b.element; });
    }
  }

  CoreIr &ir;
  const net::QuantNet &net;
  const uint32_t lanes;
  const std::vector<std::vector<uint32_t>> into;
  const std::vector<ByTarget> synapses;
  std::vector<AxonCostModel> costs;
  std::vector<std::vector<uint32_t>> alike; // [projection]: core_ir::firstAlike
  // [projection], [projection][source] of the current cluster; extents and banks of those that do
  // not share lists.
  std::vector<std::optional<SharedLists>> shared;
  std::vector<std::vector<AxonExtent>> extents;
  std::vector<std::vector<uint16_t>> banks; // [projection][source * lanes + bank]
  llvm::DenseMap<std::pair<uint32_t, uint32_t>, uint32_t> addresses; // (projection, list)
  std::vector<std::vector<Home>> homes;                              // [population][neuron]
};

} // namespace

llvm::Expected<bool> RoutePass::run(Module &module, PassContext &context) {
  if (module.crossbar && module.crossbar->placed) {
    route::forCrossbar(*module.crossbar, *module.quant);
    return true;
  }
  if (!module.cores || !module.cores->placed)
    return missingInput(name(), "place");
  Router(*module.cores, *module.quant, context.target).run();
  return true;
}

} // namespace snnc::compiler
