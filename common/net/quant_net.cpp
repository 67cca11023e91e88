// firstTicks is Bellman-Ford for the longest path: relax every edge until nothing moves; if
// something still moves after as many rounds as there are populations, a cycle has positive length.
#include "common/net/quant_net.h"

#include <algorithm>
#include <cassert>

namespace snnc::net {

// One round over all edges; true if any population moved later.
static bool relax(const QuantNet &net, llvm::ArrayRef<uint32_t> hops, std::vector<int64_t> &first) {
  bool moved = false;
  for (size_t p = 0; p < net.projections.size(); ++p) {
    const QuantProjection &edge = net.projections[p];
    if (net.populations[edge.source].isInput)
      continue; // the host injects for the target's own tick
    const int64_t hop = hops.empty() ? 1 : hops[p];
    const int64_t earliest = first[edge.source] + hop - static_cast<int64_t>(edge.delay);
    if (earliest > first[edge.target]) {
      first[edge.target] = earliest;
      moved = true;
    }
  }
  return moved;
}

std::vector<uint32_t> firstTicks(const QuantNet &net, llvm::ArrayRef<uint32_t> hops) {
  std::vector<int64_t> first(net.populations.size(), 0);
  for (size_t round = 0; relax(net, hops, first); ++round)
    if (round >= net.populations.size())
      return {};
  return {first.begin(), first.end()};
}

uint32_t hardwareDelay(const QuantNet &net, const std::vector<uint32_t> &first,
                       const QuantProjection &projection) {
  if (net.populations[projection.source].isInput)
    return 0;
  const int64_t delay =
      int64_t{first[projection.target]} + projection.delay - first[projection.source] - 1;
  assert(delay >= 0 && "first must be firstTicks(net)");
  return static_cast<uint32_t>(delay);
}

} // namespace snnc::net
