#include "compiler/frontends/nir/nir_nodes.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>

namespace snnc::compiler::nir {

uint64_t sizeOf(const Shape &shape) {
  uint64_t size = 1;
  for (uint64_t extent : shape)
    if (__builtin_mul_overflow(size, extent, &size) || size > net::kMaxElements)
      return net::kMaxElements + 1;
  return size;
}

std::string shapeText(const Shape &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

Shape withoutLeadingOnes(Shape shape) {
  const auto isOne = [](uint64_t extent) { return extent == 1; };
  if (!shape.empty())
    shape.erase(shape.begin(), std::find_if_not(shape.begin(), shape.end() - 1, isOne));
  return shape;
}

std::vector<std::vector<uint32_t>> successorsOf(const Graph &graph) {
  std::vector<std::vector<uint32_t>> successors(graph.nodes.size());
  for (auto [source, destination] : graph.edges)
    successors[source].push_back(destination);
  return successors;
}

std::vector<std::vector<uint32_t>> predecessorsOf(const Graph &graph) {
  std::vector<std::vector<uint32_t>> predecessors(graph.nodes.size());
  for (auto [source, destination] : graph.edges)
    predecessors[destination].push_back(source);
  return predecessors;
}

} // namespace snnc::compiler::nir
