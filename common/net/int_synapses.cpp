// Integer projections: disjoint pools, then one map. An input of the map stands for all sources of
// its window, and a source is in one window at most.
#include "common/net/map_walk.h"
#include "common/net/synapses.h"

#include "llvm/ADT/ArrayRef.h"

#include <optional>

namespace snnc::net {
namespace {

using Ints = std::variant<const DenseInts *, const SparseInts *, const ConvInts *>;

template <class Variant> Ints pointerTo(const Variant &weights) {
  return std::visit([](const auto &map) -> Ints { return &map; }, weights);
}

template <By by> class AnyWalk {
public:
  explicit AnyWalk(Ints ints) : walk(make(ints)) {}
  template <class F> void forEach(uint32_t element, F f) const {
    std::visit([&](const auto &walk) { walk.forEach(element, f); }, walk);
  }

private:
  using Walk = std::variant<MapWalk<DenseInts, by>, MapWalk<SparseInts, by>, MapWalk<ConvInts, by>>;
  static Walk make(Ints ints) {
    return std::visit(
        [](const auto *map) -> Walk { return MapWalk<std::decay_t<decltype(*map)>, by>(*map); },
        ints);
  }

  Walk walk;
};

} // namespace

struct IncomingInts::Impl {
  AnyWalk<By::Target> walk;
  llvm::ArrayRef<PoolMap> pools = {};
  mutable SortedSums<int16_t> sums{pools.empty() ? 0 : pools.front().cols()};
  mutable std::vector<uint32_t> elements = {}, inputs = {};

  void addSources(uint32_t element, int16_t weight) const {
    elements.assign(1, element);
    for (const PoolMap &pool : llvm::reverse(pools)) {
      inputs.clear();
      const MapWalk<PoolMap, By::Target> window(pool);
      for (uint32_t output : elements)
        window.forEach(output, [&](uint32_t input, double) { inputs.push_back(input); });
      elements.swap(inputs);
    }
    for (uint32_t source : elements)
      sums.add(source, weight);
  }
};

IncomingInts::IncomingInts(const QuantProjection &projection)
    : impl(new Impl{AnyWalk<By::Target>(pointerTo(projection.weights)), projection.pools}) {}
IncomingInts::IncomingInts(const HostLayer &layer)
    : impl(new Impl{AnyWalk<By::Target>(pointerTo(layer.weights))}) {}
IncomingInts::~IncomingInts() = default;
IncomingInts::IncomingInts(IncomingInts &&) noexcept = default;

void IncomingInts::forEach(uint32_t target,
                           llvm::function_ref<void(uint32_t source, int16_t weight)> f) const {
  if (impl->pools.empty())
    return impl->walk.forEach(target, f);
  impl->walk.forEach(target,
                     [&](uint32_t element, int16_t weight) { impl->addSources(element, weight); });
  impl->sums.flush(f);
}

struct OutgoingInts::Impl {
  AnyWalk<By::Source> walk;
  llvm::ArrayRef<PoolMap> pools = {};
};

OutgoingInts::OutgoingInts(const QuantProjection &projection)
    : impl(new Impl{AnyWalk<By::Source>(pointerTo(projection.weights)), projection.pools}) {}
OutgoingInts::OutgoingInts(const HostLayer &layer)
    : impl(new Impl{AnyWalk<By::Source>(pointerTo(layer.weights))}) {}
OutgoingInts::~OutgoingInts() = default;
OutgoingInts::OutgoingInts(OutgoingInts &&) noexcept = default;

void OutgoingInts::forEach(uint32_t source,
                           llvm::function_ref<void(uint32_t target, int16_t weight)> f) const {
  for (const PoolMap &pool : impl->pools) {
    const std::optional<uint32_t> output = outputOf(pool, source);
    if (!output)
      return;
    source = *output;
  }
  impl->walk.forEach(source, f);
}

} // namespace snnc::net
