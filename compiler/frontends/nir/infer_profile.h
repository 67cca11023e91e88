// NIR stores no dt, no reset rule and no integrator. What its numbers give away:
//
//   tau/r (and tau_syn/w_in) the same everywhere    dt is that (snnTorch, Lava)
//   r*dt/tau = exp(-dt/tau) for a round dt           dt, integrator unit (Rockpool)
//   IF with r > 100                                  dt = 1/r (SpikingJelly)
//   r = 1, every tau below 1                         seconds, dt unknown (Norse, SpikingJelly)
//   r = 1, a tau of at least 1                       LIF: steps, integrator exp (sinabs)
//                                                    CubaLIF: milliseconds (hxtorch, jaxsnn)
//   a nonzero v_reset                                reset zero
//   weights, thresholds multiples of 1/64, unit gain reset zero (Lava)
//   LIF, unit gain, v_reset stored and zero          reset subtract-delayed (snnTorch's default)
//   otherwise                                        reset zero
//
// Flags win over metadata/, metadata over what is inferred. Source: facts on NIR 4.5.
#pragma once

#include "common/net/net.h"
#include "common/support/diag.h"

#include <map>
#include <string>

namespace snnc::compiler::nir {

// Scalars of the root's metadata group, numbers in decimal: "dt", "tau_unit", "integrator",
// "reset", "compare", "bias_timing" are read, others ignored.
using Metadata = std::map<std::string, std::string>;

// Profile of `net` (its populations and projections; its own profile is not read). Every guess and
// every unusable metadata entry adds a warning.
net::Profile inferProfile(const net::Net &net, const Metadata &metadata,
                          const net::ProfileFlags &flags, support::Warnings &warnings);

} // namespace snnc::compiler::nir
