// Translation validation: does an image encode exactly this network? A static proof that partition,
// placement, routing and encoding lost nothing, made from the finished tables alone.
//
// The image is walked as spikes do: from every source neuron over its slots (of an input element,
// its routes) to axons, over their words to the neurons that they feed. What arrives there is held
// against the source's row of weights; each must be met once, and none left. No synapse is stored,
// so a hundred million of them cost a scratch row per thread.
#pragma once

#include "common/image/image.h"

#include "llvm/Support/Error.h"

namespace snnc::image {

// Success, or ImageDiffers (5007) with the first difference: of populations and registers, of
// projections, then synapse by synapse in the order of the sources; the same for any number of
// threads. `image` has passed verify(), `net` net::verify(). Compared: names, shapes, neurons,
// core registers, scales and rests, delays against windows, exponents, every synapse, host layers,
// inputs, outputs. Crossbar images are decoded by toNetwork() and compared.
llvm::Error matchNetwork(const Image &image, const net::QuantNet &net, unsigned threads = 1);

} // namespace snnc::image
