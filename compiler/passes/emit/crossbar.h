// The image of crossbar cores. Private to emit.
#pragma once

#include "compiler/core_ir/crossbar_ir.h"

#include "common/target/target.h"

namespace snnc::compiler::emit {

// REQUIRES: ir is routed.
image::Image crossbarImage(const core_ir::CrossbarIr &ir, const net::QuantNet &net,
                           const target::Target &target);

} // namespace snnc::compiler::emit
