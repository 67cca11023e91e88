// Seeded random NIR graphs whose parameters lie on a target's grid: weights, biases, thresholds,
// rests and reset values are small multiples of one power of two, gains are powers of two, decays
// multiples of 1/4096. Such a graph becomes integers without loss.
#pragma once

#include "common/net/profile.h"
#include "common/support/rng.h"
#include "tests/unit/frontends/nir_file.h"

#include <set>
#include <string>
#include <vector>

namespace snnc::test {

struct NirField {
  enum class Kind { Real, Whole, Text };
  std::string key;
  Kind kind = Kind::Real;
  std::vector<double> values;
  std::vector<uint64_t> shape; // empty: a scalar
  std::string text;
};

struct NirNode {
  std::string name, type;
  std::vector<NirField> fields;
  std::vector<NirNode> nodes;     // of a NIRGraph
  std::vector<std::string> edges; // of a NIRGraph: source, destination, ...
};

struct RandomNirOptions {
  bool exactDecays = false; // every decay is 0 or 1
  bool narrowGrid = false;  // fits 8-bit weights: smaller weights, at most one pool in a path
  uint32_t maxLayers = 4;
  uint32_t maxSize = 60;   // neurons of a layer
  uint32_t maxInputs = 40; // elements of an input
  uint32_t maxDelay = 3;   // steps of a Delay node that no loop asks for
};

struct RandomNir {
  NirNode graph;
  net::ProfileFlags flags;          // dt, units, integrator, reset, compare
  std::set<std::string> constructs; // what is in it: "conv2d", "self-edge", ...
};

// Every construct that randomNir can make.
const std::set<std::string> &nirConstructs();

RandomNir randomNir(support::Rng &rng, const RandomNirOptions &options);

// Strings, compression and width of the arrays at random.
void writeNir(support::Rng &rng, const RandomNir &graph, NirFile &file);

} // namespace snnc::test
