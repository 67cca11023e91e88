// What a linear map does to numbers, straight from its definition: slow, and independent of the
// walks of net/synapses.h.
#pragma once

#include "common/net/net.h"
#include "common/net/quant_net.h"

namespace snnc::net {

using Numbers = std::vector<double>;

template <class T> Numbers applied(const DenseMap<T> &map, const Numbers &x) {
  Numbers y(map.rows, 0.0);
  for (uint32_t o = 0; o < map.rows; ++o)
    for (uint32_t i = 0; i < map.cols; ++i)
      y[o] += map.values[size_t{o} * map.cols + i] * x[i];
  return y;
}

template <class T> Numbers applied(const SparseMap<T> &map, const Numbers &x) {
  Numbers y(map.posts, 0.0);
  for (uint32_t i = 0; i < map.pres; ++i)
    for (uint64_t at = map.rowStart[i]; at < map.rowStart[i + 1]; ++at)
      y[map.columns[at]] += map.values[at] * x[i];
  return y;
}

// x[c, y*s - p + u*d, ...], 0 outside.
inline double seen(const Window &w, const Numbers &x, uint32_t c, uint32_t y, uint32_t u,
                   uint32_t z, uint32_t v) {
  const int row = int(y * w.strideH) - int(w.padTop) + int(u * w.dilationH);
  const int column = int(z * w.strideW) - int(w.padLeft) + int(v * w.dilationW);
  if (row < 0 || column < 0 || row >= int(w.inH) || column >= int(w.inW))
    return 0.0;
  return x[(c * w.inH + uint32_t(row)) * w.inW + uint32_t(column)];
}

template <class T> Numbers applied(const ConvMap<T> &map, const Numbers &x) {
  const Window &w = map.window;
  const uint32_t inGroup = map.inChannels / map.groups, outGroup = map.outChannels / map.groups;
  Numbers out;
  for (uint32_t o = 0; o < map.outChannels; ++o)
    for (uint32_t y = 0; y < w.outH; ++y)
      for (uint32_t z = 0; z < w.outW; ++z) {
        double sum = 0.0;
        for (uint32_t c = 0; c < inGroup; ++c)
          for (uint32_t u = 0; u < w.kernelH; ++u)
            for (uint32_t v = 0; v < w.kernelW; ++v)
              sum += map.kernel[((o * inGroup + c) * w.kernelH + u) * w.kernelW + v] *
                     seen(w, x, o / outGroup * inGroup + c, y, u, z, v);
        out.push_back(sum);
      }
  return out;
}

inline Numbers applied(const PoolMap &map, const Numbers &x) {
  const Window &w = map.window;
  Numbers out;
  for (uint32_t c = 0; c < map.channels; ++c)
    for (uint32_t y = 0; y < w.outH; ++y)
      for (uint32_t z = 0; z < w.outW; ++z) {
        double sum = 0.0;
        for (uint32_t u = 0; u < w.kernelH; ++u)
          for (uint32_t v = 0; v < w.kernelW; ++v)
            sum += seen(w, x, c, y, u, z, v);
        out.push_back(map.average ? sum / (w.kernelH * w.kernelW) : sum);
      }
  return out;
}

template <class T> Numbers applied(const DiagonalMap<T> &map, const Numbers &x) {
  Numbers y = x;
  for (uint32_t i = 0; i < map.size; ++i)
    y[i] *= map.values.size() == 1 ? map.values[0] : map.values[i];
  return y;
}

inline Numbers applied(const Projection &projection, Numbers x) {
  for (const Weights &before : projection.before)
    x = std::visit([&](const auto &map) { return applied(map, x); }, before);
  return std::visit([&](const auto &map) { return applied(map, x); }, projection.weights);
}

inline Numbers applied(const QuantProjection &projection, Numbers x) {
  for (const PoolMap &pool : projection.pools)
    x = applied(pool, x);
  return std::visit([&](const auto &map) { return applied(map, x); }, projection.weights);
}

inline Numbers applied(const HostLayer &layer, const Numbers &x) {
  return std::visit([&](const auto &map) { return applied(map, x); }, layer.weights);
}

// [source][target], one unit vector after the other.
template <class AnyProjection>
std::vector<Numbers> matrixOf(const AnyProjection &projection, uint32_t sources) {
  std::vector<Numbers> columns;
  for (uint32_t source = 0; source < sources; ++source) {
    Numbers unit(sources, 0.0);
    unit[source] = 1.0;
    columns.push_back(applied(projection, unit));
  }
  return columns;
}

} // namespace snnc::net
