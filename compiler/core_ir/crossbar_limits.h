// What one crossbar core of a target holds.
#pragma once

#include "compiler/core_ir/axon_types.h"

#include "common/target/target.h"

namespace snnc::compiler::core_ir {

struct CrossbarLimits {
  uint32_t axons = 256, neurons = 256, types = 4;                               // per core
  uint32_t groups = 1;                                                          // windows
  uint32_t mostDelay = 14;                                                      // ticks
  uint32_t weightBits = 9, leakBits = 9, thresholdBits = 18, membraneBits = 20; // signed
};

// `maxNeuronsPerCore`: 0 = the target's.
CrossbarLimits crossbarLimits(const target::Target &target, uint32_t maxNeuronsPerCore = 0);
TypeLimits typeLimits(const CrossbarLimits &limits);

} // namespace snnc::compiler::core_ir
