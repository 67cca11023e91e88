// What one list of synapses costs on a core, in the words of our memory and in the bits of the
// chip's block rule. Axons that share a list (alike_sources.h, shared_lists.h) cost it once. One
// place for partition (incremental) and route.
#pragma once

#include "common/image/synapse_words.h"
#include "common/target/target.h"

#include <cstdint>
#include <vector>

namespace snnc::compiler::core_ir {

// Where the targets of a list lie on its core, or from a base row on.
struct AxonExtent {
  uint32_t count = 0;           // nonzero synapses
  uint32_t first = 0, last = 0; // local neurons
  uint32_t fullestBank = 0;     // most synapses in one bank (local neuron mod lanes)
};

struct AxonCost {
  bool sparse = false; // the encoding with fewer words, dense on a tie
  uint32_t words = 0;
  uint64_t blockBits = 0;
};

class AxonCostModel {
public:
  // `weightBits`: of the projection; prices the chip's blocks only (our words have one field
  // width).
  AxonCostModel(const target::Target &target, uint32_t weightBits);

  // Dense: one word per row of lanes from the first to the last target, zeros stored. Sparse:
  // as many words as pairs or the fullest bank ask for, which emit reaches (synapse_encoder.h).
  AxonCost operator()(const AxonExtent &extent) const;

private:
  image::WordFormat format;
  std::vector<uint32_t> denseBits, sparseBits; // by synapses, 0 .. neurons; empty: no block rule
};

} // namespace snnc::compiler::core_ir
