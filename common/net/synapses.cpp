// Real-valued chains. A chain is expanded from the neuron that is asked for: the elements of every
// map on the way with their weights, equal elements merged (a chain of n convolutions has
// exponentially many paths, but few elements).
//
// Sums run over ascending elements between the maps, whichever end the walk starts from, and a
// product of two is the same both ways round: for up to two maps both walks agree bit for bit.
#include "common/net/synapses.h"

#include "common/net/map_walk.h"

namespace snnc::net {
namespace {

template <By by> class AnyWalk {
public:
  explicit AnyWalk(const Weights &weights) : walk(make(weights)) {}
  template <class F> void forEach(uint32_t element, F f) const {
    std::visit([&](const auto &walk) { walk.forEach(element, f); }, walk);
  }

private:
  using Walk =
      std::variant<MapWalk<DenseWeights, by>, MapWalk<SparseWeights, by>, MapWalk<ConvWeights, by>,
                   MapWalk<PoolMap, by>, MapWalk<DiagonalWeights, by>>;
  static Walk make(const Weights &weights) {
    return std::visit(
        [](const auto &map) -> Walk { return MapWalk<std::decay_t<decltype(map)>, by>(map); },
        weights);
  }

  Walk walk;
};

template <By by> class ChainWalk {
public:
  explicit ChainWalk(const Projection &projection) : sums(largest(projection)) {
    if (by == By::Target)
      walks.emplace_back(projection.weights);
    const size_t count = projection.before.size();
    for (size_t i = 0; i < count; ++i)
      walks.emplace_back(projection.before[by == By::Target ? count - 1 - i : i]);
    if (by == By::Source)
      walks.emplace_back(projection.weights);
  }

  void forEach(uint32_t element, llvm::function_ref<void(uint32_t, double)> f) const {
    if (walks.size() == 1)
      return walks.front().forEach(element, f);
    reached.assign(1, {element, 1.0});
    for (const AnyWalk<by> &walk : walks) {
      for (const auto &[from, weight] : reached)
        walk.forEach(from, [&, weight = weight](uint32_t to, double value) {
          sums.add(to, weight * value);
        });
      reached.clear();
      sums.flush([&](uint32_t to, double sum) { reached.push_back({to, sum}); });
    }
    for (const auto &[to, weight] : reached)
      f(to, weight);
  }

private:
  // Elements that a sum is kept for.
  static size_t largest(const Projection &projection) {
    size_t most = projection.before.empty() ? 0 : postCount(projection);
    for (const Weights &map : projection.before)
      most = std::max({most, size_t{preCount(map)}, size_t{postCount(map)}});
    return most;
  }

  std::vector<AnyWalk<by>> walks; // in the order of the walk
  mutable SortedSums<double> sums;
  mutable std::vector<std::pair<uint32_t, double>> reached;
};

} // namespace

struct IncomingSynapses::Impl : ChainWalk<By::Target> {
  using ChainWalk::ChainWalk;
};
struct OutgoingSynapses::Impl : ChainWalk<By::Source> {
  using ChainWalk::ChainWalk;
};

IncomingSynapses::IncomingSynapses(const Projection &projection)
    : impl(std::make_unique<Impl>(projection)) {}
IncomingSynapses::~IncomingSynapses() = default;
IncomingSynapses::IncomingSynapses(IncomingSynapses &&) noexcept = default;
void IncomingSynapses::forEach(uint32_t target,
                               llvm::function_ref<void(uint32_t source, double weight)> f) const {
  impl->forEach(target, f);
}

OutgoingSynapses::OutgoingSynapses(const Projection &projection)
    : impl(std::make_unique<Impl>(projection)) {}
OutgoingSynapses::~OutgoingSynapses() = default;
OutgoingSynapses::OutgoingSynapses(OutgoingSynapses &&) noexcept = default;
void OutgoingSynapses::forEach(uint32_t source,
                               llvm::function_ref<void(uint32_t target, double weight)> f) const {
  impl->forEach(source, f);
}

} // namespace snnc::net
