// The two layouts of a 64-bit synapse word, shared by the compiler that packs them, the engines
// that read them, and the decoder (the RTL twin is hw/rtl/snn_synapse_decode.sv).
//
//   dense   lane l (bits [l*wb, (l+1)*wb)) is the weight of neuron row*lanes + l
//   sparse  pair p (bits [p*pw, (p+1)*pw), pw = indexBits + wb): weight in the low wb bits,
//   unsigned
//           index above it, for neuron row*lanes + index; at most one pair per bank (index mod
//           lanes); weight 0 = unused
//
// `row` is the axon's base row (image.h), plus k for the k-th dense word. Base rows are whole rows
// of lanes, so a list keeps its banks wherever it is put: axons whose synapses differ by whole
// rows, as those of a convolution, share their words.
//
// wb = core.weightBits, lanes = 64 / wb, indexBits = log2(core.neurons),
// pairs per word = min(lanes, 64 / pw).
#pragma once

#include "common/target/target.h"

#include <cstdint>

namespace snnc::image {

struct WordFormat {
  uint32_t weightBits, lanes, indexBits, pairs;

  static WordFormat of(const target::CoreSpec &core);

  int32_t denseWeight(uint64_t word, uint32_t lane) const {
    return signExtend(word >> (lane * weightBits));
  }
  int32_t pairWeight(uint64_t word, uint32_t pair) const {
    return signExtend(word >> (pair * (weightBits + indexBits)));
  }
  // Counted from the base row.
  uint32_t pairNeuron(uint64_t word, uint32_t pair) const {
    return (word >> (pair * (weightBits + indexBits) + weightBits)) & ((1u << indexBits) - 1);
  }
  uint64_t putDense(uint32_t lane, int32_t weight) const {
    return low(weight) << (lane * weightBits);
  }
  uint64_t putPair(uint32_t pair, uint32_t neuron, int32_t weight) const {
    return (low(weight) | uint64_t{neuron} << weightBits) << (pair * (weightBits + indexBits));
  }

private:
  uint64_t low(int32_t weight) const {
    return static_cast<uint64_t>(static_cast<uint32_t>(weight)) & ((uint64_t{1} << weightBits) - 1);
  }
  int32_t signExtend(uint64_t bits) const {
    const uint32_t shift = 32 - weightBits;
    return static_cast<int32_t>(static_cast<uint32_t>(bits) << shift) >> shift;
  }
};

} // namespace snnc::image
