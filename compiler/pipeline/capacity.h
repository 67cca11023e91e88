// Refuses a network with far more neurons than the target holds before anything expensive is done.
#pragma once

#include "compiler/pipeline/compile.h"

namespace snnc::compiler {

// SNN4002, the same as `partition` would give for neurons alone; success if partition has to look.
llvm::Error checkCapacity(const net::Net &net, const target::Target &target,
                          const CompileOptions &options);

} // namespace snnc::compiler
