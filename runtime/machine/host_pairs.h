// What host_sums.h has kernels for. addPairs with its sums in registers, once per instruction set:
// V has: kLanes (of int32), Register, load, store, both (one pair of int16 in every lane), add, and
// multiply: the sum of the two products of int16 of every lane.
#pragma once

#include "runtime/machine/host_sums.h"

namespace snnc::runtime {

// Null where the compiler cannot build them.
extern const AddPairs kAddPairs256, kAddPairs512; // AVX2; AVX-512 F, BW
extern const ScaleInputs kScaleInputs512;

namespace {

// N vectors of targets, of rows that lie `targets` pairs apart.
template <class V, unsigned N>
inline void addPairsBlock(int32_t *sums, size_t targets, const int16_t *weights,
                          const ActivePairs &active) {
  typename V::Register sum[N];
  for (unsigned j = 0; j < N; ++j)
    sum[j] = V::load(sums + j * V::kLanes);
  for (size_t k = 0; k < active.count; ++k) {
    const int16_t *row = weights + active.pairs[k] * targets * 2;
    const typename V::Register both = V::both(active.x[k]);
    for (unsigned j = 0; j < N; ++j)
      sum[j] = V::add(sum[j], V::multiply(V::load(row + size_t{2} * j * V::kLanes), both));
  }
  for (unsigned j = 0; j < N; ++j)
    V::store(sums + j * V::kLanes, sum[j]);
}

template <class V>
void addPairsIn(int32_t *sums, size_t targets, const int16_t *weights, const ActivePairs &active) {
  constexpr unsigned kMost = 8; // registers
  size_t t = 0;
  for (; t + kMost * V::kLanes <= targets; t += kMost * V::kLanes)
    addPairsBlock<V, kMost>(sums + t, targets, weights + 2 * t, active);
  for (; t + V::kLanes <= targets; t += V::kLanes)
    addPairsBlock<V, 1>(sums + t, targets, weights + 2 * t, active);
}

} // namespace
} // namespace snnc::runtime
