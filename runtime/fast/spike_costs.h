// What follows from how often each neuron fired: messages, hops, axon lookups, words, synops. The
// counters are worked out when somebody asks, a tick only counts spikes.
#pragma once

#include "common/image/image.h"
#include "runtime/fast/tables.h"
#include "runtime/machine/machine.h"

#include <optional>

namespace snnc::runtime::fast {

class SpikeCosts {
public:
  SpikeCosts() = default;
  // `tables` and `kernels` outlive it.
  SpikeCosts(const image::Image &image, const Tables &tables, const Kernels &kernels);

  // Of `rows` ticks, at most kMostRows, a row of every `stride` words.
  void countSpikes(const uint64_t *fired, uint32_t rows, size_t stride);
  static constexpr uint32_t kMostRows = 64;
  // Adds the packet's hops, lookup, words and synops. Its axon over all cores; empty if there is
  // none that was written.
  std::optional<uint32_t> countPacket(const HostPacket &packet, Counters &counters);
  void addTo(Counters &counters);

private:
  void flush();
  void addHops(uint32_t x, uint32_t y, uint32_t toX, uint32_t toY, uint64_t count,
               Counters &counters) const;

  const Tables *tables = nullptr;
  const Kernels *kernels = nullptr;
  uint32_t meshWidth = 1;
  std::vector<uint8_t> coreX, coreY;
  std::vector<uint8_t> recent; // [neuron] of the ticks since the last flush
  std::vector<uint64_t> totals;
  uint32_t ticks = 0; // since the last flush
};

} // namespace snnc::runtime::fast
