#include "compiler/passes/partition/greedy.h"

#include "llvm/ADT/ArrayRef.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

namespace snnc::compiler::partition {

using namespace core_ir;

namespace {

class Greedy {
public:
  Greedy(const net::QuantNet &net, const target::Target &target, const Limits &limits,
         const NeuronOrders &orders, GreedyOptions options, bool shareCores)
      : net(net), limits(limits), orders(orders), open(net, target, limits, options.weightBits),
        giveUpAt(farBeyond(options.enoughCores)), shareCores(shareCores) {
    result.closedBy.assign(net.populations.size(), std::vector<uint32_t>(kResources, 0));
    mapSize.assign(net.populations.size(), 0);
    for (const net::QuantProjection &projection : net.projections)
      if (const auto *conv = std::get_if<net::ConvInts>(&projection.weights))
        mapSize[projection.target] =
            std::max(mapSize[projection.target], static_cast<uint32_t>(conv->window.outSize()));
  }

  GreedyResult run(const std::vector<uint32_t> &order) {
    for (uint32_t population : order) {
      if (!shareCores)
        close();
      for (uint32_t next = 0; next < net.populations[population].size();)
        next = place(population, next);
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

  uint32_t neuronAt(uint32_t population, uint32_t place) const {
    return orders[population].empty() ? place : orders[population][place];
  }

  // Adds the neuron at a place of the population's order, and sometimes those after it; returns the
  // next place.
  uint32_t place(uint32_t population, uint32_t at) {
    const uint32_t neuron = neuronAt(population, at);
    if (!open.empty() && !sharesRegisters(population))
      close();
    if (open.tryAdd(population, neuron))
      return at + 1;
    if (!open.empty()) {
      if (const uint32_t next = lookAhead(population, at); next != at)
        return next;
      ++result.closedBy[population][static_cast<size_t>(open.exceeded()[0].resource)];
      close();
      if (open.tryAdd(population, neuron))
        return at + 1;
    }
    for (const Violation &violation : open.exceeded())
      noteMisfit({population, neuron, violation});
    open.forceAdd(population, neuron);
    close();
    return at + 1;
  }

  // True if more neurons of a convolution may cure it: a map that ends in the middle of a core
  // splits the lists of its sources in two kinds, a whole one makes them equal again.
  static bool mayBeCured(llvm::ArrayRef<Violation> violations) {
    return std::all_of(violations.begin(), violations.end(), [](const Violation &violation) {
      return (violation.resource == Resource::SynapseWords ||
              violation.resource == Resource::BlockBits) &&
             violation.needed <= 2 * violation.available;
    });
  }

  // Where shared lists overflow the core: adds neurons, a map at most, until all of them fit
  // together. Returns the next place; `at`, and the core as it was, if they never do.
  uint32_t lookAhead(uint32_t population, uint32_t at) {
    if (mapSize[population] == 0 || !mayBeCured(open.exceeded()))
      return at;
    const std::vector<Run> before = open.runs();
    const uint32_t end = std::min(net.populations[population].size(), at + mapSize[population]);
    for (uint32_t next = at; next < end && !open.full();) {
      open.forceAdd(population, neuronAt(population, next++));
      const llvm::SmallVector<Violation, 2> exceeded = open.exceededNow();
      if (exceeded.empty())
        return next;
      if (!mayBeCured(exceeded))
        break;
    }
    open.restart(before);
    return at;
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
      if (!cutForSlots(filled.cluster, slots, next))
        refill(filled.cluster, slots, next);
      changed = true;
    }
    result.clusters = std::move(next);
    return changed;
  }

  // Cuts the cluster wherever the slots run out; false, and nothing done, if a piece does not fit:
  // its runs may lie against the lanes in another way, and lists that were equal differ.
  bool cutForSlots(const Cluster &old, const std::vector<std::vector<uint32_t>> &slots,
                   std::vector<Filled> &next) {
    std::vector<Filled> pieces;
    std::vector<uint32_t> cutIn; // populations
    bool fit = true;
    uint64_t used = 0;
    const auto finish = [&] {
      fit = fit && open.exceededNow().empty();
      pieces.push_back(open.finish());
      used = 0;
    };
    for (const Run &run : old.runs)
      for (uint32_t neuron = run.first; neuron < run.first + run.count && fit; ++neuron) {
        const uint32_t wanted = slots[run.population][neuron];
        if (!open.empty() && used + wanted > limits.outputSlots) {
          cutIn.push_back(run.population);
          finish();
        }
        open.forceAdd(run.population, neuron);
        used += wanted;
      }
    finish();
    if (!fit)
      return false;
    for (uint32_t population : cutIn)
      ++result.closedBy[population][static_cast<size_t>(Resource::OutputSlots)];
    std::move(pieces.begin(), pieces.end(), std::back_inserter(next));
    return true;
  }

  // As cutForSlots, opening a new core whenever anything runs out.
  void refill(const Cluster &old, const std::vector<std::vector<uint32_t>> &slots,
              std::vector<Filled> &next) {
    uint64_t used = 0;
    for (const Run &run : old.runs)
      for (uint32_t neuron = run.first; neuron < run.first + run.count; ++neuron) {
        const uint32_t wanted = slots[run.population][neuron];
        const bool full = !open.empty() && used + wanted > limits.outputSlots;
        if (full)
          ++result.closedBy[run.population][static_cast<size_t>(Resource::OutputSlots)];
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
  const NeuronOrders &orders;
  OpenCluster open;
  const uint64_t giveUpAt;
  const bool shareCores;
  std::vector<uint32_t> mapSize; // [population]: of the largest convolution into it, or 0
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
                          const std::vector<uint32_t> &firstTick, const NeuronOrders &orders,
                          const Limits &limits, GreedyOptions options) {
  const std::vector<uint32_t> order = fillOrder(net, firstTick);
  GreedyResult shared = Greedy(net, target, limits, orders, options, true).run(order);
  const auto outOfSlots = [](const GreedyResult &result) {
    return std::any_of(result.misfits.begin(), result.misfits.end(), [](const Misfit &misfit) {
      return misfit.violation.resource == Resource::OutputSlots;
    });
  };
  if (!outOfSlots(shared))
    return shared;
  GreedyResult apart = Greedy(net, target, limits, orders, options, false).run(order);
  return apart.clusters.size() <= shared.clusters.size() || !outOfSlots(apart) ? std::move(apart)
                                                                               : std::move(shared);
}

} // namespace snnc::compiler::partition
