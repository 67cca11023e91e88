// Where clusters go on the mesh: all inside, all apart, never worse than where the search began.
#include "compiler/passes/place/search.h"

#include "tests/support/seeds.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

namespace snnc::compiler::place {
namespace {

// Clusters on a ring, each talking to a few near ones and the host to the first; the order hides
// it.
Traffic ringTraffic(support::Rng &rng, uint32_t clusters) {
  std::vector<uint32_t> number(clusters);
  for (uint32_t c = 0; c < clusters; ++c)
    number[c] = c;
  for (uint32_t i = clusters; i > 1; --i)
    std::swap(number[i - 1], number[rng.below(i)]);
  std::vector<std::map<uint32_t, Flow>> flows(clusters);
  const auto send = [&](uint32_t from, uint32_t to, double messages) {
    flows[from][to].messages += messages;
    flows[from][to].sent += messages;
    flows[to][from].messages += messages;
  };
  for (uint32_t c = 0; c < clusters; ++c)
    for (uint32_t step = 1; step <= 3; ++step)
      if ((c + step) % clusters != c)
        send(number[c], number[(c + step) % clusters], static_cast<double>(1 + rng.below(9)));
  Traffic traffic;
  traffic.fromHost.assign(clusters, 0.0);
  traffic.received.assign(clusters, 0.0);
  traffic.fromHost[number[0]] = 20;
  for (const std::map<uint32_t, Flow> &row : flows) {
    std::vector<Flow> &list = traffic.flows.emplace_back();
    for (const auto &[to, flow] : row)
      list.push_back({to, flow.messages, flow.sent});
  }
  return traffic;
}

std::vector<Position> inOrder(uint32_t clusters, Box box) {
  std::vector<Position> places;
  for (uint32_t c = 0; c < clusters; ++c)
    places.push_back({c % box.width, c / box.width});
  return places;
}

TEST(Placement, IsLegalSeededAndBetterThanTheOrder) {
  snnc::test::forEachSeed(0x91A0, 6, [](uint64_t seed, support::Rng &rng) {
    const uint32_t clusters = seed % 2 == 0 ? 20 + static_cast<uint32_t>(rng.below(60))
                                            : 257 + static_cast<uint32_t>(rng.below(60));
    const auto side = static_cast<uint32_t>(std::ceil(std::sqrt(clusters + 3.0)));
    const Box box{side, side};
    const LinkPrice price{3.0, 4.0};
    const Traffic traffic = ringTraffic(rng, clusters);
    const std::vector<Position> places = search(traffic, box, price, seed);
    ASSERT_EQ(places.size(), clusters);
    std::set<std::pair<uint32_t, uint32_t>> used;
    for (const Position &place : places) {
      EXPECT_LT(place.x, box.width);
      EXPECT_LT(place.y, box.height);
      EXPECT_TRUE(used.insert({place.x, place.y}).second);
    }
    const double cost = totalEnergy(traffic, places, price);
    EXPECT_LT(cost, 0.6 * totalEnergy(traffic, inOrder(clusters, box), price));
    const std::vector<Position> again = search(traffic, box, price, seed);
    for (uint32_t c = 0; c < clusters; ++c)
      EXPECT_EQ(box.width * places[c].y + places[c].x, box.width * again[c].y + again[c].x);
  });
}

TEST(Placement, LinksAreChargedByDirection) {
  Traffic traffic;
  traffic.flows = {{{1, 5, 5}}, {{0, 5, 0}}};
  traffic.fromHost = {0, 2};
  traffic.received = {0, 7};
  const std::vector<Position> places = {{0, 0}, {1, 2}};
  EXPECT_EQ(totalHops(traffic, places), 7 * 3.0);
  EXPECT_EQ(totalEnergy(traffic, places, {3.0, 4.0}), 7 * (3.0 + 2 * 4.0));
  const HottestLink link = hottestLink(traffic, places, 2, 3);
  EXPECT_EQ(link.messages, 7.0);
  EXPECT_EQ(link.from.x + 10 * link.from.y, 0u); // x first
  EXPECT_EQ(link.to.x + 10 * link.to.y, 1u);
}

// The dearer direction is the one that is avoided.
TEST(Placement, PricesTurnALine) {
  Traffic traffic;
  traffic.flows = {{{1, 4, 4}}, {{0, 4, 0}, {2, 4, 4}}, {{1, 4, 0}}};
  traffic.fromHost = {1, 0, 0};
  traffic.received = {1, 4, 4};
  for (const LinkPrice price : {LinkPrice{1.0, 10.0}, LinkPrice{10.0, 1.0}}) {
    const std::vector<Position> places = search(traffic, {3, 3}, price, 1);
    EXPECT_EQ(totalEnergy(traffic, places, price), 8.0);
  }
}

} // namespace
} // namespace snnc::compiler::place
