// AVX-512 (F, BW, DQ, VL): 16 neurons per instruction, masks where a span ends inside a vector.
#include "runtime/fast/kernel_table.h"
#include "runtime/fast/row_sums.h"
#include "runtime/fast/vector_update.h"

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#include <array>
#include <immintrin.h>

namespace snnc::runtime::fast {
namespace {

struct Lanes32 {
  static constexpr unsigned kLanes = 32;
  using Register = __m512i;
  static Register load(const int16_t *p) { return _mm512_loadu_si512(p); }
  static Register zero() { return _mm512_setzero_si512(); }
  static void store(int16_t *p, Register x) { _mm512_storeu_si512(p, x); }
  static Register widen(const int8_t *p) {
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)));
  }
  static Register widen(const int16_t *p) { return load(p); }
  static Register add(Register a, Register b) { return _mm512_add_epi16(a, b); }
  static Register shift(Register x, uint32_t bits) {
    return _mm512_sll_epi16(x, _mm_cvtsi32_si128(static_cast<int>(bits)));
  }
  static void storeSome(int16_t *p, unsigned count, Register x) {
    _mm512_mask_storeu_epi16(p, static_cast<__mmask32>((uint64_t{1} << count) - 1), x);
  }
  using Bytes = __m512i;
  static Bytes bytes(const int8_t *p) {
    Bytes x = _mm512_loadu_si512(p);
    asm("" : "+v"(x)); // loaded once, not by each of the instructions that use it
    return x;
  }
  // Lanes of 128 bits: the lower halves of a and b to low, the upper ones to high.
  static void addTwo(Register &low, Register &high, Bytes a, Bytes b) {
    const Bytes one = _mm512_set1_epi8(1);
    low = add(low, _mm512_maddubs_epi16(one, _mm512_unpacklo_epi8(a, b)));
    high = add(high, _mm512_maddubs_epi16(one, _mm512_unpackhi_epi8(a, b)));
  }
  static void inOrder(Register &low, Register &high) {
    const Register even = low;
    low = _mm512_permutex2var_epi64(even, _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), high);
    high = _mm512_permutex2var_epi64(even, _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), high);
  }
};

struct Ints16 {
  static constexpr unsigned kLanes = 16;
  static constexpr uint64_t kEvery = 0xFFFF; // a bit per lane
  using Ints = __m512i;
  using Mask = __mmask16;
  using Factor = __m512; // keep / 4096, exact in 24 bits

  static Ints load(const void *p) { return _mm512_loadu_si512(p); }
  template <bool Whole> static void store(int32_t *p, Mask members, Ints x) {
    Whole ? _mm512_storeu_si512(p, x) : _mm512_mask_storeu_epi32(p, members, x);
  }
  static Ints widen(const int16_t *p) {
    return _mm512_cvtepi16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)));
  }
  // The sums of a word's members.
  template <bool Whole> static void clear(int16_t *sums, uint64_t members) {
    for (unsigned part = 0; part < kWord; part += 32)
      if constexpr (Whole)
        _mm512_storeu_si512(sums + part, zero());
      else
        _mm512_mask_storeu_epi16(sums + part, static_cast<__mmask32>(members >> part), zero());
  }
  static Ints broadcast(int32_t x) { return _mm512_set1_epi32(x); }
  static Ints zero() { return _mm512_setzero_si512(); }

  static Ints add(Ints a, Ints b) { return _mm512_add_epi32(a, b); }
  static Ints most(Ints a, Ints b) { return _mm512_max_epi32(a, b); }
  static Ints least(Ints a, Ints b) { return _mm512_min_epi32(a, b); }
  static Ints bitOr(Ints a, Ints b) { return _mm512_or_si512(a, b); }
  static Ints bitAnd(Ints a, Ints b) { return _mm512_and_si512(a, b); }
  // Bits of a where `which` is 1, of b where it is 0.
  static Ints pick(Ints which, Ints a, Ints b) {
    return _mm512_ternarylogic_epi32(which, a, b, 0xCA);
  }
  static Ints shiftLeft(Ints x, Ints bits) { return _mm512_sllv_epi32(x, bits); }
  template <int Bits> static Ints wrapped(Ints x) {
    return _mm512_srai_epi32(_mm512_slli_epi32(x, 32 - Bits), 32 - Bits);
  }
  static Factor factor(Ints keep) {
    return _mm512_mul_ps(_mm512_cvtepi32_ps(keep), _mm512_set1_ps(1.0F / 4096.0F));
  }
  // |x| <= 2^23 is exact in float. The product is rounded toward zero to 24 bits, below 2^24 never
  // past an integer, and the conversion truncates what is left: dec() of arithmetic.md.
  static Ints decayed(Ints x, Factor factor) {
    return _mm512_cvttps_epi32(
        _mm512_mul_round_ps(_mm512_cvtepi32_ps(x), factor, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC));
  }

  static Mask maskOf(uint64_t bits) { return static_cast<Mask>(bits); }
  static Mask greater(Ints a, Ints b) { return _mm512_cmpgt_epi32_mask(a, b); }
  static Mask differ(Ints a, Ints b) { return _mm512_cmpneq_epi32_mask(a, b); }
  static Mask nonzero(Ints x) { return _mm512_test_epi32_mask(x, x); }
  static Mask both(Mask a, Mask b) { return a & b; }
  static Mask either(Mask a, Mask b) { return a | b; }
  static Mask without(Mask a, Mask b) { return a & static_cast<Mask>(~b); }
  static Ints select(Mask condition, Ints no, Ints yes) {
    return _mm512_mask_mov_epi32(no, condition, yes);
  }
  // Of numbers below kSmall in size no bit from kSmall's on is set here.
  static Ints sizes(Ints seen, Ints x) {
    return _mm512_ternarylogic_epi32(seen, x, _mm512_srai_epi32(x, 31), 0xF6); // a | (b ^ c)
  }
  static bool belowSmall(Ints sizes) {
    return _mm512_test_epi32_mask(sizes, broadcast(-kSmall)) == 0;
  }
  static uint64_t bits(Mask mask) { return mask; }
  static Ints countUp(Ints counts, Mask mask) {
    return _mm512_mask_sub_epi32(counts, mask, counts, broadcast(-1));
  }
  static uint32_t sum(Ints counts) {
    return static_cast<uint32_t>(_mm512_reduce_add_epi32(counts));
  }
};

