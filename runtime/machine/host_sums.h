// The loops of a host layer in 32 bits, for layers whose sums fit (HostLayerRunner looks). Built
// for several instruction sets; all give the same integers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace snnc::runtime {

// Targets of a row of pairs: whole vectors.
inline constexpr size_t kHostLanes = 16;

// How values become integers: x_i = clamp(roundHalfEven(value_i * scale), least, most).
struct InputScale {
  double scale = 1.0;
  int32_t least = 0, most = 0; // 16 bits
};

// Sources of a layer by twos, those pairs whose integers are not both 0.
struct ActivePairs {
  uint32_t *pairs = nullptr; // which, ascending; room for all and kHostLanes more
  uint32_t *x = nullptr;     // the even source's integer in the lower half, the odd one's above
  size_t count = 0;
  uint64_t macs = 0;    // weights other than 0 of the sources whose integer is not 0
  uint64_t clipped = 0; // integers that least or most bound
};

// Fills `active` from the sources' values.
using ScaleInputs = void (*)(const float *values, const uint32_t *nonzeroWeights, size_t count,
                             const InputScale &scale, ActivePairs &active);

// sums[t] += w0 * x0 + w1 * x1 over the pairs, where row `pair` of `weights` has w0 and w1 of
// target 0, then of target 1 and so on. REQUIRES: targets is a multiple of kHostLanes; no sum
// leaves 32 bits.
using AddPairs = void (*)(int32_t *sums, size_t targets, const int16_t *weights,
                          const ActivePairs &active);

struct HostKernels {
  const char *name; // "portable", "avx2", "avx512"
  ScaleInputs scaleInputs;
  AddPairs addPairs;
};
// Those that this processor runs, the widest last.
std::vector<HostKernels> usableHostKernels();

// out[t] = saturate13(roundHalfEven(sums[t] / 2^shift[t])), shift 0 .. 30; returns how many were
// saturated.
uint64_t roundMantissas(const int32_t *sums, const int32_t *shift, size_t targets, int16_t *out);

} // namespace snnc::runtime
