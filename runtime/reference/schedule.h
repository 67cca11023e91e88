// The order in which the populations of one step are evaluated: along edges of delay 0. Edges with
// a delay carry spikes of earlier steps and order nothing.
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace snnc::runtime::reference {

struct Edge {
  uint32_t source = 0, target = 0; // populations
  uint32_t delay = 0;              // steps
};

// Every population once, each after the sources of its delay-0 edges, lower indices first where
// both may go. Shorter than `populations` if delay-0 edges form a cycle.
std::vector<uint32_t> executionOrder(uint32_t populations, llvm::ArrayRef<Edge> edges);

} // namespace snnc::runtime::reference
