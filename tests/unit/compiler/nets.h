// Small networks for the compiler's tests.
#pragma once

#include "common/net/net.h"
#include "common/net/quant_net.h"
#include "common/support/rng.h"
#include "compiler/pass/pass_manager.h"

#include <string>
#include <vector>

namespace snnc::compiler::test {

// ---- real networks

inline net::Population inputOf(const std::string &name, uint32_t size) {
  net::Population population;
  population.name = name;
  population.kind = net::NeuronKind::Input;
  population.shape = {size};
  return population;
}

inline net::Population layerOf(const std::string &name, uint32_t size, net::NeuronKind kind,
                               net::NeuronParams params = {}) {
  net::Population population;
  population.name = name;
  population.kind = kind;
  population.shape = {size};
  population.params = std::move(params);
  return population;
}

inline net::Projection denseOf(const std::string &name, uint32_t source, uint32_t target,
                               uint32_t rows, uint32_t cols, std::vector<float> values) {
  net::Projection projection;
  projection.name = name;
  projection.source = source;
  projection.target = target;
  projection.weights = net::DenseWeights{rows, cols, std::move(values)};
  return projection;
}

inline std::vector<float> randomWeights(support::Rng &rng, size_t count, double scale = 1.0) {
  std::vector<float> values;
  for (size_t i = 0; i < count; ++i)
    values.push_back(static_cast<float>(scale * rng.normal()));
  return values;
}

// input -> one layer.
inline net::Net oneLayer(net::Population layer, uint32_t inputs, std::vector<float> weights) {
  net::Net net;
  net.name = "one";
  const uint32_t size = layer.size();
  net.populations = {inputOf("in", inputs), std::move(layer)};
  net.projections = {denseOf("w", 0, 1, size, inputs, std::move(weights))};
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

// ---- networks in integers

inline net::QuantPopulation intInput(const std::string &name, uint32_t size) {
  net::QuantPopulation population;
  population.name = name;
  population.shape = {size};
  population.isInput = true;
  return population;
}

inline net::QuantPopulation intLayer(const std::string &name, uint32_t size) {
  net::QuantPopulation population;
  population.name = name;
  population.shape = {size};
  population.neurons.resize(size);
  for (net::NeuronConfig &neuron : population.neurons) {
    neuron.threshold = 1000;
    neuron.du = 4095;
  }
  return population;
}

// Every weight `value`, dense.
inline net::QuantProjection intDense(const std::string &name, uint32_t source, uint32_t target,
                                     uint32_t rows, uint32_t cols, int16_t value = 1,
                                     uint32_t delay = 0) {
  net::QuantProjection projection;
  projection.name = name;
  projection.source = source;
  projection.target = target;
  projection.delay = delay;
  projection.weights = net::DenseInts{rows, cols, std::vector<int16_t>(size_t{rows} * cols, value)};
  return projection;
}

// input (inputs) -> hidden (size), all weights 1.
inline net::QuantNet intOneLayer(uint32_t inputs, uint32_t size) {
  net::QuantNet net;
  net.name = "ints";
  net.populations = {intInput("in", inputs), intLayer("hidden", size)};
  net.projections = {intDense("w", 0, 1, size, inputs)};
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

// ---- running passes

// Runs `pass` alone, then the verifiers.
inline llvm::Error runPass(Pass &pass, Module &module, const target::Target &target,
                           support::Warnings &warnings) {
  PassContext context{target, warnings};
  llvm::Expected<bool> changed = pass.run(module, context);
  if (!changed)
    return changed.takeError();
  return verifyModule(module, target);
}

inline Module moduleOf(net::Net net) {
  Module module;
  module.net = std::move(net);
  module.hasNet = true;
  return module;
}
inline Module moduleOf(net::QuantNet net) {
  Module module;
  module.quant = std::move(net);
  return module;
}

inline target::Target targetNamed(const char *name) {
  llvm::Expected<target::Target> target = target::loadTarget(name);
  if (!target) {
    support::printErrors(target.takeError(), llvm::errs());
    std::abort();
  }
  return *target;
}

} // namespace snnc::compiler::test
