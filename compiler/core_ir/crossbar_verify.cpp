#include "compiler/core_ir/crossbar_verify.h"

#include "compiler/core_ir/crossbar_limits.h"

#include "common/support/diag.h"

#include <algorithm>
#include <set>
#include <tuple>

using llvm::formatv;

namespace snnc::compiler::core_ir {
namespace {

using Kind = CrossbarCell::Kind;

class Verifier {
public:
  Verifier(const CrossbarIr &ir, const net::QuantNet &net, const target::Target &target)
      : ir(ir), net(net), limits(crossbarLimits(target)), mesh(target.mesh),
        names(clusterNames(ir, net)) {}

  llvm::Error run() {
    for (const CrossbarCluster &cluster : ir.clusters)
      fedBy.emplace_back(cluster.axons.size(), 0);
    for (const net::QuantPopulation &population : net.populations)
      homes.emplace_back(population.isInput ? 0 : population.size(), 0);
    for (size_t c = 0; c < ir.clusters.size(); ++c)
      if (llvm::Error error = checkCluster(c))
        return error;
    if (llvm::Error error = checkHomes())
      return error;
    for (const CrossbarHostInput &input : ir.inputs)
      for (const CrossbarHostRoute &route : input.routes)
        if (llvm::Error error = checkRoute(input, route))
          return error;
    if (llvm::Error error = checkFed())
      return error;
    return ir.placed ? checkPlaces() : llvm::Error::success();
  }

private:
  llvm::Error fail(size_t cluster, const llvm::Twine &what) {
    return support::Diag(support::DiagCode::CoreIrInvalid, {},
                         formatv("cluster {0} {1}", names[cluster], what.str()))
        .help("this is a fault of the compiler; --dump-dir shows the IR after every pass")
        .take();
  }

  llvm::Error checkCluster(size_t c) {
    const CrossbarCluster &cluster = ir.clusters[c];
    if (cluster.cells.empty() || cluster.cells.size() > limits.neurons ||
        cluster.axons.size() > limits.axons)
      return fail(c, formatv("has {0} neurons and {1} axons, a core has {2} and {3}",
                             cluster.cells.size(), cluster.axons.size(), limits.neurons,
                             limits.axons));
    std::set<std::tuple<bool, uint32_t, uint32_t, uint8_t>> names;
    for (const CrossbarAxon &axon : cluster.axons)
      if (!names.insert({axon.relay, axon.from, axon.source, axon.type}).second && !axon.relay)
        return fail(c, formatv("has two axons of type {0} for source {1} of '{2}'",
                               unsigned{axon.type}, axon.source, net.projections[axon.from].name));
    uint32_t windows = 0;
    for (size_t k = 0; k < cluster.cells.size(); ++k) {
      windows += k == 0 || windowOf(ir, cluster.cells[k - 1]) != windowOf(ir, cluster.cells[k]);
      if (llvm::Error error = checkCell(c, k))
        return error;
    }
    if (windows > limits.groups)
      return fail(c, formatv("has {0} windows, a core has {1}", windows, limits.groups));
    return !ir.routed || cluster.groups.size() == windows
               ? llvm::Error::success()
               : fail(c, "has groups that are not its windows");
  }

  llvm::Error checkCell(size_t c, size_t k) {
    const CrossbarCluster &cluster = ir.clusters[c];
    const CrossbarCell &cell = cluster.cells[k];
    if (cell.neuron >= homes[cell.population].size())
      return fail(c, formatv("holds neuron {0}, which does not exist", cell.neuron));
    if (cell.kind == Kind::Relay) {
      const bool fed =
          cell.relayAxon < cluster.axons.size() &&
          cluster.axons[cell.relayAxon] == CrossbarAxon{true, cell.population, cell.neuron, 0};
      if (!fed)
        return fail(c, formatv("has relay {0} on another's axon", k));
    } else if (cell.kind == Kind::Home) {
      ++homes[cell.population][cell.neuron];
    } else {
      const auto home = std::find_if(cluster.cells.begin(),
                                     cluster.cells.begin() + static_cast<std::ptrdiff_t>(k),
                                     [&](const CrossbarCell &each) {
                                       return each.kind == Kind::Home &&
                                              each.population == cell.population &&
                                              each.neuron == cell.neuron;
                                     });
      if (home->neuron != cell.neuron || home->kind != Kind::Home || home->weights != cell.weights)
        return fail(c, formatv("has copy {0} of a neuron that is not in it", k));
    }
    return cell.cluster == CrossbarCell::kNowhere ? llvm::Error::success() : checkTarget(c, k);
  }

