#include "compiler/passes/quantize/exponents.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace snnc::compiler::quantize {
namespace {

// Membrane units that a threshold should have: a leak's truncation adds up to 1/(1-b) units.
constexpr double kUnitsLeaking = 8192.0, kUnitsExact = 256.0;

struct Search {
  llvm::ArrayRef<RowStats> projections;
  llvm::ArrayRef<double> thresholds;
  uint32_t weightMax;
  const target::CoreSpec &core;

  double unit(uint8_t exponent) const {
    return std::ldexp(1.0, static_cast<int>(core.weightShift) + exponent);
  }

  // Scale that the weights of neuron j allow; infinite without weights.
  double scale(size_t j, const std::vector<uint8_t> &exponents) const {
    double scale = std::numeric_limits<double>::infinity();
    for (size_t p = 0; p < projections.size(); ++p)
      if (projections[p].largest[j] > 0.0)
        scale = std::min(scale, weightMax * unit(exponents[p]) / projections[p].largest[j]);
    return scale;
  }

  bool accumulatorsSafe(const std::vector<uint8_t> &exponents) const {
    const double limit = std::ldexp(1.0, static_cast<int>(core.accumulatorBits) - 1) - 1;
    for (size_t j = 0; j < thresholds.size(); ++j) {
      double positive = 0.0, negative = 0.0;
      for (const RowStats &row : projections) {
        positive += row.positive[j];
        negative += row.negative[j];
      }
      const double largest = std::max(positive, negative);
      if (largest > 0.0 && largest * scale(j, exponents) > limit)
        return false;
    }
    return true;
  }

  double medianThreshold(const std::vector<uint8_t> &exponents) const {
    std::vector<double> units;
    for (size_t j = 0; j < thresholds.size(); ++j)
      if (const double s = scale(j, exponents); std::isfinite(s) && thresholds[j] > 0.0)
        units.push_back(thresholds[j] * s);
    if (units.empty())
      return std::numeric_limits<double>::infinity();
    const auto middle = units.begin() + static_cast<ptrdiff_t>(units.size() / 2);
    std::nth_element(units.begin(), middle, units.end());
    return *middle;
  }
};

double medianLargest(const RowStats &row) {
  std::vector<double> values;
  for (double value : row.largest)
    if (value > 0.0)
      values.push_back(value);
  if (values.empty())
    return 0.0;
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<uint8_t> exponentsOfRanges(llvm::ArrayRef<RowStats> projections, uint32_t most) {
  std::vector<double> ranges;
  double smallest = std::numeric_limits<double>::infinity();
  for (const RowStats &row : projections) {
    ranges.push_back(medianLargest(row));
    if (ranges.back() > 0.0)
      smallest = std::min(smallest, ranges.back());
  }
  std::vector<uint8_t> exponents;
  for (double range : ranges) {
    const double steps = range > 0.0 ? std::round(std::log2(range / smallest)) : 0.0;
    exponents.push_back(static_cast<uint8_t>(std::clamp<double>(steps, 0.0, most)));
  }
  return exponents;
}

} // namespace

std::vector<uint8_t> chooseExponents(llvm::ArrayRef<RowStats> projections,
                                     llvm::ArrayRef<double> thresholds, bool leaks,
                                     uint32_t weightMax, const target::CoreSpec &core) {
  const Search search{projections, thresholds, weightMax, core};
  std::vector<uint8_t> exponents = exponentsOfRanges(projections, core.exponentMax);
  const auto anyRaised = [&] {
    return std::any_of(exponents.begin(), exponents.end(), [](uint8_t e) { return e > 0; });
  };
  while (anyRaised() && !search.accumulatorsSafe(exponents))
    for (uint8_t &exponent : exponents)
      exponent -= exponent > 0 ? 1 : 0;

  const double wanted = leaks ? kUnitsLeaking : kUnitsExact;
  while (search.medianThreshold(exponents) < wanted) {
    std::vector<uint8_t> raised = exponents;
    for (uint8_t &exponent : raised)
      ++exponent;
    if (*std::max_element(raised.begin(), raised.end()) > core.exponentMax ||
        !search.accumulatorsSafe(raised))
      break;
    exponents = raised;
  }
  return exponents;
}

} // namespace snnc::compiler::quantize
