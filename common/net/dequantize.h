// The quantised network in real numbers: what `snnc export` writes, for other frameworks to check.
//
//   weights      float(w * 2^(6 + exponent) / scale of the target), symbolic as they were; a
//                convolution whose neurons of one channel have different scales becomes sparse
//   biases       float, as frameworks have them; double where that would move a host's integer
//   neurons      threshold, reset, v_init / scale, on top of the rest; LIF, IF, CubaLIF, or
//                LI, I, CubaLI where nothing can fire and nothing listens (threshold 2^23-1, gt)
//   profile      integrator euler, unit gains: decay 1 - k/4096 is tau = 4096 dt / k, r = tau / dt;
//                seconds; reset zero or subtract, a population with another rule says so itself
//   host layers  projections from their input: float with encoding `direct` computes the same
//   grids        PopulationGrid and ProjectionGrid, from which `quantize` finds the integers again
//
// A network made by `quantize` comes back from lower and quantize as it was: firstDifference
// (equal_nets.h) finds none. Under subtract-delayed the membranes are the chip's, which has
// subtracted in the step of the spike: spikes are the same, readouts of a spiking membrane are not.
#pragma once

#include "common/net/net.h"
#include "common/net/quant_net.h"

#include "llvm/Support/Error.h"

namespace snnc::net {

// `quant` must verify (net/verify.h). RuleNotReal (2120), all of them joined, for integers that
// `quantize` never writes and Net cannot express: vmin, vmax other than +-(2^23-1); a bias that
// bypasses a current; reset to a value and by an amount in one population; numbers beyond float; a
// bias without a source to bring it; a convolution of differing scales with over 2^27 synapses.
llvm::Expected<Net> dequantize(const QuantNet &quant);

// True if no neuron of the population can fire: LI, I and CubaLI on a cuba core. (A crossbar
// neuron fires at any threshold that its membrane reaches.)
bool isSilent(const QuantPopulation &population);

} // namespace snnc::net
