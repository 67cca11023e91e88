// Looks for the placement whose messages cost least. Private to place.
#pragma once

#include "compiler/passes/place/hop_cost.h"

namespace snnc::compiler::place {

struct Box {
  uint32_t width, height;
};

// One position per cluster, inside the box, all different; host packets enter at (0, 0).
//
//   start    along a curve that stays local, or, of at most 256 clusters, the one with most traffic
//   to
//            those placed next, where it costs least; the cheapest start wins
//   search   annealing by swaps, also with free cores (Kirkpatrick et al., Science 220, 1983),
//            exact differences, a bounded number of steps; then swaps while they help
//
// Seeded; never worse than its start. Cost O(clusters * flows of one) at most times a constant.
std::vector<Position> search(const Traffic &traffic, Box box, const LinkPrice &price,
                             uint64_t seed);

} // namespace snnc::compiler::place
