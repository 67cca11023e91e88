// Random networks for the text IR: every field of both IRs takes unusual values.
#pragma once

#include "common/net/net.h"
#include "common/net/quant_net.h"
#include "common/support/rng.h"
#include "tests/unit/net/random_maps.h"

#include <cstdlib>

namespace snnc::net {

// SNNC_SEED replays one.
inline uint64_t testSeed(uint64_t usual) {
  const char *seed = std::getenv("SNNC_SEED");
  return seed ? std::strtoull(seed, nullptr, 0) : usual;
}

class RandomNets {
public:
  explicit RandomNets(uint64_t seed) : rng(seed) {}

  Net net() {
    Net net;
    net.name = name(99);
    head(net.profile, net.run);
    const uint32_t count = 1 + static_cast<uint32_t>(rng.below(5));
    for (uint32_t i = 0; i < count; ++i)
      net.populations.push_back(population(i));
    for (uint32_t i = 0; i < count; ++i)
      (net.populations[i].kind == NeuronKind::Input ? net.inputs : net.outputs).push_back(i);
    if (!net.outputs.empty())
      for (uint32_t i = 0; i < rng.below(6); ++i)
        net.projections.push_back(projection(net, i));
    return net;
  }

  QuantNet quantNet() {
    QuantNet net;
    net.name = name(99);
    head(net.profile, net.run);
    const uint32_t count = 2 + static_cast<uint32_t>(rng.below(4));
    for (uint32_t i = 0; i < count; ++i)
      net.populations.push_back(quantPopulation(i));
    for (uint32_t i = 0; i < count; ++i)
      (net.populations[i].isInput ? net.inputs : net.outputs).push_back(i);
    for (uint32_t i = 0; i < rng.below(6); ++i)
      net.projections.push_back(quantProjection(net, i));
    net.hostLayers.push_back(hostLayer(net));
    return net;
  }

private:
  std::string name(uint32_t i) {
    static const char *const kNames[] = {"h",       "lif1.lif", "0",  "two words",
                                         "q\"uote", "a.b",      "Ünï"};
    return kNames[rng.below(7)] + std::to_string(i);
  }
  // Bits of every kind: tiny, huge, negative zero, subnormal.
  double real() {
    switch (rng.below(6)) {
    case 0:
      return -0.0;
    case 1:
      return static_cast<double>(rng.between(-3, 3));
    case 2:
      return 4.9406564584124654e-324;
    case 3:
      return rng.normal() * std::pow(10.0, static_cast<double>(rng.between(-300, 300)));
    default:
      return rng.normal();
    }
  }
  float single() { return rng.below(3) ? static_cast<float>(rng.normal()) : 0.0f; }
  template <class T> T any(int64_t lo, int64_t hi) { return static_cast<T>(rng.between(lo, hi)); }

