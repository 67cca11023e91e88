// The numbers of a target file: key, unit and legal range of each, once. Private to common/target;
// the loader reads by these tables and targets/README.md is checked against them.
//
// Ranges of one value are fixed by the arithmetic that every engine implements
// (docs/reference/arithmetic.md); they stand in the file so that it describes the machine whole.
#pragma once

#include "common/target/target.h"

namespace snnc::target {

template <class Spec> struct Field {
  const char *key;
  uint32_t Spec::*member;
  const char *unit;
  int64_t lo, hi;
  bool powerOfTwo = false;
  bool optional = false; // may be left out
};

inline constexpr Field<MeshSpec> kMeshFields[] = {
    {"width", &MeshSpec::width, "routers", 1, 64},
    {"height", &MeshSpec::height, "routers", 1, 64},
    {"fifo_depth", &MeshSpec::fifoDepth, "flits", 1, 64},
};

// Upper bounds are what the image and the configuration stream can address.
inline constexpr Field<CoreSpec> kCoreFields[] = {
    {"neurons", &CoreSpec::neurons, "neurons", 2, 4096, true},
    {"input_axons", &CoreSpec::inputAxons, "axons", 1, 65536},
    {"output_slots", &CoreSpec::outputSlots, "slots", 1, 65536},
    {"synapse_words", &CoreSpec::synapseWords, "words", 1, 65536},
    {"list_words", &CoreSpec::listWords, "words", 1, 65535, false, true}, // else all of them
    {"weight_bits", &CoreSpec::weightBits, "bits", 2, 16, true},
    {"groups", &CoreSpec::groups, "groups", 1, 255},
    {"delay_slots", &CoreSpec::delaySlots, "ticks", 1, 64, true},
    {"weight_shift", &CoreSpec::weightShift, "bits", 6, 6},
    {"exponent_max", &CoreSpec::exponentMax, "bits", 0, 7},
    {"accumulator_bits", &CoreSpec::accumulatorBits, "bits", 22, 22},
    {"current_bits", &CoreSpec::currentBits, "bits", 24, 24},
    {"membrane_bits", &CoreSpec::membraneBits, "bits", 24, 24},
    {"decay_bits", &CoreSpec::decayBits, "bits", 12, 12},
    {"du_offset", &CoreSpec::duOffset, "lsb", 0, 1},
    {"bias_mant_bits", &CoreSpec::biasMantBits, "bits", 13, 13},
    {"bias_exp_max", &CoreSpec::biasExpMax, "bits", 0, 7},
    {"refractory_max", &CoreSpec::refractoryMax, "ticks", 1, 63},
};

// Ranges: what the configuration words hold (docs/reference/crossbar_core.md).
inline constexpr Field<CoreSpec> kCrossbarFields[] = {
    {"neurons", &CoreSpec::neurons, "neurons", 8, 4096, true},
    {"input_axons", &CoreSpec::inputAxons, "axons", 64, 1024, true},
    {"axon_types", &CoreSpec::axonTypes, "types", 1, 4},
    {"weight_bits", &CoreSpec::weightBits, "bits", 2, 16},
    {"leak_bits", &CoreSpec::leakBits, "bits", 2, 16},
    {"threshold_bits", &CoreSpec::thresholdBits, "bits", 2, 24},
    {"membrane_bits", &CoreSpec::membraneBits, "bits", 2, 24},
    {"groups", &CoreSpec::groups, "groups", 1, 255},
    {"delay_slots", &CoreSpec::delaySlots, "ticks", 2, 16, true},
};

// memory_bits, the eighth, has 64 bits.
inline constexpr Field<BlockCost> kBlockCostFields[] = {
    {"block_synapses", &BlockCost::blockSynapses, "synapses", 1, 65536},
    {"overhead_bits", &BlockCost::overheadBits, "bits", 0, 1024},
    {"word_bits", &BlockCost::wordBits, "bits", 1, 1024},
    {"delay_bits", &BlockCost::delayBits, "bits", 0, 16},
    {"tag_bits", &BlockCost::tagBits, "bits", 0, 16},
    {"index_bits", &BlockCost::indexBits, "bits", 0, 32},
};

} // namespace snnc::target
