// Biases of maps, carried through the maps behind them to the neurons that they reach.
#pragma once

#include "compiler/frontends/nir/nir_nodes.h"

#include "llvm/Support/Error.h"

namespace snnc::compiler::nir {

// Work of carrying them, in multiplications, and values held at a time.
constexpr uint64_t kMostBiasWork = uint64_t{1} << 31;
constexpr uint64_t kMostBiasValues = uint64_t{1} << 26;

// By node of `order` (statelessOrder) that feeds a population or Output: what leaves it in every
// step without a spike, per element. Absent where that is 0 everywhere. DelayedBias where it would
// pass a delay of more than 0; GraphTooLarge beyond the bounds.
llvm::Expected<std::map<uint32_t, std::vector<double>>>
carryBiases(const Graph &graph, const std::vector<uint32_t> &order);

} // namespace snnc::compiler::nir
