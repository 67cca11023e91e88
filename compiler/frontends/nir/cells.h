// Which nodes become populations, and what they are read for.
//
//   Input, IF, LIF, CubaLIF    a population each
//   I, LI, CubaLI              read out where an Output follows; where a Threshold follows, a
//                              population of IF, LIF or CubaLIF of the Threshold's name that never
//                              resets; both where both follow. Anything else behind them, or a sum
//                              in front of what follows, is GradedValue: a membrane cannot cross
//                              cores.
//   Threshold                  otherwise a population of its own
//   Output                     reads the population that feeds it alone; fed by maps, by several or
//                              by an Input, it reads an added population of kind I that sums up
//                              (NodeInserted)
#pragma once

#include "compiler/frontends/nir/nir_nodes.h"

#include "llvm/Support/Error.h"

namespace snnc::compiler::nir {

struct Cell {
  uint32_t node;                // of its parameters; an Output: sums what arrives there
  uint32_t threshold = kNoNode; // joined with that node
};

struct Cells {
  std::vector<Cell> cells; // in the order of nodes, sums last
  // By node: what arrives at it goes to these cells; its spikes are those of this cell.
  std::vector<std::vector<uint32_t>> receivers;
  std::vector<uint32_t> emitter;
  std::vector<uint32_t> outputs; // cells, in the order of Output nodes, each once
};

// The nodes that are no populations, each behind those that feed it. StatelessCycle if there is
// no such order.
llvm::Expected<std::vector<uint32_t>> statelessOrder(const Graph &graph);

// UnsupportedGraph also for an edge into an Input or out of an Output, and for an Output without
// source. All errors together.
llvm::Expected<Cells> findCells(const Graph &graph, const std::vector<uint32_t> &order,
                                support::Warnings &warnings);

// The population of a cell, named after the node that its spikes or sums come from.
net::Population populationOf(const Graph &graph, const Cell &cell);

} // namespace snnc::compiler::nir
