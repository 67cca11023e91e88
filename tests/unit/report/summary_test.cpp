// The evaluation summary and its JSON: nothing hidden, nothing wider than a terminal.
#include "runtime/report/eval_report.h"

#include "llvm/ADT/StringRef.h"

#include <gtest/gtest.h>

using namespace snnc;
using namespace snnc::runtime;
using namespace snnc::runtime::report;

static EvalReport someReport() {
  EvalReport report;
  report.model = "mlp.json";
  report.data = "digits";
  report.target = llvm::cantFail(target::loadTarget(SNNC_SOURCE_DIR "/targets/loihi-like.json"));
  report.samples = 10;
  report.steps = 25;
  report.ticks = 27;
  report.coresUsed = 3;
  report.coresAvailable = 128;
  report.layers = {{"input", 784, 0, 0, true, false, 10.5},
                   {"fc1", 256, 1000, 8, false, true, 99.0}};
  report.memory = {{"neurons", 256, 1024, 0}};
  report.accuracyFloat = 0.9;
  report.accuracyQuant = report.accuracyImage = 0.8;
  report.imageUnlikeFloat = 1;
  report.operations.denseMacs = 1000;
  report.operations.effectiveAcs = report.operations.synops = 90;
  report.operations.effectiveMacs = report.operations.hostMacs = 10;
  report.operations.synopsAgree = true;
  report.latency.ticks = 900;
  report.latency.host = 50;
  report.latency.hostWrites = 40;
  report.latency.reset = 10;
  report.latency.clockMHz = 100;
  energy::Activity activity;
  activity.synops = 900;
  activity.spikes = 99;
  report.energy = llvm::cantFail(
      energy::price(report.target.energy.front(), activity, {{"fc1", activity, true}}, 10));
  return report;
}

static std::string summaryOf(const EvalReport &report) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printSummary(report, os);
  return os.str();
}

TEST(Summary, SaysWhatMatters) {
  const std::string text = summaryOf(someReport());
  for (const char *expected :
       {"mlp.json on loihi-like", "memory", "operations per inference", "cycles per inference",
        "energy per inference, table davies2018", "unpriced", "barrier",
        "weakest basis     pre-silicon", "float  90.00 %", "image  80.00 %",
        "not in cycles, not in energy", "counted by the cores; equal to effective ACs",
        "1 between float and image", "10.0 us"})
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\n" << text;
}

TEST(Summary, FitsHundredColumns) {
  llvm::StringRef rest;
  const std::string text = summaryOf(someReport());
  rest = text;
  while (!rest.empty()) {
    const auto [line, tail] = rest.split('\n');
    EXPECT_LE(line.size(), 100u) << line.str();
    rest = tail;
  }
}

TEST(Summary, DisagreementIsLoud) {
  EvalReport report = someReport();
  report.operations.synopsAgree = false;
  EXPECT_NE(summaryOf(report).find("NOT EQUAL to effective ACs"), std::string::npos);
}

TEST(Summary, WithoutATableNothingIsGuessed) {
  EvalReport report = someReport();
  report.energy.reset();
  EXPECT_NE(summaryOf(report).find("not priced: the target has no energy table"),
            std::string::npos);
  EXPECT_TRUE(toJson(report)["energy"].is_null());
}

TEST(Json, HasTheContractsFields) {
  const Json json = toJson(someReport());
  EXPECT_EQ(json["schema"], "snnc-eval/1");
  EXPECT_EQ(json["samples"], 10);
  EXPECT_EQ(json["accuracy"]["float"], 0.9);
  EXPECT_EQ(json["spikes_per_sample"]["fc1"], 99.0);
  EXPECT_FALSE(json["spikes_per_sample"].contains("input"));
  for (const char *key :
       {"dense_macs", "effective_acs", "effective_macs", "host_macs", "synops", "neuron_updates"})
    EXPECT_TRUE(json["ops"].contains(key)) << key;
  for (const char *key :
       {"table", "total_j", "per_spike_j", "per_synop_j", "interval_j", "parts", "unpriced"})
    EXPECT_TRUE(json["energy"].contains(key)) << key;
  EXPECT_EQ(json["energy"]["interval_j"].size(), 2u);
  EXPECT_EQ(json["latency"]["cycles"], 1000.0);
  EXPECT_DOUBLE_EQ(json["latency"]["seconds"].get<double>(), 1e-5);
}

TEST(Json, WhatDoesNotApplyIsNull) {
  EvalReport report = someReport();
  report.accuracyFloat.reset();
  report.imageUnlikeFloat.reset();
  const Json json = toJson(report);
  EXPECT_TRUE(json["accuracy"]["float"].is_null());
  EXPECT_TRUE(json["predictions_unlike_float"].is_null());
}

TEST(CoreUse, NamesTheFullestCore) {
  image::Image image;
  image.cores.resize(2);
  image.cores[0].groups = {{0, 3, 0}};
  image.cores[1].groups = {{0, 2, 0}, {2, 2, 1}};
  image.cores[0].axons = {{0, 0, 0, 0, false}, {0, 2, 0, 0, false}};
  image.cores[0].synapses.resize(5);
  const std::vector<CoreUse> uses = coreUse(image, target::CoreSpec());
  ASSERT_FALSE(uses.empty());
  EXPECT_EQ(uses[0].resource, "neurons");
  EXPECT_EQ(uses[0].used, 4u);
  EXPECT_EQ(uses[0].core, 1u);
  EXPECT_EQ(uses[1].used, 1u); // the unused axon does not count
}
