// What of the options does not go with the network or the target. Private to quantize.
#pragma once

#include "compiler/passes/quantize/quantize.h"

namespace snnc::compiler::quantize {

// SNN3001 bits that the target does not have, or for a layer that the network does not have;
// SNN3012 a quantizer that the target or the missing data rule out. All of them at once. A crossbar
// target's bits: crossbar.h.
llvm::Error checkOptions(const net::Net &net, const QuantizeOptions &options,
                         const target::Target &target);

} // namespace snnc::compiler::quantize
