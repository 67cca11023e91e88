// From a population's continuous parameters and the profile to the update that one step computes:
//
//   i[t] = currentDecay * i[t-1] + currentGain * x[t]           (kinds without a current: i = x)
//   v'   = membraneDecay * v[t-1] + membraneGain * i[t] + leakTerm
//   z[t] = v' > threshold  (or >=)
//   v[t] = v' after the reset rule
//
// Source: facts on NIR 4.1, table of integrators; docs/reference/model_json.md repeats it.
//
//   integrator   decay             gain
//   euler        1 - dt/tau        r * dt/tau
//   exp          exp(-dt/tau)      r * (1 - decay)
//   unit         exp(-dt/tau)      1
//   (IF, I)      1                 r, or r * dt where r > 100 (r = 1/dt, as SpikingJelly writes)
//   (Threshold)  0                 1; no reset rule does anything
//
// tau = inf gives decay 1 and gain 1. Exporters derive taus from float32 decays (0.9 comes back as
// 0.89999998): a decay within 2e-7 of a decimal of at most 5 places is that decimal, and a gain
// within 1e-6 of 1 is 1. An empty parameter means: tau, tauMem inf; tauSyn no memory (decay 0);
// r, wIn gain 1; vThreshold 1; everything else 0.
#pragma once

#include "common/net/net.h"

#include "llvm/Support/Error.h"

namespace snnc::net {

struct NeuronUpdate {
  bool hasCurrent = false;    // CubaLIF, CubaLI
  bool spikes = true;         // false for I, LI, CubaLI, whose threshold is +inf
  double currentDecay = 0.0;  // a, [0, 1]
  double currentGain = 1.0;   // g_s
  double membraneDecay = 1.0; // b, [0, 1]
  double membraneGain = 1.0;  // g_m
  double leakTerm = 0.0;      // (1-b) * v_leak
  double threshold = 1.0;
  double reset = 0.0; // Zero: the value v gets. Subtract, SubtractDelayed: the amount.
  double vInit = 0.0;
  uint32_t refractorySteps = 0; // steps after a spike in which v is held; 0 = none
};

// The reset rule is that of net::resetRule. One entry per neuron, or a single one when all
// parameters are broadcast; none for an input. Fails (SNN2006, SNN2007, naming population, field,
// neuron and value) when dt/tau > 1 under Euler, a value is not finite, a tau is not positive or a
// refractory time is no whole number of steps.
llvm::Expected<std::vector<NeuronUpdate>> discretize(const Population &population,
                                                     const Profile &profile);

} // namespace snnc::net
