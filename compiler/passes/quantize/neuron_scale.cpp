#include "compiler/passes/quantize/neuron_scale.h"

#include "compiler/passes/quantize/incoming_values.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace snnc::compiler::quantize {
namespace {

constexpr double kFloatRounding = 4e-7; // a ratio of two float32, relative, with margin
constexpr uint32_t kGridSearch = 255;   // multiples tried beside the dyadic grid

double registerLimit(const ScaleRequest &request) {
  double limit = request.scaleMax;
  for (double value : request.thresholds)
    if (value != 0.0)
      limit = std::min(limit, request.registerMax / 2 / std::abs(value));
  for (double value : request.registers)
    if (value != 0.0)
      limit = std::min(limit, request.registerMax / std::abs(value));
  for (double value : request.biases)
    if (value != 0.0)
      limit = std::min(limit, request.biasMax / std::abs(value));
  return limit;
}

bool weightsOnGrid(const ScaleRequest &request, double scale) {
  for (const WeightRow &row : request.rows)
    for (float value : row.values)
      if (!nearInteger(value * scale / row.unit))
        return false;
  return true;
}

// The mantissa of a large bias counts in powers of two.
bool biasOnGrid(const ScaleRequest &request, double bias) {
  while (std::abs(bias) > request.biasMantMax + 0.5)
    bias /= 2;
  return nearInteger(bias);
}

bool registersOnGrid(const ScaleRequest &request, double scale) {
  const auto integer = [&](double value) { return nearInteger(value * scale); };
  return llvm::all_of(request.registers, integer) && llvm::all_of(request.thresholds, integer) &&
         llvm::all_of(request.biases,
                      [&](double value) { return biasOnGrid(request, value * scale); });
}

// Without weights any scale will do: a power of two, so that dyadic parameters stay exact.
ScaleChoice scaleWithoutWeights(const ScaleRequest &request) {
  constexpr double kUnlimited = 1e100, kFreeScale = 65536.0;
  constexpr double kRoom = 8.0; // below the registers' ends, for the membrane to move
  double limit = registerLimit(request) / kRoom;
  if (limit > kUnlimited)
    limit = kFreeScale;
  ScaleChoice choice;
  choice.scale = std::exp2(std::floor(std::log2(limit)));
  choice.onGrid = registersOnGrid(request, choice.scale);
  return choice;
}

// Steps m such that a weight of m grid steps is the largest one: dyadic grids reach beyond the
// plain search when weights have many bits.
llvm::SmallVector<double, 4> dyadicSteps(double largest, uint32_t weightMax) {
  llvm::SmallVector<double, 4> steps;
  int exponent = 0;
  const double mantissa = std::frexp(largest, &exponent); // [0.5, 1)
  for (int bits = 24; bits >= 1; --bits) {
    const double m = std::ldexp(mantissa, bits);
    if (m == std::floor(m) && m <= weightMax)
      steps.push_back(m);
  }
  return steps;
}

} // namespace

bool nearInteger(double value) {
  return std::abs(value - std::nearbyint(value)) <= kFloatRounding * std::abs(value) + 1e-9;
}

ScaleChoice chooseScale(const ScaleRequest &request) {
  double perStep = std::numeric_limits<double>::infinity(); // scale per m
  double largest = 0.0;
  for (const WeightRow &row : request.rows) {
    const double rowMax = absMax(row.values);
    if (rowMax > 0.0 && row.unit / rowMax < perStep) {
      perStep = row.unit / rowMax;
      largest = rowMax;
    }
  }
  if (largest == 0.0)
    return scaleWithoutWeights(request);

  const double limit = registerLimit(request);
  const double wanted = request.weightMax * perStep;
  llvm::SmallVector<double, 32> steps;
  if (request.weightMax > kGridSearch)
    steps.append(dyadicSteps(largest, request.weightMax));
  for (uint32_t m = std::min(request.weightMax, kGridSearch); m >= 1; --m)
    steps.push_back(m);

  std::optional<double> weightsOnly;
  for (double m : steps) {
    const double scale = m * perStep;
    if (scale > limit || !weightsOnGrid(request, scale))
      continue;
    if (registersOnGrid(request, scale))
      return {scale, true, false, m};
    if (!weightsOnly)
      weightsOnly = scale;
  }
  if (weightsOnly)
    return {*weightsOnly, false, false, *weightsOnly / perStep};
  const double scale = std::min(wanted, limit);
  return {scale, false, wanted > limit, scale / perStep};
}

} // namespace snnc::compiler::quantize
