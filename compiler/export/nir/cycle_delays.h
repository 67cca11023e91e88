// NIR has no delay on an edge. An importer gives one step to the edge that closes a cycle, unless a
// Delay node in the cycle does; every other edge acts in the same step.
#pragma once

#include "common/net/net.h"

#include <vector>

namespace snnc::compiler::export_nir {

// [projection]: its delay needs no Delay node, because it is 0, or 1 and the importer's walk (depth
// first from the inputs, populations in natural order of their names) finds it closing a cycle.
// With Delay nodes on all the others exactly these are found.
std::vector<bool> impliedDelays(const net::Net &net);

} // namespace snnc::compiler::export_nir
