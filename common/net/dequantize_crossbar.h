// dequantize() of networks for crossbar cores. Private to common/net.
#pragma once

#include "common/net/net.h"
#include "common/net/quant_net.h"

#include "llvm/Support/Error.h"

namespace snnc::net {

// A membrane is the core's: where a subtraction is off the threshold (quant_net.h), so is v_init.
// Thresholds lie between two integers, so that either comparison gives the same spikes. Memoryless
// neurons become `threshold`, integrating ones `if`, whose leak is a bias. RuleNotReal (2120), all
// of them joined: populations of both, floors that a membrane may reach, a leak without a
// projection to bring it.
llvm::Expected<Net> dequantizeCrossbar(const QuantNet &quant);

} // namespace snnc::net