  template <class T> void setting(Setting<T> &setting, T value) {
    setting = {value, any<Origin>(0, 4), rng.below(2) ? "why \"so\", \\ this\nand that" : ""};
  }
  void head(Profile &profile, RunOptions &run) {
    setting(profile.dt, std::abs(rng.normal()) + 1e-9);
    setting(profile.tauUnit, any<TauUnit>(0, 2));
    setting(profile.integrator, any<Integrator>(0, 2));
    setting(profile.reset, any<ResetRule>(0, 3));
    setting(profile.compare, any<Compare>(0, 1));
    setting(profile.biasTiming, any<BiasTiming>(0, 1));
    if (rng.below(2))
      run.steps = any<uint32_t>(1, 1000);
    run.encode = any<Encoding>(0, 5);
    run.readout = any<Readout>(0, 3);
    run.inputLow = real();
    run.inputHigh = real();
  }
  std::vector<uint32_t> shape() {
    std::vector<uint32_t> shape;
    for (uint64_t i = 0; i <= rng.below(3); ++i)
      shape.push_back(any<uint32_t>(1, 4));
    return shape;
  }
  void param(Param &param, uint32_t size, bool mayBeInfinite) {
    const uint64_t form = rng.below(4);
    if (form == 0)
      return;
    param.values.resize(form == 1 ? 1 : size);
    for (double &value : param.values)
      value = rng.below(2) ? 1.5 : real();
    if (mayBeInfinite && rng.below(4) == 0)
      param.values.back() = std::numeric_limits<double>::infinity();
  }
  Population population(uint32_t i) {
    Population population;
    population.name = name(i);
    population.kind = i == 0 ? NeuronKind::Input : any<NeuronKind>(0, 7);
    population.shape = shape();
    if (population.kind == NeuronKind::Input)
      return population;
    const uint32_t size = population.size();
    params(population, size);
    if (rng.below(3) == 0)
      population.reset = any<ResetRule>(0, 3);
    if (rng.below(3) == 0) {
      population.grid.scale.values.assign(rng.below(2) ? size : 1, std::abs(rng.normal()) + 1e-9);
      population.grid.biasExp.assign(rng.below(2) ? size : 1, any<uint8_t>(0, 7));
      population.grid.duOffset = any<uint8_t>(0, 1);
    }
    return population;
  }
  void params(Population &population, uint32_t size) {
    NeuronParams &params = population.params;
    const NeuronKind kind = population.kind;
    const bool cuba = kind == NeuronKind::CubaLIF || kind == NeuronKind::CubaLI;
    if (spikes(kind))
      param(params.vThreshold, size, false);
    if (kind == NeuronKind::Threshold)
      return;
    param(params.vInit, size, false);
    param(params.r, size, true);
    if (spikes(kind))
      for (Param *p : {&params.vReset, &params.refractory})
        param(*p, size, false);
    if (kind != NeuronKind::IF && kind != NeuronKind::I)
      param(params.vLeak, size, false);
    if (kind == NeuronKind::LIF || kind == NeuronKind::LI)
      param(params.tau, size, true);
    if (cuba)
      for (Param *p : {&params.tauSyn, &params.tauMem, &params.wIn})
        param(*p, size, true);
  }
  // Any weights instead of the small integers that maps are made of.
  template <class Map> void unusual(Map &map) {
    if constexpr (requires { map.values; })
      for (float &value : map.values)
        value = single();
    if constexpr (requires { map.kernel; })
      for (float &value : map.kernel)
        value = single();
  }
  Projection projection(Net &net, uint32_t i) {
    RandomMaps maps(rng);
    uint32_t source = any<uint32_t>(0, static_cast<int64_t>(net.populations.size()) - 1);
    if (!spikes(net.populations[source].kind))
      source = 0;
    const uint32_t pres = net.populations[source].size();
    Projection projection;
    if (rng.below(2)) {
      projection.target = net.outputs[rng.below(net.outputs.size())];
      const uint32_t posts = net.populations[projection.target].size();
      if (rng.below(2))
        projection.weights = maps.sparse<float>(posts, pres, 3);
      else
        projection.weights = maps.dense<float>(posts, pres, 3);
    } else {
      projection = maps.chain(pres);
      projection.target = added(net, rowsOf(projection.weights));
    }
    for (Weights &map : projection.before)
      std::visit([&](auto &form) { unusual(form); }, map);
    std::visit([&](auto &form) { unusual(form); }, projection.weights);
    projection.name = name(i);
    projection.source = source;
    projection.delay = any<uint32_t>(1, 5);
    const uint32_t posts = net.populations[projection.target].size();
    for (uint32_t k = 0; i % 2 && k < posts; ++k)
      projection.bias.push_back(real());
    if (rng.below(3) == 0)
      projection.grid = {any<uint8_t>(2, 16), any<uint8_t>(0, 7),
                         std::vector<uint8_t>(rng.below(2) * posts, any<uint8_t>(0, 40))};
    return projection;
  }
  // A new population of neurons.
  uint32_t added(Net &net, uint32_t size) {
    const uint32_t index = static_cast<uint32_t>(net.populations.size());
    Population population;
    population.name = name(index);
    population.kind = any<NeuronKind>(1, 7);
    population.shape = {size};
    params(population, size);
    net.populations.push_back(population);
    net.outputs.push_back(index);
    return index;
  }

