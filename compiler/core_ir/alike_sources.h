// Sources that a pool adds up before the weights: their spikes act alike, so their axons share one
// list of synapses.
#pragma once

#include "common/net/quant_net.h"

#include <cstdint>
#include <vector>

namespace snnc::compiler::core_ir {

// [source]: the lowest source that the pools take to the same input of the weights. Empty if there
// are no pools: every source stands alone. A source that no window sees stands for itself.
std::vector<uint32_t> firstAlike(const net::QuantProjection &projection);

} // namespace snnc::compiler::core_ir
