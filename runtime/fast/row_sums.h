// Sums of rows with the running sums in registers, for vectors of any width. V has: kLanes (of
// int16), Register, load, store, storeSome (the first lanes), zero, widen (int8 or int16 to lanes),
// add, shift.
#pragma once

#include "runtime/fast/kernels.h"

namespace snnc::runtime::fast {
namespace {

template <class V, bool Shifted, class Weight>
inline typename V::Register effectOf(const Weight *weights, uint32_t shift) {
  const typename V::Register effect = V::widen(weights);
  return Shifted ? V::shift(effect, shift) : effect;
}

// Vectors [0, N) of the sums, all rows.
template <class V, unsigned N, bool Shifted, class Weight>
inline void addBlock(int16_t *sums, const Weight *weights, const RowList &rows, uint32_t shift) {
  typename V::Register sum[N];
  for (unsigned j = 0; j < N; ++j)
    sum[j] = V::load(sums + j * V::kLanes);
  for (uint32_t k = 0; k < rows.size; ++k) {
    const Weight *row = weights + rows.offsets[rows.picked[k]];
    for (unsigned j = 0; j < N; ++j)
      sum[j] = V::add(sum[j], effectOf<V, Shifted>(row + j * V::kLanes, shift));
  }
  for (unsigned j = 0; j < N; ++j)
    V::store(sums + j * V::kLanes, sum[j]);
}

// The first `count` sums of one vector. What is read beyond them, the next row's weights or slack,
// is not stored. Two chains of additions.
template <class V, bool Shifted, class Weight>
inline void addTail(int16_t *sums, uint32_t count, const Weight *weights, const RowList &rows,
                    uint32_t shift) {
  typename V::Register even = V::load(sums), odd = V::zero();
  uint32_t k = 0;
  for (; k + 1 < rows.size; k += 2) {
    even = V::add(even, effectOf<V, Shifted>(weights + rows.offsets[rows.picked[k]], shift));
    odd = V::add(odd, effectOf<V, Shifted>(weights + rows.offsets[rows.picked[k + 1]], shift));
  }
  if (k < rows.size)
    even = V::add(even, effectOf<V, Shifted>(weights + rows.offsets[rows.picked[k]], shift));
  V::storeSome(sums, count, V::add(even, odd));
}

template <class V, bool Shifted, class Weight>
inline void addBlocks(int16_t *sums, uint32_t count, const Weight *weights, const RowList &rows,
                      uint32_t shift) {
  constexpr unsigned kMost = 8; // registers
  for (; count >= kMost * V::kLanes; count -= kMost * V::kLanes) {
    addBlock<V, kMost, Shifted>(sums, weights, rows, shift);
    sums += kMost * V::kLanes;
    weights += kMost * V::kLanes;
  }
  if (count >= 4 * V::kLanes) {
    addBlock<V, 4, Shifted>(sums, weights, rows, shift);
    sums += 4 * V::kLanes;
    weights += 4 * V::kLanes;
    count -= 4 * V::kLanes;
  }
  for (; count >= V::kLanes; count -= V::kLanes) {
    addBlock<V, 1, Shifted>(sums, weights, rows, shift);
    sums += V::kLanes;
    weights += V::kLanes;
  }
  if (count != 0)
    addTail<V, Shifted>(sums, count, weights, rows, shift);
}

template <class V, class Weight>
void addRows(int16_t *sums, uint32_t count, const Weight *weights, const RowList &rows,
             uint32_t shift) {
  if (shift == 0)
    addBlocks<V, false>(sums, count, weights, rows, shift);
  else
    addBlocks<V, true>(sums, count, weights, rows, shift);
}

} // namespace
} // namespace snnc::runtime::fast
