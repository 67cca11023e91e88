#include "common/net/verify.h"

#include "common/net/number_text.h"
#include "common/net/text_names.h"
#include "common/net/verify_graph.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <set>

namespace snnc::net {
namespace {

constexpr unsigned kMaxHostShift = 40;

template <class T> std::optional<size_t> firstBad(llvm::ArrayRef<T> values) {
  for (size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      return i;
  return std::nullopt;
}

// ---- real numbers

bool kindHas(NeuronKind kind, Param NeuronParams::*param) {
  const bool cuba = kind == NeuronKind::CubaLIF || kind == NeuronKind::CubaLI;
  const bool leaky = cuba || kind == NeuronKind::LIF || kind == NeuronKind::LI;
  if (kind == NeuronKind::Input)
    return false;
  if (param == &NeuronParams::vThreshold)
    return spikes(kind);
  if (kind == NeuronKind::Threshold)
    return false;
  if (param == &NeuronParams::tau)
    return leaky && !cuba;
  if (param == &NeuronParams::vLeak)
    return leaky;
  if (param == &NeuronParams::tauSyn || param == &NeuronParams::tauMem ||
      param == &NeuronParams::wIn)
    return cuba;
  if (param == &NeuronParams::vReset || param == &NeuronParams::refractory)
    return spikes(kind);
  return true; // r, v_init
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

void checkGrid(const Population &population, uint64_t size, Findings &findings) {
  const PopulationGrid &grid = population.grid;
  const auto oneOrAll = [&](size_t count) { return count <= 1 || count == size; };
  const bool sound =
      oneOrAll(grid.scale.values.size()) && oneOrAll(grid.biasExp.size()) && grid.duOffset <= 1 &&
      llvm::all_of(grid.scale.values, [](double x) { return x > 0 && std::isfinite(x); }) &&
      llvm::all_of(grid.biasExp, [](uint8_t x) { return x <= 7; });
  if (!sound)
    findings.add(llvm::formatv("the grid of '{0}' is not sound: scales above 0 and bias exponents "
                               "0 .. 7, one or one per neuron, and a du offset of 0 or 1",
                               population.name),
                 population.loc);
}

void checkGrid(const Projection &projection, uint64_t targets, Findings &findings) {
  const ProjectionGrid &grid = projection.grid;
  const bool bits = grid.weightBits == 0 || (grid.weightBits >= 2 && grid.weightBits <= 16);
  const bool shifts = (grid.hostShift.empty() || grid.hostShift.size() == targets) &&
                      llvm::all_of(grid.hostShift, [](uint8_t x) { return x <= kMaxHostShift; });
  if (!bits || grid.exponent > 7 || !shifts)
    findings.add(llvm::formatv("the grid of '{0}' is not sound: 2 .. 16 bits, an exponent 0 .. 7 "
                               "and host shifts 0 .. {1}, one per target",
                               projection.name, kMaxHostShift),
                 projection.loc);
}

void checkPopulation(const Population &population, uint64_t size, Findings &findings) {
  checkParams(population, size, findings);
  checkGrid(population, size, findings);
  if (population.reset && population.kind == NeuronKind::Input)
    findings.add(llvm::formatv("the input '{0}' has a reset rule", population.name),
                 population.loc);
}

void checkProjection(const Projection &projection, const Edge &edge, llvm::ArrayRef<Layer> layers,
                     const Population &source, Findings &findings) {
  const uint64_t targets = layers[edge.target].size;
  ChainCheck chain(edge, layers, projection.before.size() + 1, findings);
  if (llvm::all_of(projection.before, [&](const Weights &map) { return chain.next(map); }))
    chain.next(projection.weights);
  if (!spikes(source.kind))
    findings.add(llvm::formatv("projection '{0}' starts from '{1}', which never spikes (model {2})",
                               projection.name, source.name, nameOf(source.kind)),
                 projection.loc);
  if (!projection.bias.empty() && projection.bias.size() != targets)
    findings.add(llvm::formatv("the bias of '{0}' has {1} values, expected {2}", projection.name,
                               projection.bias.size(), targets),
                 projection.loc);
  if (const auto badBias = firstBad<double>(projection.bias))
    findings.add(llvm::formatv("bias {0} of '{1}' is not finite", *badBias, projection.name),
                 projection.loc);
  checkGrid(projection, targets, findings);
}

// ---- integers

template <class Config>
void checkRegisters(const QuantPopulation &population, llvm::ArrayRef<Config> neurons,
                    Findings &findings) {
  for (size_t i = 0; i < neurons.size(); ++i)
    for (const auto &field : ConfigNames<Config>::kFields) {
      const int64_t value = field.get(neurons[i]);
      int64_t lo = field.lo;
      if constexpr (std::is_same_v<Config, NeuronConfig>)
        if (neurons[i].resetSubtract && field.name == llvm::StringRef("reset"))
          lo = 0; // an amount
      if (value < lo || value > field.hi)
        findings.add(llvm::formatv("'{0}' of '{1}[{2}]' is {3}, expected {4} .. {5}", field.name,
                                   population.name, i, value, lo, field.hi));
    }
}

void checkConfigs(const QuantPopulation &population, uint64_t size, Findings &findings) {
  const uint64_t wanted = population.isInput ? 0 : size;
  const uint64_t configs = population.neurons.size() + population.crossbar.size();
  if (configs != wanted)
    findings.add(llvm::formatv("'{0}' has {1} neuron configurations, expected {2}", population.name,
                               configs, wanted));
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
  checkRegisters<NeuronConfig>(population, population.neurons, findings);
  checkRegisters<CrossbarConfig>(population, population.crossbar, findings);
}

// Crossbar cores have no exponents and no host layers, and a network is for one kind of core.
void checkKind(const QuantNet &net, Findings &findings) {
  if (!net.isCrossbar())
    return;
  for (const QuantPopulation &population : net.populations)
    if (!population.neurons.empty())
      findings.add(llvm::formatv("'{0}' is for cuba cores, other populations for crossbar cores",
                                 population.name));
  for (const QuantProjection &projection : net.projections)
    if (projection.exponent != 0)
      findings.add(llvm::formatv("'{0}' has the exponent {1}, crossbar cores have none",
                                 projection.name, unsigned{projection.exponent}));
  for (const HostLayer &layer : net.hostLayers)
    findings.add(llvm::formatv("host layer '{0}' ends at a crossbar core", layer.name));
}

void checkBits(const std::string &name, llvm::ArrayRef<int16_t> values, unsigned bits,
               Findings &findings) {
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

template <class T> const std::vector<T> &valuesOf(const DenseMap<T> &map) {
  return map.values;
}
template <class T> const std::vector<T> &valuesOf(const SparseMap<T> &map) {
  return map.values;
}
template <class T> const std::vector<T> &valuesOf(const ConvMap<T> &map) {
  return map.kernel;
}

template <class Variant>
void checkBits(const std::string &name, const Variant &weights, unsigned bits, Findings &findings) {
  std::visit(
      [&](const auto &map) { checkBits(name, llvm::ArrayRef(valuesOf(map)), bits, findings); },
      weights);
}

void checkProjection(const QuantProjection &projection, const Edge &edge,
                     llvm::ArrayRef<Layer> layers, Findings &findings) {
  ChainCheck chain(edge, layers, projection.pools.size() + 1, findings);
  if (llvm::all_of(projection.pools, [&](const PoolMap &pool) { return chain.next(pool); }))
    chain.next(projection.weights);
  checkBits(projection.name, projection.weights, projection.weightBits, findings);
  if (projection.exponent > 7)
    findings.add(llvm::formatv("'{0}' has the exponent {1}, expected 0 .. 7", projection.name,
                               unsigned{projection.exponent}));
  for (const PoolMap &pool : projection.pools)
    if (pool.average || !pool.window.disjoint())
      findings.add(llvm::formatv("'{0}' pools {1}, expected sums of disjoint windows",
                                 projection.name,
                                 pool.average ? "averages"
                                              : "over windows that "
                                                "overlap"));
}

void checkHostLayer(const HostLayer &layer, const Edge &edge, llvm::ArrayRef<Layer> layers,
                    Findings &findings) {
  ChainCheck(edge, layers, 1, findings).next(layer.weights);
  checkBits(layer.name, layer.weights, layer.weightBits, findings);
  const uint64_t targets = layers[layer.target].size;
  if (!layers[layer.source].isInput)
    findings.add(llvm::formatv("host layer '{0}' does not start at an input", layer.name));
  if (layer.bias.size() != targets || layer.shift.size() != targets)
    findings.add(llvm::formatv("host layer '{0}' has {1} biases and {2} shifts, expected {3}",
                               layer.name, layer.bias.size(), layer.shift.size(), targets));
  if (llvm::any_of(layer.shift, [](uint8_t shift) { return shift > kMaxHostShift; }))
    findings.add(
        llvm::formatv("host layer '{0}' has a shift above {1}", layer.name, kMaxHostShift));
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
    checkPopulation(net.populations[i], layers[i].size, findings);
  for (size_t i = 0; ok && i < edges.size(); ++i)
    checkProjection(net.projections[i], edges[i], layers, net.populations[edges[i].source],
                    findings);
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
  for (size_t i = 0; ok && i < projections; ++i)
    checkProjection(net.projections[i], edges[i], layers, findings);
  checkKind(net, findings);
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
