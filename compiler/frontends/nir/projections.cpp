#include "compiler/frontends/nir/projections.h"

#include "compiler/frontends/nir/delays.h"

#include "common/net/verify.h"

#include <set>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

// A route between its delays: maps[i] stands behind slots[i].
struct Chain {
  std::vector<uint32_t> maps;                 // nodes
  std::vector<DelaySteps> slots;              // one more than maps
  std::vector<std::vector<uint32_t>> choices; // per slot: the steps that occur
  uint64_t count = 1;                         // projections: the product of choices
};

uint64_t valuesOf(const net::Weights &map) {
  if (const auto *dense = std::get_if<net::DenseWeights>(&map))
    return dense->values.size();
  if (const auto *sparse = std::get_if<net::SparseWeights>(&map))
    return sparse->rowStart.size() + 2 * sparse->values.size();
  if (const auto *conv = std::get_if<net::ConvWeights>(&map))
    return conv->kernel.size();
  const auto *diagonal = std::get_if<net::DiagonalWeights>(&map);
  return diagonal ? diagonal->values.size() : 1;
}

class Maker {
public:
  Maker(Graph &graph, const std::vector<Route> &routes,
        const std::map<uint32_t, std::vector<double>> &biases, net::Net &net,
        support::Warnings &warnings)
      : graph(graph), routes(routes), biases(biases), net(net), warnings(warnings),
        uses(graph.nodes.size()) {}

  llvm::Error run();

private:
  llvm::Expected<Chain> chainOf(const Route &route);
  llvm::Error count(const std::vector<Chain> &chains);
  void add(const Route &route, const Chain &chain, const std::vector<uint32_t> &choice);
  net::Weights take(uint32_t node);
  std::string nameOf(const Route &route, const Chain &chain) const;
  std::string uniqueName(const std::string &name);
  void findShared(const std::vector<Chain> &chains);
  // The node that names a route; kNoNode: it has no map.
  static uint32_t namesake(const Chain &chain) {
    return chain.maps.empty() ? kNoNode : chain.maps.back();
  }

  // Which populations the routes that a node names join.
  struct Shared {
    uint32_t source = kNoNode, target = kNoNode;
    bool otherSource = false, otherTarget = false;
  };

  Graph &graph;
  const std::vector<Route> &routes;
  const std::map<uint32_t, std::vector<double>> &biases;
  net::Net &net;
  support::Warnings &warnings;
  std::vector<uint64_t> uses; // of a node's map, that are still to come
  std::map<uint32_t, DelaySteps> delays;
  std::map<uint32_t, Shared> shared;
  std::set<std::string> names;
  std::map<std::string, uint32_t> suffixes;
  std::set<std::pair<uint32_t, uint32_t>> biasGiven; // (last node, target)
};

llvm::Expected<Chain> Maker::chainOf(const Route &route) {
  Chain chain;
  chain.slots.push_back({0});
  for (uint32_t at : route.steps) {
    const Node &node = graph.nodes[at];
    if (node.kind == Node::Kind::Map) {
      chain.maps.push_back(at);
      chain.slots.push_back({0});
      continue;
    }
    auto known = delays.find(at);
    if (known == delays.end()) {
      llvm::Expected<DelaySteps> steps = delaySteps(node, net.profile, warnings);
      if (!steps)
        return steps.takeError();
      known = delays.emplace(at, std::move(*steps)).first;
    }
    chain.slots.back() = sumOf(chain.slots.back(), known->second);
  }
  for (const DelaySteps &slot : chain.slots) {
    chain.choices.push_back(distinct(slot));
    chain.count = std::min(chain.count * chain.choices.back().size(), kMostRoutes + 1);
  }
  return chain;
}

// Refuses what would be too many projections or too large, before any is made.
llvm::Error Maker::count(const std::vector<Chain> &chains) {
  uint64_t projections = 0, copies = 0;
  for (const Chain &chain : chains) {
    projections = std::min(projections + chain.count, kMostRoutes + 1);
    uint64_t masks = 0;
    for (const DelaySteps &slot : chain.slots)
      masks += slot.size() > 1 ? slot.size() : 0;
    copies = std::min(copies + masks * chain.count, kMostCopies + 1);
    for (uint32_t at : chain.maps)
      uses[at] += chain.count;
  }
  for (uint32_t at = 0; at < graph.nodes.size(); ++at)
    if (uses[at] > 1)
      copies = std::min(copies + valuesOf(graph.nodes[at].map) * (uses[at] - 1), kMostCopies + 1);
  if (projections <= kMostRoutes && copies <= kMostCopies)
    return llvm::Error::success();
  return Diag(DiagCode::GraphTooLarge, {net.populations.front().loc.file, 0, "/node"},
              llvm::formatv("the ways between neurons and their delays make more than {0} "
                            "projections, or weights that repeat make more than {1} values",
                            kMostRoutes, kMostCopies))
      .help("put a neuron where the ways meet, or use fewer different delays")
      .take();
}

