// One core: neuron state, the ring of accumulators, the decoded synapses, and phase U.
//
// Phase U needs no loop over clock cycles: how long it takes follows from the groups and from the
// rows that sleep, and what it computes from the accumulator slot of the tick
// (docs/reference/timing_model.md).
#pragma once

#include "common/image/image.h"
#include "common/image/synapse_words.h"
#include "common/target/target.h"
#include "runtime/cycle/neuron.h"
#include "runtime/machine/machine.h"

#include <cstdint>
#include <vector>

namespace snnc::runtime::cycle {

class Core {
public:
  // `image` outlives the core and has passed image::verify for a target with this `spec`.
  Core(const image::CoreImage &image, const target::CoreSpec &spec, uint32_t steps);

  // Initial u, v and refractory, empty accumulators. Biases stay.
  void reset();
  void writeBias(uint32_t first, llvm::ArrayRef<int16_t> mantissas);

  // Phase U of tick `tick`: fills spikes() and returns the cycle at which u_done is high.
  uint64_t update(uint32_t tick);
  const std::vector<uint32_t> &spikes() const { return spikeList; } // local neurons, ascending

  // Adds the words of a message to accumulator slot `slot`. Returns how many words there are.
  uint32_t receive(uint16_t axon, uint32_t slot);

  const image::CoreImage &tables() const { return *image; }
  const NeuronVariables &state(uint32_t neuron) const { return states[neuron]; }

  CoreCounters counters;

private:
  // Words decoded: the weights of consecutive neurons, or of some. Axons share a list as they share
  // its words.
  struct List {
    uint32_t synops = 0; // nonzero weights
    uint32_t begin = 0;  // in `weights`, or in `pairs` if sparse
    uint32_t count = 0;  // weights or pairs
  };
  struct Axon {
    List list;
    uint32_t words = 0;
    uint32_t neuron = 0; // of the base row: added to every neuron of the list
    uint8_t shift = 0;   // effect of a weight: w << shift
    bool sparse = false;
  };
  struct Pair {
    int16_t weight;
    uint16_t neuron;
  };
  List decode(const image::AxonEntry &entry, const target::CoreSpec &spec);
  // Neurons [begin, end) of one row; false if the row sleeps.
  bool updateRow(uint32_t begin, uint32_t end, int32_t *accumulators);

  const image::CoreImage *image;
  uint32_t steps;
  CoreRegisters registers;
  std::vector<net::NeuronConfig> neurons; // the image's, with the biases written last
  std::vector<NeuronVariables> states;
  uint32_t lanes = 1;                // neurons per row
  std::vector<uint8_t> live;         // per row: its next update may change or do something
  uint32_t row = 0;                  // accumulators per slot
  uint32_t slotMask = 0;             // delaySlots - 1
  std::vector<int32_t> accumulators; // [slot][row]
  std::vector<Axon> axons;
  std::vector<int16_t> weights;
  std::vector<Pair> pairs;
  std::vector<uint32_t> spikeList;
};

} // namespace snnc::runtime::cycle
