// In which order the neurons of a population fill cores. Private to partition.
#pragma once

#include "compiler/core_ir/limits.h"

#include "common/net/quant_net.h"
#include "common/target/target.h"

#include <vector>

namespace snnc::compiler::partition {

// [population]: its neurons in the order to place them; empty = ascending, which is channel by
// channel. What a convolution writes may take too many axons that way, since every channel sees all
// inputs: then its maps are cut in tiles, and the channels of one tile come together. Tiles of
// several sizes are tried on the first cores of the population; the fewest cores win, those of the
// senders included, whose output slots grow with the cores that they reach.
using NeuronOrders = std::vector<std::vector<uint32_t>>;
NeuronOrders neuronOrders(const net::QuantNet &net, const target::Target &target,
                          const core_ir::Limits &limits);

} // namespace snnc::compiler::partition
