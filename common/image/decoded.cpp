#include "common/image/decoded.h"

#include "common/net/turn_over.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <tuple>

namespace snnc::image {

net::QuantNet decodedHead(const Image &image) {
  net::QuantNet net;
  net.name = image.netName;
  net.profile = image.profile;
  net.run = image.run;
  net.hostLayers = image.hostLayers;
  net.outputs = image.outputs;
  for (const InputMap &input : image.inputs)
    net.inputs.push_back(input.population);
  for (uint32_t i = 0; i < image.populations.size(); ++i)
    if (image.populations[i].isInput &&
        std::find(net.inputs.begin(), net.inputs.end(), i) == net.inputs.end())
      net.inputs.push_back(i); // all its elements feed host layers
  return net;
}

net::QuantPopulation decodedPopulation(const PopulationMap &map) {
  net::QuantPopulation population;
  population.name = map.name;
  population.shape = map.shape;
  population.isInput = map.isInput;
  population.scale = map.scale;
  population.rest = map.rest;
  return population;
}

// Targets ascend within a source, and none comes twice.
static void sortLists(net::Compressed<int16_t> &bySource, size_t projection, Checker &check) {
  std::vector<std::pair<uint32_t, int16_t>> list;
  bool once = true;
  for (size_t source = 0; source + 1 < bySource.start.size(); ++source) {
    const uint64_t first = bySource.start[source], end = bySource.start[source + 1];
    list.clear();
    for (uint64_t i = first; i < end; ++i)
      list.push_back({bySource.index[i], bySource.values[i]});
    std::sort(list.begin(), list.end());
    for (uint64_t i = first; i < end; ++i) {
      std::tie(bySource.index[i], bySource.values[i]) = list[i - first];
      if (i != first && bySource.index[i] == bySource.index[i - 1] && once)
        once =
            check.require(false, {"projections", projection},
                          llvm::formatv("two synapses from {0} to {1}", source, bySource.index[i]));
    }
  }
}

net::QuantProjection decodedProjection(const Image &image, size_t index,
                                       std::vector<DecodedSynapse> synapses, uint8_t exponent,
                                       Checker &check) {
  const ProjectionInfo &info = image.projections[index];
  const auto sizeOf = [&](uint32_t population) {
    uint32_t size = 1;
    for (uint32_t extent : image.populations[population].shape)
      size *= extent;
    return size;
  };
  net::Compressed<int16_t> bySource;
  bySource.start.assign(size_t{sizeOf(info.source)} + 1, 0);
  for (const DecodedSynapse &synapse : synapses)
    ++bySource.start[size_t{synapse.source} + 1];
  for (size_t row = 1; row < bySource.start.size(); ++row)
    bySource.start[row] += bySource.start[row - 1];
  bySource.index.resize(synapses.size());
  bySource.values.resize(synapses.size());
  {
    net::ColumnWriter<int16_t> writer(bySource);
    for (const DecodedSynapse &synapse : synapses)
      writer.put(synapse.target, synapse.source, synapse.weight);
  }
  synapses = {};
  sortLists(bySource, index, check);
  net::SparseInts sparse{sizeOf(info.target), sizeOf(info.source), std::move(bySource.start),
                         std::move(bySource.index), std::move(bySource.values)};
  net::QuantProjection projection;
  projection.name = info.name;
  projection.source = info.source;
  projection.target = info.target;
  projection.delay = info.delay;
  projection.weightBits = info.weightBits;
  projection.exponent = exponent;
  projection.weights = std::move(sparse);
  return projection;
}

} // namespace snnc::image
