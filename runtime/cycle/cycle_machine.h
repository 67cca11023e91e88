// The cycle-accurate C++ model of hw/rtl: same image, same spikes, same states, same counters and
// the same clock cycle for every message (docs/reference/timing_model.md is the specification of
// both). Integers only.
#pragma once

#include "runtime/machine/machine.h"

#include <memory>

namespace snnc::runtime::cycle {

std::unique_ptr<Machine> createCycleMachine();

} // namespace snnc::runtime::cycle
