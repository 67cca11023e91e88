#include "common/image/decoded.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

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

net::QuantProjection decodedProjection(const Image &image, size_t index,
                                       std::vector<DecodedSynapse> synapses, uint8_t exponent,
                                       Checker &check) {
  const ProjectionInfo &info = image.projections[index];
  const auto key = [](const DecodedSynapse &s) { return std::pair(s.source, s.target); };
  std::sort(synapses.begin(), synapses.end(),
            [&](const DecodedSynapse &a, const DecodedSynapse &b) { return key(a) < key(b); });
  const auto twice = std::adjacent_find(
      synapses.begin(), synapses.end(),
      [&](const DecodedSynapse &a, const DecodedSynapse &b) { return key(a) == key(b); });
  if (twice != synapses.end())
    check.require(false, {"projections", index},
                  llvm::formatv("two synapses from {0} to {1}", twice->source, twice->target));
  const auto sizeOf = [&](uint32_t population) {
    uint32_t size = 1;
    for (uint32_t extent : image.populations[population].shape)
      size *= extent;
    return size;
  };
  net::SparseInts sparse;
  sparse.posts = sizeOf(info.target);
  sparse.pres = sizeOf(info.source);
  sparse.rowStart.assign(size_t{sparse.pres} + 1, 0);
  for (const DecodedSynapse &synapse : synapses) {
    ++sparse.rowStart[size_t{synapse.source} + 1];
    sparse.columns.push_back(synapse.target);
    sparse.values.push_back(synapse.weight);
  }
  for (size_t row = 1; row < sparse.rowStart.size(); ++row)
    sparse.rowStart[row] += sparse.rowStart[row - 1];
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
