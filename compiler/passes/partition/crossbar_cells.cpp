#include "compiler/passes/partition/crossbar_cells.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace snnc::compiler::partition {

using namespace core_ir;

namespace {

struct Goal { // an axon that a neuron has to reach
  uint32_t cluster = 0;
  uint16_t axon = 0;
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
    placeCores();
    for (uint32_t c = 0; c < cores.size(); ++c)
      findGoals(c);
    for (uint32_t c = 0; c < cores.size(); ++c)
      placeCells(c);
    for (const Relay &relay : relays)
      placeRelay(relay);
    for (uint32_t c = 0; c < clusters.size(); ++c)
      for (auto &[window, cells] : relayCells[c])
        clusters[c].cells.insert(clusters[c].cells.end(), cells.begin(), cells.end());
    return std::move(clusters);
  }

private:
  struct Core {
    uint32_t population = 0;
    const FilledCrossbar *filled = nullptr;
  };

  // Clusters in the order of time, then of populations.
  void placeCores() {
    std::vector<uint32_t> order(net.populations.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(),
                     [&](uint32_t a, uint32_t b) { return plan.firstTick[a] < plan.firstTick[b]; });
    for (uint32_t p : order)
      for (const FilledCrossbar &core : plan.cores[p])
        cores.push_back({p, &core});
    clusters.resize(cores.size());
    relayCells.resize(cores.size());
  }

  // The axons of cluster c, and whose goals they are.
  void findGoals(uint32_t c) {
    const llvm::ArrayRef<CrossbarSynapses::Source> sources =
        synapses[cores[c].population]->sources();
    for (const CoreTypes::Source &each : cores[c].filled->types.sources) {
      const CrossbarSynapses::Source &source = sources[each.source];
      const uint32_t from = net.projections[source.projection].source;
      for (uint8_t type = 0; type < kMaxAxonTypes; ++type) {
        if ((each.types >> type & 1) == 0)
          continue;
        const auto axon = static_cast<uint16_t>(clusters[c].axons.size());
        clusters[c].axons.push_back({false, source.projection, source.neuron, type});
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

  // Which neurons of a cluster need no relays: what room is left goes to those with the fewest.
  std::vector<bool> copied(uint32_t c) const {
    const Core &core = cores[c];
    uint32_t used = 0;
    std::vector<std::pair<uint32_t, uint32_t>> extra; // (cells more, place)
    for (uint32_t k = 0; k < core.filled->neurons.size(); ++k) {
      const std::vector<Goal> &list = goals[core.population][core.filled->neurons[k]];
      const uint32_t cells = cellsOf(list);
      used += cells;
      extra.push_back({std::max<uint32_t>(1, static_cast<uint32_t>(list.size())) - cells, k});
    }
    std::sort(extra.begin(), extra.end());
    std::vector<bool> copied(extra.size(), false);
    for (const auto &[more, k] : extra) {
      if (used + more > limits.neurons)
        break;
      used += more;
      copied[k] = true;
    }
    return copied;
  }

  // The homes of a cluster in a row, then the copies.
  void placeCells(uint32_t c) {
    const Core &core = cores[c];
    const std::vector<bool> all = copied(c);
    for (size_t k = 0; k < core.filled->neurons.size(); ++k) {
      CrossbarCell home;
      home.population = core.population;
      home.neuron = core.filled->neurons[k];
      home.weights = core.filled->types.weights[k];
      clusters[c].cells.push_back(home);
    }
    for (uint32_t k = 0; k < core.filled->neurons.size(); ++k) {
      bool first = true;
      std::vector<Goal> later;
      for (const Goal &goal : goals[core.population][core.filled->neurons[k]])
        if (all[k] || !goal.relayed)
          aim(c, nextCell(c, k, first), goal.cluster, goal.axon);
        else
          later.push_back(goal);
      for (size_t at = 0; at < later.size(); at += limits.neurons) {
        const size_t end = std::min(later.size(), at + limits.neurons);
        Relay relay{core.population, core.filled->neurons[k], c, nextCell(c, k, first), {}};
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

  void aim(uint32_t c, uint32_t cell, uint32_t cluster, uint16_t axon) {
    clusters[c].cells[cell].cluster = cluster;
    clusters[c].cells[cell].axon = axon;
  }

  uint32_t cellsIn(uint32_t c) const {
    size_t cells = clusters[c].cells.size();
    for (const auto &[window, list] : relayCells[c])
      cells += list.size();
    return static_cast<uint32_t>(cells);
  }

  bool hasRoom(uint32_t c, const Relay &relay, uint32_t window) const {
    const size_t homes = c < cores.size() ? 1 : 0;
    const size_t groups = homes + relayCells[c].size() + (relayCells[c].count(window) == 0);
    return clusters[c].axons.size() < limits.axons && groups <= limits.groups &&
           cellsIn(c) + relay.goals.size() <= limits.neurons;
  }

  void placeRelay(const Relay &relay) {
    const uint32_t window = plan.firstTick[relay.population] + 1;
    uint32_t c = firstWithRoom; // full ones before it stay full
    while (c < clusters.size() && !hasRoom(c, relay, window))
      ++c;
    if (c == clusters.size()) {
      clusters.emplace_back();
      relayCells.emplace_back();
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
      cell.cluster = goal.cluster;
      cell.axon = goal.axon;
      relayCells[c][window].push_back(cell);
    }
    aim(relay.cluster, relay.cell, c, axon);
    while (firstWithRoom < clusters.size() &&
           (cellsIn(firstWithRoom) == limits.neurons ||
            clusters[firstWithRoom].axons.size() == limits.axons))
      ++firstWithRoom;
  }

  const net::QuantNet &net;
  const CrossbarPlan &plan;
  const llvm::ArrayRef<std::unique_ptr<CrossbarSynapses>> synapses;
  const CrossbarLimits limits;
  std::vector<Core> cores; // of the first clusters; the others have relays alone
  std::vector<CrossbarCluster> clusters;
  std::vector<std::vector<std::vector<Goal>>> goals; // [population][neuron]
  std::vector<Relay> relays;
  std::vector<std::map<uint32_t, std::vector<CrossbarCell>>> relayCells; // [cluster], by window
  uint32_t firstWithRoom = 0;
};

} // namespace

std::vector<CrossbarCluster>
buildClusters(const net::QuantNet &net, const CrossbarPlan &plan,
              llvm::ArrayRef<std::unique_ptr<CrossbarSynapses>> synapses,
              const CrossbarLimits &limits) {
  return Builder(net, plan, synapses, limits).run();
}

} // namespace snnc::compiler::partition
