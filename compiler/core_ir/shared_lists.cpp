#include "compiler/core_ir/shared_lists.h"

#include <algorithm>

namespace snnc::compiler::core_ir {

SharedLists::SharedLists(AxonCostModel costs, uint32_t lanes, uint32_t sources)
    : costs(std::move(costs)), lanes(lanes), of(sources), banks(size_t{sources} * lanes, 0),
      nodes(1) {}

void SharedLists::enter(uint32_t node) {
  if (node == kEmpty || nodes[node].users++ != 0)
    return;
  totalWords += nodes[node].cost.words;
  totalBits += nodes[node].cost.blockBits;
}

void SharedLists::leave(uint32_t node) {
  if (node == kEmpty || --nodes[node].users != 0)
    return;
  totalWords -= nodes[node].cost.words;
  totalBits -= nodes[node].cost.blockBits;
}

bool SharedLists::append(uint32_t source, uint32_t local, int16_t weight) {
  Source &self = of[source];
  const uint32_t parent = self.node;
  if (parent == kEmpty) {
    touched.push_back(source);
    self.baseRow = local / lanes;
  }
  const uint32_t distance = local - self.baseRow * lanes;
  const uint32_t inBank = ++banks[size_t{source} * lanes + local % lanes];
  const std::pair key(parent, distance << 16 | static_cast<uint16_t>(weight));
  const auto [child, isNew] = children.try_emplace(key, static_cast<uint32_t>(nodes.size()));
  if (isNew) {
    Node node;
    node.parent = parent;
    node.extent = nodes[parent].extent;
    if (parent == kEmpty)
      node.extent.first = distance;
    ++node.extent.count;
    node.extent.last = distance;
    node.extent.fullestBank = std::max(node.extent.fullestBank, inBank);
    node.cost = costs(node.extent);
    nodes.push_back(node);
  }
  self.node = child->second;
  leave(parent);
  enter(self.node);
  return parent == kEmpty;
}

void SharedLists::undo(uint32_t source) {
  Source &self = of[source];
  const uint32_t node = self.node;
  --banks[size_t{source} * lanes + nodes[node].extent.last % lanes];
  self.node = nodes[node].parent;
  leave(node);
  enter(self.node);
}

void SharedLists::clear() {
  for (uint32_t source : touched) {
    of[source] = {};
    std::fill_n(banks.begin() + static_cast<ptrdiff_t>(size_t{source} * lanes), lanes, uint16_t{0});
  }
  touched.clear();
  nodes.resize(1);
  children.clear();
  totalWords = totalBits = 0;
}

} // namespace snnc::compiler::core_ir
