#include "compiler/frontends/nir/routes.h"

#include <algorithm>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

// How many routes leave a node, and how many nodes they pass in all. Saturates.
struct Extent {
  uint64_t routes = 0, nodes = 0;
  void add(const Extent &other) {
    routes = std::min(routes + other.routes, kMostRoutes + 1);
    nodes = std::min(nodes + other.nodes, kMostRouteNodes + 1);
  }
};

class RouteFinder {
public:
  RouteFinder(const Graph &graph, const Cells &cells)
      : graph(graph), cells(cells), successors(successorsOf(graph)), extents(graph.nodes.size()) {}

  llvm::Expected<std::vector<Route>> run(const std::vector<uint32_t> &order);

private:
  bool ends(uint32_t node) const {
    return isPopulation(graph.nodes[node]) || graph.nodes[node].kind == Node::Kind::Output;
  }
  Extent behind(uint32_t node) const {
    Extent sum;
    for (uint32_t next : successors[node]) {
      const uint64_t receivers = cells.receivers[next].size();
      sum.add(ends(next) ? Extent{receivers, receivers} : extents[next]);
    }
    return sum;
  }
  void from(uint32_t start);
  void finish(uint32_t start, const std::vector<uint32_t> &path, uint32_t end);

  const Graph &graph;
  const Cells &cells;
  const std::vector<std::vector<uint32_t>> successors;
  std::vector<Extent> extents; // of nodes that are no populations
  std::vector<Route> routes;
};

void RouteFinder::finish(uint32_t start, const std::vector<uint32_t> &path, uint32_t end) {
  for (uint32_t receiver : cells.receivers[end]) {
    Route route{cells.emitter[start], receiver, {}};
    if (!path.empty())
      route.last = path.back();
    for (uint32_t node : path)
      if (!isIdentity(graph.nodes[node]))
        route.steps.push_back(node);
    routes.push_back(std::move(route));
  }
}

void RouteFinder::from(uint32_t start) {
  std::vector<uint32_t> path; // behind start
  std::vector<size_t> next = {0};
  while (!next.empty()) {
    const uint32_t node = path.empty() ? start : path.back();
    if (next.back() == successors[node].size()) {
      next.pop_back();
      if (!path.empty())
        path.pop_back();
      continue;
    }
    const uint32_t to = successors[node][next.back()++];
    if (ends(to)) {
      finish(start, path, to);
    } else if (extents[to].routes != 0) {
      path.push_back(to);
      next.push_back(0);
    }
  }
}

llvm::Expected<std::vector<Route>> RouteFinder::run(const std::vector<uint32_t> &order) {
  for (auto at = order.rbegin(); at != order.rend(); ++at) {
    extents[*at] = behind(*at);
    extents[*at].nodes = std::min(extents[*at].nodes + extents[*at].routes, kMostRouteNodes + 1);
  }
  Extent all;
  for (uint32_t at = 0; at < graph.nodes.size(); ++at) {
    if (cells.emitter[at] == kNoNode)
      continue;
    all.add(behind(at));
    if (all.routes > kMostRoutes || all.nodes > kMostRouteNodes)
      return Diag(DiagCode::GraphTooLarge, graph.nodes[at].loc,
                  llvm::formatv("from '{0}' and what comes before it lead more than {1} ways, or "
                                "ways over more than {2} nodes, to other neurons",
                                graph.nodes[at].name, kMostRoutes, kMostRouteNodes))
          .help("put a neuron where the ways meet, or add up the weights of parallel ones")
          .take();
  }
  for (uint32_t at = 0; at < graph.nodes.size(); ++at)
    if (cells.emitter[at] != kNoNode)
      from(at);
  return std::move(routes);
}

} // namespace

llvm::Expected<std::vector<Route>> findRoutes(const Graph &graph, const Cells &cells,
                                              const std::vector<uint32_t> &order) {
  return RouteFinder(graph, cells).run(order);
}

} // namespace snnc::compiler::nir
