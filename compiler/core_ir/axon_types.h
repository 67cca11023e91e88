// Axon types: how a crossbar core realises weights. A neuron has one weight per type and a source
// may come in on several axons of different types; a synapse weighs the sum over those that the
// crossbar joins. So the weights of a neuron are sums of subsets of its type weights.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/MathExtras.h"

#include <array>
#include <cstdint>
#include <optional>

namespace snnc::compiler::core_ir {

inline constexpr uint32_t kMaxAxonTypes = 4;
using TypeWeights = std::array<int16_t, kMaxAxonTypes>; // unused types: 0

// A set of types: bit t is type t.
using TypeSet = uint8_t;
// A set of sets of types: bit s is the TypeSet s.
using TypeSets = uint16_t;

struct TypeLimits {
  uint32_t types = kMaxAxonTypes;
  int32_t low = -256, high = 255; // of a type weight
};

// Type weights of which every value is a sum of a subset; empty if none are known:
//   at most `types` different values: the values themselves, so that one axon is enough for each;
//   else multiples of their common divisor in two's complement, 1, 2, 4, -8 for four types (or the
//   same negated, or without a sign).
// Positive values get even types, negative ones odd types, and binary digits always the same type,
// so that neurons share axons. `values`: nonzero, ascending, different.
std::optional<TypeWeights> typeWeightsFor(llvm::ArrayRef<int32_t> values, TypeLimits limits);

// The sets of types of which some subset's weights add up to `value`: closed upwards, 0 if none.
TypeSets realising(const TypeWeights &weights, int32_t value);
// The smallest set, lowest first; `sets` is not empty.
TypeSet smallest(TypeSets sets);
inline uint32_t sizeOf(TypeSet set) {
  return llvm::countPopulation(set);
}
// The subset of `set` that makes `value`, lowest first. REQUIRES: realising(weights, value) has
// set.
TypeSet partOf(TypeSet set, const TypeWeights &weights, int32_t value);

} // namespace snnc::compiler::core_ir
