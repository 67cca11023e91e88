// What a network is, layer by layer: for people who check that a file was read as they meant it.
#pragma once

#include "common/net/net.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace snnc::net {

// One projection into a layer.
struct LayerInput {
  std::string name, source;
  std::string maps; // in order of application: "sumpool 2x2 > conv 8x16x3x3 pad 1"
  uint32_t delay = 0;
  bool hasBias = false;
  uint64_t parameters = 0;          // weights and biases that the file holds
  std::optional<uint64_t> synapses; // nonzero, unrolled; empty: a chain too long to count
};

struct ValueRange { // over the neurons of a layer
  double low = 0, high = 0;
};

// One population. A coefficient that its kind does not have is empty; all are if the profile does
// not suit it (discretize.h).
struct LayerRow {
  std::string name;
  NeuronKind kind = NeuronKind::Input;
  std::vector<uint32_t> shape;
  uint32_t neurons = 0;
  std::optional<ValueRange> currentDecay, membraneDecay, gain, threshold;
  std::optional<ValueRange> reset;    // of rules zero (value) and subtract (amount)
  std::optional<ResetRule> resetRule; // of kinds that have one
  std::vector<LayerInput> inputs;
};

struct LayerTable {
  std::vector<LayerRow> layers;
  uint64_t neurons = 0; // inputs apart
  uint64_t parameters = 0, synapses = 0;
  bool allCounted = true; // else `synapses` is without those of chains too long to count
};

// O(parameters), and for chains of maps O(walkCost), bounded over the net.
LayerTable layerTable(const Net &net);

// One line per layer and further projection into it, and one of totals. `brief`: no coefficients.
std::string toText(const LayerTable &table, bool brief = false);

// "2x34x34".
std::string shapeText(const std::vector<uint32_t> &shape);

} // namespace snnc::net
