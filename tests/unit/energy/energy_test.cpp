// Prices against sums done by hand.
#include "runtime/energy/energy.h"

#include "common/support/diag.h"

#include <gtest/gtest.h>

using namespace snnc;
using namespace snnc::runtime::energy;

static target::Target loihiLike() {
  return llvm::cantFail(target::loadTarget(SNNC_SOURCE_DIR "/targets/loihi-like.json"));
}

static const target::EnergyTable &tableOf(const target::Target &target, const char *name) {
  return *llvm::cantFail(findTable(target, name));
}

static Activity someActivity() {
  Activity activity;
  activity.synops = 1000;
  activity.synapseWords = 200;
  activity.updatesActive = 10;
  activity.updatesInactive = 5;
  activity.spikes = 8;
  activity.messagesSent = 12;
  activity.messagesReceived = 20;
  activity.hopsEastWest = 7;
  activity.hopsNorthSouth = 4;
  activity.barriers = 50;
  return activity;
}

static std::string messageOf(llvm::Error error) {
  std::string text;
  llvm::raw_string_ostream os(text);
  support::printErrors(std::move(error), os);
  return os.str();
}

// Davies 2018, Table 2: 23.6, 81 / 52, 1.7 within a tile, 3.0 east-west, 4.0 north-south.
TEST(Energy, DaviesByHand) {
  const target::Target target = loihiLike();
  const EnergyReport report =
      llvm::cantFail(price(tableOf(target, "davies2018"), someActivity(), {}, 1));
  const double picojoules = 1000 * 23.6 + 10 * 81.0 + 5 * 52.0 + 20 * 1.7 + 7 * 3.0 + 4 * 4.0;
  EXPECT_DOUBLE_EQ(picojoules, 24741.0);
  EXPECT_NEAR(report.totalJoules, 24741e-12, 1e-20);
  EXPECT_NEAR(*report.perSpikeJoules, 24741e-12 / 8, 1e-20);
  EXPECT_NEAR(*report.perSynopJoules, 24.741e-12, 1e-20);
  EXPECT_EQ(report.weakestBasis, "pre-silicon");
  EXPECT_FALSE(report.unpriced.empty());
}

// Merolla 2014: 26 pJ are all-in, so the default table prices nothing else; the components are a
// table of their own, of which only the hop is published per event. Never added together.
TEST(Energy, MerollaIsOneFigureOrTheComponents) {
  const target::Target target =
      llvm::cantFail(target::loadTarget(SNNC_SOURCE_DIR "/targets/truenorth-like.json"));
  const EnergyReport allIn = llvm::cantFail(price(tableOf(target, ""), someActivity(), {}, 1));
  EXPECT_EQ(allIn.table, "merolla2014");
  EXPECT_NEAR(allIn.totalJoules, 1000 * 26e-12, 1e-20);
  EXPECT_NEAR(*allIn.perSynopJoules, 26e-12, 1e-20);
  ASSERT_EQ(allIn.parts.size(), 1u);
  EXPECT_EQ(allIn.parts[0].event, "synaptic_operation");
  EXPECT_EQ(allIn.weakestBasis, "measured");
  const EnergyReport components =
      llvm::cantFail(price(tableOf(target, "components"), someActivity(), {}, 1));
  EXPECT_NEAR(components.totalJoules, (7 + 4) * 2.3e-12, 1e-20);
  EXPECT_EQ(components.parts.size(), 2u);
  EXPECT_EQ(target.energy.size(), 2u);
  for (const target::EnergyTable &table : target.energy)
    EXPECT_GE(table.unpriced.size(), 3u) << table.name;
}

// SANA-FE: 51.2 mapped + 21.6 updated + 69.3 fired + 111.0 messages + 35.5 dense synapse + hops.
TEST(Energy, SanafeByHand) {
  const target::Target target = loihiLike();
  const EnergyReport report =
      llvm::cantFail(price(tableOf(target, "sanafe"), someActivity(), {}, 1));
  const double picojoules =
      15 * 51.2 + 10 * 21.6 + 8 * 69.3 + 12 * 111.0 + 1000 * 35.5 + 3.0 * 7 + 4.2 * 4;
  EXPECT_NEAR(report.totalJoules, picojoules * 1e-12, 1e-18);
}

