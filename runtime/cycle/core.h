// One core as the mesh and the machine see it: phase U fills a list of spikes, messages come in.
//
// Phase U needs no loop over clock cycles: how long it takes follows from the groups and from the
// rows that sleep (walk.h), and what it computes from what arrived for the tick.
#pragma once

#include "common/image/image.h"
#include "common/target/target.h"
#include "runtime/machine/machine.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace snnc::runtime::cycle {

class Core {
public:
  virtual ~Core() = default;

  // Initial state, nothing due. Biases stay.
  virtual void reset() = 0;
  // Cuba cores only.
  virtual void writeBias(uint32_t first, llvm::ArrayRef<int16_t> mantissas) = 0;

  // Phase U of tick `tick`: fills spikes() and returns the cycle at which u_done is high.
  virtual uint64_t update(uint32_t tick) = 0;
  const std::vector<uint32_t> &spikes() const { return spikeList; } // local neurons, ascending

  // A message for tick `due`. Returns how many synapse words it takes, one per cycle.
  virtual uint32_t receive(uint16_t axon, uint32_t due) = 0;

  virtual NeuronState state(uint32_t neuron) const = 0;
  const image::CoreImage &tables() const { return *image; }

  CoreCounters counters;

protected:
  explicit Core(const image::CoreImage &image) : image(&image) {}

  const image::CoreImage *image;
  std::vector<uint32_t> spikeList;
};

// `image` outlives the core and has passed image::verify for a target with this `spec`; `steps` is
// the length of its windows.
std::unique_ptr<Core> makeCore(const image::CoreImage &image, const target::CoreSpec &spec,
                               uint32_t steps);

} // namespace snnc::runtime::cycle
