// Partition for crossbar cores. Private to partition; the ideas:
// docs/reference/crossbar_mapping.md.
#pragma once

#include "compiler/passes/partition/partition.h"

namespace snnc::compiler::partition {

// Fills module.crossbar. SNN3002 a register or weight that the target does not have, SNN4001 fan-in
// or fan-out beyond a core, SNN4002, SNN4003, SNN4004; all that is wrong at once.
llvm::Error forCrossbar(Module &module, const PartitionOptions &options, PassContext &context);

} // namespace snnc::compiler::partition
