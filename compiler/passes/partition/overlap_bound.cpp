#include "compiler/passes/partition/overlap_bound.h"

#include "compiler/core_ir/shared_lists.h"

#include "common/image/synapse_words.h"

#include <cmath>
#include <numeric>
#include <thread>

namespace snnc::compiler::partition {
namespace {

constexpr uint64_t kMostTargets = 1 << 12; // of a source that is counted; others cost 1 / lanes
constexpr double kMostWork = 2e10;         // pairs of synapses, on one thread

// Synapses that are counted, what they may share, and those that are only known to be there.
struct Sums {
  uint64_t counted = 0, shared = 0, others = 0;
};

struct Rule {
  double lanes, pairs;
  double perShared = 0; // words that a shared source saves, at most

  explicit Rule(const image::WordFormat &format) : lanes(format.lanes), pairs(format.pairs) {
    for (double k = pairs + 1; k <= lanes; ++k)
      perShared = std::max(perShared, (1 / pairs - 1 / k) / (k - 1));
  }
  // A synapse costs 1 / lanes at least, whatever is shared.
  uint64_t mostShared(uint64_t synapses) const {
    return perShared == 0 ? 0
                          : static_cast<uint64_t>(std::ceil(static_cast<double>(synapses) *
                                                            (1 / pairs - 1 / lanes) / perShared));
  }
};

class Walk {
public:
  Walk(const Problem &problem, const MapGraph &graph, const std::vector<uint32_t> &order)
      : problem(problem), graph(graph), order(order),
        rule(image::WordFormat::of(problem.target.core)), counts(graph.edgeCount(), 0) {
    for (uint32_t edge = 0; edge < graph.edgeCount(); ++edge) {
      const net::QuantProjection &projection = problem.net.projections[graph.projectionOf[edge]];
      const bool stored = !core_ir::sharesLists(projection) && projection.pools.empty();
      const uint64_t targets = graph.targetsOf(edge).size();
      counts[edge] = !stored ? kFree : targets > kMostTargets ? kOther : kCounted;
      work += counts[edge] == kCounted ? static_cast<double>(targets * targets) : 0.0;
      most += static_cast<double>(targets) * (counts[edge] == kCounted ? 1 / rule.pairs
                                              : counts[edge] == kOther ? 1 / rule.lanes
                                                                       : 0.0);
    }
  }

  double pairsOfSynapses() const { return work; }
  // What words() can be at most.
  double mostWords() const { return most; }

  // Of the neurons at places first .. last - 1.
  Sums over(uint32_t first, uint32_t last) const {
    Sums sums;
    std::vector<uint16_t> common(order.size(), 0);
    std::vector<uint32_t> mates(order.size() + 1);
    for (uint32_t at = first; at < last; ++at)
      addNeuron(at, common, mates, sums);
    return sums;
  }

  uint64_t words(const Sums &sums) const {
    const double least = static_cast<double>(sums.counted) / rule.pairs -
                         static_cast<double>(sums.shared) * rule.perShared +
                         static_cast<double>(sums.others) / rule.lanes;
    return static_cast<uint64_t>(std::floor(std::max(least, 0.0)));
  }

private:
  enum : uint8_t { kFree, kOther, kCounted };

  // The largest numbers seen, as many as a row has other neurons.
  class Largest {
  public:
    explicit Largest(double lanes) : kept(static_cast<size_t>(lanes) - 1) {}
    void add(uint16_t value) {
      if (value <= lowest)
        return;
      *std::min_element(best, best + kept) = value;
      lowest = *std::min_element(best, best + kept);
    }
    uint64_t sum() const { return std::accumulate(best, best + kept, uint64_t{0}); }

  private:
    const size_t kept;
    uint16_t best[64] = {};
    uint16_t lowest = 0; // of the kept
  };

  // Adds what the neuron at a place shares to `sums`. `common` is zero before and after.
  void addNeuron(uint32_t at, std::vector<uint16_t> &common, std::vector<uint32_t> &mates,
                 Sums &sums) const {
    uint64_t counted = 0;
    size_t found = 0;
    for (uint32_t edge : graph.edgesInto(order[at])) {
      counted += counts[edge] == kCounted;
      sums.others += counts[edge] == kOther;
      if (counts[edge] != kCounted)
        continue;
      for (uint32_t mate : graph.targetsOf(edge)) {
        mates[found] = mate; // no branch: it would be mispredicted
        found += common[mate]++ == 0;
      }
    }
    common[at] = 0;
    Largest largest(rule.lanes);
    for (size_t i = 0; i < found; ++i) {
      largest.add(common[mates[i]]);
      common[mates[i]] = 0;
    }
    sums.counted += counted;
    sums.shared += std::min(rule.mostShared(counted), largest.sum());
  }

  const Problem &problem;
  const MapGraph &graph;
  const std::vector<uint32_t> &order;
  const Rule rule;
  std::vector<uint8_t> counts; // [edge]
  double work = 0, most = 0;
};

} // namespace

uint64_t leastWords(const Problem &problem, MapGraph &graph, const std::vector<uint32_t> &order,
                    uint64_t enough, unsigned threads) {
  const Walk walk(problem, graph, order);
  if (walk.pairsOfSynapses() > kMostWork || walk.mostWords() <= static_cast<double>(enough))
    return 0;
  std::vector<uint32_t> place(order.size());
  for (uint32_t i = 0; i < order.size(); ++i)
    place[order[i]] = i;
  graph.renumberTargets(place);
  const auto size = static_cast<uint64_t>(order.size());
  std::vector<Sums> sums(std::max(1u, threads));
  std::vector<std::thread> workers;
  for (unsigned t = 0; t < sums.size(); ++t)
    workers.emplace_back([&, t] {
      sums[t] = walk.over(static_cast<uint32_t>(size * t / sums.size()),
                          static_cast<uint32_t>(size * (t + 1) / sums.size()));
    });
  Sums all;
  for (unsigned t = 0; t < sums.size(); ++t) {
    workers[t].join();
    all.counted += sums[t].counted;
    all.shared += sums[t].shared;
    all.others += sums[t].others;
  }
  return walk.words(all);
}

} // namespace snnc::compiler::partition
