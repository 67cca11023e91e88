// Random tests: every case has a seed of its own, printed when it fails.
//
//   SNNC_SEED=n     run this case alone
//   SNNC_CASES=n    how many cases (default: the test's own, small)
#pragma once

#include "common/support/rng.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

namespace snnc::test {

// Calls body(seed, rng) for `cases` seeds from `base` on; stops after the first that fails.
template <class Body> void forEachSeed(uint64_t base, uint64_t cases, Body body) {
  if (const char *count = std::getenv("SNNC_CASES"))
    cases = std::strtoull(count, nullptr, 0);
  if (const char *only = std::getenv("SNNC_SEED")) {
    base = std::strtoull(only, nullptr, 0);
    cases = 1;
  }
  ASSERT_GT(cases, 0u) << "a random test without cases proves nothing";
  std::cout << "[   SEED   ] " << base << " .. " << base + cases - 1 << "\n";
  for (uint64_t seed = base; seed < base + cases; ++seed) {
    const std::string replay = "replay with SNNC_SEED=" + std::to_string(seed);
    SCOPED_TRACE(replay);
    support::Rng rng(seed);
    body(seed, rng);
    if (::testing::Test::HasFailure())
      return;
  }
}

} // namespace snnc::test
