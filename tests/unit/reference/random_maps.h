// Random linear maps that join to a chain, with small integers as values, so that sums are exact.
#pragma once

#include "common/net/net.h"
#include "common/support/rng.h"

#include <vector>

namespace snnc::test {

// Elements as maps see them. A vector of n elements is {1, 1, n} or {n, 1, 1}.
struct MapShape {
  uint32_t channels = 1, height = 1, width = 1;
  uint32_t size() const { return channels * height * width; }
};

inline float smallInteger(support::Rng &rng) {
  return static_cast<float>(rng.between(-3, 3)); // zeros among them
}

// Stride, padding and dilation at random; the output has at least one place.
inline net::Window randomWindow(support::Rng &rng, const MapShape &in, bool disjoint) {
  net::Window w;
  const auto axis = [&](uint32_t extent, uint32_t &kernel, uint32_t &stride, uint32_t &pad,
                        uint32_t &dilation, uint32_t &out) {
    kernel = static_cast<uint32_t>(rng.between(1, std::min<uint32_t>(extent, 3)));
    dilation = disjoint ? 1 : static_cast<uint32_t>(rng.between(1, 2));
    if ((kernel - 1) * dilation >= extent)
      dilation = 1;
    stride = static_cast<uint32_t>(disjoint ? rng.between(kernel, kernel + 1) : rng.between(1, 3));
    pad = static_cast<uint32_t>(rng.below(kernel));
    const auto padBehind = static_cast<uint32_t>(rng.below(kernel)); // what follows from `out`
    out = (extent + pad + padBehind - dilation * (kernel - 1) - 1) / stride + 1;
  };
  w.inH = in.height;
  w.inW = in.width;
  axis(w.inH, w.kernelH, w.strideH, w.padTop, w.dilationH, w.outH);
  axis(w.inW, w.kernelW, w.strideW, w.padLeft, w.dilationW, w.outW);
  return w;
}

inline net::PoolMap randomPool(support::Rng &rng, MapShape &shape, bool disjoint) {
  net::PoolMap pool;
  pool.channels = shape.channels;
  pool.window = randomWindow(rng, shape, disjoint);
  shape = {shape.channels, pool.window.outH, pool.window.outW};
  return pool;
}

template <class T> net::ConvMap<T> randomConv(support::Rng &rng, MapShape &shape) {
  net::ConvMap<T> conv;
  conv.inChannels = shape.channels;
  conv.groups = shape.channels % 2 == 0 && rng.below(2) != 0 ? 2 : 1;
  conv.outChannels = conv.groups * static_cast<uint32_t>(rng.between(1, 3));
  conv.window = randomWindow(rng, shape, false);
  conv.kernel.resize(size_t{conv.outChannels} * (conv.inChannels / conv.groups) *
                     conv.window.kernelSize());
  for (T &value : conv.kernel)
    value = static_cast<T>(smallInteger(rng));
  shape = {conv.outChannels, conv.window.outH, conv.window.outW};
  return conv;
}

template <class T> net::DenseMap<T> randomDense(support::Rng &rng, MapShape &shape) {
  net::DenseMap<T> dense{static_cast<uint32_t>(rng.between(1, 9)), shape.size(), {}};
  for (size_t i = 0; i < size_t{dense.rows} * dense.cols; ++i)
    dense.values.push_back(static_cast<T>(smallInteger(rng)));
  shape = {1, 1, dense.rows};
  return dense;
}

template <class T> net::SparseMap<T> randomSparse(support::Rng &rng, MapShape &shape) {
  net::SparseMap<T> sparse;
  sparse.pres = shape.size();
  sparse.posts = static_cast<uint32_t>(rng.between(1, 9));
  sparse.rowStart.push_back(0);
  for (uint32_t source = 0; source < sparse.pres; ++source) {
    for (uint32_t target = 0; target < sparse.posts; ++target)
      if (rng.below(2) != 0) {
        sparse.columns.push_back(target);
        sparse.values.push_back(static_cast<T>(smallInteger(rng)));
      }
    sparse.rowStart.push_back(sparse.columns.size());
  }
  shape = {1, 1, sparse.posts};
  return sparse;
}

inline net::Weights randomMap(support::Rng &rng, MapShape &shape) {
  switch (rng.below(5)) {
  case 0:
    return randomDense<float>(rng, shape);
  case 1:
    return randomSparse<float>(rng, shape);
  case 2:
    return randomConv<float>(rng, shape);
  case 3: {
    net::PoolMap pool = randomPool(rng, shape, rng.below(2) != 0);
    pool.average = rng.below(3) == 0;
    return pool;
  }
  default: {
    net::DiagonalWeights diagonal{shape.size(), {}};
    diagonal.values.resize(rng.below(2) != 0 ? 1 : shape.size());
    for (float &value : diagonal.values)
      value = smallInteger(rng);
    return diagonal;
  }
  }
}

} // namespace snnc::test
