// Two machines, tick by tick, on one image and one random stimulus: biases, host packets, ticks.
#pragma once

#include "common/support/rng.h"
#include "common/target/target.h"
#include "runtime/machine/machine.h"
#include "runtime/rtl/rtl_machine.h"
#include "tests/cosim/random_image.h"

#include <initializer_list>
#include <optional>
#include <string>

namespace snnc::test {

struct LockstepCoverage {
  runtime::CoreCounters sum; // of all cores and runs
  uint64_t longestTick = 0, hostCycles = 0, transitHops = 0;
  uint64_t ticks = 0, otherLengths = 0; // of the ticks, those whose length differs
  // Axons whose sparse list starts above row 0; axons on a list that another uses at other rows.
  uint64_t sparseBaseRows = 0, sharedLists = 0;
};

// targets/tiny.json with other sizes: {"core/neurons", 32}, ...
target::Target tinyWith(std::initializer_list<std::pair<const char *, int>> changes);

// targets/truenorth-like.json likewise.
target::Target crossbarWith(std::initializer_list<std::pair<const char *, int>> changes);

// What two machines must have in common. Under router stalls messages arrive later and in another
// order: cycles differ, and which of several additions wraps (the sum does not).
enum class Agree { Everything, AllButCycles };

// Resets both, runs `ticks` ticks, compares spikes, sends with their cycles, tick lengths and every
// state after each tick, and all counters at the end. The first difference, in words.
std::optional<std::string> firstDifference(support::Rng &rng, const target::Target &target,
                                           const image::Image &image, runtime::Machine &cycle,
                                           runtime::Machine &rtl, uint32_t ticks, Agree agree,
                                           LockstepCoverage &coverage);

// The cycle engine and the RTL of hw/ ($SNNC_HW) on a random image, two samples. With `stalls` all
// but the cycles agree. An error of loading or building is a difference too.
std::optional<std::string> cycleAgainstRtl(support::Rng &rng, const target::Target &target,
                                           const RandomImageOptions &options,
                                           LockstepCoverage &coverage,
                                           const runtime::rtl::RouterStalls &stalls = {});

} // namespace snnc::test
