#include "compiler/passes/partition/crossbar_fill.h"

#include <algorithm>
#include <cassert>

namespace snnc::compiler::partition {
namespace {

constexpr uint32_t kWindow = 2048; // neurons looked at for the next place
constexpr uint32_t kNone = UINT32_MAX;

enum class Order { Nearest, InRow };

class Filler {
public:
  Filler(const CrossbarSynapses &synapses, TypeSolver &solver, llvm::ArrayRef<uint32_t> cells,
         CrossbarRoom room, Order order)
      : synapses(synapses), solver(solver), cells(cells), room(room), order(order),
        taken(synapses.neurons(), false), shared(synapses.neurons(), 0),
        present(synapses.sources().size(), false) {}

  std::vector<FilledCrossbar> run() {
    std::vector<FilledCrossbar> cores;
    while (skipTaken() < synapses.neurons()) {
      cores.push_back(longestThatFits(grow()));
      for (uint32_t neuron : cores.back().neurons)
        taken[neuron] = true;
    }
    return cores;
  }

private:
  uint32_t skipTaken() {
    while (first < synapses.neurons() && taken[first])
      ++first;
    return first;
  }

  // Neurons in the order in which they would join one core, up to what no core holds.
  std::vector<uint32_t> grow() {
    std::vector<uint32_t> row;
    uint32_t cellsUsed = 0;
    for (uint32_t next = first; next != kNone;) {
      row.push_back(next);
      taken[next] = true;
      cellsUsed += cells[next];
      add(next);
      const uint32_t left = room.cells - cellsUsed;
      next = order == Order::Nearest ? nearest(left) : firstThatFits(left);
    }
    for (uint32_t neuron : row)
      taken[neuron] = false;
    forget();
    return row;
  }

  uint32_t added(uint32_t neuron) const {
    return static_cast<uint32_t>(synapses.into(neuron).size()) - shared[neuron];
  }

  bool fits(uint32_t neuron, uint32_t cellsLeft) const {
    return !taken[neuron] && cells[neuron] <= cellsLeft &&
           sources.size() + added(neuron) <= room.axons;
  }

  uint32_t firstThatFits(uint32_t cellsLeft) const {
    uint32_t seen = 0;
    for (uint32_t neuron = first; neuron < synapses.neurons() && seen < kWindow; ++neuron) {
      if (fits(neuron, cellsLeft))
        return neuron;
      seen += !taken[neuron];
    }
    return kNone;
  }

  // Which neuron that still fits adds the fewest sources.
  uint32_t nearest(uint32_t cellsLeft) const {
    uint32_t found = kNone, seen = 0;
    for (uint32_t neuron = first; neuron < synapses.neurons() && seen < kWindow; ++neuron) {
      if (taken[neuron])
        continue;
      ++seen;
      if (!fits(neuron, cellsLeft))
        continue;
      if (found == kNone || added(neuron) < added(found))
        found = neuron;
      if (added(found) == 0)
        break;
    }
    return found;
  }

  void add(uint32_t neuron) {
    for (const CrossbarSynapses::Synapse &synapse : synapses.into(neuron)) {
      if (present[synapse.source])
        continue;
      present[synapse.source] = true;
      sources.push_back(synapse.source);
      for (uint32_t target : synapses.outOf(synapse.source))
        ++shared[target];
    }
  }

  void forget() {
    for (uint32_t source : sources) {
      present[source] = false;
      for (uint32_t target : synapses.outOf(source))
        --shared[target];
    }
    sources.clear();
  }

  FilledCrossbar beginning(llvm::ArrayRef<uint32_t> order) {
    FilledCrossbar core;
    core.neurons.assign(order.begin(), order.end());
    std::sort(core.neurons.begin(), core.neurons.end());
    core.types = solver.solve(core.neurons);
    return core;
  }

  FilledCrossbar longestThatFits(llvm::ArrayRef<uint32_t> order) {
    FilledCrossbar all = beginning(order);
    if (all.types.axons <= room.axons)
      return all;
    FilledCrossbar longest = beginning(order.take_front(1));
    assert(longest.types.axons <= room.axons && "a neuron alone does not fit");
    size_t fits = 1, tooMany = order.size();
    while (fits + 1 < tooMany) {
      const size_t middle = (fits + tooMany) / 2;
      FilledCrossbar core = beginning(order.take_front(middle));
      if (core.types.axons <= room.axons) {
        longest = std::move(core);
        fits = middle;
      } else {
        tooMany = middle;
      }
    }
    return longest;
  }

  const CrossbarSynapses &synapses;
  TypeSolver &solver;
  const llvm::ArrayRef<uint32_t> cells;
  const CrossbarRoom room;
  const Order order;
  uint32_t first = 0; // lowest neuron left
  std::vector<bool> taken;
  std::vector<uint32_t> shared; // [neuron]: its sources that the growing core has
  std::vector<bool> present;    // [source]
  std::vector<uint32_t> sources;
};

} // namespace

std::vector<FilledCrossbar> fillCrossbar(const CrossbarSynapses &synapses, TypeSolver &solver,
                                         llvm::ArrayRef<uint32_t> cells, CrossbarRoom room) {
  std::vector<FilledCrossbar> nearest = Filler(synapses, solver, cells, room, Order::Nearest).run();
  std::vector<FilledCrossbar> inRow = Filler(synapses, solver, cells, room, Order::InRow).run();
  return inRow.size() < nearest.size() ? inRow : nearest;
}

} // namespace snnc::compiler::partition
