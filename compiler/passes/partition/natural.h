// Network order at its best. Private to partition.
#pragma once

#include "compiler/passes/partition/mappers.h"

namespace snnc::compiler::partition {

// In network order, convolutions in tiles. Small populations share a core; if then some neuron
// reaches too many cores, every population begins on a core of its own, which is taken if it helps.
FillResult fillNaturally(const MapperContext &context, FillOptions options);

// The same, every population on cores of its own.
FillResult fillApart(const MapperContext &context);

// Cores of `apart`, which share no population, put together where several fit one: nothing is cut
// that a core can hold.
FillResult fillWhole(const MapperContext &context, const FillResult &apart);

} // namespace snnc::compiler::partition
