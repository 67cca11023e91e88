// Brings every neuron to one canonical update and every projection to one weighted map, so that
// later passes see no framework:
//
//   i' = a*i + x      v' = b*v + i' + bias      fire, reset
//
//   Reads    net IR
//   Writes   net IR: profile integrator = unit and tau in steps; every gain is 1 and v_leak is 0;
//            subtract-delayed has become subtract; the biases of a population are summed on its
//            first biased projection; `before` has only sums over disjoint windows, and `weights`
//            is dense, sparse, a convolution or a diagonal (fold.h). Module::profile keeps the
//            profile as imported, Module::rests the v_leak of every neuron.
//   Keeps    the network function: the float engine gives the same spikes before and after, up to
//            its own rounding
//   Fails    SNN3002 subtract-delayed with a membrane that keeps nothing from step to step;
//            SNN3010 maps that cannot be folded, and are too many synapses to unroll
//   Warns    SNN3011 maps that were unrolled to many synapses
//   Cost     O(parameters), in place; O(synapses) of what is unrolled
//
//   v_leak           v~ = v - v_leak: threshold, reset value and v_init shift, a reset *amount* not
//   gains            W_eff = W * g_s * g_m, per target neuron; the same for its bias
//   subtract-delayed v' = b*v + i - thr*[spiked before] equals subtracting thr/b at once
//
// Source: facts on NIR 4.2 and 4.3.
#pragma once

#include "compiler/pass/pass.h"

namespace snnc::compiler {

class LowerPass final : public Pass {
public:
  llvm::StringRef name() const override { return "lower"; }
  llvm::Expected<bool> run(Module &module, PassContext &context) override;
};

} // namespace snnc::compiler
