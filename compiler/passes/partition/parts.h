// From "which neurons belong together" to cores. Private to partition.
#pragma once

#include "compiler/passes/partition/mappers.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace snnc::compiler::partition {

// A core per part, populations in order on it, neurons ascending; classes of registers apart.
// `part`: [id], below `parts`.
Arrangement arrangementOf(const Problem &problem, const std::vector<uint32_t> &part,
                          uint32_t parts);

// Asks for partitions of more and more parts until every part fits a core, or there are more parts
// than cores: then the last one, its parts cut where they do not fit.
FillResult fewestParts(const MapperContext &context,
                       llvm::function_ref<std::vector<uint32_t>(uint64_t parts)> partition);

} // namespace snnc::compiler::partition
