#include "common/net/quant_net.h"

#include "common/net/net.h"

#include <gtest/gtest.h>

using namespace snnc::net;

using Ticks = std::vector<uint32_t>;

// Populations by kind, edges as {source, target, delay}.
static QuantNet graph(const std::vector<bool> &inputs,
                      const std::vector<std::array<uint32_t, 3>> &edges) {
  QuantNet net;
  for (bool isInput : inputs) {
    QuantPopulation population;
    population.shape = {1};
    population.isInput = isInput;
    net.populations.push_back(population);
  }
  for (const auto &[source, target, delay] : edges) {
    QuantProjection projection;
    projection.source = source;
    projection.target = target;
    projection.delay = delay;
    net.projections.push_back(projection);
  }
  return net;
}

static Ticks delays(const QuantNet &net) {
  Ticks out;
  const Ticks first = firstTicks(net);
  for (const QuantProjection &projection : net.projections)
    out.push_back(hardwareDelay(net, first, projection));
  return out;
}

TEST(FirstTicks, EveryLayerIsATickLater) {
  const QuantNet chain = graph({true, false, false, false}, {{0, 1, 0}, {1, 2, 0}, {2, 3, 0}});
  EXPECT_EQ(firstTicks(chain), (Ticks{0, 0, 1, 2}));
  EXPECT_EQ(delays(chain), (Ticks{0, 0, 0}));
}

TEST(FirstTicks, ABranchWaitsForTheLongerOne) {
  const QuantNet skip =
      graph({true, false, false, false}, {{0, 1, 0}, {1, 2, 0}, {2, 3, 0}, {1, 3, 0}, {0, 3, 0}});
  EXPECT_EQ(firstTicks(skip), (Ticks{0, 0, 1, 2}));
  EXPECT_EQ(delays(skip), (Ticks{0, 0, 0, 1, 0}));
}

TEST(FirstTicks, DelaysOfTheNetworkPayForHops) {
  const QuantNet net = graph({true, false, false}, {{0, 1, 0}, {1, 2, 3}});
  EXPECT_EQ(firstTicks(net), (Ticks{0, 0, 0}));
  EXPECT_EQ(delays(net), (Ticks{0, 2}));
  const QuantNet input = graph({true, false}, {{0, 1, 5}});
  EXPECT_EQ(firstTicks(input), (Ticks{0, 0}));
  EXPECT_EQ(delays(input), (Ticks{0})); // the host injects five ticks later
}

TEST(FirstTicks, ALoopNeedsAStepPerHop) {
  EXPECT_EQ(firstTicks(graph({true, false}, {{0, 1, 0}, {1, 1, 1}})), (Ticks{0, 0}));
  EXPECT_EQ(firstTicks(graph({true, false}, {{0, 1, 0}, {1, 1, 0}})), Ticks{});
  const QuantNet loop = graph({true, false, false}, {{0, 1, 0}, {1, 2, 0}, {2, 1, 2}});
  EXPECT_EQ(firstTicks(loop), (Ticks{0, 0, 1}));
  EXPECT_EQ(delays(loop), (Ticks{0, 0, 0}));
  EXPECT_EQ(firstTicks(graph({true, false, false}, {{0, 1, 0}, {1, 2, 0}, {2, 1, 1}})), Ticks{});
}

// Edges listed backwards need as many rounds as there are populations.
TEST(FirstTicks, OrderOfEdgesDoesNotMatter) {
  std::vector<bool> kinds(20, false);
  kinds[0] = true;
  std::vector<std::array<uint32_t, 3>> edges;
  for (uint32_t i = 19; i > 0; --i)
    edges.push_back({i - 1, i, 0});
  const Ticks first = firstTicks(graph(kinds, edges));
  ASSERT_EQ(first.size(), 20u);
  for (uint32_t i = 1; i < 20; ++i)
    EXPECT_EQ(first[i], i - 1);
}

TEST(Names, EveryEnumeratorRoundTrips) {
  for (const char *name : {"s", "ms", "steps"})
    EXPECT_STREQ(nameOf(parseTauUnit(name).value()), name);
  for (const char *name : {"euler", "exp", "unit"})
    EXPECT_STREQ(nameOf(parseIntegrator(name).value()), name);
  for (const char *name : {"zero", "subtract", "subtract-delayed", "none"})
    EXPECT_STREQ(nameOf(parseResetRule(name).value()), name);
  for (const char *name : {"gt", "ge"})
    EXPECT_STREQ(nameOf(parseCompare(name).value()), name);
  for (const char *name : {"window", "start"})
    EXPECT_STREQ(nameOf(parseBiasTiming(name).value()), name);
  for (const char *name : {"default", "inferred", "metadata", "model", "flag"})
    EXPECT_STREQ(nameOf(parseOrigin(name).value()), name);
  for (const char *name : {"none", "direct", "binary", "rate", "poisson", "latency"})
    EXPECT_STREQ(nameOf(parseEncoding(name).value()), name);
  for (const char *name : {"count", "membrane", "last", "max"})
    EXPECT_STREQ(nameOf(parseReadout(name).value()), name);
  for (const char *name : {"input", "if", "lif", "cubalif", "i", "li", "cubali", "threshold"})
    EXPECT_STREQ(nameOf(parseNeuronKind(name).value()), name);
  EXPECT_FALSE(parseResetRule("Zero").has_value());
  EXPECT_FALSE(parseEncoding("").has_value());
}
