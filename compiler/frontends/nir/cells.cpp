#include "compiler/frontends/nir/cells.h"

#include "compiler/frontends/nir/graph_walk.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

using Kind = Node::Kind;

constexpr size_t kMostErrors = 20; // of one kind that are reported

bool isGraded(const Node &node) {
  return node.kind == Kind::Neuron && !net::spikes(node.neuron);
}

llvm::Error unsupported(const Node &node, const std::string &what, const char *help) {
  return Diag(DiagCode::UnsupportedGraph, node.loc, "unsupported: " + what).help(help).take();
}

class Finder {
public:
  Finder(const Graph &graph, const std::vector<uint32_t> &order, support::Warnings &warnings)
      : graph(graph), order(order), predecessors(predecessorsOf(graph)), warnings(warnings) {}

  llvm::Expected<Cells> run();

private:
  llvm::Error checkEnds() const;
  void findSources();
  llvm::Error checkGraded() const;
  void addCells();
  void addOutput(uint32_t output);
  uint32_t add(Cell cell) {
    found.cells.push_back(cell);
    return static_cast<uint32_t>(found.cells.size() - 1);
  }
  // The population whose values alone arrive at a node; kNoNode if others or maps come in.
  uint32_t soleSource(uint32_t node) const {
    if (predecessors[node].size() != 1)
      return kNoNode;
    const uint32_t before = predecessors[node].front();
    return isPopulation(graph.nodes[before]) ? before : source[before];
  }

  const Graph &graph;
  const std::vector<uint32_t> &order;
  const std::vector<std::vector<uint32_t>> predecessors;
  support::Warnings &warnings;
  Cells found;
  std::vector<uint32_t> source; // of identity nodes: their only population
  std::vector<uint32_t> graded; // a membrane that arrives there on the way; kNoNode if none
};

llvm::Error Finder::checkEnds() const {
  llvm::Error errors = llvm::Error::success();
  for (auto [from, to] : graph.edges) {
    const Node &source = graph.nodes[from], &destination = graph.nodes[to];
    if (destination.kind == Kind::Input || source.kind == Kind::Output)
      errors = llvm::joinErrors(
          std::move(errors),
          unsupported(source,
                      llvm::formatv("an edge from {0} '{1}' to {2} '{3}'", source.type, source.name,
                                    destination.type, destination.name),
                      "an Input has no source and an Output no destination"));
  }
  for (uint32_t at = 0; at < graph.nodes.size(); ++at)
    if (graph.nodes[at].kind == Kind::Output && predecessors[at].empty())
      errors = llvm::joinErrors(
          std::move(errors),
          unsupported(graph.nodes[at],
                      llvm::formatv("nothing feeds Output '{0}'", graph.nodes[at].name),
                      "give the edges that lead to it"));
  return errors;
}

void Finder::findSources() {
  source.assign(graph.nodes.size(), kNoNode);
  graded.assign(graph.nodes.size(), kNoNode);
  for (uint32_t at = 0; at < graph.nodes.size(); ++at)
    if (isGraded(graph.nodes[at]))
      graded[at] = at;
  for (uint32_t at : order) {
    if (!isIdentity(graph.nodes[at]))
      continue;
    source[at] = soleSource(at);
    for (uint32_t before : predecessors[at])
      graded[at] = std::min(graded[at], graded[before]);
  }
}

llvm::Error Finder::checkGraded() const {
  llvm::Error errors = llvm::Error::success();
  size_t count = 0;
  for (uint32_t at = 0; at < graph.nodes.size(); ++at) {
    const Node &node = graph.nodes[at];
    if (isIdentity(node))
      continue;
    uint32_t membrane = kNoNode;
    for (uint32_t before : predecessors[at])
      membrane = std::min(membrane, graded[before]);
    const bool reads = node.kind == Kind::Output || node.kind == Kind::Threshold;
    if (membrane == kNoNode || (reads && soleSource(at) == membrane) || ++count > kMostErrors)
      continue;
    const Node &neuron = graph.nodes[membrane];
    errors = llvm::joinErrors(
        std::move(errors),
        Diag(DiagCode::GradedValue, node.loc,
             llvm::formatv("unsupported: the membrane of {0} '{1}' feeds {2} '{3}'{4}", neuron.type,
                           neuron.name, node.type, node.name,
                           reads ? " together with something else" : ""))
            .note(neuron.loc, llvm::formatv("'{0}' has no threshold, so its output is its membrane",
                                            neuron.name))
            .help("only spikes cross cores: let it feed an Output or one Threshold alone, or make "
                  "it a LIF")
            .take());
  }
  return errors;
}