template <unsigned F>
void updateSpan512(const Span &span, NeuronWord *words, const TickBlock &block,
                   UpdateCounts &counts) {
  Updater<Ints16, F>(span, words, block).run(counts);
}

uint32_t pick512(const uint64_t *spikes, const uint64_t *members, uint32_t words, uint16_t *out) {
  uint16_t *const begin = out;
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (uint32_t word = 0; word < words; ++word) {
    const uint64_t bits = spikes[word] & members[word];
    for (uint32_t part = 0; bits != 0 && part < kWord; part += 16) {
      const auto some = static_cast<__mmask16>(bits >> part);
      const __m512i first = _mm512_set1_epi32(static_cast<int32_t>(word * kWord + part));
      // To a register first: compressing to memory is slow on some processors.
      const __m512i picked = _mm512_maskz_compress_epi32(some, _mm512_add_epi32(lanes, first));
      _mm256_storeu_si256(reinterpret_cast<__m256i *>(out), _mm512_cvtepi32_epi16(picked));
      out += __builtin_popcount(some);
    }
  }
  return static_cast<uint32_t>(out - begin);
}

constexpr std::array<uint8_t, kWord> kByteLanes = [] {
  std::array<uint8_t, kWord> lanes{};
  for (uint8_t i = 0; i < kWord; ++i)
    lanes[i] = i;
  return lanes;
}();

// A word at a time. What lies behind the last bit is overwritten by the next word.
__attribute__((target("avx512vbmi2"))) uint32_t
pickVbmi2(const uint64_t *spikes, const uint64_t *members, uint32_t words, uint16_t *out) {
  uint16_t *const begin = out;
  const __m512i lanes = _mm512_loadu_si512(kByteLanes.data());
  for (uint32_t word = 0; word < words; ++word) {
    const uint64_t bits = spikes[word] & members[word];
    if (bits == 0)
      continue;
    const __m512i picked = _mm512_maskz_compress_epi8(bits, lanes);
    const __m512i first = _mm512_set1_epi16(static_cast<int16_t>(word * kWord));
    const auto put = [&](uint16_t * to, __m256i bytes) __attribute__((target("avx512vbmi2"))) {
      _mm512_storeu_si512(to, _mm512_add_epi16(first, _mm512_cvtepu8_epi16(bytes)));
    };
    const auto count = static_cast<unsigned>(__builtin_popcountll(bits));
    put(out, _mm512_castsi512_si256(picked));
    if (count > 32)
      put(out + 32, _mm512_extracti64x4_epi64(picked, 1));
    out += count;
  }
  return static_cast<uint32_t>(out - begin);
}

void spread512(const uint64_t *bits, uint32_t first, uint32_t count, uint8_t *out) {
  const __m512i one = _mm512_set1_epi8(1);
  for (uint32_t i = 0; i < count; i += kWord) {
    const uint32_t at = first + i, below = at % kWord;
    uint64_t word = bits[at / kWord] >> below;
    if (below != 0)
      word |= bits[at / kWord + 1] << (kWord - below);
    const uint32_t left = count - i;
    const uint64_t some = left >= kWord ? ~uint64_t{0} : (uint64_t{1} << left) - 1;
    _mm512_mask_storeu_epi8(out + i, some, _mm512_maskz_mov_epi8(word, one));
  }
}

void count512(const uint64_t *bits, uint32_t words, uint32_t rows, size_t stride, uint8_t *counts) {
  const __m512i one = _mm512_set1_epi8(1);
  for (uint32_t word = 0; word < words; ++word, counts += kWord) {
    __m512i count = _mm512_loadu_si512(counts);
    for (uint32_t row = 0; row < rows; ++row)
      count = _mm512_mask_add_epi8(count, bits[row * stride + word], count, one);
    _mm512_storeu_si512(counts, count);
  }
}

} // namespace

const Kernels kAvx512Kernels = {"avx512",
                                SNNC_UPDATE_KERNELS(updateSpan512),
                                addRows<Lanes32, int8_t>,
                                addRows<Lanes32, int16_t>,
                                pick512,
                                spread512,
                                count512};
const PickBits kPickBitsVbmi2 = pickVbmi2;

} // namespace snnc::runtime::fast
#else
namespace snnc::runtime::fast {
const Kernels kAvx512Kernels = {"avx512", {}, nullptr, nullptr, nullptr, nullptr, nullptr};
const PickBits kPickBitsVbmi2 = nullptr;
} // namespace snnc::runtime::fast
#endif
