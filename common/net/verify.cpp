#include "common/net/verify.h"

#include "common/net/number_text.h"
#include "common/net/text_names.h"
#include "common/support/diag.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <set>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::net {
namespace {

constexpr size_t kMaxErrors = 20;

// Collects broken rules; the first 20 are enough to act on.
class Findings {
public:
  void add(const llvm::Twine &message, const support::SourceLoc &loc = {},
           const llvm::Twine &help = "") {
    if (++count > kMaxErrors)
      return;
    errors = llvm::joinErrors(std::move(errors),
                              Diag(DiagCode::NetInvalid, loc, message).help(help).take());
  }
  llvm::Error take() { return std::move(errors); }

private:
  llvm::Error errors = llvm::Error::success();
  size_t count = 0;
};

// What both kinds of net have, seen alike.
struct Layer {
  const std::string &name;
  const std::vector<uint32_t> &shape;
  bool isInput;
  uint64_t size = 0;
  support::SourceLoc loc;
};
struct Edge {
  const std::string &name;
  uint32_t source, target, delay;
  support::SourceLoc loc;
};

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
      layer.size = std::min<uint64_t>(layer.size * extent, uint64_t{kMaxPopulationSize} + 1);
    if (layer.size >= 1 && layer.size <= kMaxPopulationSize)
      continue;
    findings.add(
        llvm::formatv("'{0}' must have between 1 and {1} neurons", layer.name, kMaxPopulationSize),
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

// The checks that need no weights; false if weights cannot be checked against the layers.
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

template <class Sparse> bool sparseIsSound(const Sparse &weights) {
  if (weights.rowStart.size() != size_t{weights.pres} + 1 || weights.rowStart.front() != 0 ||
      weights.rowStart.back() != weights.columns.size() ||
      weights.columns.size() != weights.values.size())
    return false;
  for (uint32_t source = 0; source < weights.pres; ++source) {
    const uint64_t begin = weights.rowStart[source], end = weights.rowStart[source + 1];
    if (begin > end || end > weights.columns.size())
      return false;
    for (uint64_t at = begin; at < end; ++at)
      if (weights.columns[at] >= weights.posts ||
          (at > begin && weights.columns[at] <= weights.columns[at - 1]))
        return false;
  }
  return true;
}

template <class Dense>
void checkDense(const Edge &edge, const Dense &weights, llvm::ArrayRef<Layer> layers,
                Findings &findings) {
  const uint64_t posts = layers[edge.target].size, pres = layers[edge.source].size;
  if (weights.rows != posts || weights.cols != pres)
    findings.add(llvm::formatv("weights of '{0}' are {1}x{2}, expected {3}x{4} (targets x sources)",
                               edge.name, weights.rows, weights.cols, posts, pres),
                 edge.loc);
  else if (weights.values.size() != posts * pres)
    findings.add(llvm::formatv("'{0}' has {1} weights, expected {2}", edge.name,
                               weights.values.size(), posts * pres),
                 edge.loc);
}

template <class Sparse>
void checkSparse(const Edge &edge, const Sparse &weights, llvm::ArrayRef<Layer> layers,
                 Findings &findings) {
  const uint64_t posts = layers[edge.target].size, pres = layers[edge.source].size;
  if (weights.posts != posts || weights.pres != pres)
    findings.add(llvm::formatv("weights of '{0}' are {1}x{2}, expected {3}x{4} (targets x sources)",
                               edge.name, weights.posts, weights.pres, posts, pres),
                 edge.loc);
  else if (!sparseIsSound(weights))
    findings.add(llvm::formatv("the sparse weights of '{0}' are not sound: row starts ascend, "
                               "targets ascend within a source and exist",
                               edge.name),
                 edge.loc);
}

// Dense is index 0 of both variants.
template <class Weights>
void checkWeights(const Edge &edge, const Weights &weights, llvm::ArrayRef<Layer> layers,
                  Findings &findings) {
  if (const auto *dense = std::get_if<0>(&weights))
    checkDense(edge, *dense, layers, findings);
  else
    checkSparse(edge, std::get<1>(weights), layers, findings);
}

template <class T> std::optional<size_t> firstBad(llvm::ArrayRef<T> values) {
  for (size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      return i;
  return std::nullopt;
}

// ---- real numbers

bool kindHas(NeuronKind kind, Param NeuronParams::*param) {
  if (kind == NeuronKind::Input)
    return false;
  if (param == &NeuronParams::tau || param == &NeuronParams::vLeak)
    return param == &NeuronParams::tau ? kind == NeuronKind::LIF : kind != NeuronKind::IF;
  if (param == &NeuronParams::tauSyn || param == &NeuronParams::tauMem ||
      param == &NeuronParams::wIn)
    return kind == NeuronKind::CubaLIF;
  return true;
}

bool mayBeInfinite(Param NeuronParams::*param) {
  return param == &NeuronParams::tau || param == &NeuronParams::tauSyn ||
         param == &NeuronParams::tauMem || param == &NeuronParams::r || param == &NeuronParams::wIn;
}

void checkParams(const Population &population, uint64_t size, Findings &findings) {
  for (const ParamField &field : kParamFields) {
    const std::vector<double> &values = (population.params.*field.param).values;
    if (values.empty())
      continue;
    if (!kindHas(population.kind, field.param))
      findings.add(llvm::formatv("'{0}' has '{1}', which the model {2} does not have",
                                 population.name, field.name, nameOf(population.kind)),
                   population.loc);
    if (values.size() != 1 && values.size() != size)
      findings.add(llvm::formatv("'{0}' of '{1}' has {2} values, expected 1 or {3}", field.name,
                                 population.name, values.size(), size),
                   population.loc);
    for (size_t i = 0; i < values.size(); ++i)
      if (std::isnan(values[i]) || (std::isinf(values[i]) && !mayBeInfinite(field.param)))
        findings.add(llvm::formatv("'{0}[{1}]' of '{2}' is {3}", field.name, i, population.name,
                                   numberText(values[i])),
                     population.loc);
  }
}

void checkValues(const Projection &projection, uint64_t targets, Findings &findings) {
  const auto bad = std::visit([](const auto &weights) { return firstBad<float>(weights.values); },
                              projection.weights);
  if (bad)
    findings.add(llvm::formatv("weight {0} of '{1}' is not finite", *bad, projection.name),
                 projection.loc);
  if (!projection.bias.empty() && projection.bias.size() != targets)
    findings.add(llvm::formatv("the bias of '{0}' has {1} values, expected {2}", projection.name,
                               projection.bias.size(), targets),
                 projection.loc);
  if (const auto badBias = firstBad<double>(projection.bias))
    findings.add(llvm::formatv("bias {0} of '{1}' is not finite", *badBias, projection.name),
                 projection.loc);
}

// ---- integers

void checkConfigs(const QuantPopulation &population, uint64_t size, Findings &findings) {
  const uint64_t wanted = population.isInput ? 0 : size;
  if (population.neurons.size() != wanted)
    findings.add(llvm::formatv("'{0}' has {1} neuron configurations, expected {2}", population.name,
                               population.neurons.size(), wanted));
  if (!population.scale.empty() && population.scale.size() != size)
    findings.add(llvm::formatv("'{0}' has {1} scales, expected {2}", population.name,
                               population.scale.size(), size));
  if (!population.rest.empty() && population.rest.size() != size)
    findings.add(llvm::formatv("'{0}' has {1} rests, expected {2}", population.name,
                               population.rest.size(), size));
  constexpr int32_t kLow = -(1 << 23), kHigh = (1 << 23) - 1;
  if (population.vmin < kLow || population.vmax > kHigh || population.vmin > population.vmax)
    findings.add(llvm::formatv("'{0}' clamps to {1} .. {2}, not a range of 24 bits",
                               population.name, population.vmin, population.vmax));
  if (population.duOffset > 1)
    findings.add(llvm::formatv("du_offset of '{0}' is {1}, 0 or 1 expected", population.name,
                               unsigned{population.duOffset}));
  for (size_t i = 0; i < population.neurons.size(); ++i) {
    const NeuronConfig &config = population.neurons[i];
    for (const ConfigField &field : kConfigFields) {
      const int64_t value = field.get(config);
      const bool amount = config.resetSubtract && field.name == llvm::StringRef("reset");
      const int64_t lo = amount ? 0 : field.lo;
      if (value < lo || value > field.hi)
        findings.add(llvm::formatv("'{0}' of '{1}[{2}]' is {3}, expected {4} .. {5}", field.name,
                                   population.name, i, value, lo, field.hi));
    }
  }
}

template <class Values>
void checkBits(const std::string &name, const Values &values, unsigned bits, Findings &findings) {
  if (bits < 2 || bits > 16) {
    findings.add(llvm::formatv("'{0}' has weights of {1} bits, expected 2 .. 16", name, bits));
    return;
  }
  const int limit = 1 << (bits - 1);
  for (size_t i = 0; i < values.size(); ++i)
    if (values[i] < -limit || values[i] >= limit) {
      findings.add(llvm::formatv("weight {0} of '{1}' is {2}, not a number of {3} bits", i, name,
                                 values[i], bits));
      return;
    }
}

void checkHostLayer(const HostLayer &layer, const Edge &edge, llvm::ArrayRef<Layer> layers,
                    Findings &findings) {
  checkDense(edge, layer.weights, layers, findings);
  checkBits(layer.name, layer.weights.values, layer.weightBits, findings);
  const uint64_t targets = layers[layer.target].size;
  if (!layers[layer.source].isInput)
    findings.add(llvm::formatv("host layer '{0}' does not start at an input", layer.name));
  if (layer.bias.size() != targets || layer.shift.size() != targets)
    findings.add(llvm::formatv("host layer '{0}' has {1} biases and {2} shifts, expected {3}",
                               layer.name, layer.bias.size(), layer.shift.size(), targets));
  if (llvm::any_of(layer.shift, [](uint8_t shift) { return shift > 40; }))
    findings.add(llvm::formatv("host layer '{0}' has a shift above 40", layer.name));
  if (!(layer.inputScale > 0 && std::isfinite(layer.inputScale)) || layer.inputMin > layer.inputMax)
    findings.add(llvm::formatv("host layer '{0}' has input scale {1}, range {2} .. {3}", layer.name,
                               numberText(layer.inputScale), layer.inputMin, layer.inputMax));
}

void checkStep(const Profile &profile, Findings &findings) {
  if (!(profile.dt.value > 0 && std::isfinite(profile.dt.value)))
    findings.add("dt is " + numberText(profile.dt.value) + ", expected seconds above 0");
}

} // namespace

bool isPlainName(llvm::StringRef name) {
  return llvm::none_of(
      name, [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '/' || c == '\\'; });
}

std::string escapedName(llvm::StringRef name) {
  std::string text;
  llvm::raw_string_ostream(text).write_escaped(name);
  return text;
}

llvm::Error verify(const Net &net) {
  Findings findings;
  checkStep(net.profile, findings);
  std::vector<Layer> layers;
  std::vector<Edge> edges;
  for (const Population &population : net.populations)
    layers.push_back({population.name, population.shape, population.kind == NeuronKind::Input, 0,
                      population.loc});
  for (const Projection &projection : net.projections)
    edges.push_back(
        {projection.name, projection.source, projection.target, projection.delay, projection.loc});
  const bool ok = checkGraph(layers, edges, net.inputs, net.outputs, findings);
  for (size_t i = 0; i < layers.size(); ++i)
    checkParams(net.populations[i], layers[i].size, findings);
  for (size_t i = 0; ok && i < edges.size(); ++i) {
    checkWeights(edges[i], net.projections[i].weights, layers, findings);
    checkValues(net.projections[i], layers[edges[i].target].size, findings);
  }
  return findings.take();
}

llvm::Error verify(const QuantNet &net) {
  Findings findings;
  checkStep(net.profile, findings);
  std::vector<Layer> layers;
  std::vector<Edge> edges;
  for (const QuantPopulation &population : net.populations)
    layers.push_back({population.name, population.shape, population.isInput, 0, {}});
  for (const QuantProjection &projection : net.projections)
    edges.push_back({projection.name, projection.source, projection.target, projection.delay, {}});
  for (const HostLayer &layer : net.hostLayers)
    edges.push_back({layer.name, layer.source, layer.target, 0, {}});
  const bool ok = checkGraph(layers, edges, net.inputs, net.outputs, findings);
  for (size_t i = 0; i < layers.size(); ++i)
    checkConfigs(net.populations[i], layers[i].size, findings);
  const size_t projections = net.projections.size();
  for (size_t i = 0; ok && i < projections; ++i) {
    const QuantProjection &projection = net.projections[i];
    checkWeights(edges[i], projection.weights, layers, findings);
    std::visit(
        [&](const auto &weights) {
          checkBits(projection.name, weights.values, projection.weightBits, findings);
        },
        projection.weights);
    if (projection.exponent > 7)
      findings.add(llvm::formatv("'{0}' has the exponent {1}, expected 0 .. 7", projection.name,
                                 unsigned{projection.exponent}));
  }
  std::set<uint32_t> onHost;
  for (size_t i = 0; ok && i < net.hostLayers.size(); ++i) {
    checkHostLayer(net.hostLayers[i], edges[projections + i], layers, findings);
    if (!onHost.insert(net.hostLayers[i].target).second)
      findings.add(
          llvm::formatv("'{0}' has two host layers", layers[net.hostLayers[i].target].name));
  }
  return findings.take();
}

} // namespace snnc::net
