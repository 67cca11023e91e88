#include "tests/unit/export/same_net.h"

#include "common/net/discretize.h"
#include "common/net/synapses.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace snnc::test {
namespace {

using net::Net;
using net::NeuronUpdate;
using net::Population;

uint32_t find(const Net &net, const std::string &name) {
  for (uint32_t p = 0; p < net.populations.size(); ++p)
    if (net.populations[p].name == name)
      return p;
  ADD_FAILURE() << "no population '" << name << "'";
  return 0;
}

std::vector<std::string> names(const Net &net, const std::vector<uint32_t> &populations) {
  std::vector<std::string> all;
  for (uint32_t p : populations)
    all.push_back(net.populations[p].name);
  return all;
}

std::vector<NeuronUpdate> updatesOf(const Population &population, const net::Profile &profile) {
  auto updates = net::discretize(population, profile);
  EXPECT_TRUE(static_cast<bool>(updates)) << population.name;
  if (!updates) {
    llvm::consumeError(updates.takeError());
    return {};
  }
  if (updates->size() == 1)
    updates->resize(population.size(), updates->front());
  return *updates;
}

auto fields(const NeuronUpdate &u) {
  return std::tuple(u.hasCurrent, u.spikes, u.currentDecay, u.currentGain, u.membraneDecay,
                    u.membraneGain, u.leakTerm, u.threshold, u.reset, u.vInit, u.refractorySteps);
}

// An importer drops them where the neighbours do not have them: a batch axis, most of the time.
std::vector<uint32_t> withoutLeadingOnes(std::vector<uint32_t> shape) {
  while (shape.size() > 1 && shape.front() == 1)
    shape.erase(shape.begin());
  return shape;
}

void expectSamePopulation(const Population &a, const Net &netA, const Population &b,
                          const Net &netB) {
  EXPECT_EQ(a.kind, b.kind) << a.name;
  EXPECT_EQ(withoutLeadingOnes(a.shape), withoutLeadingOnes(b.shape)) << a.name;
  if (net::spikes(a.kind) && a.kind != net::NeuronKind::Input) {
    EXPECT_EQ(net::resetRule(a, netA.profile), net::resetRule(b, netB.profile)) << a.name;
  }
  const std::vector<NeuronUpdate> x = updatesOf(a, netA.profile), y = updatesOf(b, netB.profile);
  ASSERT_EQ(x.size(), y.size()) << a.name;
  for (size_t i = 0; i < x.size(); ++i)
    ASSERT_EQ(fields(x[i]), fields(y[i])) << a.name << " " << i;
  EXPECT_EQ(a.grid.scale.values, b.grid.scale.values) << a.name;
  EXPECT_EQ(a.grid.biasExp, b.grid.biasExp) << a.name;
  EXPECT_EQ(a.grid.duOffset, b.grid.duOffset) << a.name;
}

// Weights by (source, target, delay, source neuron, target neuron); projections of a pair add up.
using Synapses =
    std::map<std::tuple<std::string, std::string, uint32_t, uint32_t, uint32_t>, double>;

Synapses synapsesOf(const Net &net) {
  Synapses all;
  for (const net::Projection &projection : net.projections) {
    const net::IncomingSynapses incoming(projection);
    const std::string &source = net.populations[projection.source].name;
    const std::string &target = net.populations[projection.target].name;
    for (uint32_t post = 0; post < net.populations[projection.target].size(); ++post)
      incoming.forEach(post, [&](uint32_t pre, double weight) {
        all[{source, target, projection.delay, pre, post}] += weight;
      });
  }
  return all;
}

std::map<std::string, std::vector<double>> biasesOf(const Net &net) {
  std::map<std::string, std::vector<double>> all;
  for (const net::Projection &projection : net.projections) {
    std::vector<double> &sum = all[net.populations[projection.target].name];
    sum.resize(net.populations[projection.target].size(), 0.0);
    for (size_t i = 0; i < projection.bias.size(); ++i)
      sum[i] += projection.bias[i];
  }
  return all;
}

void expectSameSynapses(const Net &a, const Net &b) {
  Synapses x = synapsesOf(a);
  for (const auto &[key, weight] : synapsesOf(b))
    x[key] -= weight;
  for (const auto &[key, difference] : x) // weights of these tests are below 10
    ASSERT_NEAR(difference, 0.0, 2e-6)
        << std::get<0>(key) << " -> " << std::get<1>(key) << " delay " << std::get<2>(key) << ": "
        << std::get<3>(key) << " -> " << std::get<4>(key);
  auto biases = biasesOf(b);
  for (const auto &[name, values] : biasesOf(a)) {
    ASSERT_EQ(values.size(), biases[name].size()) << name;
    for (size_t i = 0; i < values.size(); ++i)
      ASSERT_NEAR(values[i], biases[name][i], 1e-12) << name << " " << i;
  }
}

} // namespace

