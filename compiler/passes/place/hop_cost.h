// Messages between clusters and what a placement makes of them. Private to place.
#pragma once

#include "compiler/core_ir/core_ir.h"
#include "compiler/core_ir/crossbar_ir.h"

#include <vector>

namespace snnc::compiler::place {

struct Flow {
  uint32_t to = 0;
  double messages = 0; // per tick
};

// Symmetric: flows[a] lists b and flows[b] lists a, both directions summed.
struct Traffic {
  std::vector<std::vector<Flow>> flows; // [cluster], ascending `to`, without itself
  std::vector<double> fromHost;         // [cluster] packets per tick
  double messages = 0;                  // all of them, a core's own and the host's included
  double lowerBound = 0;                // one message per (source, projection)
};
// One message per (source, projection, destination cluster) with a synapse there.
Traffic trafficOf(const core_ir::CoreIr &ir, const net::QuantNet &net);
// One message per cell that has a target, a relay's too.
Traffic trafficOf(const core_ir::CrossbarIr &ir, const net::QuantNet &net);

struct Position {
  uint32_t x = 0, y = 0;
};
// Links crossed per tick by the messages of `cluster` at `at`, to clusters that are placed.
double hopsOf(const Traffic &traffic, uint32_t cluster, Position at,
              const std::vector<Position> &positions, const std::vector<bool> &placed);

double totalHops(const Traffic &traffic, const std::vector<Position> &positions);

} // namespace snnc::compiler::place
