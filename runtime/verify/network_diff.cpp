// Translation validation: a decoded image against the network it came from.
#include "common/image/codec.h"
#include "common/net/synapses.h"
#include "runtime/verify/verify.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

namespace snnc::runtime::verify {

namespace {

// A source's synapses: (target neuron, effect w << exponent), targets ascending.
using Row = std::vector<std::pair<uint32_t, int64_t>>;

Row rowOf(const net::OutgoingInts &synapses, uint32_t source, uint8_t exponent) {
  Row row;
  synapses.forEach(source, [&](uint32_t target, int16_t weight) {
    row.emplace_back(target, weight * (int64_t{1} << exponent));
  });
  return row;
}

int64_t effectOf(const Row &row, uint32_t target) {
  const auto found = std::lower_bound(row.begin(), row.end(), std::pair(target, INT64_MIN));
  return found != row.end() && found->first == target ? found->second : 0;
}

// Names come from the network: a wrong image may have none.
std::string rowDifference(const std::string &name, uint32_t source, const Row &image,
                          const Row &network) {
  if (image == network)
    return "";
  for (const Row *row : {&network, &image})
    for (const auto &[target, effect] : *row)
      if (effectOf(image, target) != effectOf(network, target))
        return llvm::formatv("synapse {0} -> {1} of '{2}' weighs {3} in the image and {4} in the "
                             "network",
                             source, target, name, effectOf(image, target),
                             effectOf(network, target));
  return llvm::formatv("neuron {0} of '{1}' has a synapse twice", source, name);
}

// One side's synapses, symbolic or unrolled.
struct Side {
  template <class Joined> // net::QuantProjection or net::HostLayer
  Side(const Joined &joined, uint32_t sources, uint8_t exponent)
      : synapses(joined), sources(sources), exponent(exponent) {}

  net::OutgoingInts synapses;
  uint32_t sources;
  uint8_t exponent;
};

std::string synapsesDifference(const std::string &name, const Side &image, const Side &network) {
  if (image.sources != network.sources)
    return llvm::formatv("'{0}' has {1} sources in the image and {2} in the network", name,
                         image.sources, network.sources);
  for (uint32_t source = 0; source < network.sources; ++source) {
    std::string difference =
        rowDifference(name, source, rowOf(image.synapses, source, image.exponent),
                      rowOf(network.synapses, source, network.exponent));
    if (!difference.empty())
      return difference;
  }
  return "";
}

std::string projectionDifference(const net::QuantProjection &image,
                                 const net::QuantProjection &network) {
  if (image.name != network.name || image.source != network.source ||
      image.target != network.target)
    return llvm::formatv("projection '{0}' of the network is '{1}' in the image", network.name,
                         image.name);
  if (image.delay != network.delay)
    return llvm::formatv("'{0}' has delay {1} in the image and {2} in the network", network.name,
                         image.delay, network.delay);
  return synapsesDifference(network.name, {image, net::preCount(image), image.exponent},
                            {network, net::preCount(network), network.exponent});
}

std::string populationDifference(const net::QuantPopulation &image,
                                 const net::QuantPopulation &network) {
  const std::string &name = network.name;
  if (image.name != name || image.shape != network.shape || image.isInput != network.isInput)
    return llvm::formatv("population '{0}' has another name, shape or kind in the image", name);
  if (network.isInput)
    return "";
  if (image.vmin != network.vmin || image.vmax != network.vmax ||
      image.duOffset != network.duOffset)
    return llvm::formatv("the cores of '{0}' have vmin {1}, vmax {2}, duOffset {3}; the network "
                         "has {4}, {5}, {6}",
                         name, image.vmin, image.vmax, image.duOffset, network.vmin, network.vmax,
                         network.duOffset);
  for (size_t i = 0; i < network.neurons.size(); ++i)
    if (i >= image.neurons.size() || !(image.neurons[i] == network.neurons[i]))
      return llvm::formatv("neuron {0} of '{1}' has other registers in the image", i, name);
  for (size_t i = 0; i < network.crossbar.size(); ++i)
    if (i >= image.crossbar.size() || !(image.crossbar[i] == network.crossbar[i]))
      return llvm::formatv("neuron {0} of '{1}' has other registers in the image", i, name);
  return "";
}

uint32_t sourcesOf(const net::HostLayer &layer) {
  if (const auto *dense = std::get_if<net::DenseInts>(&layer.weights))
    return dense->cols;
  return std::get<net::SparseInts>(layer.weights).pres;
}

std::string hostDifference(const net::HostLayer &image, const net::HostLayer &network) {
  const bool same = image.name == network.name && image.source == network.source &&
                    image.target == network.target && image.bias == network.bias &&
                    image.shift == network.shift && image.inputScale == network.inputScale &&
                    image.inputMin == network.inputMin && image.inputMax == network.inputMax;
  if (!same)
    return llvm::formatv("host layer '{0}' differs", network.name);
  return synapsesDifference(network.name, {image, sourcesOf(image), 0},
                            {network, sourcesOf(network), 0});
}

template <class T, class Difference>
std::string listDifference(const char *what, const std::vector<T> &image,
                           const std::vector<T> &network, Difference difference) {
  if (image.size() != network.size())
    return llvm::formatv("{0} {1} in the image, {2} in the network", image.size(), what,
                         network.size());
  for (size_t i = 0; i < image.size(); ++i) {
    std::string text = difference(image[i], network[i]);
    if (!text.empty())
      return text;
  }
  return "";
}

} // namespace

llvm::Expected<std::string> compareImageWithNetwork(const image::Image &image,
                                                    const net::QuantNet &network) {
  llvm::Expected<net::QuantNet> decoded = image::toNetwork(image);
  if (!decoded)
    return decoded.takeError();
  std::string text = listDifference("populations", decoded->populations, network.populations,
                                    populationDifference);
  if (text.empty())
    text = listDifference("projections", decoded->projections, network.projections,
                          projectionDifference);
  if (text.empty())
    text = listDifference("host layers", decoded->hostLayers, network.hostLayers, hostDifference);
  if (text.empty() && (decoded->inputs != network.inputs || decoded->outputs != network.outputs))
    text = "inputs or outputs are other populations";
  return text;
}

} // namespace snnc::runtime::verify
