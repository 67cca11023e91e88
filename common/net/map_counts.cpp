// What maps count: elements, synapses, parameters. And the chain as one sparse map.
#include "common/net/map_walk.h"
#include "common/net/synapses.h"

#include "llvm/Support/MathExtras.h"

namespace snnc::net {
namespace {

template <class T> uint32_t postsOf(const DenseMap<T> &map) {
  return map.rows;
}
template <class T> uint32_t postsOf(const SparseMap<T> &map) {
  return map.posts;
}
template <class T> uint32_t postsOf(const ConvMap<T> &map) {
  return map.rows();
}
uint32_t postsOf(const PoolMap &map) {
  return map.rows();
}
template <class T> uint32_t postsOf(const DiagonalMap<T> &map) {
  return map.size;
}

template <class T> uint32_t presOf(const DenseMap<T> &map) {
  return map.cols;
}
template <class T> uint32_t presOf(const SparseMap<T> &map) {
  return map.pres;
}
template <class T> uint32_t presOf(const ConvMap<T> &map) {
  return map.cols();
}
uint32_t presOf(const PoolMap &map) {
  return map.cols();
}
template <class T> uint32_t presOf(const DiagonalMap<T> &map) {
  return map.size;
}

template <class T> uint64_t nonzeros(const std::vector<T> &values) {
  return values.size() - static_cast<uint64_t>(std::count(values.begin(), values.end(), T(0)));
}

// How many outputs of an axis have each kernel entry on an input, not on padding.
std::vector<uint64_t> placesByTap(const WindowAxis &axis) {
  std::vector<uint64_t> places(static_cast<size_t>(axis.kernel), 0);
  for (int64_t tap = 0; tap < axis.kernel; ++tap)
    places[static_cast<size_t>(tap)] = static_cast<uint64_t>(placesOfTap(axis, tap).count());
  return places;
}

template <class T> uint64_t entriesOf(const DenseMap<T> &map) {
  return nonzeros(map.values);
}
template <class T> uint64_t entriesOf(const SparseMap<T> &map) {
  return nonzeros(map.values);
}
template <class T> uint64_t entriesOf(const ConvMap<T> &map) {
  const std::vector<uint64_t> rows = placesByTap(axisH(map.window));
  const std::vector<uint64_t> columns = placesByTap(axisW(map.window));
  uint64_t entries = 0;
  for (size_t at = 0; at < map.kernel.size(); at += map.window.kernelSize())
    for (size_t u = 0; u < rows.size(); ++u)
      for (size_t v = 0; v < columns.size(); ++v)
        if (map.kernel[at + u * columns.size() + v] != T(0))
          entries += rows[u] * columns[v];
  return entries;
}
uint64_t entriesOf(const PoolMap &map) {
  const auto total = [](const WindowAxis &axis) {
    uint64_t sum = 0;
    for (int64_t out = 0; out < axis.out; ++out)
      sum += static_cast<uint64_t>(tapsOf(axis, out).count());
    return sum;
  };
  return map.channels * total(axisH(map.window)) * total(axisW(map.window));
}
template <class T> uint64_t entriesOf(const DiagonalMap<T> &map) {
  const uint64_t stored = nonzeros(map.values);
  return map.values.size() == 1 ? stored * map.size : stored;
}

template <class T> uint64_t storedIn(const DenseMap<T> &map) {
  return map.values.size();
}
template <class T> uint64_t storedIn(const SparseMap<T> &map) {
  return map.values.size();
}
template <class T> uint64_t storedIn(const ConvMap<T> &map) {
  return map.kernel.size();
}
uint64_t storedIn(const PoolMap &) {
  return 0;
}
template <class T> uint64_t storedIn(const DiagonalMap<T> &map) {
  return map.values.size();
}

template <class Variant> uint64_t entries(const Variant &weights) {
  return std::visit([](const auto &map) { return entriesOf(map); }, weights);
}

uint64_t storedIn(const Weights &weights) {
  return std::visit([](const auto &map) { return storedIn(map); }, weights);
}

// Places of a window that see one input, at most.
uint64_t placesPerInput(const WindowAxis &axis) {
  const int64_t reach = (axis.kernel - 1) * axis.dilation;
  return static_cast<uint64_t>(std::min({reach / axis.stride + 1, axis.kernel, axis.out}));
}
uint64_t placesPerInput(const Window &window) {
  return placesPerInput(axisH(window)) * placesPerInput(axisW(window));
}

// Targets of one source, at most.
struct FanOut {
  uint64_t operator()(const DenseWeights &map) const { return map.rows; }
  uint64_t operator()(const SparseWeights &map) const {
    uint64_t most = 0;
    for (uint32_t source = 0; source < map.pres; ++source)
      most = std::max(most, map.rowStart[source + 1] - map.rowStart[source]);
    return most;
  }
  uint64_t operator()(const ConvWeights &map) const {
    return map.outChannels / map.groups * placesPerInput(map.window);
  }
  uint64_t operator()(const PoolMap &map) const { return placesPerInput(map.window); }
  uint64_t operator()(const DiagonalWeights &) const { return 1; }
};

} // namespace

uint32_t preCount(const Weights &map) {
  return std::visit([](const auto &form) { return presOf(form); }, map);
}
uint32_t postCount(const Weights &map) {
  return std::visit([](const auto &form) { return postsOf(form); }, map);
}
uint32_t preCount(const Projection &projection) {
  return preCount(projection.before.empty() ? projection.weights : projection.before.front());
}
uint32_t postCount(const Projection &projection) {
  return postCount(projection.weights);
}
uint32_t preCount(const QuantProjection &projection) {
  if (!projection.pools.empty())
    return projection.pools.front().cols();
  return std::visit([](const auto &map) { return presOf(map); }, projection.weights);
}
uint32_t postCount(const QuantProjection &projection) {
  return std::visit([](const auto &map) { return postsOf(map); }, projection.weights);
}

uint64_t synapseCount(const Projection &projection) {
  if (projection.before.empty())
    return entries(projection.weights);
  uint64_t count = 0;
  const OutgoingSynapses outgoing(projection); // whose work walkCost estimates
  for (uint32_t source = 0; source < preCount(projection); ++source)
    outgoing.forEach(source, [&](uint32_t, double) { ++count; });
  return count;
}

WalkCost walkCost(const Projection &chain) {
  const uint64_t sources = preCount(chain);
  uint64_t reached = 1, products = 0; // from one source
  const auto pass = [&](const Weights &map) {
    const uint64_t paths = llvm::SaturatingMultiply(reached, std::visit(FanOut(), map));
    products = llvm::SaturatingAdd(products, paths);
    reached = std::min<uint64_t>(paths, postCount(map));
  };
  for (const Weights &map : chain.before)
    pass(map);
  pass(chain.weights);
  return {chain.before.empty() ? synapseCount(chain) : sources * reached,
          llvm::SaturatingMultiply(sources, products)};
}

uint64_t synapseCount(const QuantProjection &projection) {
  if (projection.pools.empty())
    return entries(projection.weights);
  uint64_t count = 0;
  const IncomingInts incoming(projection);
  for (uint32_t target = 0; target < postCount(projection); ++target)
    incoming.forEach(target, [&](uint32_t, int16_t) { ++count; });
  return count;
}

uint64_t synapseCount(const HostLayer &layer) {
  return entries(layer.weights);
}

uint64_t parameterCount(const Projection &projection) {
  uint64_t count = storedIn(projection.weights) + projection.bias.size();
  for (const Weights &map : projection.before)
    count += storedIn(map);
  return count;
}

SparseWeights unroll(const Projection &projection) {
  SparseWeights map;
  map.posts = postCount(projection);
  map.pres = preCount(projection);
  map.rowStart.assign(1, 0);
  const OutgoingSynapses outgoing(projection);
  for (uint32_t source = 0; source < map.pres; ++source) {
    outgoing.forEach(source, [&](uint32_t target, double weight) {
      if (const float rounded = static_cast<float>(weight); rounded != 0.0f) {
        map.columns.push_back(target);
        map.values.push_back(rounded);
      }
    });
    map.rowStart.push_back(map.columns.size());
  }
  return map;
}

} // namespace snnc::net
