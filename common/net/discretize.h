// From a population's continuous parameters and the profile to the update that one step computes:
//
//   i[t] = currentDecay * i[t-1] + currentGain * x[t]           (kinds without a current: i = x)
//   v'   = membraneDecay * v[t-1] + membraneGain * i[t] + leakTerm
//   z[t] = v' > threshold  (or >=)
//   v[t] = v' after the reset rule
//
// Source: facts on NIR 4.1, table of integrators. Decays are snapped to 7 significant digits,
// because exporters derive taus from float32 decays (0.9 comes back as 0.89999998).
#pragma once

#include "common/net/net.h"

#include "llvm/Support/Error.h"

namespace snnc::net {

struct NeuronUpdate {
  bool hasCurrent = false;      // CubaLIF
  double currentDecay = 0.0;    // a, [0, 1]
  double currentGain = 1.0;     // g_s
  double membraneDecay = 1.0;   // b, [0, 1]
  double membraneGain = 1.0;    // g_m
  double leakTerm = 0.0;        // (1-b) * v_leak
  double threshold = 1.0;
  double reset = 0.0;           // Zero: the value v gets. Subtract, SubtractDelayed: the amount.
  double vInit = 0.0;
  uint32_t refractorySteps = 0; // steps after a spike in which v is held; 0 = none
};

// One entry per neuron, or a single one when all parameters are broadcast.
// Fails (SNN2xxx, naming node, field, value) when dt/tau > 1 under Euler or a value is not finite.
llvm::Expected<std::vector<NeuronUpdate>> discretize(const Population &population,
                                                     const Profile &profile);

} // namespace snnc::net
