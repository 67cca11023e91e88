// Puts the neurons of one population on crossbar cores.
#pragma once

#include "compiler/passes/partition/crossbar_types.h"

namespace snnc::compiler::partition {

struct FilledCrossbar {
  std::vector<uint32_t> neurons; // ascending
  CoreTypes types;               // of these
};

struct CrossbarRoom {
  uint32_t axons = 256, cells = 256; // of a core
};

// `cells[n]`: cells that neuron n takes, at least 1. Every neuron fits a core alone.
//
// A core starts with the lowest neuron left. Two orders of those that follow are tried for the whole
// population, and the one with fewer cores wins (the first of equals):
//   nearest  the neuron that adds the fewest sources, the lowest of equals, among the next kWindow:
//            neurons of one place of a convolution share a core
//   in row   the lowest of those that fits: neurons that the network lists block by block, where
//            each has too few synapses to show its block
// Of such an order the longest beginning found that fits is taken: exact, with the axons of
// TypeSolver, whose number need not rise with every neuron.
std::vector<FilledCrossbar> fillCrossbar(const CrossbarSynapses &synapses, TypeSolver &solver,
                                         llvm::ArrayRef<uint32_t> cells, CrossbarRoom room);

} // namespace snnc::compiler::partition
