#include "tests/support/random_crossbar_net.h"

#include "nlohmann/json.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>

namespace snnc::test {
namespace {

using net::NeuronKind;
using support::Rng;

template <class T> T pick(Rng &rng, std::initializer_list<T> values) {
  return values.begin()[rng.below(values.size())];
}

class Maker {
public:
  Maker(Rng &rng, const RandomCrossbarOptions &options) : rng(rng), options(options) {}

  net::Net run() {
    net.name = "random";
    net.profile.dt.value = 1.0;
    net.profile.tauUnit.value = net::TauUnit::Steps;
    net.profile.reset.value =
        pick(rng, {net::ResetRule::Zero, net::ResetRule::Subtract, net::ResetRule::None});
    net.profile.compare.value = pick(rng, {net::Compare::Gt, net::Compare::Ge});
    addInput();
    const auto layers = static_cast<uint32_t>(rng.between(1, options.maxPopulations));
    for (uint32_t p = 1; p <= layers; ++p)
      addLayer(p, p == layers);
    net.inputs = {0};
    net.outputs = {layers};
    return std::move(net);
  }

private:
  void addInput() {
    net::Population &input = net.populations.emplace_back();
    input.name = "in";
    const auto side = static_cast<uint32_t>(rng.between(3, 4));
    if (rng.below(3) == 0)
      input.shape = {1, side, side};
    else
      input.shape = {static_cast<uint32_t>(rng.between(1, options.maxInputs))};
  }

  void addLayer(uint32_t p, bool last) {
    scale = pick(rng, {1.0, 0.25, 3.0});
    net::Population layer;
    layer.name = "p" + std::to_string(p);
    layer.shape = {static_cast<uint32_t>(rng.between(1, options.maxSize))};
    layer.kind =
        pick(rng, {NeuronKind::IF, NeuronKind::IF, NeuronKind::LIF, NeuronKind::Threshold});
    if (last && rng.below(4) == 0)
      layer.kind = NeuronKind::I;
    const bool convolves = p == 1 && net.populations.back().shape.size() == 3;
    if (convolves)
      layer.shape = {2, net.populations.back().shape[1] - 1, net.populations.back().shape[2] - 1};
    setParameters(layer);
    net.populations.push_back(layer);
    join(p - 1, p, static_cast<uint32_t>(rng.below(3)), convolves);
    if (p > 1 && rng.below(3) == 0) // past a layer
      join(static_cast<uint32_t>(rng.below(p - 1)), p, static_cast<uint32_t>(rng.below(3)), false);
    if (net::spikes(layer.kind) && rng.below(3) == 0) // a loop: relays need a step more than copies
      join(p, p, static_cast<uint32_t>(rng.between(1, 3)), false);
    if (layer.kind != NeuronKind::Threshold && rng.below(2) == 0)
      for (uint32_t n = 0; n < layer.size(); ++n)
        net.projections.back().bias.push_back(scale * static_cast<double>(rng.between(-2, 2)));
  }

  void setParameters(net::Population &layer) {
    net::NeuronParams &params = layer.params;
    if (layer.kind == NeuronKind::LIF)
      params.tau = 1.0; // dt: nothing stays
    if (!net::spikes(layer.kind))
      return;
    for (uint32_t n = 0; n < layer.size(); ++n)
      params.vThreshold.values.push_back(scale * pick(rng, {1.0, 1.5, 2.0, 3.0, 4.75, 0.0}));
    if (layer.kind == NeuronKind::IF && rng.below(3) == 0) {
      params.vReset = scale * static_cast<double>(rng.between(-1, 1));
      params.vInit = scale * static_cast<double>(rng.between(-3, 3));
    }
  }

  // 0, or one of few integers times the layer's scale.
  float weight(std::initializer_list<int> few) {
    return static_cast<float>(scale * pick(rng, few));
  }
  std::vector<float> weights(size_t count) {
    const bool real = !options.onGrid && rng.below(2) == 0;
    const uint64_t form = rng.below(3);
    std::vector<float> values;
    for (size_t k = 0; k < count; ++k)
      values.push_back(real        ? static_cast<float>(scale * rng.normal())
                       : form == 0 ? weight({0, 1, -1})
                       : form == 1 ? weight({0, 0, 2, -1, 5, -7})
                                   : weight({0, 0, 0, 3, 1, -1, -2, -8, 7}));
    return values;
  }

  void join(uint32_t from, uint32_t to, uint32_t delay, bool convolves) {
    net::Projection &projection = net.projections.emplace_back();
    projection.name = "w" + std::to_string(net.projections.size());
    projection.source = from;
    projection.target = to;
    projection.delay = delay;
    const uint32_t rows = net.populations[to].size(), cols = net.populations[from].size();
    if (convolves)
      projection.weights = convolution(net.populations[from].shape);
    else if (rng.below(2) == 0)
      projection.weights = net::DenseWeights{rows, cols, weights(size_t{rows} * cols)};
    else
      projection.weights = sparse(rows, cols);
  }

  net::ConvWeights convolution(const std::vector<uint32_t> &shape) {
    net::ConvWeights map;
    map.outChannels = 2;
    map.window.inH = shape[1];
    map.window.inW = shape[2];
    map.window.outH = shape[1] - 1;
    map.window.outW = shape[2] - 1;
    map.window.kernelH = map.window.kernelW = 2;
    map.kernel = weights(8);
    return map;
  }

  net::SparseWeights sparse(uint32_t rows, uint32_t cols) {
    net::SparseWeights map{rows, cols, {0}, {}, {}};
    for (uint32_t source = 0; source < cols; ++source) {
      for (uint32_t target = 0; target < rows; ++target)
        if (rng.below(3) == 0) {
          map.columns.push_back(target);
          map.values.push_back(weight({1, -1, 2, -3}));
        }
      map.rowStart.push_back(map.columns.size());
    }
    return map;
  }

  Rng &rng;
  const RandomCrossbarOptions options;
  net::Net net;
  double scale = 1.0;
};

} // namespace

net::Net randomCrossbarNet(support::Rng &rng, const RandomCrossbarOptions &options) {
  return Maker(rng, options).run();
}

target::Target crossbarTarget(uint32_t axons, uint32_t neurons, uint32_t side) {
  const target::Target whole = llvm::cantFail(target::loadTarget("truenorth-like"));
  nlohmann::json json = nlohmann::json::parse(whole.json);
  json["name"] = "small-crossbar";
  json["core"]["input_axons"]["value"] = axons;
  json["core"]["neurons"]["value"] = neurons;
  json["mesh"]["width"]["value"] = side;
  json["mesh"]["height"]["value"] = side;
  return llvm::cantFail(target::parseTarget(json.dump(), "small-crossbar"));
}

} // namespace snnc::test