  // The axon stands for the neuron that the cell sends for, and gets it in time.
  llvm::Error checkTarget(size_t c, size_t k) {
    const CrossbarCell &cell = ir.clusters[c].cells[k];
    if (cell.cluster >= ir.clusters.size() || cell.axon >= ir.clusters[cell.cluster].axons.size())
      return fail(c, formatv("has cell {0}, whose target is not there", k));
    const CrossbarAxon &axon = ir.clusters[cell.cluster].axons[cell.axon];
    const uint32_t from = axon.relay ? axon.from : net.projections[axon.from].source;
    if (from != cell.population || axon.source != cell.neuron)
      return fail(c, formatv("sends cell {0} to an axon of another source", k));
    ++fedBy[cell.cluster][cell.axon];
    const uint32_t delay = delayOf(ir, net, cell);
    if (delay > limits.mostDelay || (ir.routed && delay != cell.delay))
      return fail(c, formatv("has cell {0} with delay {1}, its window asks for {2}", k,
                             unsigned{cell.delay}, delay));
    return llvm::Error::success();
  }

  llvm::Error checkHomes() {
    for (size_t p = 0; p < homes.size(); ++p)
      for (size_t n = 0; n < homes[p].size(); ++n)
        if (homes[p][n] != 1)
          return support::Diag(support::DiagCode::CoreIrInvalid, {},
                               formatv("neuron {0} of '{1}' lives {2} times", n,
                                       net.populations[p].name, unsigned{homes[p][n]}))
              .take();
    return llvm::Error::success();
  }

  llvm::Error checkRoute(const CrossbarHostInput &input, const CrossbarHostRoute &route) {
    const CrossbarAxon &axon = ir.clusters[route.cluster].axons[route.axon];
    if (axon.relay || net.projections[axon.from].source != input.population ||
        axon.source != route.element || route.offset != hostOffset(ir, net, axon))
      return fail(route.cluster,
                  formatv("gets input element {0} on a wrong axon or tick", route.element));
    ++fedBy[route.cluster][route.axon];
    return llvm::Error::success();
  }

  // Every axon once; those of inputs by the host, after `route`.
  llvm::Error checkFed() {
    for (size_t c = 0; c < fedBy.size(); ++c)
      for (size_t a = 0; a < fedBy[c].size(); ++a) {
        const CrossbarAxon &axon = ir.clusters[c].axons[a];
        const bool input =
            !axon.relay && net.populations[net.projections[axon.from].source].isInput;
        if (fedBy[c][a] != (input && !ir.routed ? 0 : 1))
          return fail(c, formatv("has axon {0} fed {1} times", a, unsigned{fedBy[c][a]}));
      }
    return llvm::Error::success();
  }

  llvm::Error checkPlaces() {
    std::set<std::pair<uint32_t, uint32_t>> used;
    for (size_t c = 0; c < ir.clusters.size(); ++c) {
      const CrossbarCluster &cluster = ir.clusters[c];
      if (cluster.x >= ir.meshWidth || cluster.y >= ir.meshHeight || ir.meshWidth > mesh.width ||
          ir.meshHeight > mesh.height)
        return fail(c, formatv("is at ({0}, {1}), outside the mesh", cluster.x, cluster.y));
      if (!used.insert({cluster.y, cluster.x}).second)
        return fail(c, formatv("shares ({0}, {1}) with another", cluster.x, cluster.y));
    }
    return llvm::Error::success();
  }

  const CrossbarIr &ir;
  const net::QuantNet &net;
  const CrossbarLimits limits;
  const target::MeshSpec mesh;
  const std::vector<std::string> names;
  std::vector<std::vector<uint16_t>> fedBy; // [cluster][axon]
  std::vector<std::vector<uint8_t>> homes;  // [population][neuron]
};

} // namespace

llvm::Error verify(const CrossbarIr &ir, const net::QuantNet &net, const target::Target &target) {
  return Verifier(ir, net, target).run();
}

} // namespace snnc::compiler::core_ir
