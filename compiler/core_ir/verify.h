// What must hold of the core IR after every pass; the pass manager checks it. A failure is a fault
// of a pass (SNN4090), not of the user's input.
#pragma once

#include "compiler/core_ir/core_ir.h"

#include "common/target/target.h"

#include "llvm/Support/Error.h"

namespace snnc::compiler::core_ir {

// Every neuron lives once; runs neither overlap nor mix core registers; loads keep the limits;
// after place: coordinates are distinct and inside the mesh; after route: tables agree with the
// loads, axons share whole lists or none, every axon is fed by exactly its source, with the delay
// that its window asks for.
llvm::Error verify(const CoreIr &ir, const net::QuantNet &net, const target::Target &target);

} // namespace snnc::compiler::core_ir
