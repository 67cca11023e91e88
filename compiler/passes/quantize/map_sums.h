// Sums over the synapses of one weighted map, in its own form: a convolution's are added row by
// row, nothing is unrolled. Behind pools a stored weight stands for several synapses.
#pragma once

#include "compiler/passes/quantize/bounds.h"

#include "common/net/net.h"
#include "common/net/quant_net.h"
#include "common/net/window_walk.h"

#include "llvm/ADT/ArrayRef.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace snnc::compiler::quantize {

// How many neurons are summed into each input of the weighted map; empty without pools: one each.
using InputUses = std::vector<uint32_t>;
InputUses inputUses(const net::Projection &projection); // lowered: disjoint pools, if any

// Synapses per kernel entry of one output channel: [inChannels][kernelH][kernelW]; group g of
// groups sees its own channels only.
std::vector<uint64_t> kernelUses(uint32_t inChannels, const net::Window &window,
                                 const InputUses &uses);

// Adds weight * unit of every synapse to its target's sum of positive or negative ones.
inline void addTo(Range &sum, double weight) {
  (weight > 0.0 ? sum.high : sum.low) += weight;
}
inline double usesOf(const InputUses &uses, size_t input) {
  return uses.empty() ? 1.0 : uses[input];
}

template <class T>
void addSums(const net::DenseMap<T> &map, const InputUses &uses, double unit,
             llvm::MutableArrayRef<Range> sums) {
  for (size_t row = 0; row < map.rows; ++row)
    for (size_t col = 0; col < map.cols; ++col)
      addTo(sums[row], map.values[row * map.cols + col] * unit * usesOf(uses, col));
}

template <class T>
void addSums(const net::SparseMap<T> &map, const InputUses &uses, double unit,
             llvm::MutableArrayRef<Range> sums) {
  for (uint32_t source = 0; source < map.pres; ++source)
    for (uint64_t i = map.rowStart[source]; i < map.rowStart[source + 1]; ++i)
      addTo(sums[map.columns[i]], map.values[i] * unit * usesOf(uses, source));
}

template <class T>
void addSums(const net::DiagonalMap<T> &map, const InputUses &uses, double unit,
             llvm::MutableArrayRef<Range> sums) {
  for (uint32_t i = 0; i < map.size; ++i)
    addTo(sums[i], map[i] * unit * usesOf(uses, i));
}

// One kernel entry over all places of one output channel; `uses` of its input channel, or null.
inline void addTap(const net::Window &window, uint32_t u, uint32_t v, double weight,
                   const uint32_t *uses, Range *sums) {
  const net::TapPlaces rows = net::placesOfTap(net::axisH(window), u);
  const net::TapPlaces columns = net::placesOfTap(net::axisW(window), v);
  for (int64_t y = rows.first, in = rows.input; y < rows.last; ++y, in += window.strideH) {
    Range *row = sums + y * window.outW;
    const uint32_t *seen = uses == nullptr ? nullptr : uses + in * window.inW + columns.input;
    for (int64_t x = columns.first; x < columns.last;
         ++x, seen += window.strideW * (uses != nullptr))
      addTo(row[x], uses == nullptr ? weight : weight * *seen);
  }
}

template <class T>
void addSums(const net::ConvMap<T> &map, const InputUses &uses, double unit,
             llvm::MutableArrayRef<Range> sums) {
  const net::Window &window = map.window;
  const uint32_t inGroup = map.inChannels / map.groups, outGroup = map.outChannels / map.groups;
  const T *weight = map.kernel.data();
  for (uint32_t o = 0; o < map.outChannels; ++o)
    for (uint32_t c = 0; c < inGroup; ++c) {
      const size_t channel = size_t{o / outGroup} * inGroup + c;
      const uint32_t *seen = uses.empty() ? nullptr : uses.data() + channel * window.inSize();
      for (uint32_t u = 0; u < window.kernelH; ++u)
        for (uint32_t v = 0; v < window.kernelW; ++v, ++weight)
          if (*weight != T(0))
            addTap(window, u, v, *weight * unit, seen, sums.data() + o * window.outSize());
    }
}

} // namespace snnc::compiler::quantize
