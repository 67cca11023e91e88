// Private to the NIR frontend: Delay nodes in steps, and the delays that meet between two maps.
#pragma once

#include "common/net/profile.h"
#include "compiler/frontends/nir/nir_nodes.h"

#include "llvm/Support/Error.h"

namespace snnc::compiler::nir {

// Steps of delay per element between two maps of a route: one for all, or one each.
using DelaySteps = std::vector<uint32_t>;

// A Delay node's delays in steps. Warns (DelayRounded) of those that are no whole number of steps.
llvm::Expected<DelaySteps> delaySteps(const Node &node, const net::Profile &profile,
                                      support::Warnings &warnings);

// One after the other.
DelaySteps sumOf(const DelaySteps &a, const DelaySteps &b);
// The numbers of steps that occur, ascending.
std::vector<uint32_t> distinct(DelaySteps steps);
// 1 where an element is delayed by `steps`, else 0.
net::DiagonalWeights maskOf(const DelaySteps &delays, uint32_t steps);

} // namespace snnc::compiler::nir
