#include "runtime/machine/counters.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

using namespace snnc::runtime;

TEST(Counters, NamesAreDistinctAndInTheOrderOfTheTimingModel) {
  std::set<std::string> names;
  for (unsigned i = 0; i < kCoreCounters; ++i)
    names.insert(nameOf(static_cast<CoreCounter>(i)));
  EXPECT_EQ(names.size(), kCoreCounters);
  EXPECT_STREQ(nameOf(CoreCounter::Synops), "synops");
  EXPECT_STREQ(nameOf(CoreCounter::HopsNorth), "hops_north");
  EXPECT_STREQ(nameOf(CoreCounter::MembraneClamps), "membrane_clamps");
}

TEST(Counters, TotalSumsCores) {
  Counters counters;
  counters.cores.resize(3);
  for (uint64_t c = 0; c < 3; ++c)
    for (unsigned i = 0; i < kCoreCounters; ++i)
      counters.cores[c].values[i] = (c + 1) * (i + 1);
  const CoreCounters total = counters.total();
  for (unsigned i = 0; i < kCoreCounters; ++i)
    EXPECT_EQ(total.values[i], 6 * (i + 1));
}
