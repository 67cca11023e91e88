// Linear maps between populations, kept symbolic: memory is proportional to parameters, never to
// unrolled synapses. One set of templates for real weights (T = float) and integers (T = int16_t);
// net/synapses.h walks them.
//
// A matrix entry (o, i) weighs source element i into target element o. Elements of a population are
// row-major in its shape; a convolution sees them as [channel, y, x].
#pragma once

#include <algorithm>
#include <cstdint>
#include <variant>
#include <vector>

namespace snnc::net {

// Row-major [post][pre].
template <class T> struct DenseMap {
  uint32_t rows = 0, cols = 0; // post, pre
  std::vector<T> values;       // rows * cols, finite
  bool operator==(const DenseMap &) const = default;
};

// Compressed by source: targets of source i are columns[rowStart[i] .. rowStart[i+1]).
template <class T> struct SparseMap {
  uint32_t posts = 0, pres = 0;
  std::vector<uint64_t> rowStart; // pres + 1
  std::vector<uint32_t> columns;  // target neuron, ascending within a source, no duplicates
  std::vector<T> values;
  bool operator==(const SparseMap &) const = default;
};

// Row starts ascend over all entries; columns exist and ascend within a source.
template <class T> bool isSound(const SparseMap<T> &map) {
  const std::vector<uint64_t> &start = map.rowStart;
  if (start.size() != uint64_t{map.pres} + 1 || start.front() != 0 ||
      start.back() != map.columns.size() || map.columns.size() != map.values.size() ||
      !std::is_sorted(start.begin(), start.end()))
    return false;
  for (size_t row = 0; row + 1 < start.size(); ++row)
    for (uint64_t k = start[row]; k < start[row + 1]; ++k)
      if (map.columns[k] >= map.posts || (k != start[row] && map.columns[k - 1] >= map.columns[k]))
        return false;
  return true;
}

// A window that slides over maps of inH x inW and stops at outH x outW places. Output (y, x) sees
// input (y*strideH - padTop + u*dilationH, x*strideW - padLeft + v*dilationW) for kernel entry
// (u, v); what lies outside the input is 0. The padding behind follows from outH and outW. One
// dimension is inH = outH = kernelH = 1.
struct Window {
  uint32_t inH = 1, inW = 1, outH = 1, outW = 1;
  uint32_t kernelH = 1, kernelW = 1, strideH = 1, strideW = 1;
  uint32_t padTop = 0, padLeft = 0, dilationH = 1, dilationW = 1;

  uint64_t inSize() const { return uint64_t{inH} * inW; }
  uint64_t outSize() const { return uint64_t{outH} * outW; }
  uint32_t kernelSize() const { return kernelH * kernelW; }
  // No input lies in two windows: stride >= kernel on both axes, no dilation.
  bool disjoint() const {
    return strideH >= kernelH && strideW >= kernelW && dilationH == 1 && dilationW == 1;
  }
  bool operator==(const Window &) const = default;
};

// Cross-correlation, as every framework calls convolution: output channel o of group
// g = o / (outChannels / groups) sees the input channels [g, g+1) * (inChannels / groups).
template <class T> struct ConvMap {
  uint32_t inChannels = 1, outChannels = 1, groups = 1; // groups divides both
  Window window;
  std::vector<T> kernel; // [outChannels][inChannels / groups][kernelH][kernelW]
  uint32_t rows() const { return static_cast<uint32_t>(outChannels * window.outSize()); }
  uint32_t cols() const { return static_cast<uint32_t>(inChannels * window.inSize()); }
  bool operator==(const ConvMap &) const = default;
};

// Every channel's window sums, or their mean: 1 / (kernelH * kernelW) each, padding counted.
struct PoolMap {
  uint32_t channels = 1;
  Window window;
  bool average = false;
  uint32_t rows() const { return static_cast<uint32_t>(channels * window.outSize()); }
  uint32_t cols() const { return static_cast<uint32_t>(channels * window.inSize()); }
  bool operator==(const PoolMap &) const = default;
};

// Element i of the source into element i of the target, times values[i], or values[0] for all.
template <class T> struct DiagonalMap {
  uint32_t size = 0;
  std::vector<T> values; // 1 or size
  T operator[](uint32_t i) const { return values[values.size() == 1 ? 0 : i]; }
  bool operator==(const DiagonalMap &) const = default;
};

using DenseWeights = DenseMap<float>;
using SparseWeights = SparseMap<float>;
using ConvWeights = ConvMap<float>;
using DiagonalWeights = DiagonalMap<float>; // values {1}: the identity
using Weights = std::variant<DenseWeights, SparseWeights, ConvWeights, PoolMap, DiagonalWeights>;

using DenseInts = DenseMap<int16_t>;
using SparseInts = SparseMap<int16_t>;
using ConvInts = ConvMap<int16_t>;

} // namespace snnc::net
