// Delay nodes only where an importer would not find the delay itself: other frameworks know no
// Delay in a recurrent loop.
#include "compiler/export/nir/cycle_delays.h"

#include <gtest/gtest.h>

namespace snnc::compiler::export_nir {
namespace {

struct Edge {
  uint32_t source, target, delay;
};

std::vector<bool> implied(const std::vector<std::string> &names, const std::vector<Edge> &edges) {
  net::Net net;
  for (const std::string &name : names) {
    net::Population population;
    population.name = name;
    population.shape = {1};
    population.kind = name == "in" ? net::NeuronKind::Input : net::NeuronKind::IF;
    if (name == "in")
      net.inputs.push_back(static_cast<uint32_t>(net.populations.size()));
    net.populations.push_back(population);
  }
  for (const Edge &edge : edges) {
    net::Projection projection;
    projection.source = edge.source;
    projection.target = edge.target;
    projection.delay = edge.delay;
    net.projections.push_back(projection);
  }
  return impliedDelays(net);
}

using Bits = std::vector<bool>;

TEST(CycleDelays, FeedForwardEdgesNeedNoneOfTheirZero) {
  EXPECT_EQ(implied({"in", "a", "b"}, {{0, 1, 0}, {1, 2, 0}, {0, 2, 1}, {0, 2, 3}}),
            (Bits{true, true, false, false}));
}

TEST(CycleDelays, LoopsHaveTheirOneStep) {
  EXPECT_EQ(implied({"in", "a"}, {{0, 1, 0}, {1, 1, 1}}), (Bits{true, true}));
  EXPECT_EQ(implied({"in", "a", "b"}, {{0, 1, 0}, {1, 2, 0}, {2, 1, 1}}), (Bits{true, true, true}));
  EXPECT_EQ(implied({"in", "a"}, {{0, 1, 0}, {1, 1, 2}}), (Bits{true, false}));
}

// The walk comes to @b first and finds @a -> @b closing the cycle; or to @10 behind @9.
TEST(CycleDelays, TheWalkMayFindTheOtherEdge) {
  EXPECT_EQ(implied({"in", "a", "b"}, {{0, 2, 0}, {1, 2, 0}, {2, 1, 1}}),
            (Bits{true, true, false}));
  EXPECT_EQ(implied({"10", "9"}, {{0, 1, 1}, {1, 0, 0}}), (Bits{true, true}));
  EXPECT_EQ(implied({"10", "9"}, {{0, 1, 0}, {1, 0, 1}}), (Bits{true, false}));
}

TEST(CycleDelays, APairOfSeveralDelaysIsExplicit) {
  EXPECT_EQ(implied({"in", "a"}, {{0, 1, 0}, {1, 1, 1}, {1, 1, 2}}), (Bits{true, false, false}));
  EXPECT_EQ(implied({"in", "a"}, {{0, 1, 0}, {1, 1, 1}, {1, 1, 1}}), (Bits{true, true, true}));
}

} // namespace
} // namespace snnc::compiler::export_nir
