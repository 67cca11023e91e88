// Two machines, tick by tick, on one image and one random stimulus: biases, host packets, ticks.
#pragma once

#include "common/support/rng.h"
#include "common/target/target.h"
#include "runtime/machine/machine.h"
#include "tests/cosim/random_image.h"

#include <optional>
#include <string>

namespace snnc::test {

struct LockstepCoverage {
  runtime::CoreCounters sum; // of all cores and runs
  uint64_t longestTick = 0, hostCycles = 0, transitHops = 0;
};

// Resets both, runs `ticks` ticks, compares spikes, sends with their cycles, tick lengths and every
// state after each tick, and all counters at the end. The first difference, in words.
std::optional<std::string> firstDifference(support::Rng &rng, const target::Target &target,
                                           const image::Image &image, runtime::Machine &cycle,
                                           runtime::Machine &rtl, uint32_t ticks,
                                           LockstepCoverage &coverage);

// The cycle engine and the RTL of hw/ ($SNNC_HW) on a random image, two samples. An error of
// loading or building is a difference too.
std::optional<std::string> cycleAgainstRtl(support::Rng &rng, const target::Target &target,
                                           const RandomImageOptions &options,
                                           LockstepCoverage &coverage);

} // namespace snnc::test
