// Random linear maps of every form and geometry, small. Weights are small integers (pools divide by
// powers of two), so that every product and sum is exact.
#pragma once

#include "common/net/net.h"
#include "common/net/quant_net.h"
#include "common/support/rng.h"

#include <algorithm>

namespace snnc::net {

inline uint32_t rowsOf(const Weights &map) {
  struct Rows {
    uint32_t operator()(const DenseWeights &m) const { return m.rows; }
    uint32_t operator()(const SparseWeights &m) const { return m.posts; }
    uint32_t operator()(const ConvWeights &m) const { return m.rows(); }
    uint32_t operator()(const PoolMap &m) const { return m.rows(); }
    uint32_t operator()(const DiagonalWeights &m) const { return m.size; }
  };
  return std::visit(Rows(), map);
}

class RandomMaps {
public:
  explicit RandomMaps(support::Rng &rng) : rng(rng) {}

  // A map that takes `pres` elements. Every second weight or so is 0.
  Weights map(uint32_t pres) {
    switch (rng.below(6)) {
    case 0:
      return dense<float>(1 + below(20), pres, 3);
    case 1:
      return sparse<float>(1 + below(20), pres, 3);
    case 2:
      return pool(pres, false);
    case 3:
      return diagonal(pres);
    default:
      return conv<float>(pres, 3);
    }
  }
  // 1 .. 4 of them.
  Projection chain(uint32_t pres) {
    Projection projection;
    for (uint64_t more = rng.below(4); more > 0 && pres <= 100; --more) {
      projection.before.push_back(map(pres));
      pres = rowsOf(projection.before.back());
    }
    projection.weights = map(pres);
    return projection;
  }

  template <class T> DenseMap<T> dense(uint32_t posts, uint32_t pres, int limit) {
    return {posts, pres, values<T>(size_t{posts} * pres, limit)};
  }
  template <class T> SparseMap<T> sparse(uint32_t posts, uint32_t pres, int limit) {
    SparseMap<T> map{posts, pres, {0}, {}, {}};
    for (uint32_t source = 0; source < pres; ++source) {
      for (uint32_t target = 0; target < posts; ++target)
        if (rng.below(3) == 0)
          map.columns.push_back(target);
      map.rowStart.push_back(map.columns.size());
    }
    map.values = values<T>(map.columns.size(), limit);
    return map;
  }
  template <class T> ConvMap<T> conv(uint32_t pres, int limit) {
    ConvMap<T> map;
    map.inChannels = divisorOf(pres);
    map.groups = divisorOf(map.inChannels);
    map.outChannels = map.groups * (1 + below(3));
    map.window = window(pres / map.inChannels);
    map.kernel = values<T>(
        size_t{map.outChannels} * (map.inChannels / map.groups) * map.window.kernelSize(), limit);
    return map;
  }
  PoolMap pool(uint32_t pres, bool disjoint) {
    PoolMap map;
    map.channels = divisorOf(pres);
    map.window = window(pres / map.channels, disjoint);
    const uint32_t size = map.window.kernelSize();
    map.average = !disjoint && (size & (size - 1)) == 0 && rng.below(2);
    return map;
  }
  DiagonalWeights diagonal(uint32_t size) {
    return {size, values<float>(rng.below(2) ? size : 1, 3)};
  }
  // Of `elements` inputs.
  Window window(uint32_t elements, bool disjoint = false) {
    Window w;
    w.inH = rng.below(4) ? divisorOf(elements) : 1;
    w.inW = elements / w.inH;
    axis(w.inH, disjoint, w.outH, w.kernelH, w.strideH, w.padTop, w.dilationH);
    axis(w.inW, disjoint, w.outW, w.kernelW, w.strideW, w.padLeft, w.dilationW);
    return w;
  }
  uint32_t below(uint64_t limit) { return static_cast<uint32_t>(rng.below(limit)); }

private:
  uint32_t divisorOf(uint32_t n) {
    std::vector<uint32_t> divisors;
    for (uint32_t d = 1; d <= n; ++d)
      if (n % d == 0)
        divisors.push_back(d);
    return divisors[rng.below(divisors.size())];
  }
  // Stops at any place up to the last that the padding behind allows.
  void axis(uint32_t in, bool disjoint, uint32_t &out, uint32_t &kernel, uint32_t &stride,
            uint32_t &pad, uint32_t &dilation) {
    kernel = 1 + below(4);
    stride = disjoint ? kernel + below(2) : 1 + below(3);
    dilation = disjoint ? 1 : 1 + below(2);
    const uint32_t reach = (kernel - 1) * dilation;
    pad = rng.below(2) ? below(reach + 3) : 0;
    const uint32_t padded = in + pad + below(std::max(pad, reach) + 1);
    if (padded <= reach) {
      kernel = stride = dilation = 1, pad = 0, out = in;
      return;
    }
    out = (padded - reach - 1) / stride + 1;
    if (rng.below(8) == 0)
      out = 1 + below(out);
  }
  template <class T> std::vector<T> values(size_t count, int limit) {
    std::vector<T> values(count);
    for (T &value : values)
      value = static_cast<T>(rng.below(2) ? rng.between(-limit, limit) : 0);
    return values;
  }

  support::Rng &rng;
};

} // namespace snnc::net
