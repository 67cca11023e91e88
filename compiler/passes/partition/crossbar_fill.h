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
// A core starts with the lowest neuron left; the neuron that adds the fewest sources comes next
// (the lowest of equals, among the next kWindow), so that neurons of one patch or place share a
// core. Of that order the longest beginning found that fits is taken: exact, with the axons of
// TypeSolver, whose number need not rise with every neuron.
std::vector<FilledCrossbar> fillCrossbar(const CrossbarSynapses &synapses, TypeSolver &solver,
                                         llvm::ArrayRef<uint32_t> cells, CrossbarRoom room);

} // namespace snnc::compiler::partition
