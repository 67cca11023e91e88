#include "compiler/core_ir/alike_sources.h"

#include "common/net/window_walk.h"

#include <optional>

namespace snnc::compiler::core_ir {

std::vector<uint32_t> firstAlike(const net::QuantProjection &projection) {
  if (projection.pools.empty())
    return {};
  const uint32_t sources = projection.pools.front().cols();
  constexpr uint32_t kNone = UINT32_MAX;
  std::vector<uint32_t> first(projection.pools.back().rows(), kNone), alike(sources);
  for (uint32_t source = 0; source < sources; ++source) {
    std::optional<uint32_t> input = source;
    for (const net::PoolMap &pool : projection.pools)
      if (!(input = net::outputOf(pool, *input)))
        break;
    if (input && first[*input] == kNone)
      first[*input] = source;
    alike[source] = input ? first[*input] : source;
  }
  return alike;
}

} // namespace snnc::compiler::core_ir
