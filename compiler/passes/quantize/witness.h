// Whether the input that pushes a neuron hardest really brings a register past its end: the exact
// integer update of docs/reference/arithmetic.md, driven by the same sums at every step.
#pragma once

#include "compiler/passes/quantize/bounds.h"

namespace snnc::compiler::quantize {

enum class Register { Accumulator, Current, Membrane };
const char *nameOf(Register which); // "accumulator", ...

// Steps before the register leaves its range: the accumulator wraps, the current wraps or the
// membrane clamps. `up`: driven by the highest sums and bias, else the lowest. Empty if it does not
// within input.steps, or 2^16 steps where they are not known.
std::optional<uint32_t> firstOverflow(const BoundsInput &input, Register which, bool up,
                                      const target::CoreSpec &core);

} // namespace snnc::compiler::quantize
