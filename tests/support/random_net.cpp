#include "tests/support/random_net.h"

#include "tests/support/random_conv.h"

#include <algorithm>
#include <iterator>

namespace snnc::test {

namespace {

using support::Rng;

bool chance(Rng &rng, double p) {
  return rng.uniform() < p;
}

template <class T, size_t N> T pick(Rng &rng, const T (&values)[N]) {
  return values[rng.below(N)];
}

// Log-uniform in [1, limit]: small and large values are both common.
int32_t magnitude(Rng &rng, uint32_t limitBits) {
  const uint64_t bits = rng.below(limitBits) + 1;
  return static_cast<int32_t>(rng.between(int64_t{1} << (bits - 1), (int64_t{1} << bits) - 1));
}

uint16_t randomDecay(Rng &rng) {
  static constexpr uint16_t kCorners[] = {0, 1, 409, 2048, 4094, 4095};
  return chance(rng, 0.5) ? pick(rng, kCorners) : static_cast<uint16_t>(rng.below(4096));
}

net::NeuronConfig randomNeuron(Rng &rng, const net::QuantPopulation &population) {
  net::NeuronConfig neuron;
  neuron.resetSubtract = chance(rng, 0.5);
  neuron.compareGe = chance(rng, 0.5);
  neuron.biasToCurrent = chance(rng, 0.2);
  neuron.threshold = chance(rng, 0.05) ? -magnitude(rng, 12) : magnitude(rng, 18);
  if (neuron.resetSubtract)
    neuron.reset = chance(rng, 0.1) ? magnitude(rng, 23) : std::abs(neuron.threshold);
  else
    neuron.reset = chance(rng, 0.5) ? 0 : static_cast<int32_t>(rng.between(-4096, 4096));
  if (chance(rng, 0.3))
    neuron.vInit = static_cast<int32_t>(rng.between(population.vmin, population.vmax)) / 64;
  if (chance(rng, 0.5)) {
    neuron.biasMant = static_cast<int16_t>(rng.between(-4096, 4095));
    neuron.biasExp = static_cast<uint8_t>(rng.below(8));
  }
  neuron.du = chance(rng, 0.4) ? 4095 : chance(rng, 0.3) ? 0 : randomDecay(rng);
  neuron.dv = randomDecay(rng);
  neuron.refractory = chance(rng, 0.7) ? 1 : static_cast<uint8_t>(rng.between(1, 5));
  return neuron;
}

net::QuantPopulation randomPopulation(Rng &rng, uint32_t index, uint32_t size) {
  static constexpr int32_t kFull = (1 << 23) - 1;
  static constexpr int32_t kVmin[] = {-kFull - 1, -kFull, -kFull, -32767, -4095, 0};
  static constexpr int32_t kVmax[] = {kFull, kFull, kFull, (1 << 17) - 1};
  net::QuantPopulation population;
  population.name = "p" + std::to_string(index);
  population.shape = {size};
  population.vmin = pick(rng, kVmin);
  population.vmax = pick(rng, kVmax);
  population.duOffset = chance(rng, 0.7) ? 1 : 0;
  // Half of the populations have one kind of neuron, the others one per neuron.
  const bool uniform = chance(rng, 0.5);
  for (uint32_t i = 0; i < size; ++i)
    population.neurons.push_back(uniform && i != 0 ? population.neurons[0]
                                                   : randomNeuron(rng, population));
  return population;
}

int16_t randomWeight(Rng &rng, unsigned bits, double density) {
  if (!chance(rng, density))
    return 0;
  const int64_t bound = int64_t{1} << (bits - 1);
  return static_cast<int16_t>(rng.between(-bound, bound - 1));
}

net::SparseInts compress(const net::DenseInts &dense) {
  net::SparseInts sparse;
  sparse.posts = dense.rows;
  sparse.pres = dense.cols;
  sparse.rowStart.push_back(0);
  for (uint32_t pre = 0; pre < dense.cols; ++pre) {
    for (uint32_t post = 0; post < dense.rows; ++post) {
      const int16_t weight = dense.values[size_t{post} * dense.cols + pre];
      if (weight == 0)
        continue;
      sparse.columns.push_back(post);
      sparse.values.push_back(weight);
    }
    sparse.rowStart.push_back(sparse.values.size());
  }
  return sparse;
}

net::QuantProjection randomProjection(Rng &rng, const net::QuantNet &net, uint32_t source,
                                      uint32_t target, uint32_t delay, const target::CoreSpec &core,
                                      double convolution) {
  net::QuantProjection projection;
  projection.name = net.populations[source].name + "_" + net.populations[target].name + "_" +
                    std::to_string(net.projections.size());
  projection.source = source;
  projection.target = target;
  projection.delay = delay;
  projection.weightBits = static_cast<uint8_t>(rng.between(2, core.weightBits));
  projection.exponent =
      static_cast<uint8_t>(chance(rng, 0.25) ? rng.below(core.exponentMax + 1) : rng.below(3));
  const uint32_t posts = net.populations[target].size();
  uint32_t pres = net.populations[source].size();
  if (chance(rng, convolution / 2)) {
    projection.pools = {randomPool(rng, pres)};
    pres = projection.pools[0].rows();
  }
  if (chance(rng, convolution)) {
    projection.weights = randomConv(rng, pres, posts, projection.weightBits);
    return projection;
  }
  const double density = chance(rng, 0.5) ? 1.0 : 0.2 + 0.6 * rng.uniform();
  net::DenseInts dense;
  dense.rows = posts;
  dense.cols = pres;
  for (size_t i = 0; i < size_t{dense.rows} * dense.cols; ++i)
    dense.values.push_back(randomWeight(rng, projection.weightBits, density));
  if (chance(rng, 0.5))
    projection.weights = compress(dense);
  else
    projection.weights = std::move(dense);
  return projection;
}

net::HostLayer randomHostLayer(Rng &rng, const net::QuantNet &net, uint32_t target) {
  net::HostLayer layer;
  layer.name = "host_" + std::to_string(target);
  layer.source = 0;
  layer.target = target;
  net::DenseInts weights{net.populations[target].size(), net.populations[0].size(), {}};
  for (size_t i = 0; i < size_t{weights.rows} * weights.cols; ++i)
    weights.values.push_back(randomWeight(rng, 8, 0.8));
  if (chance(rng, 0.5))
    layer.weights = compress(weights);
  else
    layer.weights = weights;
  for (uint32_t i = 0; i < weights.rows; ++i) {
    layer.bias.push_back(rng.between(-20000, 20000));
    layer.shift.push_back(static_cast<uint8_t>(rng.below(8))); // small ones saturate now and then
  }
  return layer;
}

// Edges so that every population is reached and every hardware delay fits the ring of slots.
void addEdges(Rng &rng, net::QuantNet &net, const target::CoreSpec &core,
              const RandomNetOptions &options) {
  const auto count = static_cast<uint32_t>(net.populations.size());
  const auto tryEdge = [&](uint32_t source, uint32_t target, uint32_t delay) {
    net.projections.push_back(
        randomProjection(rng, net, source, target, delay, core, options.convolution));
    const std::vector<uint32_t> first = net::firstTicks(net);
    const bool fits =
        !first.empty() &&
        std::all_of(net.projections.begin(), net.projections.end(), [&](const auto &edge) {
          return net::hardwareDelay(net, first, edge) < core.delaySlots;
        });
    if (!fits)
      net.projections.pop_back();
  };
  for (uint32_t p = 1; p < count; ++p)
    if (p > 1 || net.hostLayers.empty())
      tryEdge(p == 1 || !net.hostLayers.empty() ? p - 1 : static_cast<uint32_t>(rng.below(p)), p,
              static_cast<uint32_t>(chance(rng, 0.2) ? rng.below(core.delaySlots) : 0));
  const uint32_t first = net.hostLayers.empty() ? 0 : 1;
  for (uint64_t extra = rng.below(3); extra > 0; --extra) { // skips and second projections
    const uint32_t source = static_cast<uint32_t>(rng.between(first, count - 1));
    const uint32_t target = static_cast<uint32_t>(rng.between(1, count - 1));
    if (source < target)
      tryEdge(source, target, static_cast<uint32_t>(rng.below(core.delaySlots)));
  }
  if (chance(rng, options.recurrent))
    for (uint64_t extra = rng.below(2) + 1; extra > 0; --extra) {
      const uint32_t target = static_cast<uint32_t>(rng.between(1, count - 1));
      const uint32_t source = static_cast<uint32_t>(rng.between(target, count - 1));
      tryEdge(source, target, static_cast<uint32_t>(rng.between(1, core.delaySlots)));
    }
}

} // namespace

net::QuantNet randomQuantNet(Rng &rng, const target::CoreSpec &core,
                             const RandomNetOptions &options) {
  net::QuantNet net;
  net.name = "random";
  net::QuantPopulation input;
  input.name = "input";
  input.shape = {static_cast<uint32_t>(rng.between(1, options.maxInputs))};
  input.isInput = true;
  net.populations.push_back(input);
  const auto populations = static_cast<uint32_t>(rng.between(1, options.maxPopulations));
  for (uint32_t p = 1; p <= populations; ++p)
    net.populations.push_back(
        randomPopulation(rng, p, static_cast<uint32_t>(rng.between(1, options.maxSize))));
  if (chance(rng, options.hostLayer)) {
    net.run.encode = net::Encoding::Direct;
    net.hostLayers.push_back(randomHostLayer(rng, net, 1));
  }
  addEdges(rng, net, core, options);
  net.inputs = {0};
  net.outputs = {static_cast<uint32_t>(net.populations.size() - 1)};
  return net;
}

data::EncodedSample randomSample(Rng &rng, const net::QuantNet &net, uint32_t steps) {
  data::EncodedSample sample;
  sample.steps = steps;
  for (uint32_t input : net.inputs)
    sample.size += net.populations[input].size();
  if (!net.hostLayers.empty()) {
    const bool held = chance(rng, 0.5);
    sample.values.resize(size_t{held ? 1 : steps} * sample.size);
    // A little outside 0 .. 1, so that the encoder's clamp is seen.
    for (float &value : sample.values)
      value = static_cast<float>(rng.uniform() * 1.2 - 0.1);
    return sample;
  }
  const double rate = rng.uniform();
  sample.spikes.resize(size_t{steps} * sample.size);
  for (uint8_t &spike : sample.spikes)
    spike = chance(rng, rate) ? 1 : 0;
  return sample;
}

} // namespace snnc::test
