// Phase U of a core in clock cycles: the walk over groups and rows of neurons that
// hw/rtl/snn_walk.sv does, whatever the neurons are. docs/reference/timing_model.md, "Phase U in a
// core".
#pragma once

#include "common/image/image.h"

#include "llvm/ADT/ArrayRef.h"

#include <algorithm>
#include <cstdint>

namespace snnc::runtime::cycle {

// Calls visit(begin, end) for each row's part of each group that is open in `tick`, in order:
// neurons [begin, end) of one row. It updates them and returns true, or returns false if the row
// sleeps. `steps` is the length of every window. Returns the cycle at which u_done is high.
template <class Visit>
uint64_t walkRows(llvm::ArrayRef<image::Group> groups, uint32_t tick, uint32_t steps,
                  uint32_t lanes, Visit &&visit) {
  constexpr uint64_t kDepth = 4; // from a neuron's issue to an empty pipeline
  uint64_t cycle = 1;            // of the scan of the next group
  uint64_t drained = 0;
  for (const image::Group &group : groups) {
    ++cycle;
    if (tick < group.skew || tick - group.skew >= steps)
      continue;
    const uint32_t end = uint32_t{group.first} + group.count;
    for (uint32_t begin = group.first; begin < end;) {
      const uint32_t rowEnd = std::min(end, (begin / lanes + 1) * lanes);
      if (visit(begin, rowEnd)) {
        cycle += rowEnd - begin;
        drained = cycle - 1 + kDepth;
      } else {
        ++cycle;
      }
      begin = rowEnd;
    }
  }
  return std::max(cycle + 1, drained); // one more scan finds no group left
}

} // namespace snnc::runtime::cycle
