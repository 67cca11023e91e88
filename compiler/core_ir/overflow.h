// A register of a neuron that is not proven to hold every input, and an input that it does not
// hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace snnc::compiler {

struct Overflow {
  uint32_t neuron = 0;
  std::string state;           // "accumulator", "current" or "membrane"
  double bound = 0, limit = 0; // membrane units; the bound may be +-inf
  // The witness. From the initial state, with every neuron and input of `sources` spiking at every
  // step (those of a host layer at the end of their range), the register leaves its range at this
  // step, counted from 0. Empty: it does not; spikes and resets hold it back, or the bound is
  // loose.
  std::optional<uint32_t> step;
  bool excites = true; // the sources are those that push up; else down
  struct Sources {
    std::string projection;
    std::vector<uint32_t> neurons; // ascending, of the projection's source population
  };
  std::vector<Sources> sources;
};

} // namespace snnc::compiler
