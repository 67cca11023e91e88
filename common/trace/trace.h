// What a network did during one sample, in network terms: per population, de-skewed. Every engine
// produces it, so that any two can be compared element by element.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace snnc::trace {

struct PopulationTrace {
  std::string name;
  uint32_t size = 0;
  std::vector<uint8_t> spikes; // [steps][size], 0 or 1
  std::vector<int32_t> v;      // [steps][size], membrane after the step; empty if not recorded
  std::vector<int32_t> u;      // [steps][size], current after the step; empty if not recorded
  std::vector<double> vReal;   // [steps][size], the float engine's membrane; empty if not recorded
};

struct SampleTrace {
  uint32_t steps = 0;
  std::vector<PopulationTrace> populations; // same order as the net's; inputs have spikes only
};

// First place where two traces differ.
struct Divergence {
  uint32_t sample = 0, step = 0, population = 0, neuron = 0;
  std::string field; // "spike", "v", "u"
  int64_t a = 0, b = 0;
};
struct TraceDiff {
  uint64_t spikeMismatches = 0, stateMismatches = 0;
  std::optional<Divergence> first; // in order of step, population, neuron, field
};
// Both traces must have the same shape; states are compared where both recorded them.
TraceDiff diff(const SampleTrace &a, const SampleTrace &b);

} // namespace snnc::trace
