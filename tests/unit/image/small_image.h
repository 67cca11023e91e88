// Images by hand. smallImage on `tiny`: two inputs, three neurons `a` on core (0,0), two neurons
// `b` on core (1,0); in -> a dense and sparse, a -> b, a[0] -> a with delay 1, and a host layer in
// -> a. sharingImage on `loihi-like`: five inputs, 24 neurons `m` in three rows of eight lanes; the
// lists of inputs 0 and 1 (dense) and of 2 and 3 (sparse) are shared, input 4 has the last word.
#pragma once

#include "common/image/codec.h"
#include "common/image/synapse_words.h"
#include "common/target/target.h"

#include <gtest/gtest.h>

namespace snnc {

inline target::Target tinyTarget() {
  auto target = target::loadTarget("tiny");
  if (target)
    return std::move(*target);
  ADD_FAILURE() << llvm::toString(target.takeError());
  return {};
}

inline net::NeuronConfig neuron(int32_t threshold) {
  net::NeuronConfig config;
  config.threshold = threshold;
  config.du = 4095;
  config.dv = 410;
  return config;
}

inline image::Image smallImage() {
  const target::Target target = tinyTarget();
  const image::WordFormat format = image::WordFormat::of(target.core);
  auto dense = [&](std::initializer_list<int> weights) {
    uint64_t word = 0;
    uint32_t lane = 0;
    for (int weight : weights)
      word |= format.putDense(lane++, weight);
    return word;
  };

  image::Image image;
  image.netName = "small";
  image.targetJson = target.json;
  image.targetFingerprint = target.fingerprint;
  image.meshWidth = 2;
  image.meshHeight = 1;
  image.steps = 5;
  image.profile.reset = {net::ResetRule::Subtract, net::Origin::Flag, "asked for"};
  image.run.steps = 5;
  image.populations = {{"in", {2}, true, 0, {}, {}},
                       {"a", {3}, false, 0, {{0, 3, 0, 0}}, {64.0, 64.0, 64.0}},
                       {"b", {1, 2}, false, 1, {{0, 2, 1, 0}}, {}}};
  image.projections = {{"in_a", 0, 1, 0, 8}, {"a_b", 1, 2, 0, 8}, {"a_a", 1, 1, 1, 8}};
  image.inputs = {{0, {{0, 0, 0, 0}, {1, 0, 1, 0}}}};
  image.outputs = {2};

  net::HostLayer host;
  host.name = "host";
  host.source = 0;
  host.target = 1;
  host.weights = net::DenseInts{3, 2, {1, -2, 3, -4, 5, -6}};
  host.bias = {7, -8, 9};
  host.shift = {0, 3, 40};
  image.hostLayers = {host};

  image::CoreImage a;
  a.vmin = -8388607;
  a.vmax = 8388607;
  a.groups = {{0, 3, 0}};
  a.neurons = {neuron(100), neuron(200), neuron(300)};
  a.outPointers = {{0, 2}, {2, 1}, {3, 1}};
  a.outSlots = {{0, 0, 0, 2}, {1, 0, 0, 0}, {1, 0, 0, 1}, {1, 0, 0, 2}};
  a.axons = {{0, 1, 0, 1, false}, {1, 1, 0, 1, true}, {2, 1, 0, 0, false}};
  a.synapses = {dense({10, -20, 30}), format.putPair(0, 2, -7) | format.putPair(1, 0, 5),
                dense({-1})};

  image::CoreImage b;
  b.x = 1;
  b.vmin = -8388607;
  b.vmax = 8388607;
  b.groups = {{0, 2, 1}};
  b.neurons = {neuron(400), neuron(500)};
  b.outPointers = {{0, 0}, {0, 0}};
  b.axons = {{0, 1, 0, 2, false}, {1, 1, 0, 2, false}, {2, 1, 0, 2, false}};
  b.synapses = {dense({1, 2}), dense({0, 3}), dense({-4, 0})};

  image.cores = {a, b};
  image.axonSources = {{{0, 0}, {0, 1}, {2, 0}}, {{1, 0}, {1, 1}, {1, 2}}};
  return image;
}

inline image::Image sharingImage() {
  auto target = target::loadTarget("loihi-like");
  if (!target) {
    ADD_FAILURE() << llvm::toString(target.takeError());
    return {};
  }
  const image::WordFormat format = image::WordFormat::of(target->core);
  image::Image image;
  image.netName = "sharing";
  image.targetJson = target->json;
  image.targetFingerprint = target->fingerprint;
  image.populations = {{"in", {5}, true, 0, {}, {}}, {"m", {24}, false, 0, {{0, 24, 0, 0}}, {}}};
  image.projections = {{"w", 0, 1, 0, 8}};
  image.inputs = {{0, {}}};
  image.outputs = {1};
  image::CoreImage core;
  core.vmin = -8388607;
  core.vmax = 8388607;
  core.groups = {{0, 24, 0}};
  core.neurons.assign(24, neuron(100));
  core.outPointers.resize(24);
  core.axons = {{0, 1, 0, 0, false},
                {0, 1, 2, 0, false}, // the same word two rows on
                {1, 2, 0, 0, true},
                {1, 2, 1, 0, true},
                {3, 1, 2, 0, true}};
  core.synapses = {format.putDense(1, 10) | format.putDense(7, -20),
                   format.putPair(0, 0, 1) | format.putPair(1, 9, 2) | format.putPair(2, 15, 3),
                   format.putPair(0, 8, 4), format.putPair(1, 7, -5)};
  image.cores = {core};
  image.axonSources = {{}};
  for (uint32_t element = 0; element < 5; ++element) {
    image.axonSources[0].push_back({0, element});
    image.inputs[0].routes.push_back({element, 0, static_cast<uint16_t>(element), 0});
  }
  return image;
}

} // namespace snnc
