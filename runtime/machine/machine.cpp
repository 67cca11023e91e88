#include "runtime/machine/machine.h"

#include <algorithm>

namespace snnc::runtime {

uint32_t Machine::run(uint32_t) {
  step();
  return 1;
}

void Machine::readSpikes(const SpikeBlock &block) const {
  std::fill_n(block.out, block.count, 0);
  const llvm::ArrayRef<SpikeEvent> events = spikes();
  const SpikeEvent *event =
      std::lower_bound(events.begin(), events.end(), SpikeEvent{block.core, block.first});
  for (; event != events.end() && event->core == block.core &&
         event->neuron - block.first < block.count;
       ++event)
    block.out[event->neuron - block.first] = 1;
}

} // namespace snnc::runtime
