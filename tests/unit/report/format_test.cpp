#include "runtime/report/format.h"

#include "llvm/ADT/StringRef.h"

#include <gtest/gtest.h>

using namespace snnc::runtime::report;

TEST(Format, Numbers) {
  EXPECT_EQ(withCommas(0), "0");
  EXPECT_EQ(withCommas(999), "999");
  EXPECT_EQ(withCommas(1000), "1,000");
  EXPECT_EQ(withCommas(1234567), "1,234,567");
  EXPECT_EQ(countText(12), "12");
  EXPECT_EQ(countText(12.345), "12.35");
  EXPECT_EQ(countText(1355.7719), "1,356");
  EXPECT_EQ(percentText(0.966), "96.60 %");
  EXPECT_EQ(bytesText(512), "512 bytes");
  EXPECT_EQ(bytesText(12800), "12.5 KiB");
  EXPECT_EQ(bytesText(3u << 20), "3.0 MiB");
}

TEST(Format, FourDigitsAtMostAndAPrefix) {
  EXPECT_EQ(siText(0, "V"), "0 V");
  EXPECT_EQ(siText(-75e-3, "V"), "-75 mV");
  EXPECT_EQ(siText(9.99024e-3, "s"), "9.99 ms");
  EXPECT_EQ(siText(200.195e-12, "A"), "200.2 pA");
  EXPECT_EQ(siText(500, "Hz"), "500 Hz");
  EXPECT_EQ(siText(2e-15, "A"), "0.002 pA");
}

TEST(Format, ThreeDigitsAndAPrefix) {
  EXPECT_EQ(joulesText(0), "0 J");
  EXPECT_EQ(joulesText(1.234e-6), "1.23 uJ");
  EXPECT_EQ(joulesText(12.34e-6), "12.3 uJ");
  EXPECT_EQ(joulesText(123.4e-6), "123 uJ");
  EXPECT_EQ(joulesText(23.6e-12), "23.6 pJ");
  EXPECT_EQ(joulesText(0.5e-12), "0.50 pJ");
  EXPECT_EQ(joulesText(999.7e-9), "1.00 uJ"); // not "1000 nJ"
  EXPECT_EQ(secondsText(2), "2.00 s");
}

TEST(Format, TablesAlign) {
  Table table({"name", "count", "<what"});
  table.row({"a", "1", "x"});
  table.row({"longer", "1,000", ""});
  std::string text;
  llvm::raw_string_ostream os(text);
  table.print(os);
  EXPECT_EQ(os.str(), "  name    count  what\n"
                      "  a           1  x\n"
                      "  longer  1,000\n");
}

TEST(Format, LinesFitTheTerminal) {
  std::string words;
  for (int i = 0; i < 60; ++i)
    words += "word ";
  Table table({"a", "<b"});
  table.row({"x", words});
  std::string text;
  llvm::raw_string_ostream os(text);
  table.print(os);
  os << "label ";
  printWrapped(os, words, 6, 6);
  llvm::StringRef rest(os.str());
  while (!rest.empty()) {
    const auto [line, tail] = rest.split('\n');
    EXPECT_LE(line.size(), kWidth) << line.str();
    rest = tail;
  }
}
