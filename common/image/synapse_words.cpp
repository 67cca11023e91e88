#include "common/image/synapse_words.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace snnc::image {

WordFormat WordFormat::of(const target::CoreSpec &core) {
  WordFormat format{};
  format.weightBits = core.weightBits;
  format.lanes = core.lanes();
  format.indexBits = llvm::Log2_32_Ceil(core.neurons);
  format.pairs = std::min(format.lanes, 64 / (format.indexBits + format.weightBits));
  return format;
}

} // namespace snnc::image
