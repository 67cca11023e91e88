#include "common/net/quantity.h"

#include <gtest/gtest.h>

namespace snnc::net {
namespace {

TEST(Quantity, PrefixesAndUnits) {
  const std::tuple<const char *, double, Dimension> good[] = {
      {"250 pF", 250e-12, Dimension::Capacitance},
      {"16.7nS", 16.7e-9, Dimension::Conductance},
      {"-70 mV", -70e-3, Dimension::Voltage},
      {"2 ms", 2e-3, Dimension::Time},
      {"3 s", 3, Dimension::Time},
      {"1e2 us", 1e-4, Dimension::Time},
      {" 5 kV ", 5e3, Dimension::Voltage},
      {"1 A", 1, Dimension::Current},
      {"1.5e+1 MA", 15e6, Dimension::Current},
      {"2 GS", 2e9, Dimension::Conductance},
  };
  for (const auto &[text, value, dimension] : good) {
    const auto quantity = parseQuantity(text);
    ASSERT_TRUE(quantity) << text;
    EXPECT_EQ(quantity->value, value) << text;
    EXPECT_EQ(quantity->dimension, dimension) << text;
  }
}

TEST(Quantity, WhatIsNone) {
  for (const char *text : {"", "ms", "20", "20 m", "20 xs", "2 0 ms", "20 mm s", "twenty ms",
                           "1e ms", "1e9999 s", "inf s", "nan V"})
    EXPECT_FALSE(parseQuantity(text)) << text;
}

} // namespace
} // namespace snnc::net
