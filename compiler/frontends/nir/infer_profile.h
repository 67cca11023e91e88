// NIR stores no dt, no reset rule and no integrator. What its numbers give away:
//
//   tau/r (and tau_syn/w_in) the same everywhere    dt is that (snnTorch, Lava); a guess if all taus
//     and r are not 1                               are the same and it is not 1e-4
//   r*dt/tau = exp(-dt/tau) for a round dt           dt, integrator unit (Rockpool)
//   r = 1 - dt/tau for a round dt, w_in 1            dt, gains 1, reset subtract (Spyx)
//   IF, I with r > 100, and no dt from a tau         dt = 1/r (SpikingJelly)
//   r = 1, every tau below 1                         seconds, dt unknown (Norse, SpikingJelly)
//   r = 1, a tau of at least 1                       LIF, LI: steps, integrator exp (sinabs)
//                                                    CubaLIF, CubaLI: milliseconds (hxtorch,
//                                                    jaxsnn)
//   a nonzero v_reset                                reset zero
//   weights, thresholds multiples of 1/64, unit gain reset zero (Lava)
//   LIF, unit gain, v_reset stored and zero          reset subtract-delayed (snnTorch's default)
//   otherwise                                        reset zero
//
// Readouts and thresholds have no reset, and a population with a rule of its own (metadata) says
// nothing of the others'. Flags win over metadata/, metadata over what is inferred.
// Source: facts on NIR 4.5; docs/reference/nir.md.
#pragma once

#include "compiler/frontends/nir/nir_nodes.h"

namespace snnc::compiler::nir {

// Profile of the populations of `net` and the weights of `graph`; of its metadata "dt", "tau_unit",
// "integrator", "reset", "compare", "bias_timing" are read. Every guess and every unusable metadata
// entry adds a warning. Of Spyx files the gains (r, w_in) are taken away, as its neurons have none.
net::Profile inferProfile(net::Net &net, const Graph &graph, const net::ProfileFlags &flags,
                          support::Warnings &warnings);

} // namespace snnc::compiler::nir
