// AVX-512 (F, BW, DQ, VL): 16 neurons per instruction, masks where a span ends inside a vector.
#include "runtime/fast/kernel_table.h"
#include "runtime/fast/row_sums.h"

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#include <immintrin.h>

namespace snnc::runtime::fast {
namespace {

using Ints = __m512i;

struct Lanes32 {
  static constexpr unsigned kLanes = 32;
  using Register = Ints;
  static Register load(const int16_t *p) { return _mm512_loadu_si512(p); }
  static void store(int16_t *p, Register x) { _mm512_storeu_si512(p, x); }
  static Register widen(const int8_t *p) {
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)));
  }
  static Register widen(const int16_t *p) { return load(p); }
  static Register add(Register a, Register b) { return _mm512_add_epi16(a, b); }
  static Register shift(Register x, uint32_t bits) {
    return _mm512_sll_epi16(x, _mm_cvtsi32_si128(static_cast<int>(bits)));
  }
  static Register widenSome(__mmask32 some, const int8_t *p) {
    return _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(some, p));
  }
  static Register widenSome(__mmask32 some, const int16_t *p) {
    return _mm512_maskz_loadu_epi16(some, p);
  }
  template <bool Shifted, class Weight>
  static void addTail(int16_t *sums, uint32_t count, const Weight *weights, const uint32_t *offsets,
                      uint32_t rows, uint32_t shift) {
    const __mmask32 some = (__mmask32{1} << count) - 1;
    Register even = _mm512_maskz_loadu_epi16(some, sums), odd = _mm512_setzero_si512();
    const auto effect = [&](uint32_t row) {
      const Register x = widenSome(some, weights + offsets[row]);
      return Shifted ? Lanes32::shift(x, shift) : x;
    };
    uint32_t k = 0;
    for (; k + 1 < rows; k += 2) {
      even = add(even, effect(k));
      odd = add(odd, effect(k + 1));
    }
    if (k < rows)
      even = add(even, effect(k));
    _mm512_mask_storeu_epi16(sums, some, add(even, odd));
  }
};

// One parameter of 16 neurons: everybody's, or each its own.
template <bool PerNeuron> struct Parameter {
  Parameter(const int32_t *values, size_t first)
      : values(values), all(_mm512_set1_epi32(values[first])) {}
  Ints at(size_t neuron) const { return PerNeuron ? _mm512_loadu_si512(values + neuron) : all; }
  const int32_t *values;
  Ints all;
};

// keep / 4096, exact in 24 bits.
template <bool PerNeuron> struct Decay {
  Decay(const int32_t *keep, size_t first)
      : keep(keep), all(fraction(_mm512_set1_epi32(keep[first]))) {}
  static __m512 fraction(Ints keep) {
    return _mm512_mul_ps(_mm512_cvtepi32_ps(keep), _mm512_set1_ps(1.0F / 4096.0F));
  }
  // |x| <= 2^23 is exact in float. The product is rounded toward zero to 24 bits, below 2^24 never
  // past an integer, and the conversion truncates what is left: dec() of arithmetic.md.
  Ints operator()(Ints x, size_t neuron) const {
    const __m512 factor = PerNeuron ? fraction(_mm512_loadu_si512(keep + neuron)) : all;
    return _mm512_cvttps_epi32(
        _mm512_mul_round_ps(_mm512_cvtepi32_ps(x), factor, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC));
  }
  const int32_t *keep;
  __m512 all;
};

inline Ints clamped(Ints x, Ints lo, Ints hi) {
  return _mm512_min_epi32(_mm512_max_epi32(x, lo), hi);
}
constexpr uint64_t kAll = ~uint64_t{0};
inline unsigned ones(unsigned mask) {
  return static_cast<unsigned>(__builtin_popcount(mask));
}

