// Random tables of crossbar cores that obey image::verify and nothing else. Private to randomImage.
#pragma once

#include "common/image/image.h"
#include "common/support/rng.h"
#include "common/target/target.h"

namespace snnc::test {

// Everything but groups and outputs.
void fillCrossbar(support::Rng &rng, const target::CoreSpec &spec, uint32_t maxNeurons,
                  uint32_t maxAxons, image::CoreImage &core);
// One target or none per neuron, on any axon of any core.
void fillCrossbarOutputs(support::Rng &rng, const target::CoreSpec &spec,
                         const std::vector<image::CoreImage> &cores, image::CoreImage &core);

} // namespace snnc::test
