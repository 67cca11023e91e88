#include "compiler/core_ir/axon_cost.h"

#include <algorithm>
#include <cassert>

namespace snnc::compiler::core_ir {

AxonCostModel::AxonCostModel(const target::Target &target, uint32_t weightBits)
    : format(image::WordFormat::of(target.core)) {
  if (!target.blockCost)
    return;
  for (uint32_t n = 0; n <= target.core.neurons; ++n) {
    denseBits.push_back(static_cast<uint32_t>(target.blockCost->axonBits(n, weightBits, true)));
    sparseBits.push_back(static_cast<uint32_t>(target.blockCost->axonBits(n, weightBits, false)));
  }
}

AxonCost AxonCostModel::operator()(const AxonExtent &extent) const {
  if (extent.count == 0)
    return {};
  const uint32_t denseWords = extent.last / format.lanes - extent.first / format.lanes + 1;
  const uint32_t sparseWords =
      std::max((extent.count + format.pairs - 1) / format.pairs, extent.fullestBank);
  assert((denseBits.empty() || extent.last - extent.first + 1 < denseBits.size()) &&
         "a list lies on one core");
  AxonCost cost;
  cost.sparse = sparseWords < denseWords;
  cost.words = cost.sparse ? sparseWords : denseWords;
  if (!denseBits.empty())
    cost.blockBits =
        cost.sparse ? sparseBits[extent.count] : denseBits[extent.last - extent.first + 1];
  return cost;
}

} // namespace snnc::compiler::core_ir
