#include "common/net/verify_graph.h"

#include "common/net/verify.h"

#include <set>

namespace snnc::net {
namespace {

void checkNames(llvm::ArrayRef<Layer> layers, llvm::ArrayRef<Edge> edges, Findings &findings) {
  std::set<std::string> seen;
  for (const Layer &layer : layers)
    if (layer.name.empty())
      findings.add("a population has no name", layer.loc);
    else if (!seen.insert(layer.name).second)
      findings.add(llvm::formatv("there are two populations '{0}'", layer.name), layer.loc);
    else if (!isPlainName(layer.name))
      findings.add("the name '" + escapedName(layer.name) +
                       "' has a control character, a slash or a backslash",
                   layer.loc, "rename it: traces have an array of every population's name");
  seen.clear();
  for (const Edge &edge : edges)
    if (edge.name.empty())
      findings.add("a projection has no name", edge.loc);
    else if (!seen.insert(edge.name).second)
      findings.add(llvm::formatv("there are two projections '{0}'", edge.name), edge.loc);
}

// Sizes; false if a population has none to work with.
bool checkShapes(std::vector<Layer> &layers, Findings &findings) {
  bool ok = true;
  for (Layer &layer : layers) {
    layer.size = layer.shape.empty() ? 0 : 1;
    for (uint32_t extent : layer.shape)
      layer.size = std::min<uint64_t>(layer.size * extent, kMaxElements + 1);
    if (layer.size >= 1 && layer.size <= kMaxElements)
      continue;
    if (layer.size > kMaxElements)
      findings.addTooLarge("'" + layer.name + "'", layer.loc);
    else
      findings.add(
          llvm::formatv("'{0}' must have between 1 and {1} neurons", layer.name, kMaxElements),
          layer.loc);
    ok = false;
  }
  return ok;
}

bool checkEnds(const Edge &edge, llvm::ArrayRef<Layer> layers, Findings &findings) {
  if (edge.source >= layers.size() || edge.target >= layers.size()) {
    findings.add(llvm::formatv("projection '{0}' joins population {1} to {2}, there are {3}",
                               edge.name, edge.source, edge.target, layers.size()),
                 edge.loc);
    return false;
  }
  if (layers[edge.target].isInput)
    findings.add(llvm::formatv("projection '{0}' ends in the input '{1}'", edge.name,
                               layers[edge.target].name),
                 edge.loc);
  if (edge.delay > kMaxDelay)
    findings.add(
        llvm::formatv("delay of '{0}' is {1}, at most {2}", edge.name, edge.delay, kMaxDelay),
        edge.loc);
  return true;
}

// A population that comes after itself in the same step: Kahn's algorithm over edges of delay 0.
void checkCycles(llvm::ArrayRef<Layer> layers, llvm::ArrayRef<Edge> edges, Findings &findings) {
  std::vector<std::vector<uint32_t>> targets(layers.size());
  std::vector<uint32_t> waits(layers.size(), 0), ready;
  for (const Edge &edge : edges) {
    if (edge.delay != 0)
      continue;
    targets[edge.source].push_back(edge.target);
    ++waits[edge.target];
  }
  for (uint32_t i = 0; i < layers.size(); ++i)
    if (waits[i] == 0)
      ready.push_back(i);
  for (size_t done = 0; done < ready.size(); ++done)
    for (uint32_t target : targets[ready[done]])
      if (--waits[target] == 0)
        ready.push_back(target);
  for (uint32_t i = 0; i < layers.size(); ++i)
    if (waits[i] != 0)
      findings.add(llvm::formatv("'{0}' is in or behind a cycle of delay 0: a spike takes at least "
                                 "one step around a cycle",
                                 layers[i].name),
                   layers[i].loc, "give a projection of the cycle a delay of at least 1");
}

void checkInterface(llvm::ArrayRef<uint32_t> inputs, llvm::ArrayRef<uint32_t> outputs,
                    llvm::ArrayRef<Layer> layers, Findings &findings) {
  std::set<uint32_t> seen;
  for (uint32_t index : inputs)
    if (index >= layers.size() || !layers[index].isInput || !seen.insert(index).second)
      findings.add(llvm::formatv("inputs name population {0}: not an input, or twice", index));
  for (uint32_t i = 0; i < layers.size(); ++i)
    if (layers[i].isInput && !seen.count(i))
      findings.add(llvm::formatv("the input '{0}' is missing in inputs", layers[i].name),
                   layers[i].loc);
  seen.clear();
  for (uint32_t index : outputs)
    if (index >= layers.size() || layers[index].isInput || !seen.insert(index).second)
      findings.add(llvm::formatv("outputs name population {0}: an input, unknown or twice", index));
}

} // namespace

bool checkGraph(std::vector<Layer> &layers, llvm::ArrayRef<Edge> edges,
                llvm::ArrayRef<uint32_t> inputs, llvm::ArrayRef<uint32_t> outputs,
                Findings &findings) {
  checkNames(layers, edges, findings);
  bool ok = checkShapes(layers, findings);
  for (const Edge &edge : edges)
    ok &= checkEnds(edge, layers, findings);
  if (ok)
    checkCycles(layers, edges, findings);
  checkInterface(inputs, outputs, layers, findings);
  return ok;
}

} // namespace snnc::net
