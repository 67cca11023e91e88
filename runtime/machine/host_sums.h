// The loops of a host layer in 32 bits, for layers whose sums fit (HostLayerRunner looks). Built
// for several instruction sets; all give the same integers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace snnc::runtime {

// Targets of a row of groups: whole vectors.
inline constexpr size_t kHostLanes = 16;

// How values become integers: x_i = clamp(roundHalfEven(value_i * scale), least, most).
struct InputScale {
  double scale = 1.0;
  int32_t least = 0, most = 0; // what a group's part holds
};

// Sources of a layer in groups that are 32 bits wide, two int16 or four uint8, and those groups
// whose integers are not all 0.
struct ActiveGroups {
  uint32_t *groups = nullptr; // which, ascending; room for all and kHostLanes more
  uint32_t *x = nullptr;      // the first source's integer in the lowest bits
  size_t count = 0;
  uint64_t macs = 0;    // weights other than 0 of the sources whose integer is not 0
  uint64_t clipped = 0; // integers that least or most bound
};

// Fills `active` from the sources' values.
using ScaleInputs = void (*)(const float *values, const uint32_t *nonzeroWeights, size_t count,
                             const InputScale &scale, ActiveGroups &active);

// sums[t] += w0 * x0 + w1 * x1 + .. over the groups. Row `group` of `weights` has 32 bits per
// target: w0, w1, .. as two or four signed integers. REQUIRES: targets is a multiple of kHostLanes;
// no sum leaves 32 bits.
using AddGroups = void (*)(int32_t *sums, size_t targets, const void *weights,
                           const ActiveGroups &active);

struct GroupKernels {
  ScaleInputs scaleInputs = nullptr;
  AddGroups add = nullptr;
};

struct HostKernels {
  const char *name;   // "portable", "avx2", "avx512", "vnni"
  GroupKernels pairs; // of 16-bit integers
  GroupKernels quads; // of uint8 inputs, int8 weights; null: none, pairs do it
};
// Those that this processor runs, the fastest last.
std::vector<HostKernels> usableHostKernels();

// out[t] = saturate13(roundHalfEven(sums[t] / 2^shift[t])), shift 0 .. 30; returns how many were
// saturated.
uint64_t roundMantissas(const int32_t *sums, const int32_t *shift, size_t targets, int16_t *out);

} // namespace snnc::runtime
