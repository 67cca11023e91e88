// Real neuron parameters onto the registers of a cuba neuron (docs/reference/arithmetic.md).
#pragma once

#include "common/net/discretize.h"
#include "common/net/quant_net.h"
#include "common/target/target.h"

#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>

namespace snnc::compiler::quantize {

// A decay in 1/4096, and whether it stands for what was asked: exactly 0 or 1 where the real one
// is, and a leak within a tenth of the real leak.
struct Decay {
  uint16_t value = 0;
  bool faithful = true;
};
// Membrane: `keep` in [0, 1] -> dv = round(4096 * (1 - keep)), at most 4095.
Decay membraneDecay(double keep);
// Current: du = round(4096 * (1 - keep)) - duOffset, in 0..4095.
Decay currentDecay(double keep, uint32_t duOffset);

// value ~ mant << exp, the smallest exp whose 13-bit mantissa holds it, rounded half to even.
// Saturates beyond 4095 << 7.
struct BiasRegister {
  int16_t mant = 0;
  uint8_t exp = 0;
  int64_t value() const { return static_cast<int64_t>(mant) * (int64_t{1} << exp); }
};
BiasRegister biasRegister(double value, const target::CoreSpec &core);

// Those that a scale takes onto registers of the membrane's width: a neuron that never fires has no
// threshold, and its reset is 0.
llvm::SmallVector<double, 3> realRegisters(const net::NeuronUpdate &update);

// The first of threshold, reset and v_init whose register does not hold it at `scale`, if any.
struct MisfitRegister {
  const char *name;
  double value; // real
};
std::optional<MisfitRegister> misfitRegister(const net::NeuronUpdate &update, double scale,
                                             const target::CoreSpec &core);

// Everything but the bias, at `scale` membrane units per real unit. `resetSubtract`: update.reset
// is an amount (0 for the rule "none"). A neuron without spikes gets the largest threshold, `>`. A
// value that misfitRegister() would name saturates at 32 bits.
net::NeuronConfig neuronRegisters(const net::NeuronUpdate &update, double scale, bool resetSubtract,
                                  net::Compare compare, uint32_t duOffset);

} // namespace snnc::compiler::quantize