void expectSameNet(const Net &a, const Net &b) {
  EXPECT_EQ(a.profile.dt.value, b.profile.dt.value);
  EXPECT_EQ(a.profile.tauUnit.value, b.profile.tauUnit.value);
  EXPECT_EQ(a.profile.integrator.value, b.profile.integrator.value);
  EXPECT_EQ(a.profile.reset.value, b.profile.reset.value);
  EXPECT_EQ(a.profile.compare.value, b.profile.compare.value);
  EXPECT_EQ(a.profile.biasTiming.value, b.profile.biasTiming.value);
  EXPECT_EQ(a.run.steps, b.run.steps);
  EXPECT_EQ(a.run.encode, b.run.encode);
  EXPECT_EQ(a.run.readout, b.run.readout);
  EXPECT_EQ(a.run.inputLow, b.run.inputLow);
  EXPECT_EQ(a.run.inputHigh, b.run.inputHigh);
  EXPECT_EQ(names(a, a.inputs), names(b, b.inputs));
  EXPECT_EQ(names(a, a.outputs), names(b, b.outputs));
  ASSERT_EQ(a.populations.size(), b.populations.size());
  for (const Population &population : a.populations)
    expectSamePopulation(population, a, b.populations[find(b, population.name)], b);
  expectSameSynapses(a, b);
}

template <class T> static void sortLike(const std::vector<T> &like, std::vector<T> &list) {
  const auto place = [&](const T &item) {
    return std::find_if(like.begin(), like.end(),
                        [&](const T &other) { return other.name == item.name; });
  };
  std::stable_sort(list.begin(), list.end(),
                   [&](const T &a, const T &b) { return place(a) < place(b); });
}

net::QuantNet inOrderOf(const net::QuantNet &like, net::QuantNet net) {
  std::vector<std::string> before;
  for (const net::QuantPopulation &population : net.populations)
    before.push_back(population.name);
  sortLike(like.populations, net.populations);
  const auto moved = [&](uint32_t p) {
    for (uint32_t to = 0; to < net.populations.size(); ++to)
      if (net.populations[to].name == before[p])
        return to;
    return p;
  };
  for (uint32_t p = 0; p < std::min(like.populations.size(), net.populations.size()); ++p)
    if (withoutLeadingOnes(like.populations[p].shape) ==
        withoutLeadingOnes(net.populations[p].shape))
      net.populations[p].shape = like.populations[p].shape;
  for (net::QuantProjection &projection : net.projections) {
    projection.source = moved(projection.source);
    projection.target = moved(projection.target);
  }
  for (net::HostLayer &layer : net.hostLayers) {
    layer.source = moved(layer.source);
    layer.target = moved(layer.target);
  }
  for (std::vector<uint32_t> *list : {&net.inputs, &net.outputs})
    for (uint32_t &p : *list)
      p = moved(p);
  sortLike(like.projections, net.projections);
  sortLike(like.hostLayers, net.hostLayers);
  return net;
}

} // namespace snnc::test
