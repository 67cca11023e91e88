#include "common/net/equal_nets.h"

#include "llvm/ADT/ArrayRef.h"
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

// The nonzero synapses out of each source, targets ascending.
class BySource {
public:
  explicit BySource(const QuantProjection &projection) {
    if (const auto *dense = std::get_if<DenseInts>(&projection.weights))
      takeDense(*dense);
    else
      takeSparse(std::get<SparseInts>(projection.weights));
  }

  struct Synapse {
    uint32_t target = 0;
    int16_t weight = 0;
    bool operator==(const Synapse &) const = default;
  };
  uint32_t sources() const { return static_cast<uint32_t>(start.size() - 1); }
  uint64_t size() const { return synapses.size(); }
  llvm::ArrayRef<Synapse> of(uint32_t source) const {
    return {synapses.data() + start[source], start[source + 1] - start[source]};
  }

private:
  void takeDense(const DenseInts &dense) {
    start.assign(size_t{dense.cols} + 1, 0);
    for (size_t i = 0; i < dense.values.size(); ++i)
      start[i % dense.cols + 1] += dense.values[i] != 0;
    for (size_t source = 0; source < dense.cols; ++source)
      start[source + 1] += start[source];
    synapses.resize(start.back());
    std::vector<uint64_t> next(start.begin(), start.end() - 1);
    for (uint32_t row = 0; row < dense.rows; ++row)
      for (uint32_t col = 0; col < dense.cols; ++col)
        if (const int16_t w = dense.values[size_t{row} * dense.cols + col]; w != 0)
          synapses[next[col]++] = {row, w};
  }

  void takeSparse(const SparseInts &sparse) {
    start.assign(1, 0);
    for (uint32_t source = 0; source < sparse.pres; ++source) {
      for (uint64_t i = sparse.rowStart[source]; i < sparse.rowStart[source + 1]; ++i)
        if (sparse.values[i] != 0)
          synapses.push_back({sparse.columns[i], sparse.values[i]});
      start.push_back(synapses.size());
    }
  }

  std::vector<uint64_t> start;
  std::vector<Synapse> synapses;
};

Difference synapseDifference(const std::string &where, const BySource &a, const BySource &b) {
  for (uint32_t source = 0; source < a.sources(); ++source) {
    const llvm::ArrayRef<BySource::Synapse> x = a.of(source), y = b.of(source);
    if (x == y)
      continue;
    const size_t common = std::min(x.size(), y.size());
    const size_t at = static_cast<size_t>(
        std::mismatch(x.begin(), x.begin() + static_cast<ptrdiff_t>(common), y.begin()).first -
        x.begin());
    const uint32_t target = std::min(at < x.size() ? x[at].target : UINT32_MAX,
                                     at < y.size() ? y[at].target : UINT32_MAX);
    const auto weight = [&](llvm::ArrayRef<BySource::Synapse> list) {
      return at < list.size() && list[at].target == target ? int{list[at].weight} : 0;
    };
    return formatv("{0}: synapse {1} -> {2} weighs {3} against {4}", where, source, target,
                   weight(x), weight(y))
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
  const BySource x(a), y(b);
  if (auto d = compare(where, "sources", x.sources(), y.sources()))
    return d;
  if (x.size() > 0 && y.size() > 0)
    if (auto d = compare<unsigned>(where, "exponent", a.exponent, b.exponent))
      return d;
  return synapseDifference(where, x, y);
}

Difference neuronDifference(const std::string &where, const NeuronConfig &a,
                            const NeuronConfig &b) {
  const std::pair<const char *, std::pair<int64_t, int64_t>> fields[] = {
      {"threshold", {a.threshold, b.threshold}},
      {"reset", {a.reset, b.reset}},
      {"vInit", {a.vInit, b.vInit}},
      {"biasMant", {a.biasMant, b.biasMant}},
      {"biasExp", {a.biasExp, b.biasExp}},
      {"du", {a.du, b.du}},
      {"dv", {a.dv, b.dv}},
      {"refractory", {a.refractory, b.refractory}},
      {"compareGe", {a.compareGe, b.compareGe}},
      {"resetSubtract", {a.resetSubtract, b.resetSubtract}},
      {"biasToCurrent", {a.biasToCurrent, b.biasToCurrent}},
  };
  for (const auto &[name, values] : fields)
    if (auto d = compare(where, name, values.first, values.second))
      return d;
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
  if (auto d = compare(where, "neurons", a.neurons.size(), b.neurons.size()))
    return d;
  for (size_t i = 0; i < a.neurons.size(); ++i)
    if (a.neurons[i] != b.neurons[i])
      return neuronDifference(formatv("{0}: neuron {1}", where, i).str(), a.neurons[i],
                              b.neurons[i]);
  return std::nullopt;
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
  if (a.weights.rows != b.weights.rows || a.weights.cols != b.weights.cols ||
      a.weights.values != b.weights.values)
    return where + ": weights differ";
  return std::nullopt;
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

} // namespace snnc::net
