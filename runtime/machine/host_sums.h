// The loops of a host layer in 32 bits, for layers whose sums fit (HostLayerRunner looks). Built
// for several instruction sets, one chosen when the program starts; all give the same integers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace snnc::runtime {

// Targets of a row of pairs: whole vectors.
inline constexpr size_t kHostLanes = 16;

// out[i] = clamp(roundHalfEven(values[i] * scale), least, most); returns how many were clipped.
// REQUIRES: least and most have 16 bits.
uint64_t scaleInputs(const float *values, size_t count, double scale, int32_t least, int32_t most,
                     int32_t *out);

// The sum of nonzeroWeights[i] over all i with x[i] != 0.
uint64_t countMacs(const int32_t *x, const uint32_t *nonzeroWeights, size_t count);

// Two sources at a time. sums[t] += w0 * x0 + w1 * x1 over the pairs, where row pairs[k] of
// `weights` has w0 and w1 of target 0, then of target 1 and so on, and x[k] has x0 in its lower
// half and x1 in its upper. REQUIRES: targets is a multiple of kHostLanes; no sum leaves 32 bits.
void addPairs(int32_t *sums, size_t targets, const int16_t *weights, const uint32_t *pairs,
              const uint32_t *x, size_t count);

// out[t] = saturate13(roundHalfEven(sums[t] / 2^shift[t])), shift 0 .. 30; returns how many were
// saturated.
uint64_t roundMantissas(const int32_t *sums, const int32_t *shift, size_t targets, int16_t *out);

} // namespace snnc::runtime
