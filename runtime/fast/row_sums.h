// Sums of rows with the running sums in registers, for vectors of any width. V has: kLanes (of
// int16), Register, load, store, storeSome (the first lanes), zero, widen (int8 or int16 to lanes),
// add, shift; for rows of int8 by twos Bytes, bytes, addTwo and inOrder.
#pragma once

#include "runtime/fast/kernels.h"

namespace snnc::runtime::fast {
namespace {

// The second row where their number is odd.
alignas(64) constexpr int8_t kNoRow8[4 * kWord] = {};
alignas(64) constexpr int16_t kNoRow16[4 * kWord] = {};
inline const int8_t *noRow(const int8_t *) {
  return kNoRow8;
}
inline const int16_t *noRow(const int16_t *) {
  return kNoRow16;
}

// Vectors 2j and 2j + 1 of the sums. Weights of two rows side by side are added as they are
// widened, which takes three instructions instead of four, and leaves the lanes out of order.
template <class V, unsigned N>
inline void addTwo(typename V::Register *sum, const int8_t *a, const int8_t *b) {
#pragma GCC unroll 8
  for (unsigned j = 0; j < N; j += 2)
    V::addTwo(sum[j], sum[j + 1], V::bytes(a + j * V::kLanes), V::bytes(b + j * V::kLanes));
}
template <class V, unsigned N>
inline void addTwo(typename V::Register *sum, const int16_t *a, const int16_t *b) {
  for (unsigned j = 0; j < N; ++j)
    sum[j] = V::add(sum[j], V::add(V::load(a + j * V::kLanes), V::load(b + j * V::kLanes)));
}

// The sum of the rows goes to the sums with one shift: modulo 2^16 that is the same.
template <class V>
inline typename V::Register added(const int16_t *sums, typename V::Register rows, uint32_t shift) {
  return V::add(V::load(sums), V::shift(rows, shift));
}

// Vectors [0, N) of the sums, all rows.
template <class V, unsigned N, class Weight>
inline void addBlock(int16_t *sums, const Weight *weights, const RowList &rows, uint32_t shift) {
  typename V::Register sum[N];
#pragma GCC unroll 8
  for (unsigned j = 0; j < N; ++j)
    sum[j] = V::zero();
  const auto row = [&](uint32_t k) { return weights + rows.offsets[rows.picked[k]]; };
  uint32_t k = 0;
  for (; k + 1 < rows.size; k += 2)
    addTwo<V, N>(sum, row(k), row(k + 1));
  if (k < rows.size)
    addTwo<V, N>(sum, row(k), noRow(weights));
#pragma GCC unroll 8
  for (unsigned j = 0; sizeof(Weight) == 1 && j < N; j += 2)
    V::inOrder(sum[j], sum[j + 1]);
#pragma GCC unroll 8
  for (unsigned j = 0; j < N; ++j)
    V::store(sums + j * V::kLanes, added<V>(sums + j * V::kLanes, sum[j], shift));
}

// The first `count` sums of one vector. What is read beyond them, the next row's weights or slack,
// is not stored. Two chains of additions.
template <class V, class Weight>
inline void addTail(int16_t *sums, uint32_t count, const Weight *weights, const RowList &rows,
                    uint32_t shift) {
  typename V::Register even = V::zero(), odd = V::zero();
  const auto row = [&](uint32_t k) { return V::widen(weights + rows.offsets[rows.picked[k]]); };
  uint32_t k = 0;
  for (; k + 1 < rows.size; k += 2) {
    even = V::add(even, row(k));
    odd = V::add(odd, row(k + 1));
  }
  if (k < rows.size)
    even = V::add(even, row(k));
  V::storeSome(sums, count, added<V>(sums, V::add(even, odd), shift));
}

template <class V, unsigned N, class Weight>
inline void addBlocks(int16_t *&sums, uint32_t &count, const Weight *&weights, const RowList &rows,
                      uint32_t shift) {
  for (; count >= N * V::kLanes; count -= N * V::kLanes) {
    addBlock<V, N>(sums, weights, rows, shift);
    sums += N * V::kLanes;
    weights += N * V::kLanes;
  }
}

template <class V, class Weight>
void addRows(int16_t *sums, uint32_t count, const Weight *weights, const RowList &rows,
             uint32_t shift) {
  addBlocks<V, 8>(sums, count, weights, rows, shift);
  addBlocks<V, 2>(sums, count, weights, rows, shift);
  for (uint32_t i = 0; i < count; i += V::kLanes)
    addTail<V>(sums + i, count - i < V::kLanes ? count - i : V::kLanes, weights + i, rows, shift);
}

} // namespace
} // namespace snnc::runtime::fast
