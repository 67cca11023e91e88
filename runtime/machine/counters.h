// Activity counters, exact, 64-bit, equal in the cycle engine and in RTL. Their order is the RTL's
// (hw/rtl/snn_counters.sv) and the readback address. Meaning: docs/reference/timing_model.md.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace snnc::runtime {

enum class CoreCounter : uint8_t {
  Synops,          // nonzero weights applied
  SynapseWords,    // synapse words read
  AxonLookups,     // messages received
  UpdatesActive,   // neuron updates with u, v, bias, refractory or accumulator nonzero before it
  UpdatesInactive, // the other updates inside a window
  Spikes,
  Messages, // sent into the network, to the own core included
  HopsNorth,
  HopsEast,
  HopsSouth,
  HopsWest, // links crossed, counted at the router that sends
  BusyCycles,
  IdleCycles,     // of the ticks; their sum is the ticks' length
  AccWraps,       // accumulator additions that wrapped
  CurrentWraps,   // u additions that wrapped
  MembraneClamps, // v updates that hit vmin or vmax
};
inline constexpr unsigned kCoreCounters = 16;
const char *nameOf(CoreCounter counter); // "synops", "synapse_words", ...

struct CoreCounters {
  std::array<uint64_t, kCoreCounters> values{};
  uint64_t &operator[](CoreCounter c) { return values[static_cast<unsigned>(c)]; }
  uint64_t operator[](CoreCounter c) const { return values[static_cast<unsigned>(c)]; }
  bool operator==(const CoreCounters &) const = default;
};

struct Counters {
  std::vector<CoreCounters> cores; // as Image::cores
  // Hops of mesh positions whose router is used but whose core is not are counted here.
  uint64_t transitHopsNorth = 0, transitHopsEast = 0, transitHopsSouth = 0, transitHopsWest = 0;
  uint64_t ticks = 0, tickCycles = 0, barriers = 0;
  uint64_t resetCycles = 0, hostCycles = 0, hostWriteWords = 0; // outside the ticks
  bool operator==(const Counters &) const = default;

  CoreCounters total() const;
};

} // namespace snnc::runtime
