#include "runtime/machine/host_sums.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__)
#define SNNC_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SNNC_CLONES
#endif

namespace snnc::runtime {

SNNC_CLONES
uint64_t scaleInputs(const float *values, size_t count, double scale, int32_t least, int32_t most,
                     int32_t *out) {
  // Adding and taking away 1.5 * 2^52 rounds to an integer, half to even, whatever is below 2^51.
  constexpr double kRound = 6755399441055744.0, kFar = 8589934592.0;
  const double low = least, high = most;
  uint64_t clipped = 0;
  for (size_t i = 0; i < count; ++i) {
    double x = double{values[i]} * scale;
    x = x < -kFar ? -kFar : x;
    x = x > kFar ? kFar : x;
    x = (x + kRound) - kRound;
    double y = x < low ? low : x;
    y = y > high ? high : y;
    clipped += y != x;
    out[i] = static_cast<int32_t>(y);
  }
  return clipped;
}

SNNC_CLONES
void addSources(int32_t *sums, size_t targets, const int16_t *weights, const uint32_t *sources,
                const int32_t *x, size_t count) {
  size_t k = 0;
  for (; k + 4 <= count; k += 4) { // four at a time: a sum is loaded and stored once for them
    const int16_t *w0 = weights + sources[k] * targets, *w1 = weights + sources[k + 1] * targets;
    const int16_t *w2 = weights + sources[k + 2] * targets,
                  *w3 = weights + sources[k + 3] * targets;
    const int32_t x0 = x[sources[k]], x1 = x[sources[k + 1]], x2 = x[sources[k + 2]],
                  x3 = x[sources[k + 3]];
    for (size_t t = 0; t < targets; ++t)
      sums[t] += (w0[t] * x0 + w1[t] * x1) + (w2[t] * x2 + w3[t] * x3);
  }
  for (; k < count; ++k) {
    const int16_t *w = weights + sources[k] * targets;
    const int32_t x0 = x[sources[k]];
    for (size_t t = 0; t < targets; ++t)
      sums[t] += w[t] * x0;
  }
}

SNNC_CLONES
uint64_t roundMantissas(const int32_t *sums, const uint8_t *shift, size_t targets, int16_t *out) {
  uint32_t saturated = 0;
  for (size_t t = 0; t < targets; ++t) {
    const int32_t bits = shift[t];
    const int32_t floor = sums[t] >> bits;
    const int32_t twice = 2 * (sums[t] - (floor << bits)), one = 1 << bits; // of the rest
    const int32_t up =
        static_cast<int32_t>(twice > one) | (static_cast<int32_t>(twice == one) & floor & 1);
    const int32_t rounded = floor + up;
    const int32_t least = rounded < -4096 ? -4096 : rounded;
    const int32_t mantissa = least > 4095 ? 4095 : least;
    saturated += mantissa != rounded;
    out[t] = static_cast<int16_t>(mantissa);
  }
  return saturated;
}

} // namespace snnc::runtime
