// What of an image does not depend on the kind of its cores. Private to emit.
#pragma once

#include "common/image/image.h"
#include "common/target/target.h"

namespace snnc::compiler::emit {

// Everything but segments, inputs and cores. `firstTick`: per population.
image::Image imageHead(const net::QuantNet &net, const target::Target &target,
                       const std::vector<uint32_t> &firstTick);

// Ascending `first`; by (element, core, axon).
void sortTables(image::Image &image);

// Place of each cluster in the order of (y, x), and that order.
struct CoreOrder {
  std::vector<uint32_t> clusters; // by core
  std::vector<uint32_t> coreOf;   // by cluster
};
CoreOrder coreOrder(llvm::ArrayRef<std::pair<uint32_t, uint32_t>> yx);

} // namespace snnc::compiler::emit
