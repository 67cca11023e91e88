#include "runtime/machine/host_sums.h"

#include "runtime/machine/host_groups.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__)
#define SNNC_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SNNC_CLONES
#endif

namespace snnc::runtime {

namespace {

SNNC_CLONES
void scalePairsPortable(const float *values, const uint32_t *nonzeroWeights, size_t count,
                        const InputScale &scale, ActiveGroups &active) {
  // Adding and taking away 1.5 * 2^52 rounds to an integer, half to even, whatever is below 2^51.
  constexpr double kRound = 6755399441055744.0, kFar = 1073741824.0;
  active.count = active.macs = active.clipped = 0;
  for (size_t i = 0; i < count; ++i) {
    double value = double{values[i]} * scale.scale;
    value = value < -kFar ? -kFar : value;
    value = value > kFar ? kFar : value;
    const auto exact = static_cast<int32_t>((value + kRound) - kRound);
    const int32_t above = exact < scale.least ? scale.least : exact;
    const int32_t x = above > scale.most ? scale.most : above;
    active.clipped += x != exact;
    active.macs += x != 0 ? nonzeroWeights[i] : 0;
    const uint32_t half = static_cast<uint16_t>(x);
    if (i % 2 == 0) {
      active.groups[active.count] = static_cast<uint32_t>(i / 2);
      active.x[active.count] = half;
    } else {
      active.x[active.count] |= half << 16;
    }
    active.count += (i % 2 == 1 || i + 1 == count) && active.x[active.count] != 0;
  }
}

void addPairsPortable(int32_t *sums, size_t targets, const void *weights,
                      const ActiveGroups &active) {
  for (size_t k = 0; k < active.count; ++k) {
    const int16_t *row = static_cast<const int16_t *>(weights) + active.groups[k] * 2 * targets;
    const auto x0 = static_cast<int16_t>(active.x[k]), x1 = static_cast<int16_t>(active.x[k] >> 16);
    for (size_t t = 0; t < targets; ++t)
      sums[t] += row[2 * t] * x0 + row[2 * t + 1] * x1;
  }
}

} // namespace

std::vector<HostKernels> usableHostKernels() {
  std::vector<HostKernels> usable{{"portable", {scalePairsPortable, addPairsPortable}, {}}};
#ifdef __x86_64__
  __builtin_cpu_init();
  if (kAddPairs256 != nullptr && __builtin_cpu_supports("avx2"))
    usable.push_back({"avx2", {scalePairsPortable, kAddPairs256}, {}});
  const GroupKernels pairs512{kScalePairs512, kAddPairs512};
  if (kAddPairs512 == nullptr || !__builtin_cpu_supports("avx512bw"))
    return usable;
  usable.push_back({"avx512", pairs512, {}});
  if (kAddQuadsVnni != nullptr && __builtin_cpu_supports("avx512vnni"))
    usable.push_back({"vnni", pairs512, {kScaleQuads512, kAddQuadsVnni}});
#endif
  return usable;
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
