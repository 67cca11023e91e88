// The loops of a host layer in 32 bits, for layers whose sums fit (HostLayerRunner looks). Built
// for several instruction sets, one chosen when the program starts; all give the same integers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace snnc::runtime {

// out[i] = clamp(roundHalfEven(values[i] * scale), least, most); returns how many were clipped.
uint64_t scaleInputs(const float *values, size_t count, double scale, int32_t least, int32_t most,
                     int32_t *out);

// sums[t] += sum over the sources of weights[source * targets + t] * x[source].
void addSources(int32_t *sums, size_t targets, const int16_t *weights, const uint32_t *sources,
                const int32_t *x, size_t count);

// out[t] = saturate13(roundHalfEven(sums[t] / 2^shift[t])), shift 0 .. 30; returns how many were
// saturated.
uint64_t roundMantissas(const int32_t *sums, const uint8_t *shift, size_t targets, int16_t *out);

} // namespace snnc::runtime