  NeuronConfig config() {
    NeuronConfig config;
    config.resetSubtract = rng.below(2);
    config.threshold = any<int32_t>(-(1 << 23), (1 << 23) - 1);
    config.reset = any<int32_t>(config.resetSubtract ? 0 : -(1 << 23), (1 << 23) - 1);
    config.vInit = any<int32_t>(-5, 5);
    config.biasMant = any<int16_t>(-4096, 4095);
    config.biasExp = any<uint8_t>(0, 7);
    config.du = any<uint16_t>(0, 4095);
    config.dv = any<uint16_t>(0, 4095);
    config.refractory = any<uint8_t>(1, 63);
    config.compareGe = rng.below(2);
    config.biasToCurrent = rng.below(2);
    return config;
  }
  QuantPopulation quantPopulation(uint32_t i) {
    QuantPopulation population;
    population.name = name(i);
    population.shape = shape();
    population.isInput = i == 0;
    if (i == 0)
      return population;
    while (population.neurons.size() < population.size()) {
      const uint64_t left = population.size() - population.neurons.size();
      population.neurons.insert(population.neurons.end(), 1 + rng.below(left), config());
    }
    population.vmin = any<int32_t>(-(1 << 23), 0);
    population.vmax = any<int32_t>(0, (1 << 23) - 1);
    population.duOffset = any<uint8_t>(0, 1);
    for (uint32_t k = 0; i % 2 && k < population.size(); ++k)
      population.scale.push_back(real());
    for (uint32_t k = 0; i % 3 == 1 && k < population.size(); ++k)
      population.rest.push_back(real());
    return population;
  }
  QuantProjection quantProjection(QuantNet &net, uint32_t i) {
    RandomMaps maps(rng);
    QuantProjection projection;
    projection.name = name(i);
    projection.source = any<uint32_t>(0, static_cast<int64_t>(net.populations.size()) - 1);
    projection.delay = any<uint32_t>(1, 5);
    projection.weightBits = any<uint8_t>(2, 16);
    projection.exponent = any<uint8_t>(0, 7);
    const int limit = (1 << (projection.weightBits - 1)) - 1;
    uint32_t pres = net.populations[projection.source].size();
    for (uint64_t pools = rng.below(3); pools > 0; --pools) {
      projection.pools.push_back(maps.pool(pres, true));
      pres = projection.pools.back().rows();
    }
    if (rng.below(2)) {
      const ConvInts conv = maps.conv<int16_t>(pres, limit);
      projection.weights = conv;
      projection.target = added(net, conv.rows());
      return projection;
    }
    projection.target = net.outputs[rng.below(net.outputs.size())];
    anyInts(projection.weights, net.populations[projection.target].size(), pres, limit);
    return projection;
  }
  template <class Variant>
  void anyInts(Variant &weights, uint32_t posts, uint32_t pres, int limit) {
    if (rng.below(2))
      weights = RandomMaps(rng).sparse<int16_t>(posts, pres, limit);
    else
      weights = RandomMaps(rng).dense<int16_t>(posts, pres, limit);
  }
  uint32_t added(QuantNet &net, uint32_t size) {
    const uint32_t index = static_cast<uint32_t>(net.populations.size());
    QuantPopulation population;
    population.name = name(index);
    population.shape = {size};
    population.neurons.assign(size, config());
    net.populations.push_back(population);
    net.outputs.push_back(index);
    return index;
  }
  HostLayer hostLayer(const QuantNet &net) {
    HostLayer layer;
    layer.name = name(77);
    layer.source = 0;
    layer.target = net.outputs[rng.below(net.outputs.size())];
    layer.weightBits = 8;
    const uint32_t posts = net.populations[layer.target].size();
    anyInts(layer.weights, posts, net.populations[0].size(), 127);
    for (uint32_t k = 0; k < posts; ++k) {
      layer.bias.push_back(any<int64_t>(INT64_MIN / 4, INT64_MAX / 4));
      layer.shift.push_back(any<uint8_t>(0, 40));
    }
    layer.inputScale = std::abs(rng.normal()) + 0.1;
    layer.inputMin = any<int32_t>(-300, 0);
    layer.inputMax = any<int32_t>(0, 300);
    return layer;
  }

  support::Rng rng;
};

} // namespace snnc::net
