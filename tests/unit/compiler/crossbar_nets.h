// Networks in the integers of crossbar cores, for the compiler's tests.
#pragma once

#include "tests/unit/compiler/nets.h"

namespace snnc::compiler::test {

inline net::QuantPopulation crossbarLayer(const std::string &name, uint32_t size) {
  net::QuantPopulation population;
  population.name = name;
  population.shape = {size};
  net::CrossbarConfig neuron;
  neuron.threshold = 2;
  neuron.floor = -100;
  population.crossbar.assign(size, neuron);
  return population;
}

// input (cols) -> hidden (rows).
inline net::QuantNet crossbarOneLayer(uint32_t rows, uint32_t cols, std::vector<int16_t> values) {
  net::QuantNet net;
  net.name = "crossbar";
  net.populations = {intInput("in", cols), crossbarLayer("hidden", rows)};
  net::QuantProjection projection = intDense("w", 0, 1, rows, cols);
  projection.weights = net::DenseInts{rows, cols, std::move(values)};
  projection.weightBits = 10;
  net.projections = {projection};
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

// Layers of these sizes, the first the input, all weights 1; neuron j of a layer sees only the
// `fanIn` sources from j * fanIn on (all of them if 0).
inline net::QuantNet crossbarChain(const std::vector<uint32_t> &sizes, uint32_t fanIn = 0) {
  net::QuantNet net;
  net.name = "chain";
  for (uint32_t p = 0; p < sizes.size(); ++p) {
    const std::string name = "p" + std::to_string(p);
    net.populations.push_back(p == 0 ? intInput(name, sizes[0]) : crossbarLayer(name, sizes[p]));
    if (p == 0)
      continue;
    net::QuantProjection projection =
        intDense("w" + std::to_string(p), p - 1, p, sizes[p], sizes[p - 1], fanIn == 0 ? 1 : 0);
    auto &values = std::get<net::DenseInts>(projection.weights).values;
    for (uint32_t j = 0; fanIn != 0 && j < sizes[p]; ++j)
      for (uint32_t i = 0; i < fanIn; ++i)
        values[size_t{j} * sizes[p - 1] + (j * fanIn + i) % sizes[p - 1]] = 1;
    net.projections.push_back(std::move(projection));
  }
  net.inputs = {0};
  net.outputs = {static_cast<uint32_t>(sizes.size()) - 1};
  return net;
}

} // namespace snnc::compiler::test
