// Seeded random networks in integers, and stimuli for them: small, legal, and lively enough that
// spikes, wraps, clamps, refractory neurons and full delays all happen.
#pragma once

#include "common/data/data.h"
#include "common/net/quant_net.h"
#include "common/support/rng.h"
#include "common/target/target.h"

namespace snnc::test {

struct RandomNetOptions {
  uint32_t maxPopulations = 4; // of neurons
  uint32_t maxSize = 12;       // of one of them
  uint32_t maxInputs = 10;
  double recurrent = 0.5;   // chance of edges that close loops
  double hostLayer = 0.25;  // chance of direct coding
  double convolution = 0.2; // chance that a projection is one, pooled before or not
};

net::QuantNet randomQuantNet(support::Rng &rng, const target::CoreSpec &core,
                             const RandomNetOptions &options);
// Spikes, or values where the network has host layers (held, or one per step).
data::EncodedSample randomSample(support::Rng &rng, const net::QuantNet &net, uint32_t steps);

} // namespace snnc::test
