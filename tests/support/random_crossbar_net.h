// Seeded random networks that crossbar cores run, and small targets of that kind.
#pragma once

#include "common/net/net.h"
#include "common/support/rng.h"
#include "common/target/target.h"

namespace snnc::test {

struct RandomCrossbarOptions {
  uint32_t maxPopulations = 4; // of neurons
  uint32_t maxSize = 24;
  uint32_t maxInputs = 20;
  bool onGrid = true; // weights of few integers times a number; else real ones in some layers
};

// Integrating and memoryless neurons (IF, LIF of tau = dt, thresholds) of every reset rule, at the
// end sometimes a readout; dense, sparse and convolutional maps, biases, delays, loops.
net::Net randomCrossbarNet(support::Rng &rng, const RandomCrossbarOptions &options);

// truenorth-like with cores and a mesh of another size.
target::Target crossbarTarget(uint32_t axons, uint32_t neurons, uint32_t side);

} // namespace snnc::test
