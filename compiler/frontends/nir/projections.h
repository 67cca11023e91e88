// Routes as projections: the chain of maps, its delay in steps, its name.
//
//   Delay   steps = round(delay / dt). A Delay whose elements differ makes one projection for every
//           number of steps, each with a 0/1 DiagonalWeights in the Delay's place.
//   Bias    what reaches a target over one node is given to the first projection over that node
//   Name    of the last map on the route; of a route without maps "<source>_to_<target>". Where
//           several would share a name: ".<source>", ".<target>", ".d<steps>", "_2" are appended.
#pragma once

#include "common/net/net.h"
#include "compiler/frontends/nir/routes.h"

namespace snnc::compiler::nir {

// Values that are stored more than once, as several routes pass a map, and masks of delays.
constexpr uint64_t kMostCopies = uint64_t{1} << 26;

// Appends to net.projections, sources and targets being cells. Weights are taken out of `graph`.
// Warns of delays that are no whole number of steps (beyond 1e-3 of one). ParamRange for a delay
// longer than net::kMaxDelay; GraphTooLarge beyond kMostRoutes projections or kMostCopies.
llvm::Error addProjections(Graph &graph, const std::vector<Route> &routes,
                           const std::map<uint32_t, std::vector<double>> &biases, net::Net &net,
                           support::Warnings &warnings);

} // namespace snnc::compiler::nir
