// The network IR: what the user trained, in real numbers. Populations of neurons joined by
// projections, plus the discretisation profile. Connectivity stays symbolic (a convolution is not
// unrolled here). Frontends write it, `lower` and `quantize` read it, runtime/reference runs it.
//
// Text form: net/print.h, net/parse.h; docs/reference/network_ir.md.
#pragma once

#include "common/net/profile.h"
#include "common/support/source_loc.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace snnc::net {

enum class NeuronKind {
  Input,   // a source: values or spikes from the data, one per element
  IF,      // dv/dt = R I
  LIF,     // tau dv/dt = (v_leak - v) + R I
  CubaLIF, // tau_syn dI/dt = -I + w_in S;  tau_mem dv/dt = (v_leak - v) + R I
};
const char *nameOf(NeuronKind kind); // "input", "if", "lif", "cubalif"
std::optional<NeuronKind> parseNeuronKind(const std::string &name); // empty if unknown

// One value for every neuron of a population (size 1) or one each (size n).
struct Param {
  std::vector<double> values;

  Param() = default;
  Param(double value) : values{value} {}
  bool empty() const { return values.empty(); }
  double operator[](size_t i) const { return values[values.size() == 1 ? 0 : i]; }
};

// NIR's names and meanings (nir 1.0.x), SI units, or in units of the profile's tauUnit for taus.
// A parameter that a kind does not have is empty.
struct NeuronParams {
  Param tau;        // LIF: membrane time constant, > 0, inf = no leak
  Param tauSyn;     // CubaLIF: synaptic time constant
  Param tauMem;     // CubaLIF: membrane time constant
  Param r;          // membrane resistance
  Param wIn;        // CubaLIF: synaptic input gain
  Param vLeak;      // rest
  Param vThreshold; // fires when v > vThreshold (or >=, profile.compare)
  Param vReset;     // empty where the file has none
  Param vInit;      // initial membrane; empty = 0
  Param refractory; // time after a spike with v held, in units of the profile's tauUnit; empty = 0
};

struct Population {
  std::string name; // unique in the net
  NeuronKind kind = NeuronKind::Input;
  std::vector<uint32_t> shape; // row-major (C,H,W), no batch, no time; every entry >= 1
  NeuronParams params;
  support::SourceLoc loc;

  uint32_t size() const {
    uint32_t n = 1;
    for (uint32_t extent : shape)
      n *= extent;
    return n;
  }
};

// Row-major [post][pre]; entry (o, i) weighs source neuron i into target neuron o.
struct DenseWeights {
  uint32_t rows = 0, cols = 0; // post, pre
  std::vector<float> values;   // rows * cols, finite
};
// Compressed by source: targets of source i are columns[rowStart[i] .. rowStart[i+1]).
struct SparseWeights {
  uint32_t posts = 0, pres = 0;
  std::vector<uint64_t> rowStart; // pres + 1
  std::vector<uint32_t> columns;  // target neuron, ascending within a source, no duplicates
  std::vector<float> values;
};
using Weights = std::variant<DenseWeights, SparseWeights>;

struct Projection {
  std::string name;
  uint32_t source = 0, target = 0; // indices into Net::populations
  // Steps from a spike to its integration in the *network's* time: 0 for a feed-forward edge (the
  // same step), 1 for the edge that closes a recurrent loop, more with axonal delays.
  uint32_t delay = 0;
  Weights weights;
  std::vector<double> bias; // added to every target input at every step; empty = none
  support::SourceLoc loc;
};

struct Net {
  std::string name;
  Profile profile;
  RunOptions run;
  std::vector<Population> populations;
  std::vector<Projection> projections;
  std::vector<uint32_t> inputs;  // populations of kind Input, in the order of the data
  std::vector<uint32_t> outputs; // populations read out; predictions use outputs[0]
};

uint64_t synapseCount(const Weights &weights); // stored entries, zeros included when dense
uint64_t nonzeroSynapses(const Weights &weights);
uint32_t postCount(const Weights &weights);
uint32_t preCount(const Weights &weights);

} // namespace snnc::net