net::Weights Maker::take(uint32_t at) {
  Node &node = graph.nodes[at];
  return --uses[at] == 0 ? std::move(node.map) : node.map;
}

void Maker::findShared(const std::vector<Chain> &chains) {
  for (size_t i = 0; i < routes.size(); ++i) {
    Shared &entry = shared[namesake(chains[i])];
    if (entry.source == kNoNode) {
      entry.source = routes[i].source;
      entry.target = routes[i].target;
    }
    entry.otherSource |= entry.source != routes[i].source;
    entry.otherTarget |= entry.target != routes[i].target;
  }
}

std::string Maker::nameOf(const Route &route, const Chain &chain) const {
  const std::string &source = net.populations[route.source].name;
  const std::string &target = net.populations[route.target].name;
  if (chain.maps.empty())
    return source + "_to_" + target;
  std::string name = graph.nodes[namesake(chain)].name;
  const Shared &entry = shared.at(namesake(chain));
  if (entry.otherSource)
    name += "." + source;
  if (entry.otherTarget)
    name += "." + target;
  return name;
}

std::string Maker::uniqueName(const std::string &name) {
  std::string unique = name;
  while (!names.insert(unique).second) {
    uint32_t &suffix = suffixes[name];
    suffix = std::max(suffix, 1u) + 1;
    unique = name + "_" + std::to_string(suffix);
  }
  return unique;
}

void Maker::add(const Route &route, const Chain &chain, const std::vector<uint32_t> &choice) {
  net::Projection projection;
  projection.source = route.source;
  projection.target = route.target;
  std::vector<net::Weights> maps;
  for (size_t slot = 0; slot < chain.slots.size(); ++slot) {
    const uint32_t steps = chain.choices[slot][choice[slot]];
    projection.delay += steps;
    if (chain.choices[slot].size() > 1)
      maps.push_back(maskOf(chain.slots[slot], steps));
    if (slot < chain.maps.size())
      maps.push_back(take(chain.maps[slot]));
  }
  const net::Population &source = net.populations[route.source];
  if (maps.empty())
    maps.push_back(net::DiagonalWeights{source.size(), {1.0f}});
  else if (!chain.maps.empty() && chain.choices.back().size() == 1)
    projection.grid = graph.nodes[chain.maps.back()].grid;
  projection.weights = std::move(maps.back());
  maps.pop_back();
  projection.before = std::move(maps);
  std::string name = nameOf(route, chain);
  if (chain.count > 1)
    name += ".d" + std::to_string(projection.delay);
  projection.name = uniqueName(name);
  projection.loc =
      chain.maps.empty() ? net.populations[route.target].loc : graph.nodes[namesake(chain)].loc;
  const auto bias = biases.find(route.last);
  if (bias != biases.end() && biasGiven.emplace(route.last, route.target).second)
    projection.bias = bias->second;
  net.projections.push_back(std::move(projection));
}

llvm::Error Maker::run() {
  std::vector<Chain> chains;
  for (const Route &route : routes) {
    llvm::Expected<Chain> chain = chainOf(route);
    if (!chain)
      return chain.takeError();
    chains.push_back(std::move(*chain));
  }
  if (llvm::Error error = count(chains))
    return error;
  findShared(chains);
  for (size_t i = 0; i < routes.size(); ++i) {
    // Every choice of steps, the last slot counting fastest.
    std::vector<uint32_t> choice(chains[i].slots.size(), 0);
    for (uint64_t made = 0; made < chains[i].count; ++made) {
      add(routes[i], chains[i], choice);
      for (size_t slot = choice.size(); slot-- > 0;) {
        if (++choice[slot] < chains[i].choices[slot].size())
          break;
        choice[slot] = 0;
      }
    }
  }
  return llvm::Error::success();
}

} // namespace

llvm::Error addProjections(Graph &graph, const std::vector<Route> &routes,
                           const std::map<uint32_t, std::vector<double>> &biases, net::Net &net,
                           support::Warnings &warnings) {
  return Maker(graph, routes, biases, net, warnings).run();
}

} // namespace snnc::compiler::nir
