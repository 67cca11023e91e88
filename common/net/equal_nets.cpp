#include "common/net/equal_nets.h"

#include "common/net/synapses.h"
#include "common/net/text_names.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

using llvm::formatv;

namespace snnc::net {
namespace {

using Difference = std::optional<std::string>;

template <class T>
Difference compare(const std::string &where, const char *field, const T &a, const T &b) {
  if (a == b)
    return std::nullopt;
  return formatv("{0}: {1} {2} against {3}", where, field, a, b).str();
}

using Synapses = std::vector<std::pair<uint32_t, int16_t>>; // (target, weight), targets ascending

Synapses synapsesOf(const OutgoingInts &outgoing, uint32_t source) {
  Synapses synapses;
  outgoing.forEach(source, [&](uint32_t target, int16_t weight) {
    synapses.push_back({target, weight});
  });
  return synapses;
}

// Synapses one by one: how they are stored does not matter.
Difference synapseDifference(const std::string &where, uint32_t sources, const OutgoingInts &a,
                             const OutgoingInts &b) {
  for (uint32_t source = 0; source < sources; ++source) {
    const Synapses x = synapsesOf(a, source), y = synapsesOf(b, source);
    const auto [inX, inY] = std::mismatch(x.begin(), x.end(), y.begin(), y.end());
    if (inX == x.end() && inY == y.end())
      continue;
    const uint32_t target = std::min(inX == x.end() ? UINT32_MAX : inX->first,
                                     inY == y.end() ? UINT32_MAX : inY->first);
    const auto weight = [&](const Synapses &list, Synapses::const_iterator at) {
      return at != list.end() && at->first == target ? int{at->second} : 0;
    };
    return formatv("{0}: synapse {1} -> {2} weighs {3} against {4}", where, source, target,
                   weight(x, inX), weight(y, inY))
        .str();
  }
  return std::nullopt;
}

Difference projectionDifference(const QuantProjection &a, const QuantProjection &b) {
  const std::string where = "projection '" + a.name + "'";
  if (auto d = compare(where, "name", a.name, b.name))
    return d;
  if (auto d = compare(where, "source", a.source, b.source))
    return d;
  if (auto d = compare(where, "target", a.target, b.target))
    return d;
  if (auto d = compare(where, "delay", a.delay, b.delay))
    return d;
  if (auto d = compare<unsigned>(where, "weight bits", a.weightBits, b.weightBits))
    return d;
  if (auto d = compare(where, "sources", preCount(a), preCount(b)))
    return d;
  if (auto d = compare(where, "targets", postCount(a), postCount(b)))
    return d;
  if (synapseCount(a) > 0 && synapseCount(b) > 0)
    if (auto d = compare<unsigned>(where, "exponent", a.exponent, b.exponent))
      return d;
  return synapseDifference(where, preCount(a), OutgoingInts(a), OutgoingInts(b));
}

// The first register of the two lists that differs.
template <class Config>
Difference configsDifference(const std::string &where, const std::vector<Config> &a,
                             const std::vector<Config> &b) {
  if (auto d = compare(where, "neurons", a.size(), b.size()))
    return d;
  for (size_t i = 0; i < a.size(); ++i) {
    const std::string neuron = formatv("{0}: neuron {1}", where, i);
    for (const auto &field : ConfigNames<Config>::kFields)
      if (auto d = compare<int64_t>(neuron, field.name, field.get(a[i]), field.get(b[i])))
        return d;
    for (const auto &flag : ConfigNames<Config>::kFlags)
      if (auto d = compare<bool>(neuron, flag.name, a[i].*flag.member, b[i].*flag.member))
        return d;
  }
  return std::nullopt;
}

Difference populationDifference(const QuantPopulation &a, const QuantPopulation &b) {
  const std::string where = "population '" + a.name + "'";
  if (auto d = compare(where, "name", a.name, b.name))
    return d;
  if (a.shape != b.shape)
    return where + ": shapes differ";
  if (auto d = compare(where, "is an input", a.isInput, b.isInput))
    return d;
  if (a.isInput)
    return std::nullopt;
  if (auto d = compare(where, "vmin", a.vmin, b.vmin))
    return d;
  if (auto d = compare(where, "vmax", a.vmax, b.vmax))
    return d;
  if (auto d = compare<unsigned>(where, "du offset", a.duOffset, b.duOffset))
    return d;
  if (auto d = configsDifference(where, a.neurons, b.neurons))
    return d;
  return configsDifference(where, a.crossbar, b.crossbar);
}

uint32_t sourcesOf(const HostLayer &layer) {
  if (const auto *dense = std::get_if<DenseInts>(&layer.weights))
    return dense->cols;
  return std::get<SparseInts>(layer.weights).pres;
}

Difference hostDifference(const HostLayer &a, const HostLayer &b) {
  const std::string where = "host layer '" + a.name + "'";
  if (auto d = compare(where, "name", a.name, b.name))
    return d;
  const bool same = a.source == b.source && a.target == b.target && a.weightBits == b.weightBits &&
                    a.bias == b.bias && a.shift == b.shift && a.inputScale == b.inputScale &&
                    a.inputMin == b.inputMin && a.inputMax == b.inputMax;
  if (!same)
    return where + ": registers differ";
  if (auto d = compare(where, "sources", sourcesOf(a), sourcesOf(b)))
    return d;
  return synapseDifference(where, sourcesOf(a), OutgoingInts(a), OutgoingInts(b));
}

template <class T, class F>
Difference listDifference(const char *what, const std::vector<T> &a, const std::vector<T> &b,
                          F difference) {
  if (auto d = compare("network", what, a.size(), b.size()))
    return d;
  for (size_t i = 0; i < a.size(); ++i)
    if (auto d = difference(a[i], b[i]))
      return d;
  return std::nullopt;
}

} // namespace

std::optional<std::string> firstDifference(const QuantNet &a, const QuantNet &b) {
  if (auto d = listDifference("populations", a.populations, b.populations, populationDifference))
    return d;
  if (auto d = listDifference("projections", a.projections, b.projections, projectionDifference))
    return d;
  if (auto d = listDifference("host layers", a.hostLayers, b.hostLayers, hostDifference))
    return d;
  if (a.inputs != b.inputs)
    return "network: the inputs differ";
  if (a.outputs != b.outputs)
    return "network: the outputs differ";
  return std::nullopt;
}

std::optional<std::string> firstDifference(const QuantPopulation &a, const QuantPopulation &b) {
  return populationDifference(a, b);
}

std::optional<std::string> firstDifference(const HostLayer &a, const HostLayer &b) {
  return hostDifference(a, b);
}

} // namespace snnc::net
