#include "compiler/core_ir/axon_types.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <numeric>

namespace snnc::compiler::core_ir {
namespace {

constexpr unsigned kSets = 1u << kMaxAxonTypes;

int32_t sumOf(const TypeWeights &weights, unsigned set) {
  int32_t sum = 0;
  for (uint32_t type = 0; type < kMaxAxonTypes; ++type)
    sum += (set >> type & 1) != 0 ? weights[type] : 0;
  return sum;
}

// A type of its own for each of few values.
TypeWeights oneEach(llvm::ArrayRef<int32_t> values, uint32_t types) {
  TypeWeights weights{};
  const auto put = [&](int32_t value) {
    const uint32_t preferred = value > 0 ? 0 : 1;
    for (uint32_t first : {preferred, 1 - preferred})
      for (uint32_t type = first; type < types; type += 2)
        if (weights[type] == 0) {
          weights[type] = static_cast<int16_t>(value);
          return;
        }
  };
  for (int32_t value : values)
    if (value > 0)
      put(value);
  for (int32_t value : llvm::reverse(values))
    if (value < 0)
      put(value);
  return weights;
}

enum class Sign { Twos, Negated, Positive, Negative };

// Binary digits: 1, 2, 4 .. times `unit`, the last one with a sign of its own if asked for.
std::optional<TypeWeights> binary(int32_t unit, Sign sign, TypeLimits limits) {
  TypeWeights weights{};
  for (uint32_t type = 0; type < limits.types; ++type) {
    const bool last = type + 1 == limits.types;
    const bool negative =
        sign == Sign::Negative || (sign == Sign::Twos && last) || (sign == Sign::Negated && !last);
    const int32_t weight = (negative ? -unit : unit) * (1 << type);
    if (weight < limits.low || weight > limits.high)
      return std::nullopt;
    weights[type] = static_cast<int16_t>(weight);
  }
  return weights;
}

} // namespace

std::optional<TypeWeights> typeWeightsFor(llvm::ArrayRef<int32_t> values, TypeLimits limits) {
  const auto inRange = [&](int32_t v) { return v >= limits.low && v <= limits.high; };
  if (values.size() <= limits.types && std::all_of(values.begin(), values.end(), inRange))
    return oneEach(values, limits.types);
  int32_t unit = 0;
  for (int32_t value : values)
    unit = std::gcd(unit, value);
  if (values.size() >= kSets || unit > limits.high)
    return std::nullopt;
  for (Sign sign : {Sign::Twos, Sign::Negated, Sign::Positive, Sign::Negative})
    if (const std::optional<TypeWeights> weights = binary(unit, sign, limits))
      if (std::all_of(values.begin(), values.end(),
                      [&](int32_t v) { return realising(*weights, v) != 0; }))
        return weights;
  return std::nullopt;
}

TypeSets realising(const TypeWeights &weights, int32_t value) {
  unsigned sets = 0;
  for (unsigned part = 0; part < kSets; ++part)
    if (sumOf(weights, part) == value)
      for (unsigned set = 0; set < kSets; ++set)
        sets |= (part & ~set) == 0 ? 1u << set : 0u;
  return static_cast<TypeSets>(sets);
}

TypeSet smallest(TypeSets sets) {
  assert(sets != 0);
  unsigned best = kSets;
  for (unsigned set = 0; set < kSets; ++set)
    if ((sets >> set & 1) != 0 &&
        (best == kSets || llvm::countPopulation(set) < llvm::countPopulation(best)))
      best = set;
  return static_cast<TypeSet>(best);
}

TypeSet partOf(TypeSet set, const TypeWeights &weights, int32_t value) {
  for (unsigned part = 0; part < kSets; ++part)
    if ((part & ~unsigned{set}) == 0 && sumOf(weights, part) == value)
      return static_cast<TypeSet>(part);
  assert(false && "the set does not make the value");
  return 0;
}

} // namespace snnc::compiler::core_ir
