// In which order the neurons of a population fill cores. Private to partition.
#pragma once

#include "compiler/passes/partition/problem.h"

#include <vector>

namespace snnc::compiler::partition {

// Populations by register class, then first tick: neighbours in the pipeline share cores. `apart`:
// every population begins on a core of its own.
Arrangement networkOrder(const Problem &problem, const std::vector<uint32_t> &firstTick,
                         bool apart);

// The same with convolutions in tiles. What a convolution writes may take too many axons channel by
// channel, since every channel sees all inputs: then its maps are cut in tiles, and the channels of
// one tile come together. Tiles of several sizes are tried on the first cores of the population;
// the fewest cores win, those of the senders included, whose output slots grow with the cores that
// they reach. True if anything was tiled.
bool tileConvolutions(const Problem &problem, const core_ir::Limits &limits,
                      Arrangement &arrangement);

} // namespace snnc::compiler::partition
