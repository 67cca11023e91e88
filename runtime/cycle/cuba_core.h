// A cuba core: neuron state, the ring of accumulators, the decoded synapses.
// docs/reference/arithmetic.md, docs/reference/timing_model.md.
#pragma once

#include "common/image/synapse_words.h"
#include "runtime/cycle/core.h"
#include "runtime/cycle/neuron.h"

namespace snnc::runtime::cycle {

class CubaCore final : public Core {
public:
  CubaCore(const image::CoreImage &image, const target::CoreSpec &spec, uint32_t steps);

  void reset() override;
  void writeBias(uint32_t first, llvm::ArrayRef<int16_t> mantissas) override;
  uint64_t update(uint32_t tick) override;
  // Adds the words of the message to the accumulators of tick `due`.
  uint32_t receive(uint16_t axon, uint32_t due) override;
  NeuronState state(uint32_t neuron) const override {
    const NeuronVariables &state = states[neuron];
    return {state.u, state.v, static_cast<uint8_t>(state.refractory)};
  }

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
  bool updateRow(uint32_t begin, uint32_t end, uint32_t slot);

  uint32_t steps;
  CoreRegisters registers;
  std::vector<net::NeuronConfig> neurons; // the image's, with the biases written last
  std::vector<NeuronVariables> states;
  uint32_t lanes = 1;                // neurons per row
  std::vector<uint8_t> live;         // per row: its next update may change or do something
  uint32_t row = 0;                  // accumulators per slot
  uint32_t slotMask = 0;             // delaySlots - 1
  std::vector<int32_t> accumulators; // [slot][row]
  std::vector<uint8_t> filled;       // [slot] 0: all its accumulators are 0
  std::vector<Axon> axons;
  std::vector<int16_t> weights;
  std::vector<Pair> pairs;
};

} // namespace snnc::runtime::cycle
