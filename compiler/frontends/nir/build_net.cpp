#include "compiler/frontends/nir/build_net.h"

#include "compiler/frontends/nir/biases.h"
#include "compiler/frontends/nir/cells.h"
#include "compiler/frontends/nir/infer_profile.h"
#include "compiler/frontends/nir/order.h"
#include "compiler/frontends/nir/projections.h"
#include "compiler/frontends/nir/routes.h"
#include "compiler/frontends/nir/run_hints.h"
#include "compiler/frontends/nir/shapes.h"

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

// Drops the entries of a hint that are neither one nor one for every neuron.
template <class Values>
void checkHint(const net::Population &population, const char *key, Values &values,
               support::Warnings &warnings) {
  if (values.size() <= 1 || values.size() == population.size())
    return;
  warnings.push_back(
      Diag(DiagCode::UnknownDataset, {"", 0, population.loc.path + "/metadata/" + key},
           llvm::formatv("'{0}' of node '{1}' has {2} values, expected 1 or {3}, and "
                         "is ignored",
                         key, population.name, values.size(), population.size()))
          .data());
  values.clear();
}

net::Population checkedPopulation(const Graph &graph, const Cell &cell,
                                  support::Warnings &warnings) {
  net::Population population = populationOf(graph, cell);
  checkHint(population, "v_init", population.params.vInit.values, warnings);
  checkHint(population, "refractory", population.params.refractory.values, warnings);
  checkHint(population, "snnc_scale", population.grid.scale.values, warnings);
  checkHint(population, "snnc_bias_exp", population.grid.biasExp, warnings);
  return population;
}

// All populations together are bounded too: parameters may be one value for millions of neurons.
llvm::Error checkSize(const Graph &graph, const Cells &cells) {
  uint64_t elements = 0;
  for (const Cell &cell : cells.cells) {
    elements += sizeOf(graph.nodes[cell.node].in);
    if (elements > net::kMaxElements)
      return Diag(DiagCode::TooManyElements, graph.nodes[cell.node].loc,
                  llvm::formatv("with '{0}' the network has more than {1} neurons and inputs",
                                graph.nodes[cell.node].name, net::kMaxElements))
          .help("no target holds a network of that size")
          .take();
  }
  return llvm::Error::success();
}

} // namespace

llvm::Expected<net::Net> buildNet(Graph graph, const net::ProfileFlags &flags,
                                  support::Warnings &warnings) {
  auto order = statelessOrder(graph);
  if (!order)
    return order.takeError();
  if (llvm::Error error = inferShapes(graph, warnings))
    return error;
  auto cells = findCells(graph, *order, warnings);
  if (!cells)
    return cells.takeError();
  if (llvm::Error error = checkSize(graph, *cells))
    return error;
  auto routes = findRoutes(graph, *cells, *order);
  if (!routes)
    return routes.takeError();
  auto biases = carryBiases(graph, *order);
  if (!biases)
    return biases.takeError();

  net::Net net;
  for (const Cell &cell : cells->cells)
    if (graph.nodes[cell.node].kind != Node::Kind::Output)
      net.populations.push_back(checkedPopulation(graph, cell, warnings));
  net.profile = inferProfile(net, graph, flags, warnings); // of what the file has
  for (const Cell &cell : cells->cells)
    if (graph.nodes[cell.node].kind == Node::Kind::Output)
      net.populations.push_back(populationOf(graph, cell));
  net.outputs = cells->outputs;
  net.run = runOptions(net, graph.metadata, warnings);
  if (llvm::Error error = addProjections(graph, *routes, *biases, net, warnings))
    return error;
  if (llvm::Error error = orderNet(net))
    return error;
  return net;
}

} // namespace snnc::compiler::nir
