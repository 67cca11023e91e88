#include "compiler/frontends/nir/build_net.h"

#include "compiler/frontends/nir/links.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

using Shape = std::vector<uint64_t>;

Shape withoutLeadingOnes(Shape shape) {
  while (shape.size() > 1 && shape.front() == 1)
    shape.erase(shape.begin());
  return shape;
}

class Builder {
public:
  Builder(Graph graph, support::Warnings &warnings) : graph(std::move(graph)), warnings(warnings) {}

  llvm::Expected<net::Net> build();

private:
  void inferWidths();
  bool inferWidth(uint32_t node);
  Shape neighbourShape(uint32_t node) const;
  void adjustShapes();
  void adjustShape(uint32_t node, const Shape &wanted);
  llvm::Error checkLink(const Link &link) const;
  llvm::Error checkOutputs();
  void addPopulations(const std::vector<uint32_t> &order);
  void addProjections();
  std::string nameOf(const Link &link);
  net::Weights weightsOf(const Link &link) const;
  void addOutputs();

  Graph graph; // shapes of its nodes are completed in place
  support::Warnings &warnings;
  std::vector<Link> links;
  net::Net net;
  std::vector<uint32_t> populationOf; // by node
  std::set<std::string> usedNames;    // of projections
};

// ---- shapes

// A neuron whose parameters are all single values is as wide as what feeds it, or what it feeds.
bool Builder::inferWidth(uint32_t at) {
  Node &node = graph.nodes[at];
  if (node.kind == Node::Kind::Output || sizeOf(node.shape) > 1)
    return false;
  Shape found;
  for (const Link &link : links)
    if (link.target == at && found.empty() && link.source != at)
      found = link.linear != kNoNode ? Shape{graph.nodes[link.linear].weights.rows}
                                     : graph.nodes[link.source].shape;
  for (const Link &link : links)
    if (link.source == at && found.empty() && link.target != at)
      found = link.linear != kNoNode ? Shape{graph.nodes[link.linear].weights.cols}
                                     : graph.nodes[link.target].shape;
  if (sizeOf(found) <= 1)
    return false;
  node.shape = found;
  return true;
}

void Builder::inferWidths() {
  for (bool changed = true; changed;) {
    changed = false;
    for (uint32_t node = 0; node < graph.nodes.size(); ++node)
      if (graph.nodes[node].kind == Node::Kind::Neuron ||
          (graph.nodes[node].kind == Node::Kind::Input && graph.nodes[node].shape.empty()))
        changed |= inferWidth(node);
  }
  for (Node &node : graph.nodes)
    if (isPopulation(node) && node.shape.empty())
      node.shape = {1};
}

// The shape that the node's first neighbour gives or takes; empty without one.
Shape Builder::neighbourShape(uint32_t node) const {
  const bool input = graph.nodes[node].kind == Node::Kind::Input;
  for (const Link &link : links) {
    if ((input ? link.source : link.target) != node)
      continue;
    if (link.linear == kNoNode)
      return graph.nodes[input ? link.target : link.source].shape;
    const net::DenseWeights &weights = graph.nodes[link.linear].weights;
    return {input ? weights.cols : weights.rows};
  }
  return {};
}

void Builder::adjustShape(uint32_t at, const Shape &wanted) {
  Node &node = graph.nodes[at];
  if (wanted.empty() || node.shape == wanted || sizeOf(node.shape) != sizeOf(wanted))
    return;
  const Shape before = node.shape;
  const bool fits = withoutLeadingOnes(node.shape) == withoutLeadingOnes(wanted);
  if (fits && node.shape.size() > wanted.size())
    node.shape = wanted;
  const std::string what =
      node.shape != before
          ? llvm::formatv("shape {0} of node '{1}' is taken as {2}", shapeText(before), node.name,
                          shapeText(node.shape))
                .str()
          : llvm::formatv("shape {0} of node '{1}' meets {2}; the elements are taken row by row",
                          shapeText(before), node.name, shapeText(wanted))
                .str();
  warnings.push_back(Diag(DiagCode::ShapeAdjusted, node.loc, what).data());
}

