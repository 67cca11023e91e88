// A crossbar core: membranes, the scheduler's ring of axon bits, the crossbar.
// docs/reference/crossbar_core.md.
#pragma once

#include "runtime/cycle/core.h"

namespace snnc::runtime::cycle {

class CrossbarCore final : public Core {
public:
  CrossbarCore(const image::CoreImage &image, const target::CoreSpec &spec, uint32_t steps);

  void reset() override;
  void writeBias(uint32_t first, llvm::ArrayRef<int16_t> mantissas) override;
  uint64_t update(uint32_t tick) override;
  // Sets the axon's bit of tick `due`; a bit that is set already is a spike lost (AccWraps).
  uint32_t receive(uint16_t axon, uint32_t due) override;
  NeuronState state(uint32_t neuron) const override { return {0, membranes[neuron], 0}; }

private:
  // Neurons [begin, end) of one row; false if the row sleeps.
  bool updateRow(uint32_t begin, uint32_t end);
  // True if the neuron was active.
  bool updateNeuron(uint32_t neuron);

  uint32_t steps, types, rowWords, lanes, membraneBits, slotMask;
  std::vector<int32_t> membranes;
  std::vector<uint8_t> live;       // per row: its next update may change or do something
  std::vector<uint64_t> scheduler; // [slot][rowWords]
  std::vector<uint64_t> typeMasks; // [type][rowWords]: the axons of each type
  std::vector<uint64_t> spikesOf;  // [type][rowWords]: those with a spike in this tick
  bool anySpike = false;           // any of these
};

} // namespace snnc::runtime::cycle
