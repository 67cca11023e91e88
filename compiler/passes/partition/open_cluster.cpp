#include "compiler/passes/partition/open_cluster.h"

#include <algorithm>

namespace snnc::compiler::partition {

using namespace core_ir;

OpenCluster::OpenCluster(const Problem &problem, const Limits &limits, uint32_t weightBits)
    : problem(problem), limits(limits), lanes(problem.target.core.lanes()) {
  for (const net::QuantProjection &projection : problem.net.projections) {
    const uint32_t sources = preCount(projection);
    costs.emplace_back(problem.target, weightBits == 0 ? projection.weightBits : weightBits);
    uses.emplace_back(sources);
    const bool shares = sharesLists(projection);
    banks.emplace_back(shares ? 0 : size_t{sources} * lanes, 0);
    shared.emplace_back();
    if (shares)
      shared.back().emplace(costs.back(), lanes, sources);
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

// An axon whose list another one pays for.
void OpenCluster::planFollower(AxonKey key, Load &load) {
  Use &use = uses[key.projection][key.source];
  if (use.epoch == epoch)
    return;
  Update update{&use, &noBank, key, Use{}};
  update.next.epoch = epoch;
  updates.push_back(update);
  ++load.inputAxons;
}

void OpenCluster::planAlike(uint32_t projection, uint32_t neuron, Load &load) {
  const std::vector<uint32_t> &first = problem.alike[projection];
  problem.synapses[projection].forEach(neuron, [&](uint32_t source, int16_t) {
    if (first[source] == source)
      planAxon({projection, source}, plannedLocal, load);
    else
      planFollower({projection, source}, load);
  });
}

void OpenCluster::planShared(uint32_t projection, uint32_t neuron, Load &load) {
  SharedLists &lists = *shared[projection];
  const std::vector<uint32_t> &first = problem.alike[projection];
  load.synapseWords -= lists.words();
  load.blockBits -= lists.blockBits();
  problem.synapses[projection].forEach(neuron, [&](uint32_t source, int16_t weight) {
    planFollower({projection, source}, load);
    if (!first.empty() && first[source] != source)
      return;
    lists.append(source, plannedLocal, weight);
    appended.push_back({projection, source});
  });
  load.synapseWords += lists.words();
  load.blockBits += lists.blockBits();
}

void OpenCluster::revert() {
  for (auto key = appended.rbegin(); key != appended.rend(); ++key)
    shared[key->projection]->undo(key->source);
}

Load OpenCluster::plan(uint32_t population, uint32_t neuron) {
  updates.clear();
  appended.clear();
  Load load = filled.cluster.load;
  plannedLocal = load.extent;
  const bool joins = !filled.cluster.runs.empty() && // a group, if not a run
                     filled.cluster.runs.back().population == population;
  if (!joins) {
    const uint32_t aligned = (load.extent + lanes - 1) / lanes * lanes;
    plannedLocal = aligned < limits.extent ? aligned : load.extent;
    ++load.groups;
  }
  load.extent = plannedLocal + 1;
  ++load.neurons;
  for (uint32_t p : problem.into[population]) {
    if (shared[p])
      planShared(p, neuron, load);
    else if (!problem.alike[p].empty())
      planAlike(p, neuron, load);
    else
      problem.synapses[p].forEach(neuron, [&](uint32_t source, int16_t) {
        planAxon({p, source}, plannedLocal, load);
      });
  }
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
    revert();
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

void OpenCluster::restart(const std::vector<Run> &runs) {
  finish();
  for (const Run &run : runs)
    for (uint32_t k = 0; k < run.count; ++k)
      forceAdd(run.population, run.first + k);
}

Filled OpenCluster::finish() {
  ++epoch;
  for (std::optional<SharedLists> &lists : shared)
    if (lists)
      lists->clear();
  Filled out = std::move(filled);
  filled = Filled{};
  return out;
}

} // namespace snnc::compiler::partition
