#include "compiler/frontends/nir/order.h"

#include "common/support/diag.h"
#include "compiler/frontends/nir/graph_walk.h"

#include <algorithm>
#include <set>
#include <tuple>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

using Successors = std::vector<std::vector<uint32_t>>;

// Targets of projections of delay 0, each once, ascending.
Successors immediate(const net::Net &net, bool thresholdsOnly) {
  auto taken = [&](uint32_t at) {
    return !thresholdsOnly || net.populations[at].kind == net::NeuronKind::Threshold;
  };
  Successors successors(net.populations.size());
  for (const net::Projection &projection : net.projections)
    if (projection.delay == 0 && taken(projection.source) && taken(projection.target))
      successors[projection.source].push_back(projection.target);
  for (std::vector<uint32_t> &targets : successors) {
    std::sort(targets.begin(), targets.end());
    targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  }
  return successors;
}

llvm::Error checkThresholds(const net::Net &net) {
  const Successors successors = immediate(net, true);
  llvm::Error errors = llvm::Error::success();
  Walk walk(successors);
  size_t count = 0;
  auto onBack = [&](uint32_t from, uint32_t to) {
    if (++count > 20)
      return;
    errors = llvm::joinErrors(
        std::move(errors),
        Diag(DiagCode::StatelessCycle, net.populations[to].loc,
             llvm::formatv("the cycle that '{0}' -> '{1}' closes has only thresholds, no neuron",
                           net.populations[from].name, net.populations[to].name))
            .help("put a neuron (LIF, IF) or a Delay of at least one step between them")
            .take());
  };
  for (uint32_t at = 0; at < net.populations.size(); ++at)
    walk.from(at, onBack, [](uint32_t) {});
  return errors;
}

bool isInput(const net::Net &net, uint32_t at) {
  return net.populations[at].kind == net::NeuronKind::Input;
}

void breakCycles(net::Net &net) {
  const Successors successors = immediate(net, false);
  std::set<std::pair<uint32_t, uint32_t>> closing;
  Walk walk(successors);
  for (const bool inputs : {true, false})
    for (uint32_t at = 0; at < net.populations.size(); ++at)
      if (isInput(net, at) == inputs)
        walk.from(
            at, [&](uint32_t from, uint32_t to) { closing.emplace(from, to); }, [](uint32_t) {});
  for (net::Projection &projection : net.projections)
    if (projection.delay == 0 && closing.count({projection.source, projection.target}))
      projection.delay = 1;
}

// By population: the number of its strongly connected component over all projections (Kosaraju).
std::vector<uint32_t> components(const net::Net &net) {
  const size_t count = net.populations.size();
  Successors forward(count), backward(count);
  for (const net::Projection &projection : net.projections) {
    forward[projection.source].push_back(projection.target);
    backward[projection.target].push_back(projection.source);
  }
  std::vector<uint32_t> finished, component(count);
  auto ignore = [](uint32_t, uint32_t) {};
  Walk first(forward);
  for (uint32_t at = 0; at < count; ++at)
    first.from(at, ignore, [&](uint32_t node) { finished.push_back(node); });
  Walk second(backward);
  for (auto at = finished.rbegin(); at != finished.rend(); ++at)
    second.from(*at, ignore, [&](uint32_t node) { component[node] = *at; });
  return component;
}

// Kahn's algorithm. A delay inside a cycle does not count: the source may come later.
std::vector<uint32_t> executionOrder(const net::Net &net) {
  const size_t count = net.populations.size();
  const std::vector<uint32_t> component = components(net);
  Successors behind(count);
  std::vector<uint32_t> waits(count, 0);
  for (const net::Projection &projection : net.projections)
    if (projection.delay == 0 || component[projection.source] != component[projection.target]) {
      behind[projection.source].push_back(projection.target);
      ++waits[projection.target];
    }
  std::set<std::pair<bool, uint32_t>> ready; // (is no input, population)
  for (uint32_t at = 0; at < count; ++at)
    if (waits[at] == 0)
      ready.emplace(!isInput(net, at), at);
  std::vector<uint32_t> order;
  while (!ready.empty()) {
    const uint32_t at = ready.begin()->second;
    ready.erase(ready.begin());
    order.push_back(at);
    for (uint32_t target : behind[at])
      if (--waits[target] == 0)
        ready.emplace(true, target);
  }
  return order;
}

void reorder(net::Net &net, const std::vector<uint32_t> &order) {
  std::vector<uint32_t> place(order.size());
  std::vector<net::Population> populations;
  for (uint32_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    populations.push_back(std::move(net.populations[order[i]]));
  }
  net.populations = std::move(populations);
  for (net::Projection &projection : net.projections) {
    projection.source = place[projection.source];
    projection.target = place[projection.target];
  }
  std::stable_sort(net.projections.begin(), net.projections.end(),
                   [](const net::Projection &a, const net::Projection &b) {
                     return std::tie(a.target, a.source) < std::tie(b.target, b.source);
                   });
  for (uint32_t &output : net.outputs)
    output = place[output];
  net.inputs.clear();
  for (uint32_t i = 0; i < net.populations.size(); ++i)
    if (isInput(net, i))
      net.inputs.push_back(i);
}

} // namespace

llvm::Error orderNet(net::Net &net) {
  if (llvm::Error error = checkThresholds(net))
    return error;
  breakCycles(net);
  reorder(net, executionOrder(net));
  return llvm::Error::success();
}

} // namespace snnc::compiler::nir
