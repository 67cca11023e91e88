// The project's only random generator: seeded, portable, the same stream on every machine.
// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): one 64-bit state, passes BigCrush.
#pragma once

#include <cmath>
#include <cstdint>

namespace snnc::support {

__extension__ typedef unsigned __int128 Uint128; // GCC and Clang

class Rng {
public:
  explicit constexpr Rng(uint64_t seed) : state(seed) {}

  constexpr uint64_t next() {
    state += 0x9E3779B97F4A7C15u;
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  // Uniform in [0, n), n >= 1. Multiply-shift: bias below 2^-32 for n < 2^32.
  constexpr uint64_t below(uint64_t n) {
    return static_cast<uint64_t>((static_cast<Uint128>(next()) * n) >> 64);
  }
  // Uniform in [lo, hi], both included.
  constexpr int64_t between(int64_t lo, int64_t hi) {
    return lo + static_cast<int64_t>(below(static_cast<uint64_t>(hi - lo) + 1));
  }
  // Uniform in [0, 1), 53 random bits.
  constexpr double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  // Standard normal, Box-Muller; uses two draws a call.
  double normal() {
    const double u = 1.0 - uniform();
    return std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586 * uniform());
  }

private:
  uint64_t state;
};

} // namespace snnc::support
