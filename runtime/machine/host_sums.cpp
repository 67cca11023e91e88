#include "runtime/machine/host_sums.h"

#include "runtime/machine/host_pairs.h"

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
  constexpr double kRound = 6755399441055744.0, kFar = 1073741824.0;
  uint32_t clipped = 0;
  for (size_t i = 0; i < count; ++i) {
    double x = double{values[i]} * scale;
    x = x < -kFar ? -kFar : x;
    x = x > kFar ? kFar : x;
    const auto exact = static_cast<int32_t>((x + kRound) - kRound);
    const int32_t above = exact < least ? least : exact;
    const int32_t y = above > most ? most : above;
    clipped += y != exact;
    out[i] = y;
  }
  return clipped;
}

SNNC_CLONES
uint64_t countMacs(const int32_t *x, const uint32_t *nonzeroWeights, size_t count) {
  uint64_t macs = 0;
  for (size_t i = 0; i < count; ++i)
    macs += x[i] != 0 ? nonzeroWeights[i] : 0;
  return macs;
}

namespace {

void addPairsPortable(int32_t *sums, size_t targets, const int16_t *weights, const uint32_t *pairs,
                      const uint32_t *x, size_t count) {
  for (size_t k = 0; k < count; ++k) {
    const int16_t *row = weights + pairs[k] * 2 * targets;
    const auto x0 = static_cast<int16_t>(x[k]), x1 = static_cast<int16_t>(x[k] >> 16);
    for (size_t t = 0; t < targets; ++t)
      sums[t] += row[2 * t] * x0 + row[2 * t + 1] * x1;
  }
}

AddPairs chooseAddPairs() {
#ifdef __x86_64__
  __builtin_cpu_init();
  if (kAddPairs512 != nullptr && __builtin_cpu_supports("avx512bw"))
    return kAddPairs512;
  if (kAddPairs256 != nullptr && __builtin_cpu_supports("avx2"))
    return kAddPairs256;
#endif
  return addPairsPortable;
}

} // namespace

void addPairs(int32_t *sums, size_t targets, const int16_t *weights, const uint32_t *pairs,
              const uint32_t *x, size_t count) {
  static const AddPairs kernel = chooseAddPairs();
  kernel(sums, targets, weights, pairs, x, count);
}

SNNC_CLONES
uint64_t roundMantissas(const int32_t *sums, const int32_t *shift, size_t targets, int16_t *out) {
  uint32_t saturated = 0;
  for (size_t t = 0; t < targets; ++t) {
    const int32_t bits = shift[t];
    const int32_t floor = sums[t] >> bits;
    const uint32_t rest = static_cast<uint32_t>(sums[t]) - (static_cast<uint32_t>(floor) << bits);
    // More than half goes up, half only if that makes it even. Without branches: a vector's.
    const uint32_t odd = static_cast<uint32_t>(floor) & 1;
    const uint32_t up = (2 * rest + (1U << bits) - 1 + odd) >> (bits + 1);
    const int32_t rounded = floor + static_cast<int32_t>(up);
    const int32_t least = rounded < -4096 ? -4096 : rounded;
    const int32_t mantissa = least > 4095 ? 4095 : least;
    saturated += mantissa != rounded;
    out[t] = static_cast<int16_t>(mantissa);
  }
  return saturated;
}

} // namespace snnc::runtime
