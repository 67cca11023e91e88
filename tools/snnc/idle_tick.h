// What a tick costs in which no core receives a spike, measured on the cycle engine.
#pragma once

#include "common/target/target.h"

#include "llvm/Support/Error.h"

#include <cstdint>

namespace snnc::cli {

// Clock cycles of a tick of one core with all its neurons in use: awake, when every neuron has a
// state that may change, and asleep, when none has.
struct IdleTick {
  uint64_t awake = 0, asleep = 0;
};
llvm::Expected<IdleTick> idleTick(const target::Target &target);

} // namespace snnc::cli
