// The order in which populations run, and where cycles are broken.
#pragma once

#include "common/net/net.h"

#include "llvm/Support/Error.h"

namespace snnc::compiler::nir {

// Gives delay 1 to the projections of delay 0 that close a cycle of such: back edges of a
// depth-first walk that starts at the Inputs and takes populations in their order. Cycles with a
// delay of their own stay as they are. Then sorts populations by execution: each comes behind its
// sources, but for those over a delay in a cycle; Inputs first, ties as they were. Projections by
// target, then source, ties as they were. StatelessCycle for Threshold populations in a cycle of
// delay 0 without another neuron.
llvm::Error orderNet(net::Net &net);

} // namespace snnc::compiler::nir
