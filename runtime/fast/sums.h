// The rings of accumulators, and how messages get there.
//
// A neuron has two sums per slot, which add up to the accumulator of docs/reference/arithmetic.md:
// a narrow one of 16 bits, for rows whose bound says that they cannot leave it (Row::narrow), and a
// wide one, wrapped to 22 bits after every addition, for all others: rows without that bound, more
// packets than the image's routes can send, and messages that are due before a target's window
// opens, which a later tick of the same slot reads with its own.
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

  struct Slot {
    int16_t *narrow;
    int32_t *wide;
    bool wideUsed; // some wide sum may not be 0
  };
  Slot slot(uint32_t tick) {
    const size_t index = tick & slotMask;
    return {&narrow[index * stride], &wide[index * stride], wideUsed[index] != 0};
  }

  // The messages of all neurons in `fired`; those without delay are due in `tick`.
  void send(const uint64_t *fired, uint32_t tick, Counters &counters);
  // A host packet that is due in tick + delay. Complete only after flush().
  void inject(uint32_t axon, uint32_t tick, uint32_t delay, Counters &counters);
  void flush(Counters &counters);

private:
  void sendBundle(const Bundle &bundle, const uint64_t *fired, uint32_t tick, Counters &counters);
  void add(const Row &row, uint32_t due, bool narrowly, Counters &counters);
  void addNarrow(const Row &row, uint32_t due, const uint32_t *offsets, uint32_t rows);
  void addWide(const Row &row, uint32_t due, uint32_t weights, Counters &counters);

  const Tables *tables = nullptr;
  const Kernels *kernels = nullptr;
  uint32_t slotMask = 0, weightShift = 0;
  size_t stride = 0; // sums per slot
  LineVector<int16_t> narrow;
  LineVector<int32_t> wide;
  std::vector<uint8_t> wideUsed; // [slot]

  // Rows that follow each other and lie over the same targets go together.
  LineVector<uint32_t> offsets;
  uint32_t gathered = 0;
  Row gatheredRow;
  uint32_t gatheredDue = 0;

  std::vector<uint64_t> packetStep; // [axon] step() number of its last packet, and
  std::vector<uint32_t> packets;    // how many it had before that step
  uint64_t stepNumber = 1;
};

} // namespace snnc::runtime::fast
