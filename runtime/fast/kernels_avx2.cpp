// AVX2: the loops, vectorised by the compiler, and rows with their sums in registers.
#include "runtime/fast/kernel_loops.h"
#include "runtime/fast/kernel_table.h"

#ifdef __AVX2__
#include "runtime/fast/row_sums.h"

#include <immintrin.h>

namespace snnc::runtime::fast {
namespace {

struct Lanes16 {
  static constexpr unsigned kLanes = 16;
  using Register = __m256i;
  static Register load(const int16_t *p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p));
  }
  static void store(int16_t *p, Register x) {
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(p), x);
  }
  static Register widen(const int8_t *p) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p)));
  }
  static Register widen(const int16_t *p) { return load(p); }
  static Register add(Register a, Register b) { return _mm256_add_epi16(a, b); }
  static Register shift(Register x, uint32_t bits) {
    return _mm256_sll_epi16(x, _mm_cvtsi32_si128(static_cast<int>(bits)));
  }
  template <bool Shifted, class Weight>
  static void addTail(int16_t *sums, uint32_t count, const Weight *weights, const uint32_t *offsets,
                      uint32_t rows, uint32_t shift) {
    addRowsLoop(sums, count, weights, offsets, rows, shift);
  }
};

} // namespace

const Kernels kAvx2Kernels = {"avx2",
                              SNNC_UPDATE_KERNELS(updateSpan),
                              addRows<Lanes16, int8_t>,
                              addRows<Lanes16, int16_t>,
                              gatherLoop,
                              spreadLoop,
                              countLoop};

} // namespace snnc::runtime::fast
#else
namespace snnc::runtime::fast {
const Kernels kAvx2Kernels = {"avx2", {}, nullptr, nullptr, nullptr, nullptr, nullptr};
} // namespace snnc::runtime::fast
#endif
