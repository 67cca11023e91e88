#include "common/data/digits.h"

#include "common/data/glyphs.h"
#include "common/support/hash.h"

#include <gtest/gtest.h>

#include <set>

using namespace snnc;
using data::Digit;
using data::DigitStream;

namespace {

std::string bytesOf(DigitStream stream, uint64_t first, uint64_t count) {
  std::string bytes;
  for (uint64_t i = first; i < first + count; ++i) {
    const Digit digit = data::makeDigit(stream, i);
    bytes.append(digit.pixels.begin(), digit.pixels.end());
    bytes.push_back(static_cast<char>(digit.label));
  }
  return bytes;
}

} // namespace

// The shipped model was trained on exactly these images: a change of one pixel must be noticed.
TEST(Digits, BytesAreGolden) {
  EXPECT_EQ(support::hex(support::sha256(
                support::bytesOf(llvm::StringRef(bytesOf(DigitStream::Test, 0, 200))))),
            "8d40af4ed642f01d138691c018de127b77431f0490f96515b2d3b460b2c765bf");
  EXPECT_EQ(support::hex(support::sha256(
                support::bytesOf(llvm::StringRef(bytesOf(DigitStream::Train, 0, 200))))),
            "59e3c7318c82547c4ccdb01c0f967fd04b17c3cb0b19f3d4ddfa4a2f14391d69");
}

TEST(Digits, AnImageDependsOnItsIndexAlone) {
  EXPECT_EQ(bytesOf(DigitStream::Test, 7, 1), bytesOf(DigitStream::Test, 7, 1));
  std::string joined;
  for (uint64_t i = 5; i < 8; ++i)
    joined += bytesOf(DigitStream::Test, i, 1);
  EXPECT_EQ(bytesOf(DigitStream::Test, 5, 3), joined);
}

TEST(Digits, StreamsShareNoImage) {
  std::set<std::string> seen;
  for (uint64_t i = 0; i < 500; ++i) {
    seen.insert(bytesOf(DigitStream::Test, i, 1));
    seen.insert(bytesOf(DigitStream::Train, i, 1));
  }
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(Digits, EveryClassIsThereAndHasInk) {
  std::array<unsigned, 10> perClass{};
  for (uint64_t i = 0; i < 1000; ++i) {
    const Digit digit = data::makeDigit(DigitStream::Test, i);
    ASSERT_LT(digit.label, 10);
    ++perClass[digit.label];
    unsigned inked = 0;
    for (uint8_t pixel : digit.pixels)
      inked += pixel > 100;
    EXPECT_GT(inked, 10u) << "image " << i;
    EXPECT_LT(inked, 300u) << "image " << i;
  }
  for (unsigned count : perClass)
    EXPECT_GT(count, 60u);
}

TEST(Glyphs, EveryDigitHasAtLeastTwoStylesOfRealStrokes) {
  for (uint32_t digit = 0; digit < 10; ++digit) {
    ASSERT_GE(data::glyphStyles(digit), 2u);
    for (uint32_t style = 0; style < data::glyphStyles(digit); ++style)
      for (const data::Stroke &stroke : data::glyph(digit, style))
        EXPECT_GE(stroke.points.size(), 2u);
  }
}
