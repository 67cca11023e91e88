// The nodes of a NIR graph as the importer keeps them.
#pragma once

#include "common/net/net.h"
#include "common/support/diag.h"
#include "common/support/strings.h"

#include "llvm/ADT/StringRef.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace snnc::compiler::nir {

using Shape = std::vector<uint64_t>; // row-major, channels first; empty = not known

// How a convolution or pool slides, as the file says it; axis 0 is y, 1 is x (the one of Conv1d).
struct Sliding {
  bool oneAxis = false; // Conv1d: shapes are [channels, x]
  bool same = false;    // padding "same"
  std::array<uint64_t, 2> kernel{1, 1}, stride{1, 1}, padding{0, 0}, dilation{1, 1};
  uint64_t channels = 0; // of its input; 0 = any (a pool)
};

struct Node {
  enum class Kind {
    Input,
    Output,
    Port,      // an Input or Output of a nested graph: passes on what it gets
    Flatten,   // passes on in another shape
    Delay,     // passes on later
    Map,       // Linear, Affine, Conv, pools, Scale
    Neuron,    // I, LI, CubaLI, IF, LIF, CubaLIF
    Threshold, // becomes a population or part of the neuron before it
  };

  std::string name, type;
  Kind kind = Kind::Input;
  support::SourceLoc loc;
  // As stored, empty if the file leaves it open (all parameters are single values).
  Shape shape;
  // Of what arrives and leaves; complete after inferShapes.
  Shape in, out;

  // Map. `map` of a sliding one has its window after inferShapes; a bias of zeros is none.
  net::Weights map;
  std::vector<double> bias; // per row, of a convolution per output channel
  std::optional<Sliding> sliding;
  net::ProjectionGrid grid;

  int64_t startDim = 0, endDim = -1; // Flatten
  std::vector<double> delay;         // Delay: 1 or n, in the unit of tau, >= 0

  // Neuron, Threshold. A parameter that is the same everywhere is one value.
  net::NeuronKind neuron = net::NeuronKind::Input;
  net::NeuronParams params;
  std::optional<net::ResetRule> reset;
  net::PopulationGrid populationGrid;
};

// Scalars of the root's metadata group, numbers in decimal.
using Metadata = std::map<std::string, std::string>;

struct Graph {
  std::vector<Node> nodes;                          // in natural order of names: 2 before 10
  std::vector<std::pair<uint32_t, uint32_t>> edges; // (source, destination), sorted, each once
  Metadata metadata;
};

constexpr uint32_t kNoNode = UINT32_MAX;

// Populations: their outputs are new in every step. The others pass values on within a step.
inline bool isPopulation(const Node &node) {
  return node.kind == Node::Kind::Input || node.kind == Node::Kind::Neuron ||
         node.kind == Node::Kind::Threshold;
}
// Passes every element on as it is, in the same order.
inline bool isIdentity(const Node &node) {
  return node.kind == Node::Kind::Port || node.kind == Node::Kind::Flatten;
}

// Number of values of a shape, 1 for an empty one; net::kMaxElements + 1 for any larger one.
uint64_t sizeOf(const Shape &shape);
std::string shapeText(const Shape &shape); // "[1, 12]"
Shape withoutLeadingOnes(Shape shape);     // keeps the last extent
using support::naturalLess;

// Successors of every node, in the order of edges.
std::vector<std::vector<uint32_t>> successorsOf(const Graph &graph);
std::vector<std::vector<uint32_t>> predecessorsOf(const Graph &graph);

} // namespace snnc::compiler::nir
