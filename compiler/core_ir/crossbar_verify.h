// What must hold of the core IR of a crossbar target after every pass; the pass manager checks it.
// A failure is a fault of a pass (SNN4090), not of the user's input.
#pragma once

#include "compiler/core_ir/crossbar_ir.h"

#include "common/target/target.h"

#include "llvm/Support/Error.h"

namespace snnc::compiler::core_ir {

// Every neuron has one home, copies stand behind it, relays on their neuron's axon; every axon is
// fed once, by its source, in its step; a core's limits hold; after place: coordinates are distinct
// and inside the mesh; after route: delays, windows and the host's routes are those asked for.
llvm::Error verify(const CrossbarIr &ir, const net::QuantNet &net, const target::Target &target);

} // namespace snnc::compiler::core_ir
