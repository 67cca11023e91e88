// How often neurons and input elements spike, for mapping: what is sent often should travel little.
#pragma once

#include <cstdint>
#include <vector>

namespace snnc::compiler::core_ir {

struct SpikeRates {
  // [population][neuron or element], spikes per tick, >= 0; an empty list: all 1.
  std::vector<std::vector<float>> of;

  float at(uint32_t population, uint32_t neuron) const {
    return population < of.size() && !of[population].empty() ? of[population][neuron] : 1.0f;
  }
};

} // namespace snnc::compiler::core_ir