TEST(Energy, PerInferenceIsTheAverage) {
  const target::Target target = loihiLike();
  const target::EnergyTable &table = tableOf(target, "davies2018");
  const double one = llvm::cantFail(price(table, someActivity(), {}, 1)).totalJoules;
  const EnergyReport four = llvm::cantFail(price(table, someActivity(), {}, 4));
  EXPECT_NEAR(four.totalJoules, one / 4, 1e-20);
  // Per spike and per operation do not depend on how many samples made them.
  EXPECT_NEAR(*four.perSpikeJoules, one / 8, 1e-20);
}

TEST(Energy, IntervalFollowsTheTablesUncertainty) {
  target::EnergyTable table;
  table.name = "t";
  table.prices["spike"] = {10.0, "pJ", "measured", "", "", "bench"};
  table.prices["barrier"] = {0.0, "pJ", "assumed", "", "", "nobody"};
  table.relativeUncertainty = 0.25;
  const EnergyReport report = llvm::cantFail(price(table, someActivity(), {}, 1));
  EXPECT_NEAR(report.totalJoules, 80e-12, 1e-20);
  EXPECT_NEAR(report.lowJoules, 60e-12, 1e-20);
  EXPECT_NEAR(report.highJoules, 100e-12, 1e-20);
  // A constant that adds nothing does not weaken the basis.
  EXPECT_EQ(report.weakestBasis, "measured");
}

TEST(Energy, LayersAndTheRestSumToTheTotal) {
  target::EnergyTable table;
  table.prices["spike"] = {10.0, "pJ", "measured", "", "", "bench"};
  table.prices["barrier"] = {1.0, "pJ", "assumed", "", "", "guess"};
  Activity first, second, total;
  first.spikes = 3;
  second.spikes = 5;
  total.spikes = 8;
  total.barriers = 6;
  const EnergyReport report =
      llvm::cantFail(price(table, total, {{"a", first, true}, {"b", second, false}}, 1));
  ASSERT_EQ(report.layers.size(), 2u);
  EXPECT_NEAR(report.layers[0].joules, 30e-12, 1e-20);
  EXPECT_NEAR(report.layers[1].joules, 50e-12, 1e-20);
  EXPECT_FALSE(report.layers[1].exact);
  EXPECT_NEAR(report.unattributedJoules, 6e-12, 1e-20);
  EXPECT_EQ(report.weakestBasis, "assumed");
}

TEST(Energy, NothingHappenedHasNoPerSpikeFigure) {
  const target::Target target = loihiLike();
  const EnergyReport report =
      llvm::cantFail(price(tableOf(target, "davies2018"), Activity(), {}, 1));
  EXPECT_EQ(report.totalJoules, 0.0);
  EXPECT_FALSE(report.perSpikeJoules.has_value());
  EXPECT_FALSE(report.perSynopJoules.has_value());
}

TEST(Energy, UnknownEventIsRefused) {
  target::EnergyTable table;
  table.name = "mine";
  table.prices["teleport"] = {1.0, "pJ", "assumed", "", "", "x"};
  const std::string text = messageOf(price(table, Activity(), {}, 1).takeError());
  EXPECT_NE(text.find("energy table 'mine' prices 'teleport', which nobody counts [SNN1211]"),
            std::string::npos)
      << text;
}

TEST(Energy, UnknownTableIsRefused) {
  const std::string text = messageOf(findTable(loihiLike(), "nope").takeError());
  EXPECT_NE(text.find("target 'loihi-like' has no energy table 'nope' [SNN1210]"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("davies2018"), std::string::npos) << text;
}

// A table of a shipped target must price only what is counted.
TEST(Energy, ShippedTablesAreUnderstood) {
  for (const std::string &name : target::targetNames()) {
    const target::Target target = llvm::cantFail(target::loadTarget(name));
    EXPECT_FALSE(target.energy.empty()) << name;
    for (const target::EnergyTable &table : target.energy)
      EXPECT_EQ(messageOf(price(table, someActivity(), {}, 1).takeError()), "")
          << name << " " << table.name;
  }
}
