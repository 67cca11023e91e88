#include "runtime/machine/host_layer.h"

#include "common/support/fixed_point.h"
#include "runtime/machine/host_sums.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <variant>

namespace snnc::runtime {

namespace {

constexpr int64_t kMantissaMin = -4096, kMantissaMax = 4095; // 13 bits signed

} // namespace

HostLayerRunner::HostLayerRunner(const net::HostLayer &layer, const HostKernels &kernels)
    : layer(layer), sparse(std::get_if<net::SparseInts>(&layer.weights)) {
  if (sparse) {
    currents.resize(sparse->posts);
    nonzeroWeights.resize(sparse->pres);
    for (uint32_t source = 0; source < sparse->pres; ++source)
      for (uint64_t k = sparse->rowStart[source]; k < sparse->rowStart[source + 1]; ++k)
        nonzeroWeights[source] += sparse->values[k] != 0;
  } else {
    const auto &dense = std::get<net::DenseInts>(layer.weights);
    currents.resize(dense.rows);
    nonzeroWeights.resize(dense.cols);
    bySource.resize(dense.values.size());
    for (size_t row = 0; row < dense.rows; ++row) {
      for (size_t col = 0; col < dense.cols; ++col) {
        const int16_t weight = dense.values[row * dense.cols + col];
        bySource[col * dense.rows + row] = weight;
        nonzeroWeights[col] += weight != 0;
      }
    }
  }
  mantissas.resize(currents.size());
  if (!fitsInt32())
    return;
  if (kernels.quads.add != nullptr && fitsBytes())
    makeGroups(byQuad, kernels.quads);
  else
    makeGroups(byPair, kernels.pairs);
}

template <class Weight>
void HostLayerRunner::makeGroups(LineVector<Weight> &byGroup, const GroupKernels &chosen) {
  constexpr size_t kSize = 4 / sizeof(Weight);
  kernels = chosen;
  const size_t targets = currents.size(), sources = nonzeroWeights.size();
  const size_t padded = llvm::alignTo(targets, kHostLanes);
  const size_t count = llvm::divideCeil(sources, kSize);
  byGroup.resize(count * padded * kSize);
  for (size_t source = 0; source < sources; ++source)
    for (size_t target = 0; target < targets; ++target)
      byGroup[(source / kSize * padded + target) * kSize + source % kSize] =
          static_cast<Weight>(bySource[source * targets + target]);
  bySource = {};
  biases.assign(layer.bias.begin(), layer.bias.end());
  biases.resize(padded);
  shifts.assign(layer.shift.begin(), layer.shift.end());
  sums.resize(padded);
  activeGroups.resize(count + kHostLanes);
  activeInputs.resize(count + kHostLanes);
}

bool HostLayerRunner::fitsBytes() const {
  return layer.inputMin >= 0 && layer.inputMax <= UINT8_MAX &&
         std::all_of(bySource.begin(), bySource.end(),
                     [](int16_t weight) { return weight == static_cast<int8_t>(weight); });
}

bool HostLayerRunner::fitsInt32() const {
  if (sparse || layer.inputMin < INT16_MIN || layer.inputMax > INT16_MAX ||
      std::any_of(layer.shift.begin(), layer.shift.end(), [](uint8_t s) { return s > 29; }))
    return false;
  const int64_t most =
      std::max(std::abs(int64_t{layer.inputMin}), std::abs(int64_t{layer.inputMax}));
  for (size_t target = 0; target < currents.size(); ++target) {
    int64_t reach = layer.bias.empty() ? 0 : std::abs(layer.bias[target]);
    for (size_t source = 0; source < nonzeroWeights.size(); ++source)
      reach += most * std::abs(bySource[source * currents.size() + target]);
    if (reach > INT32_MAX)
      return false;
  }
  return true;
}

llvm::ArrayRef<int16_t> HostLayerRunner::evaluateNarrow(llvm::ArrayRef<float> values,
                                                        HostStats &stats) {
  const void *weights = byQuad.empty() ? static_cast<const void *>(byPair.data()) : byQuad.data();
  ActiveGroups active{.groups = activeGroups.data(), .x = activeInputs.data()};
  kernels.scaleInputs(values.data(), nonzeroWeights.data(), nonzeroWeights.size(),
                      {layer.inputScale, layer.inputMin, layer.inputMax}, active);
  stats.inputSaturations += active.clipped;
  stats.macs += active.macs;
  std::copy(biases.begin(), biases.end(), sums.begin());
  kernels.add(sums.data(), sums.size(), weights, active);
  stats.biasSaturations +=
      roundMantissas(sums.data(), shifts.data(), mantissas.size(), mantissas.data());
  return mantissas;
}

void HostLayerRunner::add(uint32_t source, int64_t x) {
  if (sparse) {
    for (uint64_t k = sparse->rowStart[source]; k < sparse->rowStart[source + 1]; ++k)
      currents[sparse->columns[k]] += sparse->values[k] * x;
    return;
  }
  const int16_t *weights = &bySource[source * currents.size()];
  for (size_t target = 0; target < currents.size(); ++target)
    currents[target] += weights[target] * x;
}

llvm::ArrayRef<int16_t> HostLayerRunner::evaluate(llvm::ArrayRef<float> values, HostStats &stats) {
  if (kernels.add != nullptr)
    return evaluateNarrow(values, stats);
  std::copy(layer.bias.begin(), layer.bias.end(), currents.begin());
  if (layer.bias.empty())
    std::fill(currents.begin(), currents.end(), 0);
  for (uint32_t source = 0; source < nonzeroWeights.size(); ++source) {
    // nearbyint in the default rounding mode: half to even.
    const double scaled = std::nearbyint(double{values[source]} * layer.inputScale);
    const double clipped = std::clamp<double>(scaled, layer.inputMin, layer.inputMax);
    stats.inputSaturations += clipped != scaled;
    const auto x = static_cast<int64_t>(clipped);
    if (x == 0)
      continue;
    stats.macs += nonzeroWeights[source];
    add(source, x);
  }
  for (size_t target = 0; target < currents.size(); ++target) {
    const int64_t rounded = support::shiftRoundHalfEven(currents[target], layer.shift[target]);
    const int64_t mantissa = support::clampTo(rounded, kMantissaMin, kMantissaMax);
    stats.biasSaturations += mantissa != rounded;
    mantissas[target] = static_cast<int16_t>(mantissa);
  }
  return mantissas;
}

std::vector<BiasBurst> biasBursts(const image::PopulationMap &population) {
  std::vector<image::Segment> segments = population.segments;
  std::sort(segments.begin(), segments.end(), [](const image::Segment &a, const image::Segment &b) {
    return std::tie(a.core, a.local) < std::tie(b.core, b.local);
  });
  std::vector<BiasBurst> bursts;
  for (const image::Segment &segment : segments) {
    const bool follows = !bursts.empty() && bursts.back().core == segment.core &&
                         bursts.back().first + bursts.back().neurons.size() == segment.local;
    if (!follows)
      bursts.push_back({segment.core, segment.local, {}});
    for (uint32_t i = 0; i < segment.count; ++i)
      bursts.back().neurons.push_back(segment.first + i);
  }
  return bursts;
}

} // namespace snnc::runtime
