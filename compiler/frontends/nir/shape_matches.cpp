#include "compiler/frontends/nir/shapes.h"

#include <algorithm>
#include <deque>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

using Kind = Node::Kind;

bool isLinear(const Node &node) {
  return node.kind == Kind::Map && !node.sliding &&
         !std::holds_alternative<net::DiagonalWeights>(node.map);
}
// Its shape may change as long as its elements stay.
bool isAdjustable(const Node &node) {
  return node.kind != Kind::Flatten && !node.sliding && !isLinear(node);
}

class Matcher {
public:
  Matcher(Graph &graph, support::Warnings &warnings)
      : graph(graph), successors(successorsOf(graph)), predecessors(predecessorsOf(graph)),
        warnings(warnings) {}

  llvm::Error run();

private:
  void correctFlatten(uint32_t node);
  bool adjust(uint32_t node, const Shape &wanted);
  void adjustAll();
  llvm::Error check(const Node &source, const Node &destination);
  void warn(const Node &node, const std::string &what) {
    warnings.push_back(Diag(DiagCode::ShapeAdjusted, node.loc, what).data());
  }

  Graph &graph;
  const std::vector<std::vector<uint32_t>> successors, predecessors;
  support::Warnings &warnings;
};

void Matcher::correctFlatten(uint32_t at) {
  Node &node = graph.nodes[at];
  if (node.kind != Kind::Flatten || node.startDim != 1)
    return;
  const Shape whole = flattened(node.in, 0, node.endDim);
  for (uint32_t next : successors[at])
    if (graph.nodes[next].in != node.out && graph.nodes[next].in == whole) {
      warn(node, llvm::formatv("Flatten '{0}' has start_dim 1, which makes {1} of {2}; axis 0 is "
                               "no batch here, and '{3}' takes {4}: 0 was taken",
                               node.name, shapeText(node.out), shapeText(node.in),
                               graph.nodes[next].name, shapeText(whole)));
      node.out = whole;
      return;
    }
}

// Drops leading ones that `wanted` does not have.
bool Matcher::adjust(uint32_t at, const Shape &wanted) {
  Node &node = graph.nodes[at];
  if (!isAdjustable(node) || node.in.size() <= wanted.size() ||
      withoutLeadingOnes(node.in) != withoutLeadingOnes(wanted))
    return false;
  warn(node, llvm::formatv("shape {0} of node '{1}' is taken as {2}", shapeText(node.in), node.name,
                           shapeText(wanted)));
  node.in = node.out = wanted;
  return true;
}

void Matcher::adjustAll() {
  std::deque<uint32_t> work;
  for (uint32_t at = 0; at < graph.nodes.size(); ++at)
    work.push_back(at);
  while (!work.empty()) { // ends: every turn that adds work drops a leading one
    const uint32_t at = work.front();
    work.pop_front();
    if (!predecessors[at].empty() && adjust(at, graph.nodes[predecessors[at].front()].out))
      work.insert(work.end(), successors[at].begin(), successors[at].end());
  }
  for (uint32_t at = 0; at < graph.nodes.size(); ++at)
    if (graph.nodes[at].kind == Kind::Input && !successors[at].empty())
      adjust(at, graph.nodes[successors[at].front()].in);
}

const char *unitOf(const Node &node) {
  return node.kind == Kind::Neuron || node.kind == Kind::Threshold ? "neurons"
         : node.kind == Kind::Input                                ? "elements"
                                                                   : "values";
}

llvm::Error mismatch(const Node &weights, const char *side, uint64_t extent, const Node &layer,
                     const Shape &shape) {
  support::SourceLoc loc = weights.loc;
  loc.path += "/weight";
  return Diag(DiagCode::WeightShape, loc,
              llvm::formatv("weights of '{0}' have {1} {2} but '{3}' has {4} {5}", weights.name,
                            extent, side, layer.name, sizeOf(shape), unitOf(layer)))
      .note(layer.loc, llvm::formatv("'{0}' has the shape {1}", layer.name, shapeText(shape)))
      .help("a weight is [outputs, inputs]; was the matrix transposed?")
      .take();
}

llvm::Error Matcher::check(const Node &source, const Node &destination) {
  const Shape &out = source.out, &in = destination.in;
  if (sizeOf(out) == sizeOf(in)) {
    if (withoutLeadingOnes(out) == withoutLeadingOnes(in))
      return llvm::Error::success();
    const bool first = isAdjustable(source);
    warn(first ? source : destination,
         llvm::formatv("shape {0} of node '{1}' meets {2}; the elements are taken row by row",
                       shapeText(first ? out : in), first ? source.name : destination.name,
                       shapeText(first ? in : out)));
    return llvm::Error::success();
  }
  if (isLinear(destination))
    return mismatch(destination, "columns", sizeOf(in), source, out);
  if (isLinear(source) && destination.kind != Kind::Output && !destination.sliding)
    return mismatch(source, "rows", sizeOf(out), destination, in);
  if (destination.kind == Kind::Output)
    return Diag(DiagCode::WeightShape, destination.loc,
                llvm::formatv("Output '{0}' has the shape {1} but '{2}', which feeds it, has {3} "
                              "{4}",
                              destination.name, shapeText(in), source.name, sizeOf(out),
                              unitOf(source)))
        .help("correct the output's shape, or export the model again")
        .take();
  if (destination.sliding || source.sliding)
    return Diag(DiagCode::WeightShape, destination.loc,
                llvm::formatv("'{0}' gives the shape {1} but '{2}', which it feeds, takes {3}",
                              source.name, shapeText(out), destination.name, shapeText(in)))
        .help("is an input_shape or a parameter of another model?")
        .take();
  return Diag(DiagCode::WeightShape, destination.loc,
              llvm::formatv("'{0}' has {1} values but '{2}', which it feeds directly, has {3} {4}",
                            source.name, sizeOf(out), destination.name, sizeOf(in),
                            unitOf(destination)))
      .help("an edge without weights joins layers of one size")
      .take();
}

llvm::Error Matcher::run() {
  for (uint32_t at = 0; at < graph.nodes.size(); ++at)
    correctFlatten(at);
  adjustAll();
  llvm::Error errors = llvm::Error::success();
  for (uint32_t at = 0; at < graph.nodes.size(); ++at)
    for (uint32_t before : predecessors[at])
      errors = llvm::joinErrors(std::move(errors), check(graph.nodes[before], graph.nodes[at]));
  return errors;
}

} // namespace

llvm::Error matchShapes(Graph &graph, support::Warnings &warnings) {
  for (Node &node : graph.nodes)
    if (auto *diagonal = std::get_if<net::DiagonalWeights>(&node.map))
      diagonal->size = static_cast<uint32_t>(sizeOf(node.in));
  return Matcher(graph, warnings).run();
}

} // namespace snnc::compiler::nir