template <unsigned F> struct Updater {
  // Nothing ever makes u other than 0.
  static constexpr bool kNoU = (F & kUnreached) != 0 && (F & (kMemory | kBiasCurrent)) == 0;
  static constexpr bool kOwnD = (F & kOwnDynamics) != 0, kOwnT = (F & kOwnThreshold) != 0;
  Updater(const Span &span, const NeuronArrays &neurons, int16_t *narrow, int32_t *wide,
          size_t first)
      : neurons(neurons), narrow(narrow), wide(wide), keepU(neurons.keepU, first),
        keepV(neurons.keepV, first), threshold(neurons.threshold, first),
        reset(neurons.reset, first), period(neurons.period, first), shift(neurons.shift, first),
        vmin(_mm512_set1_epi32(span.vmin)), vmax(_mm512_set1_epi32(span.vmax)) {}

  Ints sumAt(size_t n) const {
    if constexpr ((F & kUnreached) != 0)
      return _mm512_setzero_si512();
    const Ints sums =
        _mm512_cvtepi16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(narrow + n)));
    if constexpr ((F & kWide) == 0)
      return _mm512_sllv_epi32(sums, shift.at(n));
    const Ints sum =
        _mm512_add_epi32(_mm512_sllv_epi32(sums, shift.at(n)), _mm512_loadu_si512(wide + n));
    return _mm512_srai_epi32(_mm512_slli_epi32(sum, 10), 10); // 22 bits
  }

  template <bool Whole> static void store(int32_t *p, __mmask16 members, Ints x) {
    if constexpr (Whole)
      _mm512_storeu_si512(p, x);
    else
      _mm512_mask_storeu_epi32(p, members, x);
  }

  // 16 neurons from n on, of which `members`; returns who fires.
  template <bool Whole> unsigned update(size_t n, __mmask16 members, __mmask16 subtract) {
    const Ints oldU = kNoU ? _mm512_setzero_si512() : _mm512_loadu_si512(neurons.u + n);
    const Ints oldV = _mm512_loadu_si512(neurons.v + n);
    const Ints sum = sumAt(n);
    Ints any = _mm512_ternarylogic_epi32(oldU, oldV, sum, 0xFE); // or
    Ints current = sum;
    if constexpr ((F & kBiasCurrent) != 0) {
      const Ints bias = _mm512_loadu_si512(neurons.biasCurrent + n);
      any = _mm512_or_si512(any, bias);
      current = _mm512_add_epi32(current, bias);
    }
    Ints u = current; // without memory: below 2^22
    if constexpr ((F & kMemory) != 0) {
      current = _mm512_add_epi32(current, keepU(oldU, n));
      u = _mm512_srai_epi32(_mm512_slli_epi32(current, 8), 8); // 24 bits
      wraps += ones(_mm512_mask_cmpneq_epi32_mask(members, u, current));
    }
    Ints exact = _mm512_add_epi32(keepV(oldV, n), u);
    const Ints bias = _mm512_loadu_si512(neurons.biasMembrane + n);
    any = _mm512_or_si512(any, bias);
    exact = _mm512_add_epi32(exact, bias);
    Ints v = clamped(exact, vmin, vmax);
    __mmask16 clamps = _mm512_mask_cmpneq_epi32_mask(members, v, exact);
    __mmask16 free = members;
    Ints oldRefractory = _mm512_setzero_si512();
    if constexpr ((F & kRefractory) != 0) {
      oldRefractory = _mm512_loadu_si512(neurons.refractory + n);
      any = _mm512_or_si512(any, oldRefractory);
      const __mmask16 held = _mm512_test_epi32_mask(oldRefractory, oldRefractory);
      free = members & static_cast<__mmask16>(~held);
      v = _mm512_mask_mov_epi32(v, held, _mm512_mask_mov_epi32(reset.at(n), subtract, oldV));
    }
    const __mmask16 fires = _mm512_mask_cmpgt_epi32_mask(free, v, threshold.at(n));
    const Ints less = _mm512_sub_epi32(v, reset.at(n));
    const Ints left = _mm512_max_epi32(less, vmin); // an amount is not negative
    const auto reduced = static_cast<__mmask16>(fires & subtract);
    clamps |= _mm512_mask_cmpneq_epi32_mask(reduced, left, less);
    v = _mm512_mask_mov_epi32(v, fires, _mm512_mask_mov_epi32(reset.at(n), subtract, left));
    active += ones(_mm512_mask_test_epi32_mask(members, any, any));
    membraneClamps += ones(clamps);
    if constexpr (!kNoU)
      store<Whole>(neurons.u + n, members, u);
    store<Whole>(neurons.v + n, members, v);
    if constexpr ((F & kRefractory) != 0) {
      Ints refractory = _mm512_mask_mov_epi32(oldRefractory, fires, period.at(n));
      refractory = _mm512_max_epi32(_mm512_sub_epi32(refractory, _mm512_set1_epi32(1)),
                                    _mm512_setzero_si512());
      store<Whole>(neurons.refractory + n, members, refractory);
    }
    if constexpr ((F & kWide) != 0)
      store<Whole>(wide + n, members, _mm512_setzero_si512());
    return fires;
  }

  // 64 neurons. Not unrolled: four sets of addresses would not fit the registers.
  template <bool Whole> uint64_t updateWord(size_t n, uint64_t members, uint64_t subtract) {
    uint64_t fired = 0;
#pragma GCC unroll 1
    for (unsigned part = 0; part < kWord; part += 16) {
      const auto some = Whole ? __mmask16{0xFFFF} : static_cast<__mmask16>(members >> part);
      if (!Whole && some == 0)
        continue;
      fired |= uint64_t{update<Whole>(n + part, some, static_cast<__mmask16>(subtract >> part))}
               << part;
    }
    for (unsigned part = 0; part < kWord && (F & kUnreached) == 0; part += 32)
      if constexpr (Whole)
        _mm512_storeu_si512(narrow + n + part, _mm512_setzero_si512());
      else
        _mm512_mask_storeu_epi16(narrow + n + part, static_cast<__mmask32>(members >> part),
                                 _mm512_setzero_si512());
    return fired;
  }

  // Words [word, end), all neurons of them or those of `members`.
  template <bool Whole>
  __attribute__((noinline)) void updateWords(uint32_t word, uint32_t end, uint64_t members,
                                             uint8_t *quiet, uint64_t *spikes) {
    for (; word < end; ++word, ++quiet) {
      const size_t n = size_t{word} * kWord;
      if (*quiet && nothingDue(n))
        continue;
      const uint64_t activeBefore = active;
      const uint64_t fired = updateWord<Whole>(n, members, neurons.subtract[word]);
      spikes[word] |= fired;
      *quiet = active == activeBefore && fired == 0 && atRest(n, members);
    }
  }

  // Of a word in which nobody was active: it stays so.
  bool atRest(size_t n, uint64_t members) const {
    unsigned left = 0;
    for (unsigned part = 0; part < kWord; part += 16) {
      Ints any = _mm512_or_si512(_mm512_loadu_si512(neurons.u + n + part),
                                 _mm512_loadu_si512(neurons.v + n + part));
      if constexpr ((F & kRefractory) != 0)
        any = _mm512_or_si512(any, _mm512_loadu_si512(neurons.refractory + n + part));
      left |= _mm512_mask_test_epi32_mask(static_cast<__mmask16>(members >> part), any, any);
    }
    return left == 0;
  }

  bool nothingDue(size_t n) const {
    if constexpr ((F & kUnreached) != 0)
      return true;
    Ints any = _mm512_or_si512(_mm512_loadu_si512(narrow + n), _mm512_loadu_si512(narrow + n + 32));
    if constexpr ((F & kWide) != 0)
      for (unsigned part = 0; part < kWord; part += 16)
        any = _mm512_or_si512(any, _mm512_loadu_si512(wide + n + part));
    return _mm512_test_epi32_mask(any, any) == 0;
  }

  const NeuronArrays neurons; // a copy: what is stored to cannot change it
  int16_t *narrow;
  int32_t *wide;
  Decay<kOwnD> keepU, keepV;
  Parameter<kOwnT> threshold, reset;
  Parameter<kOwnD> period, shift;
  Ints vmin, vmax;
  uint64_t active = 0, wraps = 0, membraneClamps = 0;
};