void Builder::adjustShapes() {
  for (uint32_t node = 0; node < graph.nodes.size(); ++node)
    if (graph.nodes[node].kind == Node::Kind::Neuron)
      adjustShape(node, neighbourShape(node));
  for (uint32_t node = 0; node < graph.nodes.size(); ++node)
    if (graph.nodes[node].kind == Node::Kind::Input)
      adjustShape(node, neighbourShape(node));
}

llvm::Error mismatch(const Node &weights, const char *side, uint64_t extent, const Node &layer,
                     const char *help) {
  support::SourceLoc loc = weights.loc;
  loc.path += "/weight";
  return Diag(DiagCode::WeightShape, loc,
              llvm::formatv("weights of '{0}' have {1} {2} but '{3}' has {4} {5}", weights.name,
                            extent, side, layer.name, sizeOf(layer.shape),
                            layer.kind == Node::Kind::Input ? "elements" : "neurons"))
      .note(layer.loc, llvm::formatv("'{0}' has the shape {1}", layer.name, shapeText(layer.shape)))
      .help(help)
      .take();
}

llvm::Error Builder::checkLink(const Link &link) const {
  const Node &source = graph.nodes[link.source];
  const Node &target = graph.nodes[link.target];
  if (link.linear == kNoNode) {
    if (sizeOf(source.shape) == sizeOf(target.shape))
      return llvm::Error::success();
    return Diag(DiagCode::WeightShape, target.loc,
                llvm::formatv("'{0}' has {1} values but '{2}', which it feeds directly, has {3} "
                              "neurons",
                              source.name, sizeOf(source.shape), target.name, sizeOf(target.shape)))
        .help("an edge without weights joins layers of one size")
        .take();
  }
  const Node &linear = graph.nodes[link.linear];
  const char *help = "a weight is [outputs, inputs]; was the matrix transposed?";
  llvm::Error errors = llvm::Error::success();
  if (linear.weights.cols != sizeOf(source.shape))
    errors = mismatch(linear, "columns", linear.weights.cols, source, help);
  if (linear.weights.rows != sizeOf(target.shape))
    errors = llvm::joinErrors(std::move(errors),
                              mismatch(linear, "rows", linear.weights.rows, target, help));
  return errors;
}

llvm::Error Builder::checkOutputs() {
  llvm::Error errors = llvm::Error::success();
  for (auto [from, to] : graph.edges) {
    const Node &source = graph.nodes[from];
    Node &output = graph.nodes[to];
    if (output.kind != Node::Kind::Output)
      continue;
    if (output.shape.empty())
      output.shape = source.shape; // one that was added
    if (sizeOf(output.shape) == sizeOf(source.shape)) {
      adjustShape(to, source.shape);
      continue;
    }
    errors = llvm::joinErrors(
        std::move(errors),
        Diag(DiagCode::WeightShape, output.loc,
             llvm::formatv("Output '{0}' has the shape {1} but '{2}', which feeds it, has {3} "
                           "neurons",
                           output.name, shapeText(output.shape), source.name, sizeOf(source.shape)))
            .help("correct the output's shape, or export the model again")
            .take());
  }
  return errors;
}

// ---- the net

void Builder::addPopulations(const std::vector<uint32_t> &order) {
  populationOf.assign(graph.nodes.size(), kNoNode);
  for (uint32_t node : order) {
    Node &from = graph.nodes[node];
    net::Population population;
    population.name = from.name;
    population.kind = from.neuron;
    population.shape.assign(from.shape.begin(), from.shape.end());
    population.params = std::move(from.params);
    population.loc = from.loc;
    populationOf[node] = static_cast<uint32_t>(net.populations.size());
    if (from.kind == Node::Kind::Input)
      net.inputs.push_back(populationOf[node]);
    net.populations.push_back(std::move(population));
  }
}

