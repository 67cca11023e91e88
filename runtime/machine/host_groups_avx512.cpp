#include "runtime/machine/host_groups.h"

#ifdef __AVX512BW__
#include <immintrin.h>

namespace snnc::runtime {
namespace {

struct Lanes {
  static constexpr unsigned kLanes = 16;
  using Register = __m512i;
  static Register load(const void *p) {
    return _mm512_loadu_si512(static_cast<const Register *>(p));
  }
  static void store(void *p, Register x) { _mm512_storeu_si512(static_cast<Register *>(p), x); }
  static Register all(uint32_t pair) { return _mm512_set1_epi32(static_cast<int>(pair)); }
  static Register multiplyAdd(Register sum, Register weights, Register x) {
    return _mm512_add_epi32(sum, _mm512_madd_epi16(weights, x));
  }
};

// 16 values as integers, and what they count.
struct Sixteen {
  __m512i x;
  __mmask16 clipped, active;
};

inline __m256i rounded(__m256 values, double scale) {
  const __m512d far = _mm512_set1_pd(1 << 30); // further than any bound, and in 32 bits
  const __m512d exact = _mm512_mul_pd(_mm512_cvtps_pd(values), _mm512_set1_pd(scale));
  const __m512d near =
      _mm512_max_pd(_mm512_min_pd(exact, far), _mm512_sub_pd(_mm512_setzero_pd(), far));
  return _mm512_cvt_roundpd_epi32(near, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

inline Sixteen sixteen(const float *values, __mmask16 some, const InputScale &scale) {
  const __m512 all = _mm512_maskz_loadu_ps(some, values);
  const __m256 low = _mm512_castps512_ps256(all);
  const __m256 high = _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(all), 1));
  const __m512i exact = _mm512_inserti64x4(_mm512_castsi256_si512(rounded(low, scale.scale)),
                                           rounded(high, scale.scale), 1);
  const __m512i x = _mm512_maskz_min_epi32(
      some, _mm512_max_epi32(exact, _mm512_set1_epi32(scale.least)), _mm512_set1_epi32(scale.most));
  return {x, _mm512_mask_cmpneq_epi32_mask(some, x, exact), _mm512_test_epi32_mask(x, x)};
}

// 16 groups: of 32 values two int16 each, of 64 values four uint8.
template <unsigned Group> inline __m512i grouped(const __m512i *x) {
  if constexpr (Group == 2)
    return _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi32_epi16(x[0])),
                              _mm512_cvtepi32_epi16(x[1]), 1);
  __m512i all = _mm512_castsi128_si512(_mm512_cvtepi32_epi8(x[0]));
  all = _mm512_inserti32x4(all, _mm512_cvtepi32_epi8(x[1]), 1);
  all = _mm512_inserti32x4(all, _mm512_cvtepi32_epi8(x[2]), 2);
  return _mm512_inserti32x4(all, _mm512_cvtepi32_epi8(x[3]), 3);
}

template <unsigned Group>
void scaleInputs512(const float *values, const uint32_t *nonzeroWeights, size_t count,
                    const InputScale &scale, ActiveGroups &active) {
  uint32_t *groupsOut = active.groups, *xOut = active.x;
  uint64_t clipped = 0;
  __m512i macs = _mm512_setzero_si512();
  __m512i numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (size_t i = 0; i < count; i += 16 * Group) {
    __m512i x[Group];
#pragma GCC unroll 4
    for (size_t part = 0; part < Group; ++part) {
      const size_t at = i + 16 * part, left = at < count ? count - at : 0;
      const auto some = static_cast<__mmask16>(left >= 16 ? 0xFFFF : (1U << left) - 1);
      const Sixteen next = sixteen(values + at, some, scale);
      x[part] = next.x;
      macs = _mm512_mask_add_epi32(macs, next.active, macs,
                                   _mm512_maskz_loadu_epi32(some, nonzeroWeights + at));
      clipped += static_cast<unsigned>(__builtin_popcount(next.clipped));
    }
    const __m512i groups = grouped<Group>(x);
    const __mmask16 some = _mm512_test_epi32_mask(groups, groups);
    _mm512_storeu_si512(groupsOut, _mm512_maskz_compress_epi32(some, numbers));
    _mm512_storeu_si512(xOut, _mm512_maskz_compress_epi32(some, groups));
    groupsOut += __builtin_popcount(some);
    xOut += __builtin_popcount(some);
    numbers = _mm512_add_epi32(numbers, _mm512_set1_epi32(16));
  }
  active.count = static_cast<size_t>(groupsOut - active.groups);
  active.clipped = clipped;
  const __m512i wide = _mm512_add_epi64(_mm512_cvtepu32_epi64(_mm512_castsi512_si256(macs)),
                                        _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(macs, 1)));
  active.macs = static_cast<uint64_t>(_mm512_reduce_add_epi64(wide));
}

} // namespace

const ScaleInputs kScalePairs512 = scaleInputs512<2>, kScaleQuads512 = scaleInputs512<4>;
const AddGroups kAddPairs512 = addGroups<Lanes, 8>;

} // namespace snnc::runtime
#else
namespace snnc::runtime {
const ScaleInputs kScalePairs512 = nullptr, kScaleQuads512 = nullptr;
const AddGroups kAddPairs512 = nullptr;
} // namespace snnc::runtime
#endif
