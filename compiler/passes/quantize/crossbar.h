// Quantises a lowered network for crossbar cores. Private to quantize; what is realised how:
// docs/reference/crossbar_mapping.md.
#pragma once

#include "compiler/passes/quantize/quantize.h"

namespace snnc::compiler::quantize {

// Fills module.quant and module.layers. SNN3001, SNN3002, SNN3006, SNN3007, SNN3010; all
// populations that a core cannot hold at once. Warns SNN3004, SNN3005, SNN3011.
llvm::Error forCrossbar(Module &module, const QuantizeOptions &options, PassContext &context);

} // namespace snnc::compiler::quantize
