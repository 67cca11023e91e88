// Random images that obey image::verify and nothing else: any register value, lists of synapse
// words that axons share at different base rows, messages to any axon, loops, idle and inactive
// neurons. They mean no network; the cycle engine and the RTL must agree on them to the cycle all
// the same.
#pragma once

#include "common/image/image.h"
#include "common/support/rng.h"
#include "common/target/target.h"

namespace snnc::test {

struct RandomImageOptions {
  uint32_t meshWidth = 1, meshHeight = 1;
  uint32_t maxNeurons = 64, maxAxons = 64, maxWords = 256; // per core, cut to the target's
  uint32_t maxSlotsPerNeuron = 6, maxWordsPerAxon = 8;
  uint32_t maxSteps = 8; // of a lockstep run: delays beyond it are never seen to arrive
};

image::Image randomImage(support::Rng &rng, const target::Target &target,
                         const RandomImageOptions &options);

} // namespace snnc::test
