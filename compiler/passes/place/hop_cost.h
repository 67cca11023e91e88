// Messages between clusters and what a placement makes of them. Private to place.
#pragma once

#include "compiler/core_ir/core_ir.h"
#include "compiler/core_ir/crossbar_ir.h"

#include "common/target/target.h"

#include <vector>

namespace snnc::compiler::place {

struct Flow {
  uint32_t to = 0;
  double messages = 0; // per tick, both directions
  double sent = 0;     // of them, from the cluster that lists the flow
};

// Symmetric: flows[a] lists b and flows[b] lists a, both directions summed.
struct Traffic {
  std::vector<std::vector<Flow>> flows; // [cluster], ascending `to`, without itself
  std::vector<double> fromHost;         // [cluster] packets per tick
  std::vector<double> received;         // [cluster] messages per tick, its own and the host's too
  double messages = 0;                  // all of them, a core's own and the host's included
  double lowerBound = 0;                // no partition has fewer
};
// One message per (source, projection, destination cluster) with a synapse there, weighted with the
// rates that the partition went by. Lower bound: for each (source, projection), as many cores as
// its targets take, each alone at its least cost.
Traffic trafficOf(const core_ir::CoreIr &ir, const net::QuantNet &net,
                  const target::Target &target);
// One message per cell that has a target, a relay's too; every one at every tick.
Traffic trafficOf(const core_ir::CrossbarIr &ir, const net::QuantNet &net,
                  const target::Target &target);

struct Position {
  uint32_t x = 0, y = 0;
};

// What a message pays per link.
struct LinkPrice {
  double eastWest = 1, northSouth = 1;
  // pJ, of the target's first energy table that prices hops; 1 and 1 if none does.
  static LinkPrice of(const target::Target &target);
};
inline double linksBetween(Position a, Position b) {
  return (a.x < b.x ? b.x - a.x : a.x - b.x) + (a.y < b.y ? b.y - a.y : a.y - b.y);
}
inline double priceOf(const LinkPrice &price, Position a, Position b) {
  return price.eastWest * (a.x < b.x ? b.x - a.x : a.x - b.x) +
         price.northSouth * (a.y < b.y ? b.y - a.y : a.y - b.y);
}

double totalHops(const Traffic &traffic, const std::vector<Position> &positions);
double totalEnergy(const Traffic &traffic, const std::vector<Position> &positions,
                   const LinkPrice &price);

// The link that most messages cross per tick: from a router to its neighbour, x first, then y.
struct HottestLink {
  Position from, to;
  double messages = 0;
};
HottestLink hottestLink(const Traffic &traffic, const std::vector<Position> &positions,
                        uint32_t width, uint32_t height);

} // namespace snnc::compiler::place
