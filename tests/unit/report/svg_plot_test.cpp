#include "runtime/report/svg_plot.h"

#include "llvm/ADT/StringRef.h"

#include <gtest/gtest.h>

using namespace snnc::runtime::report;

static size_t count(const std::string &text, llvm::StringRef part) {
  return llvm::StringRef(text).count(part);
}

TEST(SvgPlot, DrawsEverySeries) {
  Plot plot{"a < b", "x", "y", {}};
  plot.series = {{"line", {0, 1, 2}, {0, 5, 10}, Mark::Line},
                 {"dots", {0, 2}, {1, 3}, Mark::Dots},
                 {"", {0, 2}, {10, 0}, Mark::Dashed}};
  const std::string text = svg(plot);
  EXPECT_EQ(count(text, "<svg "), 1U);
  EXPECT_EQ(count(text, "</svg>"), 1U);
  EXPECT_EQ(count(text, "<circle "), 2U);
  EXPECT_EQ(count(text, "stroke-dasharray"), 1U);
  EXPECT_EQ(count(text, ">line</text>"), 1U);
  EXPECT_EQ(count(text, "a &lt; b"), 1U);
  // (0, 0) is the lower left corner of the axes, (2, 10) the upper right one.
  EXPECT_EQ(count(text, "d=\"M70.00 328.00L300.00 182.00L530.00 36.00\""), 1U);
  EXPECT_EQ(svg(plot), text);
}

TEST(SvgPlot, OneValueIsNoRange) {
  Plot plot{"flat", "x", "y", {}};
  plot.series = {{"flat", {1, 1}, {3, 3}, Mark::Line}};
  EXPECT_EQ(count(svg(plot), "nan"), 0U);
  EXPECT_EQ(count(svg(plot), "inf"), 0U);
}

TEST(SvgPlot, Entities) {
  EXPECT_EQ(escaped("a<b>&\"c\""), "a&lt;b&gt;&amp;&quot;c&quot;");
}
