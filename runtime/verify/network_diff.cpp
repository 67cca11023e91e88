// Translation validation: a decoded image against the network it came from.
#include "common/image/codec.h"
#include "runtime/verify/verify.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

namespace snnc::runtime::verify {

namespace {

// A projection's synapses by source: (target neuron, effect w << exponent), zeros left out.
using Row = std::vector<std::pair<uint32_t, int64_t>>;

std::vector<Row> synapses(const net::QuantProjection &projection) {
  const int64_t factor = int64_t{1} << projection.exponent;
  std::vector<Row> rows;
  if (const auto *dense = std::get_if<net::DenseInts>(&projection.weights)) {
    rows.resize(dense->cols);
    for (uint32_t post = 0; post < dense->rows; ++post)
      for (uint32_t pre = 0; pre < dense->cols; ++pre)
        if (const int16_t weight = dense->values[size_t{post} * dense->cols + pre])
          rows[pre].emplace_back(post, weight * factor);
    return rows;
  }
  const auto &sparse = std::get<net::SparseInts>(projection.weights);
  rows.resize(sparse.pres);
  for (uint32_t pre = 0; pre < sparse.pres; ++pre)
    for (uint64_t k = sparse.rowStart[pre]; k < sparse.rowStart[pre + 1]; ++k)
      if (sparse.values[k] != 0)
        rows[pre].emplace_back(sparse.columns[k], sparse.values[k] * factor);
  return rows;
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

std::string projectionDifference(const net::QuantProjection &image,
                                 const net::QuantProjection &network) {
  if (image.name != network.name || image.source != network.source ||
      image.target != network.target)
    return llvm::formatv("projection '{0}' of the network is '{1}' in the image", network.name,
                         image.name);
  if (image.delay != network.delay)
    return llvm::formatv("'{0}' has delay {1} in the image and {2} in the network", network.name,
                         image.delay, network.delay);
  const std::vector<Row> a = synapses(image), b = synapses(network);
  if (a.size() != b.size())
    return llvm::formatv("'{0}' has {1} sources in the image and {2} in the network", network.name,
                         a.size(), b.size());
  for (uint32_t source = 0; source < a.size(); ++source) {
    std::string difference = rowDifference(network.name, source, a[source], b[source]);
    if (!difference.empty())
      return difference;
  }
  return "";
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
  return "";
}

std::string hostDifference(const net::HostLayer &image, const net::HostLayer &network) {
  const bool same = image.name == network.name && image.source == network.source &&
                    image.target == network.target && image.weights.rows == network.weights.rows &&
                    image.weights.cols == network.weights.cols &&
                    image.weights.values == network.weights.values && image.bias == network.bias &&
                    image.shift == network.shift && image.inputScale == network.inputScale &&
                    image.inputMin == network.inputMin && image.inputMax == network.inputMax;
  return same ? "" : llvm::formatv("host layer '{0}' differs", network.name).str();
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
