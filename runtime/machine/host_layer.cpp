#include "runtime/machine/host_layer.h"

#include "common/support/fixed_point.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace snnc::runtime {

namespace {

constexpr int64_t kMantissaMin = -4096, kMantissaMax = 4095; // 13 bits signed

} // namespace

HostLayerRunner::HostLayerRunner(const net::HostLayer &layer)
    : layer(layer), bySource(layer.weights.values.size()), nonzeroWeights(layer.weights.cols),
      currents(layer.weights.rows), mantissas(layer.weights.rows) {
  const size_t rows = layer.weights.rows, cols = layer.weights.cols;
  for (size_t row = 0; row < rows; ++row) {
    for (size_t col = 0; col < cols; ++col) {
      const int16_t weight = layer.weights.values[row * cols + col];
      bySource[col * rows + row] = weight;
      nonzeroWeights[col] += weight != 0;
    }
  }
}

llvm::ArrayRef<int16_t> HostLayerRunner::evaluate(llvm::ArrayRef<float> values, HostStats &stats) {
  const size_t rows = layer.weights.rows, cols = layer.weights.cols;
  std::copy(layer.bias.begin(), layer.bias.end(), currents.begin());
  if (layer.bias.empty())
    std::fill(currents.begin(), currents.end(), 0);
  for (size_t col = 0; col < cols; ++col) {
    // nearbyint in the default rounding mode: half to even.
    const double scaled = std::nearbyint(double{values[col]} * layer.inputScale);
    const double clipped = std::clamp<double>(scaled, layer.inputMin, layer.inputMax);
    stats.inputSaturations += clipped != scaled;
    const auto x = static_cast<int64_t>(clipped);
    if (x == 0)
      continue;
    stats.macs += nonzeroWeights[col];
    const int16_t *weights = &bySource[col * rows];
    for (size_t row = 0; row < rows; ++row)
      currents[row] += weights[row] * x;
  }
  for (size_t row = 0; row < rows; ++row) {
    const int64_t rounded = support::shiftRoundHalfEven(currents[row], layer.shift[row]);
    const int64_t mantissa = support::clampTo(rounded, kMantissaMin, kMantissaMax);
    stats.biasSaturations += mantissa != rounded;
    mantissas[row] = static_cast<int16_t>(mantissa);
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
