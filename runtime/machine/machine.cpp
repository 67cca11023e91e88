#include "runtime/machine/machine.h"

#include <algorithm>

namespace snnc::runtime {

void Machine::readSpikes(uint32_t core, uint32_t first, llvm::MutableArrayRef<uint8_t> out) const {
  std::fill(out.begin(), out.end(), 0);
  const llvm::ArrayRef<SpikeEvent> events = spikes();
  const SpikeEvent *event = std::lower_bound(events.begin(), events.end(), SpikeEvent{core, first});
  for (; event != events.end() && event->core == core && event->neuron - first < out.size();
       ++event)
    out[event->neuron - first] = 1;
}

} // namespace snnc::runtime
