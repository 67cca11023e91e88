// Seeded random crossbar networks that are laid out already (net/crossbar_net.h), with their
// packets: what a RANC file holds.
#pragma once

#include "common/net/crossbar_net.h"
#include "common/support/rng.h"
#include "common/target/target.h"

namespace snnc::test {

struct RandomCoresOptions {
  uint32_t maxSide = 3; // of the mesh, at most the target's
  uint32_t maxAxons = 24, maxNeurons = 20;
  uint32_t ticks = 40; // with packets
};

// Passes net::verify and fits `core`, sizes and registers. Every reset mode, floors that are met
// exactly, leaks of both signs, neurons that are not enabled, every delay, loops, several sources
// on one axon, a bus or none, targets and packets without a core. In one of eight networks values
// may be as large as the registers, so that membranes may saturate.
net::CrossbarNet randomCrossbarCores(support::Rng &rng, const target::CoreSpec &core,
                                     const RandomCoresOptions &options);

} // namespace snnc::test
