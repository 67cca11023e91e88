#include "compiler/core_ir/alike_sources.h"

#include <optional>

namespace snnc::compiler::core_ir {

namespace {

// The window of disjoint ones that holds an input of one axis.
std::optional<uint32_t> windowOf(uint32_t in, uint32_t pad, uint32_t stride, uint32_t kernel,
                                 uint32_t windows) {
  const uint64_t at = uint64_t{in} + pad, window = at / stride;
  if (window >= windows || at % stride >= kernel)
    return std::nullopt;
  return static_cast<uint32_t>(window);
}

std::optional<uint32_t> windowOf(uint32_t in, const net::PoolMap &pool) {
  const net::Window &w = pool.window;
  const uint32_t row = in / w.inW;
  const auto y = windowOf(row % w.inH, w.padTop, w.strideH, w.kernelH, w.outH);
  const auto x = windowOf(in % w.inW, w.padLeft, w.strideW, w.kernelW, w.outW);
  if (!y || !x)
    return std::nullopt;
  return (row / w.inH * w.outH + *y) * w.outW + *x;
}

} // namespace

std::vector<uint32_t> firstAlike(const net::QuantProjection &projection) {
  if (projection.pools.empty())
    return {};
  const uint32_t sources = projection.pools.front().cols();
  constexpr uint32_t kNone = UINT32_MAX;
  std::vector<uint32_t> first(projection.pools.back().rows(), kNone), alike(sources);
  for (uint32_t source = 0; source < sources; ++source) {
    std::optional<uint32_t> input = source;
    for (const net::PoolMap &pool : projection.pools)
      if (!(input = windowOf(*input, pool)))
        break;
    if (input && first[*input] == kNone)
      first[*input] = source;
    alike[source] = input ? first[*input] : source;
  }
  return alike;
}

} // namespace snnc::compiler::core_ir
