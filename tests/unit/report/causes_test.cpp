// The causes of differences in an evaluation's summary and JSON.
#include "runtime/report/eval_report.h"

#include <gtest/gtest.h>

namespace snnc::runtime::report {
namespace {

verify::CauseReport causes() {
  verify::CauseReport report;
  report.layers = {{"a", 3, 40}, {"b", 2, 7}};
  report.rows.resize(2);
  report.rows[0].name = "quantised";
  report.rows[0].differences = {5, 1};
  report.rows[0].predictions = 1;
  report.rows[1].name = "weights";
  report.rows[1].differences = {4, 0};
  report.samples = 2;
  report.steps = 20;
  return report;
}

TEST(Causes, Json) {
  const Json json = toJson(causes());
  EXPECT_EQ(json["samples"], 2);
  EXPECT_EQ(json["steps"], 20);
  EXPECT_EQ(json["layers"][0],
            Json({{"name", "a"}, {"neurons", 3}, {"spikes", 40}, {"all", 5}, {"weights", 4}}));
  EXPECT_EQ(json["layers"][1]["all"], 1);
  EXPECT_EQ(json["predictions"], Json({{"all", 1}, {"weights", 0}}));
}

TEST(Causes, OnlyWhereAskedFor) {
  EvalReport report;
  report.coresAvailable = 1;
  EXPECT_TRUE(toJson(report)["differences"].is_null());
  const auto summary = [&] {
    std::string text;
    llvm::raw_string_ostream os(text);
    printSummary(report, os);
    return os.str();
  };
  EXPECT_EQ(summary().find("why the integers differ"), std::string::npos);
  report.causes = causes();
  EXPECT_NE(summary().find("why the integers differ"), std::string::npos);
  EXPECT_EQ(toJson(report)["differences"], toJson(causes()));
}

} // namespace
} // namespace snnc::runtime::report
