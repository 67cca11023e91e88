// Private to the NIR frontend: a depth-first walk that does not recurse, as models may be deep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace snnc::compiler::nir {

class Walk {
public:
  explicit Walk(const std::vector<std::vector<uint32_t>> &successors)
      : successors(successors), marks(successors.size()) {}

  // Calls onBack(from, to) for every edge to a node that is still open, onDone(node) when all
  // behind a node is done. Nodes that an earlier call reached are left out.
  template <class OnBack, class OnDone> void from(uint32_t start, OnBack onBack, OnDone onDone) {
    if (marks[start] != Mark::New)
      return;
    open(start);
    while (!stack.empty()) {
      const uint32_t node = stack.back().node;
      if (stack.back().next == successors[node].size()) {
        marks[node] = Mark::Done;
        stack.pop_back();
        onDone(node);
        continue;
      }
      const uint32_t next = successors[node][stack.back().next++];
      if (marks[next] == Mark::Open)
        onBack(node, next);
      else if (marks[next] == Mark::New)
        open(next);
    }
  }

private:
  enum class Mark : uint8_t { New, Open, Done };
  struct Frame {
    uint32_t node;
    size_t next;
  };
  void open(uint32_t node) {
    marks[node] = Mark::Open;
    stack.push_back({node, 0});
  }

  const std::vector<std::vector<uint32_t>> &successors;
  std::vector<Mark> marks;
  std::vector<Frame> stack;
};

} // namespace snnc::compiler::nir
