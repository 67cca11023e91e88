// Integer rounding and range helpers, exact on int64_t. Used by the integer engines and the
// compiler. runtime/reference must NOT include this: it computes the same functions in double, on
// its own, so that a bug here cannot hide (docs/architecture.md, "the ladder").
#pragma once

#include <cassert>
#include <cstdint>

namespace snnc::support {

// Two's-complement wrap of x to `bits` (1..63).
constexpr int64_t wrapSigned(int64_t x, unsigned bits) {
  const uint64_t mask = (uint64_t{1} << bits) - 1;
  const uint64_t sign = uint64_t{1} << (bits - 1);
  const uint64_t low = static_cast<uint64_t>(x) & mask;
  return static_cast<int64_t>((low ^ sign)) - static_cast<int64_t>(sign);
}

// x * (4096 - k) / 4096 with the magnitude truncated: rounds toward zero. k in 0..4096.
// facts: Loihi decay, see docs/reference/arithmetic.md.
constexpr int64_t decayTowardZero(int64_t x, unsigned k) {
  const int64_t keep = 4096 - static_cast<int64_t>(k);
  return x < 0 ? -((-x * keep) >> 12) : (x * keep) >> 12;
}

constexpr int64_t clampTo(int64_t x, int64_t lo, int64_t hi) {
  return x < lo ? lo : (x > hi ? hi : x);
}

// x / 2^shift rounded half to even. shift 0..62.
constexpr int64_t shiftRoundHalfEven(int64_t x, unsigned shift) {
  if (shift == 0)
    return x;
  const int64_t floor = x >> shift;
  const int64_t rest = x - (floor << shift);
  const int64_t half = int64_t{1} << (shift - 1);
  if (rest > half || (rest == half && (floor & 1) != 0))
    return floor + 1;
  return floor;
}

} // namespace snnc::support
