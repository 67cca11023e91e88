// Turns real weights and parameters into the integers of the target's cores.
//
//   Reads    lowered net IR
//   Writes   quantised network; statistics and the overflow proof per layer
//   Needs    target.core.{weightBits, weightShift, exponentMax, register widths}
//   Keeps    the network function up to rounding; exactly, if weights and parameters lie on a grid
//            that the core holds and decays are 0 or 1
//   Fails    SNN3001, SNN3002, SNN3006, SNN3007
//   Warns    SNN3003 decay far off, SNN3004 precision lost to a register, SNN3005 not proven safe,
//            SNN3008 value replaced (allowLossy); SNN3004 instead of SNN3002 where a register
//            leaves the weights of a neuron less than a step (allowLossy)
//   Cost     O(synapses * few); memory: sparse weights once more, by target
//
// Scale per neuron: neuron_scale.h. Exponents per projection: exponents.h. Direct-coded first
// layers: host_neuron.h. Overflow: bounds.h. Arithmetic: docs/reference/arithmetic.md.
#pragma once

#include "compiler/pass/pass.h"

namespace snnc::compiler {

struct QuantizeOptions {
  uint32_t weightBits = 8; // sign included, 2 .. target.core.weightBits
  bool allowLossy = false; // replace what a register cannot hold by the nearest, with a warning
};

class QuantizePass final : public Pass {
public:
  explicit QuantizePass(QuantizeOptions options) : options(options) {}
  llvm::StringRef name() const override { return "quantize"; }
  llvm::Expected<bool> run(Module &module, PassContext &context) override;

private:
  QuantizeOptions options;
};

} // namespace snnc::compiler
