#include "runtime/verify/mixed_weights.h"

#include "common/net/synapses.h"

#include <cmath>

namespace snnc::runtime::verify {
namespace {

const net::Projection *findProjection(const net::Net &net, const net::Projection &like) {
  for (const net::Projection &projection : net.projections)
    if (projection.name == like.name && projection.source == like.source &&
        projection.target == like.target)
      return &projection;
  return nullptr;
}

llvm::MutableArrayRef<float> valuesOf(net::Weights &weights) {
  if (auto *dense = std::get_if<net::DenseWeights>(&weights))
    return dense->values;
  if (auto *sparse = std::get_if<net::SparseWeights>(&weights))
    return sparse->values;
  if (auto *conv = std::get_if<net::ConvWeights>(&weights))
    return conv->kernel;
  return {};
}

// The integers of a projection or host layer, and the largest that their bits hold.
struct Stored {
  llvm::ArrayRef<int16_t> values;
  int largest = 0;
};

template <class Joined> Stored storedIn(const Joined &joined) {
  Stored stored;
  stored.largest = (1 << (joined.weightBits - 1)) - 1;
  std::visit(
      [&](const auto &ints) {
        if constexpr (requires { ints.kernel; })
          stored.values = ints.kernel;
        else
          stored.values = ints.values;
      },
      joined.weights);
  return stored;
}

Stored storedOf(const net::QuantNet &quant, const net::Projection &like) {
  const auto matches = [&](const auto &joined) {
    return joined.name == like.name && joined.source == like.source && joined.target == like.target;
  };
  for (const net::QuantProjection &projection : quant.projections)
    if (matches(projection))
      return storedIn(projection);
  for (const net::HostLayer &layer : quant.hostLayers)
    if (matches(layer))
      return storedIn(layer);
  return {};
}

bool isClipped(int16_t stored, int largest, float real, float got) {
  return std::abs(stored) >= largest && std::abs(real) > std::abs(got) * (1 + 0.5 / largest) &&
         std::signbit(real) == std::signbit(got);
}

} // namespace

bool mixWeights(net::Projection &projection, const net::Net &ints, const net::QuantNet &quant,
                MixedParts parts) {
  const net::Projection *found = findProjection(ints, projection);
  if (found == nullptr || !(parts.rounded || parts.clipped))
    return false;
  net::Weights got = found->weights;
  const llvm::MutableArrayRef<float> from = valuesOf(got), into = valuesOf(projection.weights);
  const Stored stored = storedOf(quant, projection);
  if (projection.weights.index() != got.index() || from.size() != into.size() || from.empty() ||
      stored.values.size() != from.size() || projection.before.size() != found->before.size()) {
    if (!parts.rounded)
      return false;
    projection.before = found->before;
    projection.weights = std::move(got);
    return true;
  }
  bool changed = false;
  for (size_t i = 0; i < into.size(); ++i)
    if (isClipped(stored.values[i], stored.largest, into[i], from[i]) ? parts.clipped
                                                                      : parts.rounded) {
      changed |= into[i] != from[i];
      into[i] = from[i];
    }
  return changed;
}

void divideInputs(net::Projection &projection, double scale) {
  const llvm::MutableArrayRef<float> values = valuesOf(projection.weights);
  for (float &value : values)
    value = static_cast<float>(value / scale);
  if (values.empty())
    projection.before.insert(
        projection.before.begin(),
        net::DiagonalWeights{net::preCount(projection), {static_cast<float>(1 / scale)}});
}

} // namespace snnc::runtime::verify
