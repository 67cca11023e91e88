#include "compiler/frontends/nir/shapes.h"

#include "llvm/ADT/STLExtras.h"

#include <deque>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

using Kind = Node::Kind;

// What arrives leaves in the same shape.
bool isElementwise(const Node &node) {
  return node.kind != Kind::Flatten &&
         (node.kind != Kind::Map ||
          (!node.sliding && std::holds_alternative<net::DiagonalWeights>(node.map)));
}

// Takes every node's shape from a neighbour that has one; each node is set once.
class Inference {
public:
  explicit Inference(Graph &graph)
      : graph(graph), successors(successorsOf(graph)), predecessors(predecessorsOf(graph)),
        failed(graph.nodes.size()) {}

  llvm::Error run();

private:
  void start();
  void propagate();
  void give(uint32_t node, const Shape &in);
  void spread(uint32_t node);
  bool isKnown(uint32_t node) const { return !graph.nodes[node].in.empty() || failed[node]; }

  Graph &graph;
  const std::vector<std::vector<uint32_t>> successors, predecessors;
  std::vector<bool> failed;
  std::deque<uint32_t> forward, backward; // nodes of which a neighbour became known
  llvm::Error errors = llvm::Error::success();
};

void Inference::give(uint32_t at, const Shape &in) {
  if (llvm::Error error = setShapes(graph.nodes[at], in)) {
    errors = llvm::joinErrors(std::move(errors), std::move(error));
    failed[at] = true;
    return;
  }
  spread(at);
}

void Inference::spread(uint32_t at) {
  for (uint32_t next : successors[at])
    if (!isKnown(next))
      forward.push_back(next);
  for (uint32_t before : predecessors[at])
    if (!isKnown(before) && isElementwise(graph.nodes[before]))
      backward.push_back(before);
}

void Inference::start() {
  for (uint32_t at = 0; at < graph.nodes.size(); ++at) {
    const Node &node = graph.nodes[at];
    const bool end =
        node.kind == Kind::Input || node.kind == Kind::Output || node.kind == Kind::Port;
    if (isElementwise(node) && !node.shape.empty() && (end || sizeOf(node.shape) > 1))
      give(at, node.shape);
    else if (!node.in.empty() && !node.out.empty())
      spread(at); // weights
    else if (!node.in.empty())
      give(at, Shape(node.in)); // input_shape, input_type
  }
}

void Inference::propagate() {
  while (!forward.empty() || !backward.empty()) {
    const bool isForward = !forward.empty();
    std::deque<uint32_t> &queue = isForward ? forward : backward;
    const uint32_t at = queue.front();
    queue.pop_front();
    if (isKnown(at))
      continue;
    for (uint32_t neighbour : isForward ? predecessors[at] : successors[at]) {
      const Node &node = graph.nodes[neighbour];
      const Shape shape = isForward ? node.out : node.in;
      if (neighbour == at || shape.empty() || failed[neighbour])
        continue;
      give(at, shape);
      break;
    }
  }
}

llvm::Error Inference::run() {
  start();
  propagate();
  // Neurons whose parameters are single values and that no neighbour makes wider are one neuron.
  for (const bool ends : {false, true})
    for (uint32_t at = 0; at < graph.nodes.size(); ++at) {
      const Node &node = graph.nodes[at];
      const bool isEnd =
          node.kind == Kind::Input || node.kind == Kind::Output || node.kind == Kind::Port;
      if (isKnown(at) || !isElementwise(node) || isEnd != ends ||
          (isEnd && !successors[at].empty() && node.kind != Kind::Output))
        continue;
      give(at, node.shape.empty() ? Shape{1} : node.shape);
      propagate();
    }
  for (uint32_t at = 0; at < graph.nodes.size() && !errors; ++at)
    if (!isKnown(at)) {
      const Node &node = graph.nodes[at];
      errors = Diag(DiagCode::ShapeUnknown, node.loc,
                    llvm::formatv("the shape of {0} '{1}' is not in the file and nothing that "
                                  "feeds it gives one",
                                  node.type, node.name))
                   .help("give the Input its shape, or the convolution its input_shape")
                   .take();
    }
  return std::move(errors);
}

} // namespace

llvm::Error inferShapes(Graph &graph, support::Warnings &warnings) {
  if (llvm::Error error = Inference(graph).run())
    return error;
  return matchShapes(graph, warnings);
}

} // namespace snnc::compiler::nir
