// Layer attribution on an image small enough to count by hand.
//
//   in (2) -> hidden (2) on core (0,0) -> out (1) on core (1,1); hidden also sends to itself
#include "runtime/energy/activity.h"

#include "common/image/synapse_words.h"
#include "common/target/target.h"

#include <gtest/gtest.h>

using namespace snnc;
using namespace snnc::runtime;
using namespace snnc::runtime::energy;

static image::PopulationMap population(const char *name, uint32_t size, bool isInput) {
  image::PopulationMap map;
  map.name = name;
  map.shape = {size};
  map.isInput = isInput;
  return map;
}

static image::Image handMade() {
  const target::Target tiny =
      llvm::cantFail(target::loadTarget(SNNC_SOURCE_DIR "/targets/tiny.json"));
  const image::WordFormat format = image::WordFormat::of(tiny.core);
  image::Image image;
  image.targetJson = tiny.json;
  image.meshWidth = image.meshHeight = 2;
  image.populations = {population("in", 2, true), population("hidden", 2, false),
                       population("out", 1, false)};
  image.populations[1].segments = {{0, 2, 0, 0}};
  image.populations[2].segments = {{0, 1, 1, 0}};
  image.projections = {
      {"in_hidden", 0, 1, 0, 8}, {"hidden_hidden", 1, 1, 1, 8}, {"hidden_out", 1, 2, 0, 8}};
  image::CoreImage a, b;
  a.groups = {{0, 2, 0}};
  a.neurons.resize(2);
  // Axon 0: in[0], weights 3 and 0; axon 1: hidden[0] to itself, weights -1 and 4.
  a.synapses = {format.putDense(0, 3), format.putDense(0, -1) | format.putDense(1, 4)};
  a.axons = {{0, 1, 0, 0, false}, {1, 1, 0, 0, false}};
  a.outPointers = {{0, 2}, {2, 1}};
  a.outSlots = {{0, 0, 0, 1}, {1, 1, 0, 0}, {1, 1, 0, 1}};
  b.x = b.y = 1;
  b.groups = {{0, 1, 1}};
  b.neurons.resize(1);
  b.synapses = {format.putDense(0, 7), format.putDense(0, 0)};
  b.axons = {{0, 1, 0, 0, false}, {1, 1, 0, 0, false}};
  b.outPointers = {{0, 0}};
  image.cores = {a, b};
  image.axonSources = {{{0, 0}, {1, 0}}, {{2, 0}, {2, 1}}};
  image.inputs = {{0, {{0, 0, 0, 0}}}};
  return image;
}

static SpikeCounts handMadeSpikes() {
  trace::SampleTrace trace;
  trace.steps = 2;
  trace.populations.resize(3);
  trace.populations[0] = {"in", 2, {1, 1, 1, 0}, {}, {}, {}};     // in[0] twice, in[1] once
  trace.populations[1] = {"hidden", 2, {1, 0, 1, 1}, {}, {}, {}}; // twice, once
  trace.populations[2] = {"out", 1, {0, 1}, {}, {}, {}};
  SpikeCounts counts;
  counts.add(trace);
  return counts;
}

TEST(Activity, SpikesAreCountedPerNeuron) {
  SpikeCounts counts = handMadeSpikes();
  counts.add(handMadeSpikes());
  EXPECT_EQ(counts.of(0), (std::vector<uint64_t>{4, 2}));
  EXPECT_EQ(counts.of(1), (std::vector<uint64_t>{4, 2}));
  EXPECT_EQ(counts.total(2), 2u);
}

