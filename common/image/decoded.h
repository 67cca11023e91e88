// Parts of toNetwork() that do not depend on the kind of the cores. Private to common/image.
#pragma once

#include "common/image/checker.h"

namespace snnc::image {

struct DecodedSynapse {
  uint32_t source, target;
  int16_t weight; // not 0
};

// Name, profile, run, host layers, inputs, outputs.
net::QuantNet decodedHead(const Image &image);
// Everything but the registers of its neurons.
net::QuantPopulation decodedPopulation(const PopulationMap &map);
// `synapses` in any order; two between the same neurons are a fault.
net::QuantProjection decodedProjection(const Image &image, size_t projection,
                                       std::vector<DecodedSynapse> synapses, uint8_t exponent,
                                       Checker &check);

// An image that verify() has accepted.
llvm::Expected<net::QuantNet> crossbarToNetwork(const Image &image, const target::CoreSpec &spec);

} // namespace snnc::image
