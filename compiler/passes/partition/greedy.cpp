#include "compiler/passes/partition/greedy.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace snnc::compiler::partition {

using namespace core_ir;

namespace {

class Greedy {
public:
  Greedy(const net::QuantNet &net, const target::Target &target, const Limits &limits,
         GreedyOptions options, bool shareCores)
      : net(net), limits(limits), open(net, target, limits, options.weightBits),
        giveUpAt(farBeyond(options.enoughCores)), shareCores(shareCores) {
    result.closedBy.assign(net.populations.size(), std::vector<uint32_t>(kResources, 0));
  }

  GreedyResult run(const std::vector<uint32_t> &order) {
    for (uint32_t population : order) {
      if (!shareCores)
        close();
      for (uint32_t neuron = 0; neuron < net.populations[population].size(); ++neuron)
        place(population, neuron);
    }
    close();
    while (splitForSlots())
      ;
    for (const auto &entry : worst)
      result.misfits.push_back(entry.second);
    return std::move(result);
  }

private:
  bool sharesRegisters(uint32_t population) const {
    const net::QuantPopulation &a = net.populations[open.firstPopulation()];
    const net::QuantPopulation &b = net.populations[population];
    return a.vmin == b.vmin && a.vmax == b.vmax && a.duOffset == b.duOffset;
  }

  void place(uint32_t population, uint32_t neuron) {
    if (!open.empty() && !sharesRegisters(population))
      close();
    if (open.tryAdd(population, neuron))
      return;
    if (!open.empty()) {
      ++result.closedBy[population][static_cast<size_t>(open.exceeded()[0].resource)];
      close();
      if (open.tryAdd(population, neuron))
        return;
    }
    for (const Violation &violation : open.exceeded())
      noteMisfit({population, neuron, violation});
    open.forceAdd(population, neuron);
    close();
  }

  void close() {
    if (!open.empty())
      result.clusters.push_back(open.finish());
  }

  void noteMisfit(const Misfit &misfit) {
    const auto key = std::make_pair(misfit.population, misfit.violation.resource);
    const auto [it, isNew] = worst.try_emplace(key, misfit);
    if (!isNew && misfit.violation.needed > it->second.violation.needed)
      it->second = misfit;
  }

  // Messages of each neuron: axons over all cores that it feeds.
  std::vector<std::vector<uint32_t>> countSlots() const {
    std::vector<std::vector<uint32_t>> slots;
    for (const net::QuantPopulation &population : net.populations)
      slots.emplace_back(population.isInput ? 0 : population.size(), 0);
    for (const Filled &filled : result.clusters)
      for (const AxonKey &axon : filled.axons)
        if (const uint32_t source = net.projections[axon.projection].source;
            !net.populations[source].isInput)
          ++slots[source][axon.source];
    return slots;
  }

  // Splits every cluster that sends too many messages; true if something changed.
  bool splitForSlots() {
    if (result.clusters.size() > giveUpAt) {
      result.gaveUp = true;
      return false;
    }
    const std::vector<std::vector<uint32_t>> slots = countSlots();
    std::vector<Filled> next;
    bool changed = false;
    for (Filled &filled : result.clusters) {
      uint64_t total = 0;
      for (const Run &run : filled.cluster.runs)
        for (uint32_t k = 0; k < run.count; ++k)
          total += slots[run.population][run.first + k];
      filled.cluster.load.outputSlots = static_cast<uint32_t>(total);
      if (total <= limits.outputSlots || filled.cluster.load.neurons == 1) {
        if (total > limits.outputSlots)
          noteMisfit({filled.cluster.runs[0].population,
                      filled.cluster.runs[0].first,
                      {Resource::OutputSlots, total, limits.outputSlots}});
        next.push_back(std::move(filled));
        continue;
      }
      refill(filled.cluster, slots, next);
      changed = true;
    }
    result.clusters = std::move(next);
    return changed;
  }

  // The cluster's neurons again, opening a new one whenever the slots run out.
  void refill(const Cluster &old, const std::vector<std::vector<uint32_t>> &slots,
              std::vector<Filled> &next) {
    uint64_t used = 0;
    for (const Run &run : old.runs)
      for (uint32_t neuron = run.first; neuron < run.first + run.count; ++neuron) {
        const uint32_t wanted = slots[run.population][neuron];
        const bool full = !open.empty() && used + wanted > limits.outputSlots;
        if (full)
          ++result.closedBy[run.population][static_cast<size_t>(Resource::OutputSlots)];
        // Cutting a run moves its neurons against the lanes: another limit may bind now.
        if (full || !open.tryAdd(run.population, neuron)) {
          if (!open.empty())
            next.push_back(open.finish());
          used = 0;
          if (!open.tryAdd(run.population, neuron))
            open.forceAdd(run.population, neuron);
        }
        used += wanted;
      }
    next.push_back(open.finish());
  }

  const net::QuantNet &net;
  const Limits limits;
  OpenCluster open;
  const uint64_t giveUpAt;
  const bool shareCores;
  std::map<std::pair<uint32_t, Resource>, Misfit> worst;
  GreedyResult result;
};

// By register class, then first tick: neighbours in the pipeline share cores.
std::vector<uint32_t> fillOrder(const net::QuantNet &net, const std::vector<uint32_t> &firstTick) {
  std::vector<uint32_t> order;
  for (uint32_t p = 0; p < net.populations.size(); ++p)
    if (!net.populations[p].isInput)
      order.push_back(p);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    const net::QuantPopulation &x = net.populations[a], &y = net.populations[b];
    return std::tuple(x.vmin, x.vmax, x.duOffset, firstTick[a]) <
           std::tuple(y.vmin, y.vmax, y.duOffset, firstTick[b]);
  });
  return order;
}

} // namespace

GreedyResult fillGreedily(const net::QuantNet &net, const target::Target &target,
                          const std::vector<uint32_t> &firstTick, const Limits &limits,
                          GreedyOptions options) {
  const std::vector<uint32_t> order = fillOrder(net, firstTick);
  GreedyResult shared = Greedy(net, target, limits, options, true).run(order);
  const auto outOfSlots = [](const GreedyResult &result) {
    return std::any_of(result.misfits.begin(), result.misfits.end(), [](const Misfit &misfit) {
      return misfit.violation.resource == Resource::OutputSlots;
    });
  };
  if (!outOfSlots(shared))
    return shared;
  GreedyResult apart = Greedy(net, target, limits, options, false).run(order);
  return apart.clusters.size() <= shared.clusters.size() || !outOfSlots(apart) ? std::move(apart)
                                                                               : std::move(shared);
}

} // namespace snnc::compiler::partition
