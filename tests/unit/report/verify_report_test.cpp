#include "runtime/report/verify_report.h"

#include <gtest/gtest.h>

using namespace snnc::runtime;
using namespace snnc::runtime::report;

static verify::VerifyReport someReport() {
  verify::VerifyReport report;
  report.pass = true;
  report.samples = 20;
  report.ticks = 540;
  report.coresUsed = 3;
  report.pairs.resize(2);
  report.pairs[0].a = "quant";
  report.pairs[0].b = "cycle";
  report.pairs[1].a = "cycle";
  report.pairs[1].b = "rtl";
  report.pairs[1].cycleMismatches = report.pairs[1].counterMismatches = 0;
  report.imageEqualsNetwork = true;
  return report;
}

static std::string textOf(const verify::VerifyReport &report) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printVerify(report, os);
  return os.str();
}

TEST(VerifyReport, JsonHasTheContractsFields) {
  const nlohmann::ordered_json json = toJson(someReport());
  EXPECT_EQ(json["schema"], "snnc-verify/1");
  EXPECT_EQ(json["pass"], true);
  EXPECT_EQ(json["samples"], 20);
  EXPECT_EQ(json["ticks"], 540);
  EXPECT_EQ(json["cores_used"], 3);
  EXPECT_EQ(json["image_equals_network"], true);
  ASSERT_EQ(json["pairs"].size(), 2u);
  EXPECT_TRUE(json["pairs"][0]["cycle_mismatches"].is_null()); // quant has no clock
  EXPECT_EQ(json["pairs"][1]["cycle_mismatches"], 0);
  EXPECT_TRUE(json["pairs"][0]["first_divergence"].is_null());
}

TEST(VerifyReport, MismatchIsTold) {
  verify::VerifyReport report = someReport();
  report.pass = false;
  report.pairs[1].stateMismatches = 7;
  verify::Divergence first;
  first.sample = 3;
  first.tick = 17;
  first.layer = "hidden";
  first.neuron = 7;
  first.core = 1;
  first.field = "v";
  first.a = 322;
  first.b = 323;
  report.pairs[1].first = first;
  const nlohmann::ordered_json json = toJson(report);
  EXPECT_EQ(json["pairs"][1]["first_divergence"]["layer"], "hidden");
  EXPECT_EQ(json["pairs"][1]["first_divergence"]["b"], 323);
  const std::string text = textOf(report);
  EXPECT_NE(text.find("cycle and rtl differ"), std::string::npos) << text;
  EXPECT_NE(text.find("FAIL"), std::string::npos) << text;
}

TEST(VerifyReport, PassIsSaid) {
  const std::string text = textOf(someReport());
  EXPECT_NE(text.find("PASS"), std::string::npos) << text;
  EXPECT_NE(text.find("yes, synapse by synapse"), std::string::npos) << text;
}
