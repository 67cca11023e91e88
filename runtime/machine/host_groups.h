// What host_sums.h has kernels for. Its AddGroups with the sums in registers, once per instruction
// set: V has: kLanes (of int32), Register, load, store, all (one group in every lane) and
// multiplyAdd: sum plus the products of every lane's weights and integers.
#pragma once

#include "runtime/machine/host_sums.h"

namespace snnc::runtime {

// Null where the compiler cannot build them: AVX2; AVX-512 F, BW; and VNNI.
extern const AddGroups kAddPairs256, kAddPairs512, kAddQuadsVnni;
extern const ScaleInputs kScalePairs512, kScaleQuads512;

namespace {

// N vectors of targets, of rows that lie `targets` groups apart.
template <class V, unsigned N>
inline void addGroupsBlock(int32_t *sums, size_t targets, const int32_t *weights,
                           const ActiveGroups &active) {
  typename V::Register sum[N];
  for (unsigned j = 0; j < N; ++j)
    sum[j] = V::load(sums + j * V::kLanes);
  for (size_t k = 0; k < active.count; ++k) {
    const int32_t *row = weights + active.groups[k] * targets;
    const typename V::Register x = V::all(active.x[k]);
    for (unsigned j = 0; j < N; ++j)
      sum[j] = V::multiplyAdd(sum[j], V::load(row + j * V::kLanes), x);
  }
  for (unsigned j = 0; j < N; ++j)
    V::store(sums + j * V::kLanes, sum[j]);
}

template <class V, unsigned N>
void addGroups(int32_t *sums, size_t targets, const void *weights, const ActiveGroups &active) {
  const auto *groups = static_cast<const int32_t *>(weights);
  size_t t = 0;
  for (; t + N * V::kLanes <= targets; t += N * V::kLanes)
    addGroupsBlock<V, N>(sums + t, targets, groups + t, active);
  for (; t + V::kLanes <= targets; t += V::kLanes)
    addGroupsBlock<V, 1>(sums + t, targets, groups + t, active);
}

} // namespace
} // namespace snnc::runtime
