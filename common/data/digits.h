// The built-in data set: 28 x 28 grey images of handwritten-like digits, drawn by seeded code. No
// files, no network, no end: image i of a stream is a function of (stream, i) alone.
//
// Every step is IEEE addition, multiplication, division or square root in a fixed order, and pixels
// are quantised to k/255, so the bytes are the same on every machine (docs/reference/encodings.md).
#pragma once

#include <array>
#include <cstdint>

namespace snnc::data {

inline constexpr uint32_t kDigitSide = 28;
inline constexpr uint32_t kDigitPixels = kDigitSide * kDigitSide;

// Test: what `digits:N` gives. Train: `digits-train:N`. No seed is common to both.
enum class DigitStream : uint8_t { Test, Train };

struct Digit {
  std::array<uint8_t, kDigitPixels> pixels{}; // row-major, 0 background .. 255 full ink
  uint8_t label = 0;                          // 0..9, uniform
};

Digit makeDigit(DigitStream stream, uint64_t index);

} // namespace snnc::data
