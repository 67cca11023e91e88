// The limits of one core, and which of them a load exceeds.
#pragma once

#include "compiler/core_ir/core_ir.h"

#include "common/target/target.h"

#include "llvm/ADT/SmallVector.h"

namespace snnc::compiler::core_ir {

enum class Resource { Neurons, Extent, Groups, InputAxons, OutputSlots, SynapseWords, BlockBits };
const char *nameOf(Resource resource); // "neurons", "synapse memory words", ...
// Key of the target file that sets it: "core.input_axons", ...
const char *targetField(Resource resource);

struct Limits {
  uint64_t neurons, extent, groups, inputAxons, outputSlots, synapseWords, blockBits;
};
// `maxNeuronsPerCore`: 0 = the target's.
Limits limitsOf(const target::Target &target, uint32_t maxNeuronsPerCore);

struct Violation {
  Resource resource;
  uint64_t needed, available;
};
llvm::SmallVector<Violation, 2> violations(const Load &load, const Limits &limits);

inline bool fits(const Load &load, const Limits &limits) {
  return load.neurons <= limits.neurons && load.extent <= limits.extent &&
         load.groups <= limits.groups && load.inputAxons <= limits.inputAxons &&
         load.outputSlots <= limits.outputSlots && load.synapseWords <= limits.synapseWords &&
         load.blockBits <= limits.blockBits;
}

} // namespace snnc::compiler::core_ir
