// How often neurons and input elements spike, for mapping: what is sent often should travel little.
#pragma once

#include "common/net/quant_net.h"

#include "llvm/Support/Error.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace snnc::compiler::core_ir {

struct SpikeRates {
  // [population][neuron or element], spikes per tick, >= 0; an empty list: all 1.
  std::vector<std::vector<float>> of;

  float at(uint32_t population, uint32_t neuron) const {
    return population < of.size() && !of[population].empty() ? of[population][neuron] : 1.0f;
  }
};

// The compiler runs no network; whoever can, answers.
using MeasureRates = std::function<llvm::Expected<SpikeRates>(const net::QuantNet &net)>;

} // namespace snnc::compiler::core_ir
