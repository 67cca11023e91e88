// Step 1 of docs/reference/arithmetic.md for a list of consecutive neurons. Built for several
// instruction sets, one chosen when the program starts; all give the same integers.
#pragma once

#include <cstdint>

namespace snnc::runtime::cycle {

// sums[i] = wrap22(sums[i] + (weights[i] << shift)); returns how many wrapped. |sums| are 22 bits,
// shift <= 13.
uint32_t accumulateList(int32_t *sums, const int16_t *weights, uint32_t count, int shift);

} // namespace snnc::runtime::cycle