void Finder::addCells() {
  found.receivers.resize(graph.nodes.size());
  found.emitter.assign(graph.nodes.size(), kNoNode);
  std::vector<bool> isRead(graph.nodes.size());
  for (uint32_t at = 0; at < graph.nodes.size(); ++at)
    if (graph.nodes[at].kind == Kind::Output && soleSource(at) != kNoNode)
      isRead[soleSource(at)] = true;
  for (uint32_t at = 0; at < graph.nodes.size(); ++at) {
    const Node &node = graph.nodes[at];
    if (!isPopulation(node) || (isGraded(node) && !isRead[at]))
      continue;
    const uint32_t before = node.kind == Kind::Threshold ? soleSource(at) : kNoNode;
    const bool joined = before != kNoNode && isGraded(graph.nodes[before]);
    const uint32_t cell = add(joined ? Cell{before, at} : Cell{at});
    if (node.kind != Kind::Input)
      found.receivers[joined ? before : at].push_back(cell);
    if (!isGraded(node))
      found.emitter[at] = cell;
  }
}

void Finder::addOutput(uint32_t at) {
  const uint32_t before = soleSource(at);
  uint32_t cell = kNoNode;
  if (before != kNoNode && graph.nodes[before].kind != Kind::Input) {
    cell = found.emitter[before];
    if (isGraded(graph.nodes[before])) // the cell without threshold
      cell = *llvm::find_if(found.receivers[before], [&](uint32_t candidate) {
        return found.cells[candidate].threshold == kNoNode;
      });
  } else {
    cell = add({at});
    found.receivers[at].push_back(cell);
    const Node &output = graph.nodes[at];
    warnings.push_back(
        Diag(DiagCode::NodeInserted, output.loc,
             llvm::formatv("Output '{0}' is fed by '{1}' of type '{2}', not by one layer of "
                           "neurons; '{3}', which adds up what arrives, was added",
                           output.name, graph.nodes[predecessors[at].front()].name,
                           graph.nodes[predecessors[at].front()].type,
                           populationOf(graph, {at}).name))
            .help("its sum after the last step is the result (--readout last)")
            .data());
  }
  if (!llvm::is_contained(found.outputs, cell))
    found.outputs.push_back(cell);
}

llvm::Expected<Cells> Finder::run() {
  if (llvm::Error error = checkEnds())
    return error;
  findSources();
  if (llvm::Error error = checkGraded())
    return error;
  addCells();
  for (uint32_t at = 0; at < graph.nodes.size(); ++at)
    if (graph.nodes[at].kind == Kind::Output)
      addOutput(at);
  return std::move(found);
}

net::NeuronKind withSpikes(net::NeuronKind kind) {
  return kind == net::NeuronKind::I    ? net::NeuronKind::IF
         : kind == net::NeuronKind::LI ? net::NeuronKind::LIF
                                       : net::NeuronKind::CubaLIF;
}

} // namespace

llvm::Expected<std::vector<uint32_t>> statelessOrder(const Graph &graph) {
  std::vector<std::vector<uint32_t>> successors(graph.nodes.size());
  for (auto [from, to] : graph.edges)
    if (!isPopulation(graph.nodes[from]) && !isPopulation(graph.nodes[to]))
      successors[from].push_back(to);
  llvm::Error errors = llvm::Error::success();
  size_t count = 0;
  auto onBack = [&](uint32_t from, uint32_t to) {
    if (++count > kMostErrors)
      return;
    errors = llvm::joinErrors(
        std::move(errors), Diag(DiagCode::StatelessCycle, graph.nodes[to].loc,
                                llvm::formatv("the cycle that '{0}' -> '{1}' closes has no neuron",
                                              graph.nodes[from].name, graph.nodes[to].name))
                               .help("put a neuron (LIF, IF) between them: only a neuron's spike "
                                     "can cross to the next step")
                               .take());
  };
  std::vector<uint32_t> order;
  Walk walk(successors);
  for (uint32_t at = 0; at < graph.nodes.size(); ++at)
    if (!isPopulation(graph.nodes[at]))
      walk.from(at, onBack, [&](uint32_t node) { order.push_back(node); });
  if (errors)
    return errors;
  std::reverse(order.begin(), order.end());
  return order;
}

llvm::Expected<Cells> findCells(const Graph &graph, const std::vector<uint32_t> &order,
                                support::Warnings &warnings) {
  return Finder(graph, order, warnings).run();
}

net::Population populationOf(const Graph &graph, const Cell &cell) {
  const Node &node = graph.nodes[cell.node];
  net::Population population;
  population.name = node.name;
  population.loc = node.loc;
  population.shape.assign(node.in.begin(), node.in.end());
  if (node.kind == Kind::Output) {
    population.name += "_sum";
    while (llvm::any_of(graph.nodes, [&](const Node &n) { return n.name == population.name; }))
      population.name += "_";
    population.kind = net::NeuronKind::I;
    population.params.r = 1.0;
    return population;
  }
  population.kind = node.neuron;
  population.params = node.params;
  population.reset = node.reset;
  population.grid = node.populationGrid;
  if (cell.threshold != kNoNode) {
    const Node &threshold = graph.nodes[cell.threshold];
    population.name = threshold.name;
    population.kind = withSpikes(node.neuron);
    population.params.vThreshold = threshold.params.vThreshold;
    population.reset = net::ResetRule::None;
  }
  return population;
}

} // namespace snnc::compiler::nir
