#include "compiler/passes/partition/crossbar_cells.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace snnc::compiler::partition {

using namespace core_ir;

namespace {

struct Goal {           // an axon that a neuron has to reach
  uint32_t core = 0;    // of a plan
  uint16_t axon = 0;    // of that core's
  bool relayed = false; // by a projection that is
};

// A relay axon to place, and the goals of its cells.
struct Relay {
  uint32_t population = 0, neuron = 0;
  uint32_t cluster = 0, cell = 0; // who feeds it
  std::vector<Goal> goals;
};

class Builder {
public:
  Builder(const net::QuantNet &net, const CrossbarPlan &plan,
          llvm::ArrayRef<std::unique_ptr<CrossbarSynapses>> synapses, const CrossbarLimits &limits)
      : net(net), plan(plan), synapses(synapses), limits(limits) {}

  std::vector<CrossbarCluster> run() {
    for (const net::QuantPopulation &population : net.populations)
      goals.emplace_back(population.isInput ? 0 : population.size());
    listCores();
    for (uint32_t c = 0; c < cores.size(); ++c)
      findGoals(c);
    for (Core &core : cores) {
      chooseCopies(core);
      pack(core);
    }
    for (const Core &core : cores)
      placeCells(core);
    for (const Relay &relay : relays)
      placeRelay(relay);
    for (uint32_t c = 0; c < clusters.size(); ++c)
      for (auto &[window, cells] : relayCells[c])
        clusters[c].cells.insert(clusters[c].cells.end(), cells.begin(), cells.end());
    return std::move(clusters);
  }

private:
  // What a plan puts on a core of its own; several may share one.
  struct Core {
    uint32_t population = 0;
    const FilledCrossbar *filled = nullptr;
    std::vector<CrossbarAxon> axons;
    std::vector<bool> copied; // [neuron's place]: no relays, but copies
    uint32_t cells = 0;       // copies counted
    uint32_t cluster = 0, firstAxon = 0;
  };

  // In the order of time, then of populations.
  void listCores() {
    std::vector<uint32_t> order(net.populations.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(),
                     [&](uint32_t a, uint32_t b) { return plan.firstTick[a] < plan.firstTick[b]; });
    for (uint32_t p : order)
      for (const FilledCrossbar &filled : plan.cores[p]) {
        Core &core = cores.emplace_back();
        core.population = p;
        core.filled = &filled;
      }
  }

  // The axons of core c, and whose goals they are.
  void findGoals(uint32_t c) {
    Core &core = cores[c];
    const llvm::ArrayRef<CrossbarSynapses::Source> sources = synapses[core.population]->sources();
    for (const CoreTypes::Source &each : core.filled->types.sources) {
      const CrossbarSynapses::Source &source = sources[each.source];
      const uint32_t from = net.projections[source.projection].source;
      for (uint8_t type = 0; type < kMaxAxonTypes; ++type) {
        if ((each.types >> type & 1) == 0)
          continue;
        const auto axon = static_cast<uint16_t>(core.axons.size());
        core.axons.push_back({false, source.projection, source.neuron, type});
        if (!net.populations[from].isInput)
          goals[from][source.neuron].push_back({c, axon, plan.isRelayed(source.projection)});
      }
    }
  }

  uint32_t cellsOf(const std::vector<Goal> &list) const {
    FanOut fanOut;
    for (const Goal &goal : list)
      ++(goal.relayed ? fanOut.relayed : fanOut.direct);
    return fanOut.cells(limits.neurons);
  }

  // Which neurons of a core need no relays: what room is left goes to those with the fewest.
  void chooseCopies(Core &core) const {
    std::vector<std::pair<uint32_t, uint32_t>> extra; // (cells more, place)
    for (uint32_t k = 0; k < core.filled->neurons.size(); ++k) {
      const std::vector<Goal> &list = goals[core.population][core.filled->neurons[k]];
      const uint32_t cells = cellsOf(list);
      core.cells += cells;
      extra.push_back({std::max<uint32_t>(1, static_cast<uint32_t>(list.size())) - cells, k});
    }
    std::sort(extra.begin(), extra.end());
    core.copied.assign(extra.size(), false);
    for (const auto &[more, k] : extra) {
      if (core.cells + more > limits.neurons)
        break;
      core.cells += more;
      core.copied[k] = true;
    }
  }

  // The first cluster with room for all of it. Parts of one population stay apart: they would have
  // axons of the same sources and types, and a cell could not tell its own.
  void pack(Core &core) {
    uint32_t c = firstOpen;
    const auto fits = [&] {
      return clusters[c].axons.size() + core.axons.size() <= limits.axons &&
             used[c].cells + core.cells <= limits.neurons && used[c].windows < limits.groups &&
             !llvm::is_contained(used[c].populations, core.population);
    };
    while (c < clusters.size() && !fits())
      ++c;
    if (c == clusters.size()) {
      clusters.emplace_back();
      relayCells.emplace_back();
      used.emplace_back();
    }
    used[c].cells += core.cells;
    ++used[c].windows;
    used[c].populations.push_back(core.population);
    core.cluster = c;
    core.firstAxon = static_cast<uint32_t>(clusters[c].axons.size());
    clusters[c].axons.insert(clusters[c].axons.end(), core.axons.begin(), core.axons.end());
    while (firstOpen < clusters.size() && isFull(firstOpen))
      ++firstOpen;
  }

