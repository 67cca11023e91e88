// What the process has taken of memory.
#pragma once

#include <cstdint>

namespace snnc::support {

// Most bytes that were resident at a time since the process began.
uint64_t peakMemory();

} // namespace snnc::support
