// Packs the synapses of one axon into 64-bit words (image/synapse_words.h). Private to emit.
#pragma once

#include "compiler/core_ir/core_ir.h"

#include "common/image/synapse_words.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace snnc::compiler::emit {

struct LocalSynapse {
  uint16_t local = 0; // target neuron of the core
  int16_t weight = 0; // nonzero
};

// Appends axon.words words for `synapses` (ascending local), which depend only on the weights and
// on where they lie from axon.baseRow on: equal lists give equal words. Sparse words: synapses
// sorted by bank are dealt round the words like cards, so that a bank never meets itself and no
// word overflows.
void appendWords(const core_ir::Axon &axon, llvm::ArrayRef<LocalSynapse> synapses,
                 const image::WordFormat &format, std::vector<uint64_t> &words);

} // namespace snnc::compiler::emit
