// NeuroBench's documented example: W = [[1.3,0,-3.2],[0,1.2,-5.1],[-1.1,2.7,0]], x = [0,1.3,-1]
// has 4 effective and 9 dense operations. Here with spikes: x = [0,1,1].
#include "runtime/energy/operations.h"

#include <gtest/gtest.h>

using namespace snnc;
using namespace snnc::runtime::energy;

static net::QuantNet threeByThree() {
  net::QuantNet net;
  net.populations.resize(2);
  net.populations[0] = {.name = "in", .shape = {3}, .isInput = true, .neurons = {}, .scale = {}};
  net.populations[1] = {.name = "out", .shape = {3}, .neurons = {}, .scale = {}};
  net::QuantProjection projection;
  projection.source = 0;
  projection.target = 1;
  projection.weights = net::DenseInts{3, 3, {13, 0, -32, 0, 12, -51, -11, 27, 0}};
  net.projections.push_back(projection);
  return net;
}

static SpikeCounts inputs(std::vector<uint8_t> spikes) {
  trace::SampleTrace trace;
  trace.steps = spikes.size() / 3;
  trace.populations.resize(2);
  trace.populations[0] = {"in", 3, std::move(spikes), {}, {}, {}};
  trace.populations[1] = {"out", 3, {}, {}, {}, {}};
  SpikeCounts counts;
  counts.add(trace);
  return counts;
}

TEST(Operations, NeuroBenchExample) {
  Activity activity;
  activity.synops = 4;
  activity.updatesActive = 2;
  activity.updatesInactive = 1;
  const Operations operations =
      countOperations(threeByThree(), inputs({0, 1, 1}), activity, 0, 1, 1);
  EXPECT_EQ(operations.denseMacs, 9);
  EXPECT_EQ(operations.effectiveAcs, 4);
  EXPECT_EQ(operations.effectiveMacs, 0);
  EXPECT_EQ(operations.synops, 4);
  EXPECT_EQ(operations.neuronUpdates, 3);
  EXPECT_TRUE(operations.synopsAgree);
}

TEST(Operations, AveragedPerSampleOverAllSteps) {
  Activity activity;
  activity.synops = 8;
  SpikeCounts spikes = inputs({0, 1, 1, 0, 0, 0});
  spikes.add(inputs({0, 0, 0, 0, 1, 1}));
  const Operations operations = countOperations(threeByThree(), spikes, activity, 6, 2, 2);
  EXPECT_EQ(operations.denseMacs, 18);
  EXPECT_EQ(operations.effectiveAcs, 4);
  EXPECT_EQ(operations.hostMacs, 3);
  EXPECT_EQ(operations.effectiveMacs, 3);
}

// Input spikes of the last steps that a delay leads past the end of the sample are never sent.
TEST(Operations, SpikesTooLateForTheirDelayDoNotCount) {
  net::QuantNet net = threeByThree();
  net.projections[0].delay = 2;
  trace::SampleTrace trace;
  trace.steps = 3;
  trace.populations.resize(2);
  trace.populations[0] = {"in", 3, {0, 1, 1, 0, 1, 0, 1, 1, 1}, {}, {}, {}};
  trace.populations[1] = {"out", 3, {}, {}, {}, {}};
  SpikeCounts one({2, 0}), counts({2, 0});
  one.add(trace);
  counts.add(one);
  counts.add(trace);
  EXPECT_EQ(counts.before(0, 1, 0), 6u);
  EXPECT_EQ(counts.before(0, 1, 1), 4u);
  EXPECT_EQ(counts.before(0, 1, 2), 2u);
  Activity activity;
  activity.synops = 8; // in[1] and in[2] in step 0, two weights each, twice
  const Operations operations = countOperations(net, counts, activity, 0, 3, 2);
  EXPECT_EQ(operations.effectiveAcs, 4);
  EXPECT_TRUE(operations.synopsAgree);
}

// A core that drops one operation is caught.
TEST(Operations, DisagreementIsSeen) {
  Activity activity;
  activity.synops = 3;
  EXPECT_FALSE(countOperations(threeByThree(), inputs({0, 1, 1}), activity, 0, 1, 1).synopsAgree);
}

