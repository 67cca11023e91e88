#include "compiler/passes/partition/lower_bound.h"

#include "compiler/core_ir/by_target.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace snnc::compiler::partition {

using namespace core_ir;

namespace {

struct Sizes {
  uint64_t synapses = 0; // nonzero
  uint64_t sources = 0;  // with a nonzero synapse
};

Sizes sizesOf(const net::QuantProjection &projection) {
  Sizes sizes;
  if (const auto *dense = std::get_if<net::DenseInts>(&projection.weights)) {
    std::vector<bool> used(dense->cols, false);
    for (size_t i = 0; i < dense->values.size(); ++i)
      if (dense->values[i] != 0) {
        ++sizes.synapses;
        used[i % dense->cols] = true;
      }
    sizes.sources = static_cast<uint64_t>(std::count(used.begin(), used.end(), true));
    return sizes;
  }
  const auto &sparse = std::get<net::SparseInts>(projection.weights);
  for (uint32_t pre = 0; pre < sparse.pres; ++pre) {
    const uint64_t before = sizes.synapses;
    for (uint64_t i = sparse.rowStart[pre]; i < sparse.rowStart[pre + 1]; ++i)
      sizes.synapses += sparse.values[i] != 0;
    sizes.sources += sizes.synapses > before;
  }
  return sizes;
}

} // namespace

std::vector<ResourceTotal> resourceTotals(const net::QuantNet &net, const target::Target &target,
                                          const Limits &limits) {
  uint64_t neurons = 0, axons = 0, slots = 0, words = 0, bits = 0;
  for (const net::QuantPopulation &population : net.populations)
    neurons += population.isInput ? 0 : population.size();
  const uint32_t lanes = target.core.lanes();
  for (const net::QuantProjection &projection : net.projections) {
    const Sizes sizes = sizesOf(projection);
    axons += sizes.sources;
    slots += net.populations[projection.source].isInput ? 0 : sizes.sources;
    words += (sizes.synapses + lanes - 1) / lanes;
    bits += sizes.synapses * projection.weightBits;
  }
  std::vector<ResourceTotal> totals = {
      {Resource::Neurons, neurons, limits.neurons},
      {Resource::InputAxons, axons, limits.inputAxons},
      {Resource::OutputSlots, slots, limits.outputSlots},
      {Resource::SynapseWords, words, limits.synapseWords},
  };
  if (target.blockCost)
    totals.push_back({Resource::BlockBits, bits, limits.blockBits});
  return totals;
}

uint32_t coresLowerBound(const net::QuantNet &net, const std::vector<ResourceTotal> &totals) {
  std::set<std::tuple<int32_t, int32_t, uint8_t>> classes;
  for (const net::QuantPopulation &population : net.populations)
    if (!population.isInput && population.size() > 0)
      classes.insert({population.vmin, population.vmax, population.duOffset});
  uint64_t bound = classes.size();
  for (const ResourceTotal &total : totals)
    bound = std::max(bound, total.cores());
  return static_cast<uint32_t>(bound);
}

} // namespace snnc::compiler::partition
