// Private to the NIR frontend: a graph seen as populations (Input and neuron nodes) and the links
// between them, each through one Linear or Affine node or none.
#pragma once

#include "compiler/frontends/nir/nir_nodes.h"

namespace snnc::compiler::nir {

constexpr uint32_t kNoNode = UINT32_MAX;

struct Link {
  uint32_t source, target;   // nodes
  uint32_t linear = kNoNode; // node with the weights; none: identity
  bool closesCycle = false;  // delay 1
};

inline bool isPopulation(const Node &node) {
  return node.kind == Node::Kind::Input || node.kind == Node::Kind::Neuron;
}

// Links between populations, sorted by source, target, linear. Fails, with all errors together, on
// a cycle without a neuron (StatelessCycle), a Linear behind a Linear, an Output that no neuron
// feeds, an edge into an Input or out of an Output (UnsupportedGraph).
llvm::Expected<std::vector<Link>> findLinks(const Graph &graph);

// Marks the links that close a cycle: back edges of a depth-first walk that starts at the Inputs
// and takes nodes in natural order. Returns the populations in order of execution: a population
// comes after every source of its other links; Inputs first, ties in natural order.
std::vector<uint32_t> breakCycles(const Graph &graph, std::vector<Link> &links);

} // namespace snnc::compiler::nir
