// The causes of differences in an evaluation's summary and JSON.
#include "runtime/report/causes_report.h"
#include "runtime/report/eval_report.h"

#include <gtest/gtest.h>

namespace snnc::runtime::report {
namespace {

verify::CauseReport causes() {
  verify::CauseReport report;
  report.layers = {{"a", 3, 40, 38}, {"b", 2, 7, 7}};
  const auto add = [&](const char *name, std::vector<uint64_t> differences, uint64_t correct) {
    verify::CauseRow &row = report.rows.emplace_back();
    row.name = name;
    row.differences = std::move(differences);
    row.correct = correct;
  };
  add("quantised", {5, 1}, 1);
  report.rows[0].predictions = 1;
  add("weights", {4, 0}, 2);
  add("together", {5, 1}, 1);
  add("unexplained", {0, 0}, 0);
  const auto layer = [&](const char *name, verify::Cause cause, std::vector<uint64_t> off,
                         uint64_t correct) {
    verify::LayerCause &each = report.byLayer.emplace_back();
    each.layer = name;
    each.cause = cause;
    each.on.differences = {1, 0};
    each.off.differences = std::move(off);
    each.off.correct = correct;
  };
  layer("a", verify::Cause::Weights, {2, 1}, 1);
  layer("a", verify::Cause::Decays, {7, 1}, 1); // brings nothing: it hides another
  layer("b", verify::Cause::Weights, {5, 0}, 2);
  report.samples = 2;
  report.steps = 20;
  report.labelled = true;
  report.correct = 2;
  return report;
}

TEST(Causes, Json) {
  const auto json = toJson(causes());
  EXPECT_EQ(json["samples"], 2);
  EXPECT_EQ(json["steps"], 20);
  EXPECT_EQ(json["layers"][0], Json({{"name", "a"},
                                     {"neurons", 3},
                                     {"spikes", 40},
                                     {"quantised_spikes", 38},
                                     {"all", 5},
                                     {"weights", 4},
                                     {"together", 5},
                                     {"unexplained", 0}}));
  EXPECT_EQ(json["layers"][1]["all"], 1);
  EXPECT_EQ(json["predictions"]["all"], 1);
  EXPECT_EQ(json["correct"]["float"], 2);
  EXPECT_EQ(json["by_layer"][0]["off"], Json({{"spikes", 3}, {"predictions", 0}, {"correct", 1}}));
  verify::CauseReport blind = causes();
  blind.labelled = false;
  EXPECT_TRUE(toJson(blind)["correct"].is_null());
  EXPECT_TRUE(toJson(blind)["by_layer"][0]["on"]["correct"].is_null());
}

// First what brings back most right answers, then most spikes; nothing that brings none.
TEST(Causes, Suggestions) {
  const std::vector<Suggestion> found = suggestionsOf(causes());
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].layer, "b");
  EXPECT_EQ(found[0].correct, 1);
  EXPECT_EQ(found[1].layer, "a");
  EXPECT_EQ(found[1].correct, 0);
  EXPECT_EQ(found[1].differences, 3);
  EXPECT_NE(found[1].what.find("--weight-bits a=N"), std::string::npos);
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
