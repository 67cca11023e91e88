// Network order at its best. Private to partition.
#pragma once

#include "compiler/passes/partition/mappers.h"

namespace snnc::compiler::partition {

// In network order, convolutions in tiles. Small populations share a core; if then some neuron
// reaches too many cores, every population begins on a core of its own, which is taken if it helps.
FillResult fillNaturally(const MapperContext &context, FillOptions options);

// Every population alone in network order, then the cores that are not full put together where two
// fit one. Nothing is cut that a core can hold.
FillResult fillWhole(const MapperContext &context, FillOptions options);

} // namespace snnc::compiler::partition
