#include "runtime/reference/schedule.h"

#include <gtest/gtest.h>

using namespace snnc::runtime::reference;
using Order = std::vector<uint32_t>;

TEST(ExecutionOrder, FollowsEdgesWithoutDelay) {
  EXPECT_EQ(executionOrder(3, {{2, 0, 0}, {0, 1, 0}}), (Order{2, 0, 1}));
}

TEST(ExecutionOrder, EdgesWithADelayOrderNothing) {
  EXPECT_EQ(executionOrder(3, {{2, 0, 1}, {1, 1, 1}, {2, 1, 3}}), (Order{0, 1, 2}));
}

TEST(ExecutionOrder, ParallelEdgesCountEach) {
  EXPECT_EQ(executionOrder(2, {{1, 0, 0}, {1, 0, 0}}), (Order{1, 0}));
}

TEST(ExecutionOrder, CycleIsLeftOut) {
  EXPECT_EQ(executionOrder(3, {{0, 1, 0}, {1, 2, 0}, {2, 1, 0}}), (Order{0}));
  EXPECT_EQ(executionOrder(1, {{0, 0, 0}}), (Order{}));
}