TEST(Operations, SparseAndHostLayersCount) {
  net::QuantNet net = threeByThree();
  net.projections[0].weights = net::SparseInts{3, 3, {0, 1, 3, 4}, {0, 1, 2, 0}, {5, 0, 6, 7}};
  net::HostLayer host;
  host.weights = net::DenseInts{3, 4, std::vector<int16_t>(12, 1)};
  net.hostLayers.push_back(host);
  Activity activity;
  activity.synops = 2;
  const Operations operations = countOperations(net, inputs({0, 1, 1}), activity, 0, 2, 1);
  EXPECT_EQ(operations.denseMacs, 2 * (4 + 12));
  EXPECT_EQ(operations.effectiveAcs, 2); // in[1]: 0 and 6, in[2]: 7
  EXPECT_TRUE(operations.synopsAgree);
}

// A convolution with padding: 2 -> 3 channels, 3 x 3 kernel over 4 x 4. A dense framework
// multiplies the padding too; a spike in a corner reaches 4 places of each channel, one in the
// middle 9.
TEST(Operations, ConvolutionsCountOutputsTimesKernelInputs) {
  net::QuantNet net;
  net.populations.resize(2);
  net.populations[0] = {
      .name = "in", .shape = {2, 4, 4}, .isInput = true, .neurons = {}, .scale = {}};
  net.populations[1] = {.name = "out", .shape = {3, 4, 4}, .neurons = {}, .scale = {}};
  net::ConvInts conv{2, 3, 1, {4, 4, 4, 4, 3, 3, 1, 1, 1, 1}, {}};
  conv.kernel.assign(3 * 2 * 9, 1);
  net.projections.resize(1);
  net.projections[0].target = 1;
  net.projections[0].weights = conv;
  trace::SampleTrace trace;
  trace.steps = 1;
  trace.populations.resize(2);
  trace.populations[0] = {"in", 32, std::vector<uint8_t>(32, 0), {}, {}, {}};
  trace.populations[0].spikes[0] = trace.populations[0].spikes[16 + 5] = 1;
  trace.populations[1] = {"out", 48, {}, {}, {}, {}};
  SpikeCounts counts;
  counts.add(trace);
  Activity activity;
  activity.synops = 3 * (4 + 9);
  Operations operations = countOperations(net, counts, activity, 0, 10, 1);
  EXPECT_EQ(operations.denseMacs, 10 * 48 * 18);
  EXPECT_EQ(operations.effectiveAcs, 3 * (4 + 9));
  EXPECT_TRUE(operations.synopsAgree);

  // Zeros of the kernel are no synapses, but dense work: channel 0 of the input is cut off.
  for (size_t o = 0; o < 3; ++o)
    std::fill_n(std::get<net::ConvInts>(net.projections[0].weights).kernel.begin() +
                    static_cast<ptrdiff_t>(o * 18),
                9, int16_t{0});
  operations = countOperations(net, counts, activity, 0, 10, 1);
  EXPECT_EQ(operations.denseMacs, 10 * 48 * 18);
  EXPECT_EQ(operations.effectiveAcs, 3 * 9);
  EXPECT_FALSE(operations.synopsAgree);
}

// A sum pool multiplies nothing; through it every source has the synapses of its window.
TEST(Operations, PoolsFold) {
  net::QuantNet net = threeByThree();
  net.projections[0].pools = {{1, {1, 3, 1, 1, 1, 2, 1, 2}, false}}; // 0 and 1; 2 is left over
  net.projections[0].weights = net::DenseInts{3, 1, {1, 0, 1}};
  Activity activity;
  activity.synops = 4;
  const Operations operations = countOperations(net, inputs({1, 1, 1}), activity, 0, 1, 1);
  EXPECT_EQ(operations.denseMacs, 3);
  EXPECT_EQ(operations.effectiveAcs, 4);
  EXPECT_TRUE(operations.synopsAgree);
}

TEST(Operations, SparseHostLayersCountWhatTheyStore) {
  net::QuantNet net = threeByThree();
  net.projections.clear();
  net::HostLayer host;
  host.weights = net::SparseInts{3, 3, {0, 2, 2, 4}, {0, 1, 0, 2}, {1, 2, 3, 4}};
  net.hostLayers = {host};
  EXPECT_EQ(countOperations(net, inputs({0, 0, 0}), {}, 12, 3, 2).denseMacs, 3 * 4);
}
