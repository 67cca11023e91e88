// Lower bounds that no mapper can beat. Private to partition.
#pragma once

#include "compiler/core_ir/limits.h"

#include "common/net/quant_net.h"
#include "common/target/target.h"

#include <vector>

namespace snnc::compiler::partition {

// What the whole network takes of one resource, at least, and what one core has.
struct ResourceTotal {
  core_ir::Resource resource;
  uint64_t needed, perCore;
  uint64_t cores() const { return perCore == 0 ? needed : (needed + perCore - 1) / perCore; }
};

// Neurons; axons (one per source and projection with a synapse); output slots (the same without
// inputs); synapse words and block bits without any rounding up, a weight that a pool or a
// convolution repeats counted once.
std::vector<ResourceTotal> resourceTotals(const net::QuantNet &net, const target::Target &target,
                                          const core_ir::Limits &limits);

// The largest of the totals' cores, and of the classes of core registers.
uint32_t coresLowerBound(const net::QuantNet &net, const std::vector<ResourceTotal> &totals);

} // namespace snnc::compiler::partition
