#include "compiler/frontends/nir/links.h"

#include <algorithm>
#include <set>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

using Successors = std::vector<std::vector<uint32_t>>;

Successors successorsOf(const Graph &graph) {
  Successors successors(graph.nodes.size());
  for (auto [source, destination] : graph.edges)
    successors[source].push_back(destination);
  return successors;
}

llvm::Error unsupported(const Node &node, const std::string &what, const char *help) {
  return Diag(DiagCode::UnsupportedGraph, node.loc, "unsupported: " + what).help(help).take();
}

// A depth-first walk that does not recurse: models may be deep.
class Walk {
public:
  enum class Mark : uint8_t { New, Open, Done };

  explicit Walk(const Successors &successors) : successors(successors), marks(successors.size()) {}

  // Calls onBack(from, to) for every edge to a node that is still open.
  template <class OnBack> void from(uint32_t start, OnBack onBack) {
    if (marks[start] != Mark::New)
      return;
    open(start);
    while (!stack.empty()) {
      const uint32_t node = stack.back().node;
      if (stack.back().next == successors[node].size()) {
        marks[node] = Mark::Done;
        stack.pop_back();
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
  struct Frame {
    uint32_t node;
    size_t next;
  };
  void open(uint32_t node) {
    marks[node] = Mark::Open;
    stack.push_back({node, 0});
  }

  const Successors &successors;
  std::vector<Mark> marks;
  std::vector<Frame> stack;
};

llvm::Error checkStatelessCycles(const Graph &graph) {
  Successors linear(graph.nodes.size());
  for (auto [source, destination] : graph.edges)
    if (graph.nodes[source].kind == Node::Kind::Linear &&
        graph.nodes[destination].kind == Node::Kind::Linear)
      linear[source].push_back(destination);
  llvm::Error errors = llvm::Error::success();
  Walk walk(linear);
  for (uint32_t start = 0; start < graph.nodes.size(); ++start)
    walk.from(start, [&](uint32_t from, uint32_t to) {
      const std::string help = "put a neuron (LIF, IF) between them: only a neuron's spike can "
                               "cross to the next step";
      errors =
          llvm::joinErrors(std::move(errors),
                           Diag(DiagCode::StatelessCycle, graph.nodes[to].loc,
                                llvm::formatv("the cycle that '{0}' -> '{1}' closes has no neuron",
                                              graph.nodes[from].name, graph.nodes[to].name))
                               .help(help)
                               .take());
    });
  return errors;
}

llvm::Error checkEdge(const Node &source, const Node &destination) {
  if (destination.kind == Node::Kind::Input || source.kind == Node::Kind::Output)
    return unsupported(source,
                       llvm::formatv("an edge from {0} '{1}' to {2} '{3}'", source.type,
                                     source.name, destination.type, destination.name),
                       "an Input has no source and an Output no destination");
  if (source.kind == Node::Kind::Linear && destination.kind == Node::Kind::Linear)
    return unsupported(source,
                       llvm::formatv("{0} '{1}' feeds {2} '{3}' with no neuron between them",
                                     source.type, source.name, destination.type, destination.name),
                       "multiply the two matrices into one node before the export");
  if (destination.kind == Node::Kind::Output && source.kind != Node::Kind::Neuron)
    return unsupported(source,
                       llvm::formatv("Output '{0}' is fed by '{1}' of type '{2}'", destination.name,
                                     source.name, source.type),
                       "put a neuron (LIF, IF) before the output: results are read from neurons");
  return llvm::Error::success();
}

} // namespace

llvm::Expected<std::vector<Link>> findLinks(const Graph &graph) {
  if (llvm::Error error = checkStatelessCycles(graph))
    return error;
  llvm::Error errors = llvm::Error::success();
  for (auto [source, destination] : graph.edges)
    errors = llvm::joinErrors(std::move(errors),
                              checkEdge(graph.nodes[source], graph.nodes[destination]));
  if (errors)
    return errors;

  const Successors successors = successorsOf(graph);
  std::vector<Link> links;
  for (auto [source, next] : graph.edges) {
    if (!isPopulation(graph.nodes[source]))
      continue;
    if (graph.nodes[next].kind == Node::Kind::Neuron)
      links.push_back({source, next, kNoNode});
    if (graph.nodes[next].kind == Node::Kind::Linear)
      for (uint32_t target : successors[next])
        links.push_back({source, target, next});
  }
  std::sort(links.begin(), links.end(), [](const Link &a, const Link &b) {
    return std::tie(a.source, a.target, a.linear) < std::tie(b.source, b.target, b.linear);
  });
  return links;
}

std::vector<uint32_t> breakCycles(const Graph &graph, std::vector<Link> &links) {
  const size_t count = graph.nodes.size();
  Successors successors(count);
  for (const Link &link : links)
    successors[link.source].push_back(link.target);

  std::set<std::pair<uint32_t, uint32_t>> closing;
  Walk walk(successors);
  for (const bool inputs : {true, false})
    for (uint32_t node = 0; node < count; ++node)
      if (isPopulation(graph.nodes[node]) &&
          (graph.nodes[node].kind == Node::Kind::Input) == inputs)
        walk.from(node, [&](uint32_t from, uint32_t to) { closing.emplace(from, to); });

  std::vector<uint32_t> waitsFor(count, 0);
  for (Link &link : links) {
    link.closesCycle = closing.count({link.source, link.target}) != 0;
    if (!link.closesCycle)
      ++waitsFor[link.target];
  }
  std::set<std::pair<bool, uint32_t>> ready; // (is no input, node)
  for (uint32_t node = 0; node < count; ++node)
    if (isPopulation(graph.nodes[node]) && waitsFor[node] == 0)
      ready.emplace(graph.nodes[node].kind != Node::Kind::Input, node);
  std::vector<uint32_t> order;
  while (!ready.empty()) {
    const uint32_t node = ready.begin()->second;
    ready.erase(ready.begin());
    order.push_back(node);
    for (const Link &link : links)
      if (link.source == node && !link.closesCycle && --waitsFor[link.target] == 0)
        ready.emplace(true, link.target);
  }
  return order;
}

} // namespace snnc::compiler::nir
