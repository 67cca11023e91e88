// A network that has come back from integers (`snnc export`) carries their grid: scales, exponents
// and shifts at which every value is an integer. Taking exactly those makes the way there and back
// the identity: quantize(dequantize(q)) == q.
#pragma once

#include "compiler/passes/quantize/host_neuron.h"
#include "compiler/passes/quantize/incoming_values.h"

#include "common/net/discretize.h"
#include "common/net/net.h"
#include "common/target/target.h"

#include "llvm/ADT/ArrayRef.h"

#include <optional>
#include <string>

namespace snnc::compiler::quantize {

struct GridEdge { // into the population
  const net::Projection *real = nullptr;
  const IncomingValues *values = nullptr;
  bool onHost = false;
};

struct GridRequest {
  const net::Population &population;
  llvm::ArrayRef<net::NeuronUpdate> updates; // one, or one per neuron
  llvm::ArrayRef<double> bias;               // per neuron, real
  llvm::SmallVector<GridEdge, 4> edges;
  uint32_t groupSize = 1;             // neurons that must share a scale
  std::optional<uint32_t> weightBits; // asked for
  HostInputRange input;
  const target::CoreSpec &core;
};

// Why the grid cannot be taken; empty if every value is an integer on it that its register holds.
std::string gridProblem(const GridRequest &request);

// hints of size 1 or n
template <class Values> auto atNeuron(const Values &values, uint32_t j) {
  return values[values.size() == 1 ? 0 : j];
}

// Effect of one weight step of a host layer's row, real units (host_neuron.h).
double hostStepOnGrid(const HostInputRange &input, double scale, uint8_t exp, uint8_t shift);

} // namespace snnc::compiler::quantize
