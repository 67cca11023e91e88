#include "compiler/passes/partition/fill.h"

#include "llvm/ADT/ArrayRef.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace snnc::compiler::partition {

using namespace core_ir;

namespace {

class Filler {
public:
  Filler(const Problem &problem, const Arrangement &arrangement, const FillOptions &options)
      : problem(problem), net(problem.net), order(arrangement.order), starts(arrangement.starts),
        limits(options.limits != nullptr ? *options.limits : problem.limits),
        open(problem, limits, options.weightBits), mostCores(options.mostCores),
        mostMessages(options.mostMessages) {
    result.closedBy.assign(net.populations.size(), std::vector<uint32_t>(kResources, 0));
    mapSize.assign(net.populations.size(), 0);
    for (const net::QuantProjection &projection : net.projections)
      if (const auto *conv = std::get_if<net::ConvInts>(&projection.weights))
        mapSize[projection.target] =
            std::max(mapSize[projection.target], static_cast<uint32_t>(conv->window.outSize()));
  }

  FillResult run() {
    size_t start = 0;
    for (size_t at = 0; at < order.size() && !result.gaveUp;) {
      while (start < starts.size() && starts[start] <= at) {
        close();
        ++start;
      }
      at = place(at);
      result.overMessages = messages > mostMessages;
      result.gaveUp = result.overMessages || result.clusters.size() > mostCores;
    }
    close();
    while (!result.gaveUp && splitForSlots())
      ;
    for (const auto &entry : worst)
      result.misfits.push_back(entry.second);
    return std::move(result);
  }

private:
  // Adds the neuron at a place of the order, and sometimes those after it; returns the next place.
  size_t place(size_t at) {
    const auto [population, neuron] = problem.neuronOf(order[at]);
    if (!open.empty() &&
        problem.registerClass[population] != problem.registerClass[open.firstPopulation()])
      close();
    if (open.tryAdd(population, neuron))
      return at + 1;
    if (!open.empty()) {
      if (const size_t next = lookAhead(population, at); next != at)
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
  size_t lookAhead(uint32_t population, size_t at) {
    if (mapSize[population] == 0 || !mayBeCured(open.exceeded()))
      return at;
    const std::vector<Run> before = open.runs();
    const size_t end = std::min(order.size(), at + mapSize[population]);
    for (size_t next = at; next < end && !open.full();) {
      const Neuron added = problem.neuronOf(order[next++]);
      if (added.population != population)
        break;
      open.forceAdd(population, added.number);
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
    if (open.empty())
      return;
    result.clusters.push_back(open.finish());
    if (mostMessages != HUGE_VAL)
      messages += messagesOf(problem, result.clusters.back());
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
    if (result.clusters.size() > mostCores) {
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

  const Problem &problem;
  const net::QuantNet &net;
  const std::vector<uint32_t> &order, &starts;
  const Limits limits;
  OpenCluster open;
  const uint64_t mostCores;
  const double mostMessages;
  double messages = 0;
  std::vector<uint32_t> mapSize; // [population]: of the largest convolution into it, or 0
  std::map<std::pair<uint32_t, Resource>, Misfit> worst;
  FillResult result;
};

} // namespace

FillResult fill(const Problem &problem, const Arrangement &arrangement, FillOptions options) {
  return Filler(problem, arrangement, options).run();
}

double messagesOf(const Problem &problem, const Filled &filled) {
  double messages = 0;
  for (const AxonKey &axon : filled.axons)
    messages += problem.rates.at(problem.net.projections[axon.projection].source, axon.source);
  return messages;
}

double messagesOf(const Problem &problem, const std::vector<Filled> &clusters) {
  double messages = 0;
  for (const Filled &filled : clusters)
    messages += messagesOf(problem, filled);
  return messages;
}

} // namespace snnc::compiler::partition
