#include "compiler/passes/partition/open_cluster.h"

#include <algorithm>

namespace snnc::compiler::partition {

using namespace core_ir;

OpenCluster::OpenCluster(const net::QuantNet &net, const target::Target &target,
                         const Limits &limits, uint32_t weightBits)
    : net(net), limits(limits), lanes(target.core.lanes()), synapses(allByTarget(net)),
      into(projectionsInto(net)) {
  for (const net::QuantProjection &projection : net.projections) {
    costs.emplace_back(target, weightBits == 0 ? projection.weightBits : weightBits);
    uses.emplace_back(preCount(projection));
    banks.emplace_back(size_t{preCount(projection)} * lanes, 0);
  }
}

bool OpenCluster::continuesRun(uint32_t population, uint32_t neuron) const {
  if (filled.cluster.runs.empty())
    return false;
  const Run &last = filled.cluster.runs.back();
  return last.population == population && last.first + last.count == neuron;
}

void OpenCluster::planAxon(AxonKey key, uint32_t local, Load &load) {
  Use &use = uses[key.projection][key.source];
  uint16_t *bankCounts = &banks[key.projection][size_t{key.source} * lanes];
  Update update{&use, bankCounts + local % lanes, key, use};
  if (use.epoch != epoch) {
    update.next = Use{};
    update.next.epoch = epoch;
    update.next.extent.first = local;
    std::fill_n(bankCounts, lanes, uint16_t{0});
    ++load.inputAxons;
  }
  AxonExtent &extent = update.next.extent;
  ++extent.count;
  extent.last = local;
  extent.fullestBank = std::max<uint32_t>(extent.fullestBank, *update.bank + 1u);
  const AxonCost cost = costs[key.projection](extent);
  load.synapseWords += cost.words - uint64_t{update.next.words};
  load.blockBits += cost.blockBits - update.next.blockBits;
  update.next.words = cost.words;
  update.next.blockBits = cost.blockBits;
  updates.push_back(update);
}

Load OpenCluster::plan(uint32_t population, uint32_t neuron) {
  updates.clear();
  Load load = filled.cluster.load;
  plannedLocal = load.extent;
  if (!continuesRun(population, neuron)) {
    const uint32_t aligned = (load.extent + lanes - 1) / lanes * lanes;
    plannedLocal = aligned < limits.extent ? aligned : load.extent;
    ++load.groups;
  }
  load.extent = plannedLocal + 1;
  ++load.neurons;
  for (uint32_t p : into[population])
    synapses[p].forEach(neuron, [&](uint32_t source, int16_t) {
      planAxon({p, source}, plannedLocal, load);
    });
  return load;
}

void OpenCluster::commit(uint32_t population, uint32_t neuron, const Load &load) {
  for (const Update &update : updates) {
    if (update.use->epoch != epoch)
      filled.axons.push_back(update.key);
    *update.use = update.next;
    ++*update.bank;
  }
  if (continuesRun(population, neuron))
    ++filled.cluster.runs.back().count;
  else
    filled.cluster.runs.push_back({population, neuron, 1, plannedLocal});
  filled.cluster.load = load;
}

bool OpenCluster::tryAdd(uint32_t population, uint32_t neuron) {
  // Without its synapses first: a full core need not look at them.
  const Load &now = filled.cluster.load;
  why.clear();
  if (now.neurons + 1 <= limits.neurons && now.extent + 1 <= limits.extent) {
    const Load load = plan(population, neuron);
    if (fits(load, limits)) {
      commit(population, neuron, load);
      return true;
    }
    why = violations(load, limits);
    return false;
  }
  if (now.neurons + 1 > limits.neurons)
    why.push_back({Resource::Neurons, now.neurons + 1, limits.neurons});
  else
    why.push_back({Resource::Extent, now.extent + 1, limits.extent});
  return false;
}

void OpenCluster::forceAdd(uint32_t population, uint32_t neuron) {
  commit(population, neuron, plan(population, neuron));
}

Filled OpenCluster::finish() {
  ++epoch;
  Filled out = std::move(filled);
  filled = Filled{};
  return out;
}

} // namespace snnc::compiler::partition
