#include "common/support/fixed_point.h"
#include "common/support/hash.h"
#include "common/support/strings.h"

#include <gtest/gtest.h>

using namespace snnc::support;

TEST(Strings, NearestFindsATypoAndNothingElse) {
  const std::vector<std::string> known = {"neurons", "input_axons", "weight_bits"};
  EXPECT_EQ(nearest("neuron", known), "neurons");
  EXPECT_EQ(nearest("weightbits", known), "weight_bits");
  EXPECT_EQ(nearest("colour", known), "");
}

TEST(Strings, PrefixAndSuffix) {
  EXPECT_TRUE(startsWith("mnist:dir", "mnist:"));
  EXPECT_FALSE(startsWith("mn", "mnist:"));
  EXPECT_TRUE(endsWith("a.json", ".json"));
  EXPECT_FALSE(endsWith("n", ".json"));
}

TEST(Strings, NaturalOrder) {
  const char *const kAscending[] = {"",    "02",  "2",   "10",      "a",
                                    "a2b", "a10", "fc2", "fc2.lif", "fc10"};
  for (size_t i = 0; i < std::size(kAscending); ++i)
    for (size_t j = 0; j < std::size(kAscending); ++j)
      EXPECT_EQ(naturalLess(kAscending[i], kAscending[j]), i < j)
          << kAscending[i] << " " << kAscending[j];
}

// Check values from RFC 1952 (zip's CRC of "123456789") and FIPS 180-4 (SHA-256 of "abc").
TEST(Hash, KnownValues) {
  EXPECT_EQ(crc32(bytesOf(llvm::StringRef("123456789"))), 0xCBF43926u);
  EXPECT_EQ(hex(sha256(bytesOf(llvm::StringRef("abc")))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(FixedPoint, WrapDecayClampRound) {
  EXPECT_EQ(wrapSigned((1 << 21), 22), -(1 << 21));
  EXPECT_EQ(wrapSigned(-(1 << 21) - 1, 22), (1 << 21) - 1);
  EXPECT_EQ(decayTowardZero(-1, 1), 0);
  EXPECT_EQ(decayTowardZero(4096, 1), 4095);
  EXPECT_EQ(decayTowardZero(-8191, 2048), -4095);
  EXPECT_EQ(decayTowardZero(123456, 4096), 0);
  EXPECT_EQ(clampTo(9, -3, 3), 3);
  EXPECT_EQ(clampTo(-9, -3, 3), -3);
  EXPECT_EQ(shiftRoundHalfEven(3, 1), 2);
  EXPECT_EQ(shiftRoundHalfEven(5, 1), 2);
  EXPECT_EQ(shiftRoundHalfEven(-3, 1), -2);
  EXPECT_EQ(shiftRoundHalfEven(-5, 1), -2);
  EXPECT_EQ(shiftRoundHalfEven(7, 0), 7);
}