TEST(Activity, LayersByHand) {
  const image::Image image = handMade();
  Counters counters;
  counters.cores.resize(2);
  counters.cores[0][CoreCounter::UpdatesActive] = 4;
  counters.cores[1][CoreCounter::UpdatesActive] = 1;
  counters.cores[1][CoreCounter::UpdatesInactive] = 1;
  const std::vector<LayerActivity> layers = layerActivity(image, handMadeSpikes(), counters);
  ASSERT_EQ(layers.size(), 3u);
  const Activity &in = layers[0].activity, &hidden = layers[1].activity, &out = layers[2].activity;
  // in[0] fires twice: two packets to core (0,0), no hop; in[1] has no route.
  EXPECT_EQ(in.messagesReceived, 2u);
  EXPECT_EQ(in.messagesSent, 0u);
  EXPECT_EQ(in.hopsEastWest, 0u);
  // hidden[0] fires twice with two slots, hidden[1] once with one.
  EXPECT_EQ(hidden.spikes, 3u);
  EXPECT_EQ(hidden.messagesSent, 5u);
  EXPECT_EQ(hidden.messagesReceived, 5u);
  EXPECT_EQ(hidden.hopsEastWest, 3u); // to (1,1): twice and once
  EXPECT_EQ(hidden.hopsNorthSouth, 3u);
  // Arriving at hidden: in[0] twice with one nonzero weight, hidden[0] twice with two.
  EXPECT_EQ(hidden.synops, 2u * 1 + 2u * 2);
  EXPECT_EQ(hidden.synapseWords, 4u);
  // Arriving at out: hidden[0] twice with one nonzero weight, hidden[1] once with none.
  EXPECT_EQ(out.synops, 2u);
  EXPECT_EQ(out.synapseWords, 3u);
  EXPECT_EQ(out.spikes, 1u);
  EXPECT_EQ(hidden.updatesActive, 4u);
  EXPECT_EQ(out.updatesActive, 1u);
  EXPECT_EQ(out.updatesInactive, 1u);
  EXPECT_TRUE(layers[1].splitExact);
}

// out begins at tick 1 and nothing later: a packet for tick step + 2 is too late in the last step.
TEST(Activity, PacketsAfterTheLastTickAreNotSent) {
  image::Image image = handMade();
  image.populations[2].skew = 1;
  image.inputs[0].routes[0].offset = 2;
  EXPECT_EQ(lostTails(image), (std::vector<uint32_t>{1, 0, 0}));
  trace::SampleTrace trace;
  trace.steps = 2;
  trace.populations.resize(3);
  trace.populations[0] = {"in", 2, {1, 0, 1, 0}, {}, {}, {}};
  trace.populations[1] = {"hidden", 2, {0, 0, 0, 0}, {}, {}, {}};
  trace.populations[2] = {"out", 1, {0, 0}, {}, {}, {}};
  SpikeCounts counts(lostTails(image));
  counts.add(trace);
  Counters counters;
  counters.cores.resize(2);
  EXPECT_EQ(layerActivity(image, counts, counters)[0].activity.messagesReceived, 1u);
}

// Two layers on one core share its updates by neurons, and say so; nothing is lost to rounding.
TEST(Activity, SharedCoreIsSplitByNeurons) {
  image::Image image = handMade();
  image.cores[0].groups.push_back({2, 1, 1});
  image.cores[0].neurons.resize(3);
  image.cores[0].outPointers.push_back({0, 0});
  image.populations[2].segments = {{0, 1, 0, 2}};
  Counters counters;
  counters.cores.resize(2);
  counters.cores[0][CoreCounter::UpdatesActive] = 5;
  counters.cores[0][CoreCounter::UpdatesInactive] = 1;
  const std::vector<LayerActivity> layers = layerActivity(image, handMadeSpikes(), counters);
  EXPECT_FALSE(layers[1].splitExact);
  EXPECT_FALSE(layers[2].splitExact);
  EXPECT_EQ(layers[1].activity.updatesActive, 3u);
  EXPECT_EQ(layers[2].activity.updatesActive, 2u);
  EXPECT_EQ(layers[1].activity.updatesInactive + layers[2].activity.updatesInactive, 1u);
}

TEST(Activity, CountersOfTwoMachinesAdd) {
  Counters sum, one;
  one.cores.resize(2);
  one.cores[1][CoreCounter::HopsWest] = 3;
  one.transitHopsEast = 2;
  one.transitHopsSouth = 5;
  one.barriers = 4;
  one.hostCycles = 7;
  addCounters(sum, one);
  addCounters(sum, one);
  EXPECT_EQ(sum.hostCycles, 14u);
  const Activity activity = activityOf(sum);
  EXPECT_EQ(activity.hopsEastWest, 10u);
  EXPECT_EQ(activity.hopsNorthSouth, 10u);
  EXPECT_EQ(activity.barriers, 8u);
}
