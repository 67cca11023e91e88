// Real weights to integers, and what that lost. Figures count synapses, not stored weights: a
// kernel entry counts as often as it is used.
#include "compiler/passes/quantize/layer.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

namespace snnc::compiler::quantize {

void LayerQuantizer::addError(double real, double got, double uses) {
  signal += uses * real * real;
  noise += uses * (real - got) * (real - got);
}

int16_t LayerQuantizer::quantizeOne(float weight, uint32_t target, double unit, double uses) {
  const double exact = weight * quant->scale[target] / unit;
  const double rounded = std::nearbyint(exact);
  const double low = onGrid ? -std::ldexp(1.0, 15) : -static_cast<double>(weightMax);
  const double high = onGrid ? std::ldexp(1.0, 15) - 1 : weightMax;
  const double stored = std::clamp(rounded, low, high); // on a grid they are in range
  synapses += weight != 0.0f ? uses : 0.0;
  saturated += stored != rounded ? uses : 0.0;
  zeroed += weight != 0.0f && stored == 0.0 ? uses : 0.0;
  addError(weight, nearInteger(exact) ? weight : stored * unit / quant->scale[target], uses);
  return static_cast<int16_t>(stored);
}

net::DenseInts LayerQuantizer::intsOf(const net::DenseWeights &real, const InputUses &uses,
                                      double unit) {
  net::DenseInts ints{real.rows, real.cols, {}};
  ints.values.reserve(real.values.size());
  for (uint32_t row = 0; row < real.rows; ++row)
    for (size_t col = 0; col < real.cols; ++col)
      ints.values.push_back(
          quantizeOne(real.values[row * size_t{real.cols} + col], row, unit, usesOf(uses, col)));
  return ints;
}

net::SparseInts LayerQuantizer::intsOf(const net::SparseWeights &real, const InputUses &uses,
                                       double unit) {
  net::SparseInts ints{real.posts, real.pres, real.rowStart, real.columns, {}};
  ints.values.reserve(real.values.size());
  for (uint32_t source = 0; source < real.pres; ++source)
    for (uint64_t i = real.rowStart[source]; i < real.rowStart[source + 1]; ++i)
      ints.values.push_back(
          quantizeOne(real.values[i], real.columns[i], unit, usesOf(uses, source)));
  return ints;
}

net::SparseInts LayerQuantizer::intsOf(const net::DiagonalWeights &real, const InputUses &uses,
                                       double unit) {
  net::SparseInts ints{real.size, real.size, {0}, {}, {}};
  for (uint32_t i = 0; i < real.size; ++i) {
    ints.columns.push_back(i);
    ints.values.push_back(quantizeOne(real[i], i, unit, usesOf(uses, i)));
    ints.rowStart.push_back(i + 1);
  }
  return ints;
}

net::ConvInts LayerQuantizer::intsOf(const net::ConvWeights &real, const InputUses &uses,
                                     double unit) {
  net::ConvInts ints{real.inChannels, real.outChannels, real.groups, real.window, {}};
  const uint32_t inGroup = real.inChannels / real.groups;
  const size_t kernel = size_t{inGroup} * real.window.kernelSize(); // of one output channel
  const std::vector<uint64_t> counts = kernelUses(real.inChannels, real.window, uses);
  for (size_t at = 0; at < real.kernel.size(); ++at) {
    const auto channel = static_cast<uint32_t>(at / kernel);
    const size_t group = channel / (real.outChannels / real.groups);
    const auto target = static_cast<uint32_t>(channel * real.window.outSize());
    ints.kernel.push_back(quantizeOne(real.kernel[at], target, unit,
                                      static_cast<double>(counts[group * kernel + at % kernel])));
  }
  return ints;
}

void LayerQuantizer::quantizeWeights(const IncomingValues &values, Source &source) {
  const double unit = unitOf(*source.quant);
  for (const net::Weights &map : source.real->before)
    source.quant->pools.push_back(std::get<net::PoolMap>(map));
  const auto set = [&](auto ints) {
    addSums(ints, values.uses(), unit, accumulator);
    source.quant->weights = std::move(ints);
  };
  const net::Weights &weights = source.real->weights;
  if (const auto *dense = std::get_if<net::DenseWeights>(&weights))
    set(intsOf(*dense, values.uses(), unit));
  else if (const auto *sparse = std::get_if<net::SparseWeights>(&weights))
    set(intsOf(*sparse, values.uses(), unit));
  else if (const auto *conv = std::get_if<net::ConvWeights>(&weights))
    set(intsOf(*conv, values.uses(), unit));
  else
    set(intsOf(std::get<net::DiagonalWeights>(weights), values.uses(), unit));
}

void LayerQuantizer::addHostErrors() {
  size_t at = 0;
  for (uint32_t j = 0; j < population.size(); ++j)
    for (float real : incoming[hostIndex].of(j)) {
      const int16_t w = hostWeights[at++];
      synapses += real != 0.0f;
      zeroed += real != 0.0f && w == 0;
      addError(real, nearInteger(real / hostStep[j]) ? real : w * hostStep[j], 1.0);
    }
  host->host->weights = incoming[hostIndex].arranged(std::move(hostWeights));
}

} // namespace snnc::compiler::quantize
