#include "runtime/cycle/router.h"

#include <gtest/gtest.h>

using namespace snnc::runtime::cycle;

TEST(Router, XThenY) {
  EXPECT_EQ(routeOf({0, 3, 1, 0}, 1, 2), East);
  EXPECT_EQ(routeOf({0, 0, 5, 0}, 1, 2), West);
  EXPECT_EQ(routeOf({0, 1, 5, 0}, 1, 2), South);
  EXPECT_EQ(routeOf({0, 1, 0, 0}, 1, 2), North);
  EXPECT_EQ(routeOf({0, 1, 2, 0}, 1, 2), Local);
}

TEST(Router, WinnerIsTheFirstFromThePointerOnAround) {
  Router router;
  for (unsigned pointer = 0; pointer < kPorts; ++pointer) {
    router.next[South] = static_cast<uint8_t>(pointer);
    for (unsigned requests = 1; requests < 1u << kPorts; ++requests) {
      unsigned expected = pointer;
      while ((requests >> expected & 1) == 0)
        expected = (expected + 1) % kPorts;
      EXPECT_EQ(router.winner(South, requests), expected) << pointer << " " << requests;
    }
  }
}

TEST(Router, OppositePorts) {
  for (unsigned port = 0; port < kPorts; ++port)
    EXPECT_EQ(kOpposite[kOpposite[port]], port);
  EXPECT_EQ(kOpposite[North], South);
  EXPECT_EQ(kOpposite[East], West);
}
