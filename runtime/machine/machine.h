// Anything that runs an image tick by tick: the cycle-accurate C++ model, the Verilated RTL, the
// functional engine. `verify` knows only this interface.
//
// Order of use: load, then per sample: reset, then per tick: writeBias and inject as needed, step.
#pragma once

#include "common/image/image.h"
#include "runtime/machine/counters.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace snnc::runtime {

// A host packet into the mesh: integrated in the tick that the next step() runs, plus `delay`.
struct HostPacket {
  uint8_t x = 0, y = 0;
  uint8_t delay = 0;
  uint16_t axon = 0;
};

// A neuron fired in the tick just run.
struct SpikeEvent {
  uint32_t core = 0, neuron = 0; // core: index into Image::cores; neuron: local
  auto operator<=>(const SpikeEvent &) const = default;
};

// A message entered the network: `cycle` counts from the first cycle of its tick.
struct SendEvent {
  uint32_t core = 0;
  uint64_t cycle = 0;
  auto operator<=>(const SendEvent &) const = default;
};

struct NeuronState {
  int32_t u = 0, v = 0;
  uint8_t refractory = 0;
  auto operator<=>(const NeuronState &) const = default;
};

// Where to write the spikes of consecutive neurons of a core in ticks of the last run() or step().
struct SpikeBlock {
  uint32_t core = 0, first = 0, count = 0; // neurons
  uint32_t tick = 0, ticks = 1;            // tick 0 is the run's first
  uint8_t *out = nullptr;                  // a row of `count` per tick,
  size_t stride = 0;                       // so far apart
};

class Machine {
public:
  virtual ~Machine() = default;

  virtual const char *name() const = 0; // "cycle", "rtl", "fast"
  // Loads and resets. `steps` is T of the windows. Counters start at zero.
  virtual llvm::Error load(const image::Image &image, uint32_t steps) = 0;
  // Between samples: initial u, v and refractory state, empty slots and queues, tick 0.
  virtual void reset() = 0;
  // Bias mantissas (13-bit signed) of neurons [first, first + size) of a core: one burst.
  virtual void writeBias(uint32_t core, uint32_t first, llvm::ArrayRef<int16_t> mantissas) = 0;
  // Sends packets through the mesh, in order, and waits until it is quiet.
  virtual void inject(llvm::ArrayRef<HostPacket> packets) = 0;
  // Runs one tick to its end.
  virtual void step() = 0;
  // Runs ticks with nothing written in between, at least one and at most `most`; returns how many.
  virtual uint32_t run(uint32_t most);

  // Of the last tick, sorted by (core, neuron).
  virtual llvm::ArrayRef<SpikeEvent> spikes() const = 0;
  // 1 where a neuron fired, else 0, for all ticks of the block.
  virtual void readSpikes(const SpikeBlock &block) const;
  // Of the last tick, sorted by (core, cycle). Empty for machines without a clock.
  virtual llvm::ArrayRef<SendEvent> sends() const = 0;
  virtual uint64_t tickCycles() const = 0; // length of the last tick; 0 without a clock
  // State of neurons [first, first + out.size()) of a core after the last tick. Free of cycles.
  virtual void readState(uint32_t core, uint32_t first, llvm::MutableArrayRef<NeuronState> out) = 0;
  virtual Counters counters() = 0; // since load
};

} // namespace snnc::runtime
