// The rings of accumulators, and how messages get there.
//
// A neuron has two sums per slot, which add up to the accumulator of docs/reference/arithmetic.md:
// a narrow one of 16 bits, for rows whose bound says that they cannot leave it (Row::narrow), and a
// wide one, wrapped to 22 bits after every addition, for all others: rows without that bound, more
// packets than the image's routes can send, and messages that are due before a target's window
// opens, which a later tick reads with its own.
#pragma once

#include "common/target/target.h"
#include "runtime/fast/tables.h"
#include "runtime/machine/counters.h"

namespace snnc::runtime::fast {

class Sums {
public:
  Sums() = default;
  // Both outlive the sums.
  Sums(const Tables &tables, const target::CoreSpec &spec, const Kernels &kernels);

  void reset(); // nothing due
  // All neurons have taken their sums of this tick: they are 0.
  void setTaken(uint32_t tick) { used[tick & slotMask] = {}; }

  // Ticks [first, end); their spikes are the caller's to add.
  TickBlock block(uint32_t first, uint32_t end);
  // Whether a wide sum of these ticks may not be 0.
  bool isWideUsed(uint32_t first, uint32_t end) const;

  // Spikes of ticks [first, end), a row of `stride` words for each. Messages without delay are due
  // a tick later.
  struct Fired {
    const uint64_t *bits;
    size_t stride;
    uint32_t first, end;
  };
  // The messages of the neurons of a bundle; outside the bundles, of a span.
  void send(const Bundle &bundle, const Fired &fired, Counters &counters);
  void send(const Span &span, const Fired &fired, Counters &counters);
  // A host packet that is due in tick + delay. Complete only after flush().
  void inject(uint32_t axon, uint32_t tick, uint32_t delay, Counters &counters);
  void flush();
  void nextTick() { ++stepNumber; } // the routes of inputs may send again

private:
  void fetchAhead(size_t i, size_t count) const;
  void add(const Row &row, uint32_t due, bool narrowly, Counters &counters);
  void addNarrow(const Row &row, uint32_t due, const RowList &rows);
  uint32_t readAt(uint32_t due, uint32_t neuron) const;
  void addWide(const Row &row, uint32_t due, uint32_t weights, Counters &counters);

  const Tables *tables = nullptr;
  const Kernels *kernels = nullptr;
  uint32_t delaySlots = 1, slotMask = 0, weightShift = 0;
  size_t stride = 0; // sums per slot
  LineVector<int16_t> narrow;
  LineVector<int32_t> wide;
  struct Used {
    bool narrow = false, wide = false; // some sum may not be 0
  };
  std::vector<Used> used; // [slot]

  std::vector<uint32_t> senders; // of a span in one tick
  LineVector<uint16_t> picked;   // sources of a bundle that fired, tick after tick
  // Rows that follow each other and lie over the same targets go together.
  LineVector<uint32_t> offsets;
  std::vector<uint16_t> inOrder; // 0, 1, ... picks all of them
  uint32_t gathered = 0;
  Row gatheredRow;
  uint32_t gatheredDue = 0;

  std::vector<uint64_t> packetStep; // [axon] step() number of its last packet, and
  std::vector<uint32_t> packets;    // how many it had before that step
  uint64_t stepNumber = 1;
};

} // namespace snnc::runtime::fast
