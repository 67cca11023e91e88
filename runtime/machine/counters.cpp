#include "runtime/machine/counters.h"

namespace snnc::runtime {

const char *nameOf(CoreCounter counter) {
  static constexpr std::array<const char *, kCoreCounters> kNames = {
      "synops",           "synapse_words", "axon_lookups",  "updates_active",
      "updates_inactive", "spikes",        "messages",      "hops_north",
      "hops_east",        "hops_south",    "hops_west",     "busy_cycles",
      "idle_cycles",      "acc_wraps",     "current_wraps", "membrane_clamps"};
  return kNames[static_cast<unsigned>(counter)];
}

CoreCounters Counters::total() const {
  CoreCounters sum;
  for (const CoreCounters &core : cores)
    for (unsigned i = 0; i < kCoreCounters; ++i)
      sum.values[i] += core.values[i];
  return sum;
}

} // namespace snnc::runtime