net::SparseWeights identity(uint32_t size) {
  net::SparseWeights weights{size, size, {}, {}, {}};
  weights.rowStart.resize(size_t{size} + 1);
  std::iota(weights.rowStart.begin(), weights.rowStart.end(), 0);
  weights.columns.resize(size);
  std::iota(weights.columns.begin(), weights.columns.end(), 0);
  weights.values.assign(size, 1.0f);
  return weights;
}

net::Weights Builder::weightsOf(const Link &link) const {
  if (link.linear != kNoNode)
    return graph.nodes[link.linear].weights;
  return identity(static_cast<uint32_t>(sizeOf(graph.nodes[link.source].shape)));
}

// The Linear's own name; what it joins is added where it joins more than one pair.
std::string Builder::nameOf(const Link &link) {
  std::string name;
  if (link.linear == kNoNode) {
    name = graph.nodes[link.source].name + "_to_" + graph.nodes[link.target].name;
  } else {
    name = graph.nodes[link.linear].name;
    bool otherSource = false, otherTarget = false;
    for (const Link &other : links) {
      if (other.linear != link.linear)
        continue;
      otherSource |= other.source != link.source;
      otherTarget |= other.target != link.target;
    }
    if (otherSource)
      name += "." + graph.nodes[link.source].name;
    if (otherTarget)
      name += "." + graph.nodes[link.target].name;
  }
  while (!usedNames.insert(name).second)
    name += "_";
  return name;
}

void Builder::addProjections() {
  std::vector<Link> byTarget = links;
  std::sort(byTarget.begin(), byTarget.end(), [&](const Link &a, const Link &b) {
    return std::tuple(populationOf[a.target], populationOf[a.source], a.linear) <
           std::tuple(populationOf[b.target], populationOf[b.source], b.linear);
  });
  // One Linear may sum several sources: its bias enters each target once.
  std::set<std::pair<uint32_t, uint32_t>> biasGiven;
  for (const Link &link : byTarget) {
    net::Projection projection;
    projection.name = nameOf(link);
    projection.source = populationOf[link.source];
    projection.target = populationOf[link.target];
    projection.delay = link.closesCycle ? 1 : 0;
    projection.weights = weightsOf(link);
    projection.loc = graph.nodes[link.linear != kNoNode ? link.linear : link.target].loc;
    if (link.linear != kNoNode && biasGiven.emplace(link.linear, link.target).second)
      projection.bias = graph.nodes[link.linear].bias;
    net.projections.push_back(std::move(projection));
  }
}

void Builder::addOutputs() {
  std::vector<std::pair<uint32_t, uint32_t>> byOutput; // (Output node, its source)
  for (auto [source, destination] : graph.edges)
    if (graph.nodes[destination].kind == Node::Kind::Output)
      byOutput.emplace_back(destination, source);
  std::sort(byOutput.begin(), byOutput.end());
  for (auto [output, source] : byOutput)
    if (std::find(net.outputs.begin(), net.outputs.end(), populationOf[source]) ==
        net.outputs.end())
      net.outputs.push_back(populationOf[source]);
}

llvm::Expected<net::Net> Builder::build() {
  auto found = findLinks(graph);
  if (!found)
    return found.takeError();
  links = std::move(*found);
  inferWidths();
  adjustShapes();
  llvm::Error errors = checkOutputs();
  for (const Link &link : links)
    errors = llvm::joinErrors(std::move(errors), checkLink(link));
  if (errors)
    return errors;
  addPopulations(breakCycles(graph, links));
  addProjections();
  addOutputs();
  return std::move(net);
}

} // namespace

llvm::Expected<net::Net> buildNet(Graph graph, support::Warnings &warnings) {
  return Builder(std::move(graph), warnings).build();
}

} // namespace snnc::compiler::nir