  bool isFull(uint32_t c) const {
    return used[c].cells == limits.neurons || clusters[c].axons.size() == limits.axons;
  }

  // The homes of a core in a row, then their copies.
  void placeCells(const Core &core) {
    const auto firstHome = static_cast<uint32_t>(clusters[core.cluster].cells.size());
    for (size_t k = 0; k < core.filled->neurons.size(); ++k) {
      CrossbarCell home;
      home.population = core.population;
      home.neuron = core.filled->neurons[k];
      home.weights = core.filled->types.weights[k];
      clusters[core.cluster].cells.push_back(home);
    }
    for (uint32_t k = 0; k < core.filled->neurons.size(); ++k) {
      bool first = true;
      std::vector<Goal> later;
      for (const Goal &goal : goals[core.population][core.filled->neurons[k]])
        if (core.copied[k] || !goal.relayed)
          aim(core.cluster, nextCell(core.cluster, firstHome + k, first), goal);
        else
          later.push_back(goal);
      for (size_t at = 0; at < later.size(); at += limits.neurons) {
        const size_t end = std::min(later.size(), at + limits.neurons);
        Relay relay{core.population,
                    core.filled->neurons[k],
                    core.cluster,
                    nextCell(core.cluster, firstHome + k, first),
                    {}};
        relay.goals.assign(later.begin() + static_cast<std::ptrdiff_t>(at),
                           later.begin() + static_cast<std::ptrdiff_t>(end));
        relays.push_back(std::move(relay));
      }
    }
  }

  // The home itself at first, then a new copy of it.
  uint32_t nextCell(uint32_t c, uint32_t home, bool &first) {
    std::vector<CrossbarCell> &cells = clusters[c].cells;
    if (std::exchange(first, false))
      return home;
    cells.push_back(cells[home]);
    cells.back().kind = CrossbarCell::Kind::Copy;
    return static_cast<uint32_t>(cells.size()) - 1;
  }

  void aim(CrossbarCell &cell, const Goal &goal) const {
    cell.cluster = cores[goal.core].cluster;
    cell.axon = static_cast<uint16_t>(cores[goal.core].firstAxon + goal.axon);
  }
  void aim(uint32_t c, uint32_t cell, const Goal &goal) { aim(clusters[c].cells[cell], goal); }

  bool hasRoom(uint32_t c, const Relay &relay, uint32_t window) const {
    const size_t windows =
        used[c].windows + relayCells[c].size() + (relayCells[c].count(window) == 0);
    return clusters[c].axons.size() < limits.axons && windows <= limits.groups &&
           used[c].cells + relay.goals.size() <= limits.neurons;
  }

  void placeRelay(const Relay &relay) {
    const uint32_t window = plan.firstTick[relay.population] + 1;
    uint32_t c = firstOpen; // full ones before it stay full
    while (c < clusters.size() && !hasRoom(c, relay, window))
      ++c;
    if (c == clusters.size()) {
      clusters.emplace_back();
      relayCells.emplace_back();
      used.emplace_back();
    }
    const auto axon = static_cast<uint16_t>(clusters[c].axons.size());
    clusters[c].axons.push_back({true, relay.population, relay.neuron, 0});
    for (const Goal &goal : relay.goals) {
      CrossbarCell cell;
      cell.kind = CrossbarCell::Kind::Relay;
      cell.population = relay.population;
      cell.neuron = relay.neuron;
      cell.relayAxon = axon;
      cell.weights = {1, 0, 0, 0};
      aim(cell, goal);
      relayCells[c][window].push_back(cell);
    }
    used[c].cells += static_cast<uint32_t>(relay.goals.size());
    CrossbarCell &feeder = clusters[relay.cluster].cells[relay.cell];
    feeder.cluster = c;
    feeder.axon = axon;
    while (firstOpen < clusters.size() && isFull(firstOpen))
      ++firstOpen;
  }

  struct Used {
    uint32_t cells = 0, windows = 0;   // windows of homes
    std::vector<uint32_t> populations; // of homes
  };

  const net::QuantNet &net;
  const CrossbarPlan &plan;
  const llvm::ArrayRef<std::unique_ptr<CrossbarSynapses>> synapses;
  const CrossbarLimits limits;
  std::vector<Core> cores;
  std::vector<CrossbarCluster> clusters;
  std::vector<std::vector<std::vector<Goal>>> goals; // [population][neuron]
  std::vector<Relay> relays;
  std::vector<std::map<uint32_t, std::vector<CrossbarCell>>> relayCells; // [cluster], by window
  std::vector<Used> used;                                                // [cluster]
  uint32_t firstOpen = 0; // clusters before it are full
};

} // namespace

std::vector<CrossbarCluster>
buildClusters(const net::QuantNet &net, const CrossbarPlan &plan,
              llvm::ArrayRef<std::unique_ptr<CrossbarSynapses>> synapses,
              const CrossbarLimits &limits) {
  return Builder(net, plan, synapses, limits).run();
}

} // namespace snnc::compiler::partition
