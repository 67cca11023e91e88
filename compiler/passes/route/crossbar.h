// Routes of crossbar cores. Private to route.
#pragma once

#include "compiler/core_ir/crossbar_ir.h"

namespace snnc::compiler::route {

// Delays of cells, windows, the host's routes. Where spikes go is partition's choice, as it costs
// cells. REQUIRES: core_ir::verify is satisfied.
void forCrossbar(core_ir::CrossbarIr &ir, const net::QuantNet &net);

} // namespace snnc::compiler::route
