// AVX2: 8 neurons per instruction. Conditions are vectors of -1 and 0.
#include "runtime/fast/kernel_loops.h"
#include "runtime/fast/kernel_table.h"

#ifdef __AVX2__
#include "runtime/fast/row_sums.h"
#include "runtime/fast/vector_update.h"

#include <immintrin.h>

#include <cstring>

namespace snnc::runtime::fast {
namespace {

struct Lanes16 {
  static constexpr unsigned kLanes = 16;
  using Register = __m256i;
  static Register load(const int16_t *p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p));
  }
  static Register zero() { return _mm256_setzero_si256(); }
  static void store(int16_t *p, Register x) {
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(p), x);
  }
  static void storeSome(int16_t *p, unsigned count, Register x) {
    std::memcpy(p, &x, count * sizeof(int16_t));
  }
  static Register widen(const int8_t *p) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p)));
  }
  static Register widen(const int16_t *p) { return load(p); }
  static Register add(Register a, Register b) { return _mm256_add_epi16(a, b); }
  static Register shift(Register x, uint32_t bits) {
    return _mm256_sll_epi16(x, _mm_cvtsi32_si128(static_cast<int>(bits)));
  }
  using Bytes = __m256i;
  static Bytes bytes(const int8_t *p) {
    Bytes x = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p));
    asm("" : "+x"(x)); // loaded once, not by each of the instructions that use it
    return x;
  }
  // Lanes of 128 bits: the lower halves of a and b to low, the upper ones to high.
  static void addTwo(Register &low, Register &high, Bytes a, Bytes b) {
    const Bytes one = _mm256_set1_epi8(1);
    low = add(low, _mm256_maddubs_epi16(one, _mm256_unpacklo_epi8(a, b)));
    high = add(high, _mm256_maddubs_epi16(one, _mm256_unpackhi_epi8(a, b)));
  }
  static void inOrder(Register &low, Register &high) {
    const Register even = low;
    low = _mm256_permute2x128_si256(even, high, 0x20);
    high = _mm256_permute2x128_si256(even, high, 0x31);
  }
};

struct Ints8 {
  static constexpr unsigned kLanes = 8;
  static constexpr uint64_t kEvery = 0xFF; // a bit per lane
  using Ints = __m256i;
  using Mask = __m256i;
  using Factor = __m256i; // keep

  static Ints load(const void *p) { return _mm256_loadu_si256(static_cast<const __m256i *>(p)); }
  template <bool Whole> static void store(int32_t *p, Mask members, Ints x) {
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(p), Whole ? x : select(members, load(p), x));
  }
  static Ints widen(const int16_t *p) {
    return _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p)));
  }
  // The sums of a word's members.
  template <bool Whole> static void clear(int16_t *sums, uint64_t members) {
    for (unsigned i = 0; i < kWord; ++i)
      sums[i] = Whole || (members >> i & 1) != 0 ? int16_t{0} : sums[i];
  }
  static Ints broadcast(int32_t x) { return _mm256_set1_epi32(x); }
  static Ints zero() { return _mm256_setzero_si256(); }

  static Ints add(Ints a, Ints b) { return _mm256_add_epi32(a, b); }
  static Ints most(Ints a, Ints b) { return _mm256_max_epi32(a, b); }
  static Ints least(Ints a, Ints b) { return _mm256_min_epi32(a, b); }
  static Ints bitOr(Ints a, Ints b) { return _mm256_or_si256(a, b); }
  static Ints bitAnd(Ints a, Ints b) { return _mm256_and_si256(a, b); }
  // Bits of a where `which` is 1, of b where it is 0.
  static Ints pick(Ints which, Ints a, Ints b) {
    return bitOr(bitAnd(which, a), _mm256_andnot_si256(which, b));
  }
  static Ints shiftLeft(Ints x, Ints bits) { return _mm256_sllv_epi32(x, bits); }
  template <int Bits> static Ints wrapped(Ints x) {
    return _mm256_srai_epi32(_mm256_slli_epi32(x, 32 - Bits), 32 - Bits);
  }
  static Factor factor(Ints keep) { return keep; }
  // dec() of arithmetic.md with the size of x in two parts of 12 bits, each a product of 16-bit
  // integers. |x| <= 2^23, keep <= 4096.
  static Ints decayed(Ints x, Factor keep) {
    const Ints size = _mm256_abs_epi32(x);
    const Ints high = _mm256_madd_epi16(_mm256_srli_epi32(size, 12), keep);
    const Ints low = _mm256_madd_epi16(bitAnd(size, broadcast(4095)), keep);
    return _mm256_sign_epi32(add(high, _mm256_srli_epi32(low, 12)), x);
  }

  static Mask maskOf(uint64_t bits) {
    const Ints lanes = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    return _mm256_cmpeq_epi32(bitAnd(broadcast(static_cast<int32_t>(bits)), lanes), lanes);
  }
  static Mask greater(Ints a, Ints b) { return _mm256_cmpgt_epi32(a, b); }
  static Mask differ(Ints a, Ints b) { return nonzero(_mm256_xor_si256(a, b)); }
  static Mask nonzero(Ints x) {
    return _mm256_xor_si256(_mm256_cmpeq_epi32(x, zero()), broadcast(-1));
  }
  static Mask both(Mask a, Mask b) { return bitAnd(a, b); }
  static Mask either(Mask a, Mask b) { return bitOr(a, b); }
  static Mask without(Mask a, Mask b) { return _mm256_andnot_si256(b, a); }
  static Ints select(Mask condition, Ints no, Ints yes) {
    return _mm256_blendv_epi8(no, yes, condition);
  }
  // Of numbers below kSmall in size no bit from kSmall's on is set here.
  static Ints sizes(Ints seen, Ints x) {
    return bitOr(seen, _mm256_xor_si256(x, _mm256_srai_epi32(x, 31)));
  }
  static bool belowSmall(Ints sizes) { return _mm256_testz_si256(sizes, broadcast(-kSmall)) != 0; }
  static uint64_t bits(Mask mask) {
    return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(mask)));
  }
  static Ints countUp(Ints counts, Mask mask) { return _mm256_sub_epi32(counts, mask); }
  static uint32_t sum(Ints counts) {
    uint32_t lanes[kLanes], total = 0;
    std::memcpy(lanes, &counts, sizeof(lanes));
    for (const uint32_t lane : lanes)
      total += lane;
    return total;
  }
};

template <unsigned F>
void updateSpan256(const Span &span, NeuronWord *words, const TickBlock &block,
                   UpdateCounts &counts) {
  Updater<Ints8, F>(span, words, block).run(counts);
}

} // namespace

const Kernels kAvx2Kernels = {"avx2",
                              SNNC_UPDATE_KERNELS(updateSpan256),
                              addRows<Lanes16, int8_t>,
                              addRows<Lanes16, int16_t>,
                              pickLoop,
                              spreadLoop,
                              countLoop};

} // namespace snnc::runtime::fast
#else
namespace snnc::runtime::fast {
const Kernels kAvx2Kernels = {"avx2", {}, nullptr, nullptr, nullptr, nullptr, nullptr};
} // namespace snnc::runtime::fast
#endif
