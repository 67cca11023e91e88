#include "compiler/passes/partition/lower_bound.h"

#include "common/net/synapses.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace snnc::compiler::partition {

using namespace core_ir;

namespace {

struct Sizes {
  uint64_t entries = 0; // weights that must be stored, each on some core
  uint64_t sources = 0; // with a nonzero synapse: axons
};

uint64_t countSet(const std::vector<bool> &flags) {
  return static_cast<uint64_t>(std::count(flags.begin(), flags.end(), true));
}

// [input of the weights]: has a nonzero weight.
std::vector<bool> usedInputs(const net::DenseInts &dense, uint64_t &entries) {
  std::vector<bool> used(dense.cols, false);
  for (size_t i = 0; i < dense.values.size(); ++i)
    if (dense.values[i] != 0) {
      ++entries;
      used[i % dense.cols] = true;
    }
  return used;
}
std::vector<bool> usedInputs(const net::SparseInts &sparse, uint64_t &entries) {
  std::vector<bool> used(sparse.pres, false);
  for (uint32_t pre = 0; pre < sparse.pres; ++pre)
    for (uint64_t i = sparse.rowStart[pre]; i < sparse.rowStart[pre + 1]; ++i)
      if (sparse.values[i] != 0) {
        ++entries;
        used[pre] = true;
      }
  return used;
}

// A convolution of one output channel per group, nonzero where any channel of the group is: it has
// the same sources.
net::ConvInts flattened(const net::ConvInts &conv) {
  net::ConvInts flat = conv;
  flat.outChannels = conv.groups;
  const size_t kernel = conv.kernel.size() / conv.outChannels;
  const uint32_t perGroup = conv.outChannels / conv.groups;
  flat.kernel.assign(kernel * conv.groups, 0);
  for (size_t i = 0; i < conv.kernel.size(); ++i)
    if (conv.kernel[i] != 0)
      flat.kernel[i / kernel / perGroup * kernel + i % kernel] = 1;
  return flat;
}

// Axons share lists, but no list holds two weights of one source for one neuron: a core stores
// every distinct weight into each of its neurons. The neurons in the middle of the maps see most of
// them.
uint64_t distinctWeights(const net::ConvInts &conv) {
  net::QuantProjection bare;
  bare.weights = conv;
  const net::IncomingInts incoming(bare);
  const auto mapSize = static_cast<uint32_t>(conv.window.outSize());
  const uint32_t middle = conv.window.outH / 2 * conv.window.outW + conv.window.outW / 2;
  uint64_t most = 0;
  for (uint32_t channel = 0; channel < conv.outChannels; ++channel) {
    std::set<int16_t> distinct;
    incoming.forEach(channel * mapSize + middle,
                     [&](uint32_t, int16_t weight) { distinct.insert(weight); });
    most = std::max<uint64_t>(most, distinct.size());
  }
  return most;
}

Sizes sizesOf(const net::QuantProjection &projection) {
  Sizes sizes;
  if (const auto *conv = std::get_if<net::ConvInts>(&projection.weights)) {
    sizes.entries = distinctWeights(*conv);
    net::QuantProjection flat;
    flat.pools = projection.pools;
    flat.weights = flattened(*conv);
    const net::IncomingInts incoming(flat);
    std::vector<bool> used(preCount(projection), false);
    for (uint32_t target = 0; target < postCount(flat); ++target)
      incoming.forEach(target, [&](uint32_t source, int16_t) { used[source] = true; });
    sizes.sources = countSet(used);
    return sizes;
  }
  const auto *dense = std::get_if<net::DenseInts>(&projection.weights);
  const std::vector<bool> used =
      dense != nullptr ? usedInputs(*dense, sizes.entries)
                       : usedInputs(std::get<net::SparseInts>(projection.weights), sizes.entries);
  if (projection.pools.empty()) {
    sizes.sources = countSet(used);
    return sizes;
  }
  // Sources of one window share a list, but not an axon.
  net::QuantProjection flat;
  flat.pools = projection.pools;
  net::DenseInts row{1, static_cast<uint32_t>(used.size()), {}};
  row.values.assign(used.begin(), used.end());
  flat.weights = std::move(row);
  net::IncomingInts(flat).forEach(0, [&](uint32_t, int16_t) { ++sizes.sources; });
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
    words += (sizes.entries + lanes - 1) / lanes;
    bits += sizes.entries * projection.weightBits;
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