template <unsigned F>
void updateSpan512(const Span &span, const NeuronArrays &neurons, int16_t *narrow, int32_t *wide,
                   uint64_t *spikes, UpdateCounts &counts) {
  const size_t first =
      size_t{span.firstWord} * kWord + static_cast<size_t>(__builtin_ctzll(span.firstMask));
  Updater<F> updater(span, neurons, narrow, wide, first);
  const auto part = [&](uint32_t word, uint64_t members) {
    uint8_t *quiet = span.quiet + (word - span.firstWord);
    if (members == kAll)
      updater.template updateWords<true>(word, word + 1, kAll, quiet, spikes);
    else
      updater.template updateWords<false>(word, word + 1, members, quiet, spikes);
  };
  part(span.firstWord, span.firstMask);
  if (span.lastWord > span.firstWord + 1)
    updater.template updateWords<true>(span.firstWord + 1, span.lastWord, kAll, span.quiet + 1,
                                       spikes);
  if (span.lastWord != span.firstWord)
    part(span.lastWord, span.lastMask);
  counts.active += updater.active;
  counts.currentWraps += updater.wraps;
  counts.membraneClamps += updater.membraneClamps;
}

uint32_t gather512(const uint64_t *spikes, const uint64_t *members, uint32_t words,
                   const uint32_t *offsets, uint32_t *out) {
  uint32_t *const begin = out;
  for (uint32_t word = 0; word < words; ++word, offsets += kWord) {
    const uint64_t bits = spikes[word] & members[word];
    if (bits == 0)
      continue;
    for (unsigned part = 0; part < kWord; part += 16) {
      const auto some = static_cast<__mmask16>(bits >> part);
      // To a register first: compressing to memory is slow on some processors.
      _mm512_storeu_si512(out,
                          _mm512_maskz_compress_epi32(some, _mm512_loadu_si512(offsets + part)));
      out += ones(some);
    }
  }
  return static_cast<uint32_t>(out - begin);
}

void spread512(const uint64_t *bits, uint32_t first, uint32_t count, uint8_t *out) {
  const Ints one = _mm512_set1_epi8(1);
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

void count512(const uint64_t *bits, uint32_t words, uint8_t *counts) {
  const Ints one = _mm512_set1_epi8(1);
  for (uint32_t word = 0; word < words; ++word, counts += kWord) {
    if (bits[word] == 0)
      continue;
    const Ints count = _mm512_loadu_si512(counts);
    _mm512_storeu_si512(counts, _mm512_mask_add_epi8(count, bits[word], count, one));
  }
}

} // namespace

const Kernels kAvx512Kernels = {"avx512",
                                SNNC_UPDATE_KERNELS(updateSpan512),
                                addRows<Lanes32, int8_t>,
                                addRows<Lanes32, int16_t>,
                                gather512,
                                spread512,
                                count512};

} // namespace snnc::runtime::fast
#else
namespace snnc::runtime::fast {
const Kernels kAvx512Kernels = {"avx512", {}, nullptr, nullptr, nullptr, nullptr, nullptr};
} // namespace snnc::runtime::fast
#endif
