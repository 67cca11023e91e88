// Every way of a value from a population to the next one, over maps in a single step.
#pragma once

#include "compiler/frontends/nir/cells.h"

namespace snnc::compiler::nir {

constexpr uint64_t kMostRoutes = 1 << 16;     // and projections of a net
constexpr uint64_t kMostRouteNodes = 1 << 22; // over all routes

struct Route {
  uint32_t source, target;     // cells
  std::vector<uint32_t> steps; // Map and Delay nodes in between, in order
  uint32_t last = kNoNode;     // the node before the target; kNoNode: the source itself
};

// Sorted by source, then as a walk in the order of nodes meets them. Counted before any is made:
// GraphTooLarge, naming the node where they start, beyond the bounds above.
llvm::Expected<std::vector<Route>> findRoutes(const Graph &graph, const Cells &cells,
                                              const std::vector<uint32_t> &order);

} // namespace snnc::compiler::nir
