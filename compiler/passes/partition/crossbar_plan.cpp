#include "compiler/passes/partition/crossbar_plan.h"

#include <algorithm>
#include <numeric>

namespace snnc::compiler::partition {

using namespace core_ir;

CrossbarPlanner::CrossbarPlanner(const net::QuantNet &net,
                                 llvm::ArrayRef<std::unique_ptr<CrossbarSynapses>> synapses,
                                 const CrossbarLimits &limits)
    : net(net), synapses(synapses), limits(limits), coresWithoutFanOut(net.populations.size()) {
  plan.hops.assign(net.projections.size(), 1);
}

CrossbarPlan CrossbarPlanner::run() {
  do {
    plan.firstTick = net::firstTicks(net, plan.hops);
    if (plan.firstTick.size() != net.populations.size())
      return std::move(plan);
    settle();
  } while (relaySomething());
  return std::move(plan);
}

// Populations whose targets are known come first.
std::vector<uint32_t> CrossbarPlanner::order() const {
  std::vector<uint32_t> order;
  for (uint32_t p = 0; p < net.populations.size(); ++p)
    if (!net.populations[p].isInput)
      order.push_back(p);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return plan.firstTick[a] > plan.firstTick[b]; });
  return order;
}

// Without a cycle one round is enough and the next one finds nothing to do. With one, cells only
// grow, so that it ends.
void CrossbarPlanner::settle() {
  plan.cores.assign(net.populations.size(), {});
  plan.misfits.clear();
  cellsOf.assign(net.populations.size(), {});
  constexpr int kRounds = 64;
  bool changed = true;
  for (int round = 0; changed && round < kRounds; ++round) {
    changed = false;
    for (uint32_t population : order()) {
      std::vector<uint32_t> cells;
      for (const FanOut &fanOut : fanOuts(population))
        cells.push_back(fanOut.cells(limits.neurons));
      changed |= place(population, std::move(cells));
    }
  }
}

bool CrossbarPlanner::place(uint32_t population, std::vector<uint32_t> cells) {
  std::vector<uint32_t> &before = cellsOf[population];
  for (uint32_t n = 0; n < before.size(); ++n)
    cells[n] = std::max(cells[n], before[n]);
  if (cells == before)
    return false;
  for (uint32_t n = 0; n < cells.size(); ++n) {
    if (cells[n] <= limits.neurons)
      continue;
    const bool known = std::any_of(plan.misfits.begin(), plan.misfits.end(),
                                   [&](const auto &m) { return m.population == population; });
    if (!known)
      plan.misfits.push_back({population, n, cells[n]});
    cells[n] = limits.neurons; // to go on
  }
  if (cells == before)
    return false;
  before = std::move(cells);
  plan.cores[population] = fill(population, before);
  return true;
}

std::vector<FilledCrossbar> CrossbarPlanner::fill(uint32_t population,
                                                  llvm::ArrayRef<uint32_t> cells) {
  TypeSolver solver(*synapses[population], typeLimits(limits));
  return fillCrossbar(*synapses[population], solver, cells, {limits.axons, limits.neurons});
}

void CrossbarPlanner::countFanOut(uint32_t projection, std::vector<FanOut> &counts) const {
  const uint32_t target = net.projections[projection].target;
  const llvm::ArrayRef<CrossbarSynapses::Source> sources = synapses[target]->sources();
  for (const FilledCrossbar &core : plan.cores[target])
    for (const CoreTypes::Source &source : core.types.sources)
      if (sources[source.source].projection == projection) {
        FanOut &count = counts[sources[source.source].neuron];
        (plan.isRelayed(projection) ? count.relayed : count.direct) += sizeOf(source.types);
      }
}

std::vector<FanOut> CrossbarPlanner::fanOuts(uint32_t population) const {
  std::vector<FanOut> counts(net.populations[population].size());
  for (uint32_t p = 0; p < net.projections.size(); ++p)
    if (net.projections[p].source == population)
      countFanOut(p, counts);
  return counts;
}

// ---- relays

// Marks the projections of one population; everything is laid out again then, as ticks move.
bool CrossbarPlanner::relaySomething() {
  for (uint32_t population : order()) {
    if (!wantsRelays(population))
      continue;
    bool marked = false;
    for (uint32_t p = 0; p < net.projections.size(); ++p)
      if (net.projections[p].source == population && !plan.isRelayed(p) && canRelay(p)) {
        plan.hops[p] = 2;
        marked = true;
      }
    if (marked)
      return true;
  }
  return false;
}

// Whether copies take more cores than relays would: copies of neurons that need a core more bring
// its axons with them, which their own sources have to reach.
bool CrossbarPlanner::wantsRelays(uint32_t population) {
  for (const FanOutMisfit &misfit : plan.misfits)
    if (misfit.population == population)
      return true;
  const std::vector<FanOut> counts = fanOuts(population);
  double relayCells = 0.0;
  for (const FanOut &count : counts)
    relayCells += count.direct > 1 ? count.direct : 0.0;
  if (relayCells == 0.0)
    return false;
  std::optional<size_t> &base = coresWithoutFanOut[population];
  if (!base)
    base = fill(population, std::vector<uint32_t>(counts.size(), 1)).size();
  const size_t now = plan.cores[population].size();
  const double more = now > *base ? static_cast<double>(now - *base) : 0.0;
  return more * (1.0 + neuronAxonsPerCell(population)) > relayCells / limits.neurons;
}

// Axons of a core that its sources' cells have to feed, in cores: inputs are free.
double CrossbarPlanner::neuronAxonsPerCell(uint32_t population) const {
  double axons = 0.0;
  for (const FilledCrossbar &core : plan.cores[population])
    for (const CoreTypes::Source &source : core.types.sources) {
      const uint32_t p = synapses[population]->sources()[source.source].projection;
      if (!net.populations[net.projections[p].source].isInput)
        axons += sizeOf(source.types);
    }
  const double cores = static_cast<double>(std::max<size_t>(plan.cores[population].size(), 1));
  return axons / cores / limits.neurons;
}

// A tick more leaves a schedule, and no delay that is too long.
bool CrossbarPlanner::canRelay(uint32_t projection) const {
  std::vector<uint32_t> hops = plan.hops;
  hops[projection] = 2;
  const std::vector<uint32_t> first = net::firstTicks(net, hops);
  return first.size() == net.populations.size() &&
         std::all_of(net.projections.begin(), net.projections.end(), [&](const auto &each) {
           return net::hardwareDelay(net, first, each) <= limits.mostDelay;
         });
}

} // namespace snnc::compiler::partition
