// The kernels as plain loops over 64 neurons, for the compiler to vectorise. Included by one .cpp
// per instruction set; everything has internal linkage.
#pragma once

#include "runtime/fast/kernels.h"

namespace snnc::runtime::fast {
namespace {

// Toward zero: dec() of docs/reference/arithmetic.md in 32 bits. |x| <= 2^23, keep <= 4096.
inline int32_t decayed(int32_t x, int32_t keep) {
  const int32_t sign = x >> 31;
  const int32_t size = (x ^ sign) - sign;
  const int32_t result = (size >> 12) * keep + (((size & 4095) * keep) >> 12);
  return (result ^ sign) - sign;
}

inline int32_t wrapped(int32_t x, int bits) {
  return static_cast<int32_t>(static_cast<uint32_t>(x) << (32 - bits)) >> (32 - bits);
}

inline int32_t clamped(int32_t x, int32_t lo, int32_t hi) {
  const int32_t floor = x < lo ? lo : x;
  return floor > hi ? hi : floor;
}

// Bytes of 0 and 1 to bits.
inline uint64_t packed(const uint8_t *bytes) {
  uint64_t word = 0;
  for (unsigned k = 0; k < 8; ++k) {
    uint64_t eight = 0;
    for (unsigned i = 0; i < 8; ++i)
      eight |= static_cast<uint64_t>(bytes[8 * k + i]) << (8 * i);
    word |= ((eight * 0x0102040810204080u) >> 56) << (8 * k);
  }
  return word;
}

inline void unpack(uint64_t word, int32_t *lanes) {
  for (unsigned i = 0; i < kWord; ++i)
    lanes[i] = -static_cast<int32_t>(word >> i & 1);
}

struct WordSums {
  int32_t active = 0, wraps = 0, clamps = 0;
  int32_t rest = 0; // state that is left
};

// The neurons of a word whose `member` is -1; firing[i] becomes -1 or 0. Registers that neurons
// share are read from word `shared`, where they are equal from `lane` on. Everything in 32 bits,
// and no array twice: the loop becomes vectors.
template <unsigned F>
inline WordSums updateWord(const Span &span, NeuronWord &w, const NeuronWord &shared, unsigned lane,
                           const int32_t *sums, const int32_t *member, int32_t *firing) {
  int32_t active = 0, wraps = 0, clamps = 0, rest = 0;
#pragma GCC ivdep
  for (unsigned i = 0; i < kWord; ++i) {
    constexpr bool kOwn = (F & kOwnDynamics) != 0;
    const int32_t oldU = w.u[i], oldV = w.v[i];
    const int32_t sum = sums[i];
    const int32_t biasU = (F & kBiasCurrent) != 0 ? w.biasCurrent[i] : 0;
    const int32_t biasV = w.biasMembrane[i];
    const int32_t oldRefractory = (F & kRefractory) != 0 ? w.refractory[i] : 0;
    int32_t current = sum + biasU, u = current;
    if constexpr ((F & kMemory) != 0) {
      current += decayed(oldU, kOwn ? w.keepU[i] : shared.keepU[lane]);
      u = wrapped(current, 24);
    }
    const int32_t exact = decayed(oldV, kOwn ? w.keepV[i] : shared.keepV[lane]) + u + biasV;
    int32_t v = clamped(exact, span.vmin, span.vmax);
    int32_t clampedNow = v != exact;
    const int32_t carry = kOwn ? w.carry[i] : shared.carry[lane];
    const int32_t term = w.resetTerm[i];
    const int32_t held = -static_cast<int32_t>(oldRefractory > 0);
    if constexpr ((F & kRefractory) != 0)
      v = (held & ((carry & oldV) | (~carry & term))) | (~held & v);
    const int32_t threshold = w.threshold[i];
    const int32_t fires = -static_cast<int32_t>(v > threshold) & ~held;
    const int32_t less = (v & carry) + term;
    const int32_t floor = kOwn ? w.resetFloor[i] : shared.resetFloor[lane];
    const int32_t left = less < floor ? floor : less;
    clampedNow |= fires & static_cast<int32_t>(left != less);
    v = (fires & left) | (~fires & v);
    const int32_t m = member[i];
    active += m & static_cast<int32_t>((oldU | oldV | sum | biasU | biasV | oldRefractory) != 0);
    wraps += m & static_cast<int32_t>(u != current);
    clamps += m & clampedNow;
    firing[i] = fires & m;
    w.u[i] = (m & u) | (~m & oldU);
    w.v[i] = (m & v) | (~m & oldV);
    if constexpr ((F & kRefractory) != 0) {
      const int32_t period = kOwn ? w.period[i] : shared.period[lane];
      int32_t refractory = (fires & period) | (~fires & oldRefractory);
      refractory -= static_cast<int32_t>(refractory > 0);
      w.refractory[i] = (m & refractory) | (~m & oldRefractory);
      rest |= m & refractory;
    }
    rest |= m & (u | v);
  }
  return {active, wraps, clamps, rest};
}

// Whether a sum of a word is not 0.
template <unsigned F> inline bool isDue(const int16_t *narrow, const int32_t *wide) {
  int32_t any = 0;
  for (unsigned i = 0; i < kWord; ++i)
    any |= narrow[i];
  if constexpr ((F & kWide) != 0)
    for (unsigned i = 0; i < kWord; ++i)
      any |= wide[i];
  return any != 0;
}

// The sums of a word as effects; those of members become 0.
template <unsigned F>
inline void takeSums(int16_t *narrow, int32_t *wide, const int32_t *shift, bool each,
                     const int32_t *member, int32_t *sums) {
  for (unsigned i = 0; i < kWord; ++i)
    sums[i] = narrow[i];
  for (unsigned i = 0; i < kWord; ++i)
    sums[i] = static_cast<int32_t>(static_cast<uint32_t>(sums[i]) << shift[each ? i : 0]);
  if constexpr ((F & kWide) != 0)
    for (unsigned i = 0; i < kWord; ++i) {
      sums[i] = wrapped(sums[i] + wide[i], 22);
      wide[i] &= ~member[i];
    }
  for (unsigned i = 0; i < kWord; ++i)
    narrow[i] = static_cast<int16_t>(~member[i] & narrow[i]);
}

// One tick of a word.
template <unsigned F>
void updateTick(const Span &span, NeuronWord *words, const TickBlock &block, uint32_t tick,
                uint32_t word, UpdateCounts &counts) {
  constexpr bool kOwn = (F & kOwnDynamics) != 0;
  const NeuronWord &shared = words[span.firstWord];
  const auto lane = static_cast<unsigned>(__builtin_ctzll(span.firstMask));
  const size_t slot = (tick & block.slotMask) * block.stride + size_t{word} * kWord;
  int16_t *const narrow = block.narrow + slot;
  int32_t *const wide = block.wide + slot;
  uint8_t &calm = span.calm[word - span.firstWord];
  if (calm != 0 && !isDue<F>(narrow, wide))
    return;
  int32_t member[kWord], sums[kWord], firing[kWord];
  unpack(membersOf(span, word), member);
  takeSums<F>(narrow, wide, kOwn ? words[word].shift : shared.shift + lane, kOwn, member, sums);
  const WordSums done = updateWord<F>(span, words[word], shared, lane, sums, member, firing);
  uint8_t fired[kWord];
  for (unsigned i = 0; i < kWord; ++i)
    fired[i] = static_cast<uint8_t>(firing[i] & 1);
  const uint64_t bits = packed(fired);
  block.spikes[(tick - block.first) * block.spikeStride + word] |= bits;
  counts.active += static_cast<uint64_t>(done.active);
  counts.currentWraps += static_cast<uint64_t>(done.wraps);
  counts.membraneClamps += static_cast<uint64_t>(done.clamps);
  calm = done.active == 0 && bits == 0 && done.rest == 0 ? kQuiet : 0;
}

template <unsigned F>
void updateSpan(const Span &span, NeuronWord *words, const TickBlock &block, UpdateCounts &counts) {
  for (uint32_t word = span.firstWord; word <= span.lastWord; ++word)
    for (uint32_t tick = block.first; tick < block.end; ++tick)
      updateTick<F>(span, words, block, tick, word, counts);
}

template <class Weight>
void addRowsLoop(int16_t *sums, uint32_t count, const Weight *weights, const RowList &rows,
                 uint32_t shift) {
  for (uint32_t k = 0; k < rows.size; ++k) {
    const Weight *row = weights + rows.offsets[rows.picked[k]];
    for (uint32_t i = 0; i < count; ++i)
      sums[i] = static_cast<int16_t>(sums[i] + (row[i] * (1 << shift)));
  }
}

inline uint32_t pickLoop(const uint64_t *spikes, const uint64_t *members, uint32_t words,
                         uint16_t *out) {
  uint16_t *const begin = out;
  for (uint32_t word = 0; word < words; ++word)
    for (uint64_t bits = spikes[word] & members[word]; bits != 0; bits &= bits - 1)
      *out++ = static_cast<uint16_t>(word * kWord + static_cast<uint32_t>(__builtin_ctzll(bits)));
  return static_cast<uint32_t>(out - begin);
}

// The eight lowest bits as bytes of 0 and 1, the first in the lowest.
inline uint64_t unpacked(uint64_t bits) {
  const uint64_t each = (bits & 255) * 0x0101010101010101u & 0x8040201008040201u;
  return (each + 0x7F7F7F7F7F7F7F7Fu) >> 7 & 0x0101010101010101u;
}

inline void spreadLoop(const uint64_t *bits, uint32_t first, uint32_t count, uint8_t *out) {
  for (uint32_t i = 0; i < count; i += 8) {
    const uint32_t at = first + i, below = at % kWord;
    uint64_t eight = bits[at / kWord] >> below;
    if (below > kWord - 8)
      eight |= bits[at / kWord + 1] << (kWord - below);
    const uint64_t bytes = unpacked(eight);
    if (count - i >= 8)
      __builtin_memcpy(out + i, &bytes, 8);
    else
      __builtin_memcpy(out + i, &bytes, count - i);
  }
}

inline void countLoop(const uint64_t *bits, uint32_t words, uint32_t rows, size_t stride,
                      uint8_t *counts) {
  for (uint32_t word = 0; word < words; ++word)
    for (uint32_t i = 0; i < kWord; i += 8) {
      uint64_t eight;
      __builtin_memcpy(&eight, counts + word * kWord + i, 8);
      for (uint32_t row = 0; row < rows; ++row)
        eight += unpacked(bits[row * stride + word] >> i);
      __builtin_memcpy(counts + word * kWord + i, &eight, 8);
    }
}

} // namespace
} // namespace snnc::runtime::fast
