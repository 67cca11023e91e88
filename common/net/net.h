// The network IR: what the user trained, in real numbers. Populations of neurons joined by
// projections, plus the discretisation profile. Connectivity stays symbolic (a convolution is not
// unrolled here). Frontends write it, `lower` and `quantize` read it, runtime/reference runs it.
//
// Text form: net/print.h, net/parse.h; docs/reference/network_ir.md.
#pragma once

#include "common/net/linear_map.h"
#include "common/net/profile.h"
#include "common/support/source_loc.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace snnc::net {

enum class NeuronKind {
  Input,   // a source: values or spikes from the data, one per element
  IF,      // dv/dt = R I
  LIF,     // tau dv/dt = (v_leak - v) + R I
  CubaLIF, // tau_syn dI/dt = -I + w_in S;  tau_mem dv/dt = (v_leak - v) + R I
  // The same without threshold and spike: readouts, whose membrane is the result.
  I,
  LI,
  CubaLI,
  Threshold, // no state: fires in the steps whose input exceeds vThreshold
};
const char *nameOf(NeuronKind kind); // "input", "if", "lif", "cubalif", "i", "li", ...
// False for I, LI and CubaLI: no projection starts from them.
inline bool spikes(NeuronKind kind) {
  return kind != NeuronKind::I && kind != NeuronKind::LI && kind != NeuronKind::CubaLI;
}
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

// Where a network has come back from integers (`snnc export`): the grid that they lie on. A hint:
// `quantize` takes it if every value is an integer at this scale, and warns if not.
struct PopulationGrid {
  Param scale;                  // membrane units per real unit, > 0; empty = no hint
  std::vector<uint8_t> biasExp; // 1 or n
  uint8_t duOffset = 1;
};
struct ProjectionGrid {
  uint8_t weightBits = 0;         // 2..16; 0 = no hint
  uint8_t exponent = 0;           // 0..7
  std::vector<uint8_t> hostShift; // of a direct-coded layer, per target neuron; else empty
};

struct Population {
  std::string name; // unique in the net
  NeuronKind kind = NeuronKind::Input;
  std::vector<uint32_t> shape; // row-major (C,H,W), no batch, no time; every entry >= 1
  NeuronParams params;
  std::optional<ResetRule> reset; // instead of the profile's
  PopulationGrid grid;
  support::SourceLoc loc;

  uint32_t size() const {
    uint32_t n = 1;
    for (uint32_t extent : shape)
      n *= extent;
    return n;
  }
};

struct Projection {
  std::string name;
  uint32_t source = 0, target = 0; // indices into Net::populations
  // Steps from a spike to its integration in the *network's* time: 0 for a feed-forward edge (the
  // same step), 1 for the edge that closes a recurrent loop, more with axonal delays.
  uint32_t delay = 0;
  // Maps that come before `weights`, in order of application: pools, scales, layers without a
  // neuron between. Empty for most; `lower` folds what it can.
  std::vector<Weights> before;
  Weights weights;
  std::vector<double> bias; // added to every target input at every step, per target; empty = none
  ProjectionGrid grid;
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

// The reset rule that holds for a population.
inline ResetRule resetRule(const Population &population, const Profile &profile) {
  return population.reset.value_or(profile.reset.value);
}

// Elements of one population: more is refused on import (SNN2016), as no target holds them.
inline constexpr uint64_t kMaxElements = uint64_t{1} << 26;

} // namespace snnc::net
