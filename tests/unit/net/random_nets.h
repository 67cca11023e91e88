// Random networks for the text IR: every field of both IRs takes unusual values.
#pragma once

#include "common/net/net.h"
#include "common/net/quant_net.h"
#include "common/support/rng.h"

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
    population.kind = i == 0 ? NeuronKind::Input : any<NeuronKind>(0, 3);
    population.shape = shape();
    NeuronParams &params = population.params;
    const uint32_t size = population.size();
    if (population.kind == NeuronKind::Input)
      return population;
    for (Param *p : {&params.vThreshold, &params.vReset, &params.vInit, &params.refractory})
      param(*p, size, false);
    param(params.r, size, true);
    if (population.kind != NeuronKind::IF)
      param(params.vLeak, size, false);
    if (population.kind == NeuronKind::LIF)
      param(params.tau, size, true);
    if (population.kind == NeuronKind::CubaLIF)
      for (Param *p : {&params.tauSyn, &params.tauMem, &params.wIn})
        param(*p, size, true);
    return population;
  }
  // A structure for `posts` x `pres`; `fill` gives the values.
  template <class Sparse, class Fill> Sparse sparse(uint32_t posts, uint32_t pres, Fill fill) {
    Sparse weights{posts, pres, {0}, {}, {}};
    for (uint32_t source = 0; source < pres; ++source) {
      for (uint32_t target = 0; target < posts; ++target)
        if (rng.below(3) == 0) {
          weights.columns.push_back(target);
          weights.values.push_back(fill());
        }
      weights.rowStart.push_back(weights.columns.size());
    }
    return weights;
  }
  Projection projection(const Net &net, uint32_t i) {
    Projection projection;
    projection.name = name(i);
    projection.source = any<uint32_t>(0, static_cast<int64_t>(net.populations.size()) - 1);
    projection.target = net.outputs[rng.below(net.outputs.size())];
    projection.delay = any<uint32_t>(1, 5);
    const uint32_t posts = net.populations[projection.target].size();
    const uint32_t pres = net.populations[projection.source].size();
    if (rng.below(2)) {
      projection.weights = sparse<SparseWeights>(posts, pres, [&] { return single(); });
    } else {
      DenseWeights weights{posts, pres, {}};
      for (uint64_t k = 0; k < uint64_t{posts} * pres; ++k)
        weights.values.push_back(single());
      projection.weights = weights;
    }
    for (uint32_t k = 0; i % 2 && k < posts; ++k)
      projection.bias.push_back(real());
    return projection;
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
  template <class Dense> Dense denseInts(uint32_t posts, uint32_t pres, int limit) {
    Dense weights{posts, pres, {}};
    for (uint64_t k = 0; k < uint64_t{posts} * pres; ++k)
      weights.values.push_back(rng.below(2) ? any<int16_t>(-limit, limit - 1) : int16_t{0});
    return weights;
  }
  QuantProjection quantProjection(const QuantNet &net, uint32_t i) {
    QuantProjection projection;
    projection.name = name(i);
    projection.source = any<uint32_t>(0, static_cast<int64_t>(net.populations.size()) - 1);
    projection.target = net.outputs[rng.below(net.outputs.size())];
    projection.delay = any<uint32_t>(1, 5);
    projection.weightBits = any<uint8_t>(2, 16);
    projection.exponent = any<uint8_t>(0, 7);
    const int limit = 1 << (projection.weightBits - 1);
    const uint32_t posts = net.populations[projection.target].size();
    const uint32_t pres = net.populations[projection.source].size();
    if (rng.below(2))
      projection.weights =
          sparse<SparseInts>(posts, pres, [&] { return any<int16_t>(-limit, limit - 1); });
    else
      projection.weights = denseInts<DenseInts>(posts, pres, limit);
    return projection;
  }
  HostLayer hostLayer(const QuantNet &net) {
    HostLayer layer;
    layer.name = name(77);
    layer.source = 0;
    layer.target = net.outputs[rng.below(net.outputs.size())];
    layer.weightBits = 8;
    const uint32_t posts = net.populations[layer.target].size();
    layer.weights = denseInts<DenseInts>(posts, net.populations[0].size(), 128);
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
