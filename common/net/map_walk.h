// The entries of one linear map by target or by source: ascending, each once, zeros left out.
// Private to common/net; net/synapses.h is what others use.
//
// A walk refers to its map, which outlives it. Walks keep scratch memory: not for two threads.
#pragma once

#include "common/net/turn_over.h"
#include "common/net/window_walk.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <vector>

namespace snnc::net {

enum class By { Target, Source };

// Rows become columns and back; targets ascend as before.
template <class T> SparseMap<T> turnedOver(const SparseMap<T> &map) {
  Compressed<T> columns = turnOver<T>(
      map.rowStart, map.posts, [&](size_t i) { return map.columns[i]; },
      [&](size_t i) { return map.values[i]; }, [](size_t) { return true; });
  return {map.pres, map.posts, std::move(columns.start), std::move(columns.index),
          std::move(columns.values)};
}

template <class Map, By by> class MapWalk;

template <class T> class MapWalk<DenseMap<T>, By::Target> {
public:
  explicit MapWalk(const DenseMap<T> &map) : map(map) {}
  template <class F> void forEach(uint32_t target, F f) const {
    const T *row = map.values.data() + size_t{target} * map.cols;
    for (uint32_t source = 0; source < map.cols; ++source)
      if (row[source] != 0)
        f(source, row[source]);
  }

private:
  const DenseMap<T> &map;
};

// A column touches one cache line per row: neighbours are turned over together.
template <class T> class MapWalk<DenseMap<T>, By::Source> {
public:
  explicit MapWalk(const DenseMap<T> &map) : map(map) {}
  template <class F> void forEach(uint32_t source, F f) const {
    if (source % kBlock == 0 && source / kBlock != loaded)
      load(source);
    const bool inBlock = source / kBlock == loaded;
    const T *column =
        inBlock ? block.data() + size_t{source % kBlock} * map.rows : map.values.data() + source;
    const size_t step = inBlock ? 1 : map.cols;
    for (uint32_t target = 0; target < map.rows; ++target, column += step)
      if (*column != 0)
        f(target, *column);
  }

private:
  static constexpr uint32_t kBlock = 16;
  void load(uint32_t first) const {
    block.resize(size_t{kBlock} * map.rows);
    const uint32_t count = std::min(kBlock, map.cols - first);
    for (size_t row = 0; row < map.rows; ++row)
      for (size_t k = 0; k < count; ++k)
        block[k * map.rows + row] = map.values[row * map.cols + first + k];
    loaded = first / kBlock;
  }

  const DenseMap<T> &map;
  mutable std::vector<T> block;
  mutable uint32_t loaded = UINT32_MAX;
};

template <class T> class MapWalk<SparseMap<T>, By::Source> {
public:
  explicit MapWalk(const SparseMap<T> &map) : map(map) {}
  template <class F> void forEach(uint32_t source, F f) const {
    for (uint64_t at = map.rowStart[source]; at < map.rowStart[source + 1]; ++at)
      if (map.values[at] != 0)
        f(map.columns[at], map.values[at]);
  }

private:
  const SparseMap<T> &map;
};

template <class T> class MapWalk<SparseMap<T>, By::Target> {
public:
  explicit MapWalk(const SparseMap<T> &map) : turned(turnedOver(map)) {}
  template <class F> void forEach(uint32_t target, F f) const {
    MapWalk<SparseMap<T>, By::Source>(turned).forEach(target, f);
  }

private:
  SparseMap<T> turned;
};

template <class T> class MapWalk<ConvMap<T>, By::Target> {
public:
  explicit MapWalk(const ConvMap<T> &map) : map(map) {}
  template <class F> void forEach(uint32_t target, F f) const {
    const Window &window = map.window;
    const auto [channel, y, x] = placeIn(target, window.outH, window.outW);
    const uint32_t inGroup = map.inChannels / map.groups;
    const uint32_t firstChannel = channel / (map.outChannels / map.groups) * inGroup;
    const WindowOfOutput seen(window, y, x);
    const T *kernel = map.kernel.data() + size_t{channel} * inGroup * window.kernelSize();
    for (uint32_t c = 0; c < inGroup; ++c, kernel += window.kernelSize()) {
      const uint32_t base = static_cast<uint32_t>((firstChannel + c) * window.inSize());
      seen.forEach([&](uint32_t input, uint32_t tap) {
        if (kernel[tap] != 0)
          f(base + input, kernel[tap]);
      });
    }
  }

private:
  const ConvMap<T> &map;
};

template <class T> class MapWalk<ConvMap<T>, By::Source> {
public:
  explicit MapWalk(const ConvMap<T> &map) : map(map) {}
  template <class F> void forEach(uint32_t source, F f) const {
    const Window &window = map.window;
    const auto [channel, y, x] = placeIn(source, window.inH, window.inW);
    const uint32_t inGroup = map.inChannels / map.groups, outGroup = map.outChannels / map.groups;
    const uint32_t group = channel / inGroup;
    const WindowsOfInput seen(window, y, x);
    for (uint32_t o = group * outGroup; o < (group + 1) * outGroup; ++o) {
      const uint32_t base = static_cast<uint32_t>(o * window.outSize());
      const T *kernel =
          map.kernel.data() + (size_t{o} * inGroup + channel % inGroup) * window.kernelSize();
      seen.forEach([&](uint32_t output, uint32_t tap) {
        if (kernel[tap] != 0)
          f(base + output, kernel[tap]);
      });
    }
  }

private:
  const ConvMap<T> &map;
};

// What a pool weighs its window with.
inline double poolWeight(const PoolMap &pool) {
  return pool.average ? 1.0 / pool.window.kernelSize() : 1.0;
}

template <> class MapWalk<PoolMap, By::Target> {
public:
  explicit MapWalk(const PoolMap &map) : map(map), weight(poolWeight(map)) {}
  template <class F> void forEach(uint32_t target, F f) const {
    const auto [channel, y, x] = placeIn(target, map.window.outH, map.window.outW);
    const uint32_t base = static_cast<uint32_t>(channel * map.window.inSize());
    WindowOfOutput(map.window, y, x).forEach([&](uint32_t input, uint32_t) {
      f(base + input, weight);
    });
  }

private:
  const PoolMap &map;
  double weight;
};

template <> class MapWalk<PoolMap, By::Source> {
public:
  explicit MapWalk(const PoolMap &map) : map(map), weight(poolWeight(map)) {}
  template <class F> void forEach(uint32_t source, F f) const {
    const auto [channel, y, x] = placeIn(source, map.window.inH, map.window.inW);
    const uint32_t base = static_cast<uint32_t>(channel * map.window.outSize());
    WindowsOfInput(map.window, y, x).forEach([&](uint32_t output, uint32_t) {
      f(base + output, weight);
    });
  }

private:
  const PoolMap &map;
  double weight;
};

template <class T, By by> class MapWalk<DiagonalMap<T>, by> {
public:
  explicit MapWalk(const DiagonalMap<T> &map) : map(map) {}
  template <class F> void forEach(uint32_t element, F f) const {
    if (const T value = map[element]; value != 0)
      f(element, value);
  }

private:
  const DiagonalMap<T> &map;
};

// Sums by index, given out in ascending order. Adds cost O(1); a flush sorts or sweeps.
template <class T> class SortedSums {
public:
  explicit SortedSums(size_t size) : sums(size, T(0)), marked(size, false) {}

  void add(uint32_t index, T value) {
    if (!marked[index]) {
      marked[index] = true;
      touched.push_back(index);
    }
    sums[index] += value;
  }
  // f(index, sum) for the sums that are not 0, ascending; all are 0 afterwards.
  template <class F> void flush(F f) {
    sort();
    for (uint32_t index : touched) {
      const T sum = sums[index];
      sums[index] = T(0);
      marked[index] = false;
      if (sum != T(0))
        f(index, sum);
    }
    touched.clear();
  }

private:
  void sort() {
    if (llvm::is_sorted(touched))
      return;
    const auto [lowest, highest] = std::minmax_element(touched.begin(), touched.end());
    const uint32_t first = *lowest, last = *highest;
    if (last - first > 16 * touched.size()) {
      llvm::sort(touched);
      return;
    }
    touched.clear();
    for (uint32_t index = first; index <= last; ++index)
      if (marked[index])
        touched.push_back(index);
  }

  std::vector<T> sums;
  std::vector<uint8_t> marked;
  std::vector<uint32_t> touched;
};

} // namespace snnc::net
