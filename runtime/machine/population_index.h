// From a neuron on a core back to the neuron of the network.
#pragma once

#include "common/image/image.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace snnc::runtime {

class PopulationIndex {
public:
  struct Neuron {
    uint32_t population = 0; // index into Image::populations
    uint32_t neuron = 0;
  };
  explicit PopulationIndex(const image::Image &image);

  // Empty for a local neuron that holds none (a hole).
  std::optional<Neuron> find(uint32_t core, uint32_t local) const;

private:
  struct Span {
    uint32_t local, count, population, first;
  };
  std::vector<std::vector<Span>> spans; // [core], ascending local
};

} // namespace snnc::runtime
