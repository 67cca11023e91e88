// What a core stores once: lists that pools make equal, and lists that differ by whole rows.
#include "compiler/core_ir/alike_sources.h"
#include "compiler/core_ir/shared_lists.h"

#include "tests/support/random_conv.h"
#include "tests/support/seeds.h"
#include "tests/unit/compiler/nets.h"

#include "common/net/synapses.h"

#include <map>
#include <set>

namespace snnc::compiler {
namespace {

using namespace test;
using core_ir::AxonCostModel;
using core_ir::SharedLists;
using snnc::test::randomPool;

constexpr uint32_t kLanes = 8, kSources = 6;

// 64 neurons, 8 lanes, 4 pairs a word.
target::Target smallCores() {
  target::Target target;
  target.core.neurons = 64;
  target.blockCost.emplace();
  return target;
}

SharedLists emptyLists() {
  return {AxonCostModel(smallCores(), 8), kLanes, kSources};
}

TEST(SharedLists, EqualButForWholeRowsIsOne) {
  SharedLists lists = emptyLists();
  EXPECT_TRUE(lists.append(0, 3, 7));
  EXPECT_TRUE(lists.append(1, 11, 7)); // a row on
  EXPECT_TRUE(lists.append(2, 4, 7));  // a lane on
  EXPECT_TRUE(lists.append(3, 3, 8));  // another weight
  EXPECT_EQ(lists.list(0), lists.list(1));
  EXPECT_NE(lists.list(0), lists.list(2));
  EXPECT_NE(lists.list(0), lists.list(3));
  EXPECT_EQ(lists.words(), 3u);
  EXPECT_EQ(lists.blockBits(), 3u * 64);
  EXPECT_EQ(lists.baseRow(0), 0u);
  EXPECT_EQ(lists.baseRow(1), 1u);
}

TEST(SharedLists, ListsPartAndMeetAgain) {
  SharedLists lists = emptyLists();
  lists.append(0, 0, 1);
  lists.append(1, 8, 1);
  EXPECT_EQ(lists.words(), 1u);
  EXPECT_FALSE(lists.append(0, 20, 2)); // rows 0..2: two pairs, one sparse word
  EXPECT_EQ(lists.words(), 2u);
  EXPECT_FALSE(lists.append(1, 28, 2));
  EXPECT_EQ(lists.words(), 1u);
  EXPECT_EQ(lists.list(0), lists.list(1));
  EXPECT_TRUE(lists.cost(0).sparse);
}

TEST(SharedLists, UndoTakesBackAndClearEmpties) {
  SharedLists lists = emptyLists();
  lists.append(0, 0, 1);
  lists.append(0, 8, 1); // the same bank twice
  EXPECT_EQ(lists.words(), 2u);
  lists.undo(0);
  EXPECT_EQ(lists.words(), 1u);
  lists.append(0, 9, 1); // another bank: the undone one is forgotten (dense: 2 rows)
  EXPECT_EQ(lists.words(), 1u);
  lists.undo(0);
  lists.undo(0);
  EXPECT_EQ(lists.words(), 0u);
  EXPECT_EQ(lists.blockBits(), 0u);
  EXPECT_TRUE(lists.append(0, 17, 5));
  EXPECT_EQ(lists.baseRow(0), 2u);
  lists.clear();
  EXPECT_EQ(lists.words(), 0u);
  EXPECT_TRUE(lists.append(0, 0, 1));
  EXPECT_EQ(lists.words(), 1u);
}

// Against lists kept whole and compared whole.
TEST(SharedLists, SumsAreThoseOfTheDistinctLists) {
  snnc::test::forEachSeed(100, 40, [](uint64_t, support::Rng &rng) {
    using List = std::vector<std::pair<uint32_t, int16_t>>;
    const AxonCostModel costs(smallCores(), 8);
    SharedLists lists(costs, kLanes, kSources);
    std::vector<List> whole(kSources);
    const auto check = [&] {
      std::set<List> distinct;
      uint64_t words = 0, bits = 0;
      for (const List &list : whole) {
        if (list.empty())
          continue;
        const uint32_t base = list[0].first / kLanes * kLanes;
        List moved = list;
        for (auto &[local, weight] : moved)
          local -= base;
        if (!distinct.insert(moved).second)
          continue;
        core_ir::AxonExtent extent;
        std::vector<uint32_t> banks(kLanes, 0);
        extent.first = moved.front().first;
        extent.last = moved.back().first;
        extent.count = static_cast<uint32_t>(moved.size());
        for (const auto &[local, weight] : moved)
          extent.fullestBank = std::max(extent.fullestBank, ++banks[local % kLanes]);
        words += costs(extent).words;
        bits += costs(extent).blockBits;
      }
      ASSERT_EQ(lists.words(), words);
      ASSERT_EQ(lists.blockBits(), bits);
    };
    for (uint32_t local = 0; local < 64; ++local)
      for (uint32_t source = 0; source < kSources; ++source) {
        if (rng.below(4) == 0 && !whole[source].empty()) {
          lists.undo(source);
          whole[source].pop_back();
        }
        if (rng.below(3) == 0) {
          const auto weight = static_cast<int16_t>(rng.between(1, 2));
          EXPECT_EQ(lists.append(source, local, weight), whole[source].empty());
          whole[source].emplace_back(local, weight);
        }
        check();
      }
  });
}

TEST(AlikeSources, AreThoseOfOneWindow) {
  net::QuantProjection projection;
  projection.weights = net::DenseInts{1, 4, {1, 2, 3, 4}};
  EXPECT_TRUE(core_ir::firstAlike(projection).empty());
  net::PoolMap pool; // 5 x 4, windows of 2 x 2; the last row is in none
  pool.window = {5, 4, 2, 2, 2, 2, 2, 2, 0, 0, 1, 1};
  projection.pools = {pool};
  EXPECT_EQ(
      core_ir::firstAlike(projection),
      (std::vector<uint32_t>{0, 0, 2, 2, 0, 0, 2, 2, 8, 8, 10, 10, 8, 8, 10, 10, 16, 17, 18, 19}));
}

// Sources are alike if and only if their synapses into all-different weights are.
TEST(AlikeSources, HaveTheSameSynapses) {
  snnc::test::forEachSeed(200, 60, [](uint64_t, support::Rng &rng) {
    net::QuantProjection projection;
    const auto pres = static_cast<uint32_t>(rng.between(1, 40));
    projection.pools = {randomPool(rng, pres)};
    if (projection.pools[0].rows() > 0 && rng.below(2) == 0)
      projection.pools.push_back(randomPool(rng, projection.pools[0].rows()));
    net::DenseInts dense{1, projection.pools.back().rows(), {}};
    for (uint32_t i = 0; i < dense.cols; ++i)
      dense.values.push_back(static_cast<int16_t>(i + 1));
    projection.weights = dense;
    const std::vector<uint32_t> alike = core_ir::firstAlike(projection);
    std::map<int16_t, uint32_t> first;
    ASSERT_EQ(alike.size(), pres);
    const net::OutgoingInts outgoing(projection);
    for (uint32_t source = 0; source < pres; ++source) {
      int16_t weight = 0;
      outgoing.forEach(source, [&](uint32_t, int16_t w) { weight = w; });
      EXPECT_EQ(alike[source],
                weight == 0 ? source : first.try_emplace(weight, source).first->second);
    }
  });
}

} // namespace
} // namespace snnc::compiler
