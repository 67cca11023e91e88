#include "runtime/reference/schedule.h"

#include <queue>

namespace snnc::runtime::reference {

std::vector<uint32_t> executionOrder(uint32_t populations, llvm::ArrayRef<Edge> edges) {
  std::vector<std::vector<uint32_t>> targets(populations);
  std::vector<uint32_t> waitsFor(populations, 0);
  for (const Edge &edge : edges)
    if (edge.delay == 0) {
      targets[edge.source].push_back(edge.target);
      ++waitsFor[edge.target];
    }
  std::priority_queue<uint32_t, std::vector<uint32_t>, std::greater<>> ready;
  for (uint32_t p = 0; p < populations; ++p)
    if (waitsFor[p] == 0)
      ready.push(p);
  std::vector<uint32_t> order;
  while (!ready.empty()) {
    order.push_back(ready.top());
    ready.pop();
    for (uint32_t target : targets[order.back()])
      if (--waitsFor[target] == 0)
        ready.push(target);
  }
  return order;
}

} // namespace snnc::runtime::reference
