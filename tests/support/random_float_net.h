// Seeded random networks in real numbers, as a front end would hand them to the compiler.
#pragma once

#include "common/net/net.h"
#include "common/support/rng.h"

namespace snnc::test {

struct RandomFloatNetOptions {
  uint32_t maxPopulations = 4; // of neurons
  uint32_t maxSize = 30;
  uint32_t maxInputs = 20;
};

// IF, LIF and CubaLIF of every reset rule that the compiler takes, at the end sometimes a readout
// that does not spike; dense, sparse, convolutional, pooling and diagonal maps, some in chains;
// biases, delays, loops, sometimes direct coding (net.run.encode).
net::Net randomFloatNet(support::Rng &rng, const RandomFloatNetOptions &options);

} // namespace snnc::test
