// The quantised network: the same populations and projections in integers, with the rounding rules
// of one target's cuba cores (docs/reference/arithmetic.md). `quantize` writes it, mapping reads
// it, runtime/reference evaluates it in double, and an image decodes back into it.
//
// One step of one neuron, all values integers:
//
//   acc = wrap22( sum of w << (6 + exponent) )                 over spikes due at this step
//   u   = wrap24( dec(u, du + duOffset) + acc + (biasToCurrent ? bias : 0) )
//   v'  = clamp( dec(v, dv) + u + (biasToCurrent ? 0 : bias), vmin, vmax )
//   v'  = hold while refractory        (resetSubtract ? old v : reset)
//   z   = v' > threshold, or >= if compareGe   (never while refractory)
//   v   = z ? (resetSubtract ? clamp(v' - reset) : reset) : v'
#pragma once

#include "common/net/linear_map.h"
#include "common/net/profile.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace snnc::net {

// The registers of one cuba neuron. Defaults are what the hardware's clear walk leaves: silent.
struct NeuronConfig {
  int32_t threshold = 0;  // 24-bit signed
  int32_t reset = 0;      // value (24-bit signed), or amount if resetSubtract (0 .. 2^23-1)
  int32_t vInit = 0;      // 24-bit signed; initial u is 0
  int16_t biasMant = 0;   // 13-bit signed
  uint8_t biasExp = 0;    // 0..7; bias = biasMant << biasExp
  uint16_t du = 0;        // 12-bit; u decays by du + duOffset of 4096
  uint16_t dv = 0;        // 12-bit; v decays by dv of 4096
  uint8_t refractory = 1; // 1..63; 1 = no dead step
  bool compareGe = false;
  bool resetSubtract = false;
  bool biasToCurrent = false;

  bool operator==(const NeuronConfig &) const = default;
};

// The registers of one neuron of a crossbar core (docs/reference/crossbar_core.md, Arithmetic):
//
//   x = v + sum of w + leak            spike = x >= threshold
//   v = clamp( spike             ? (linearReset ? x - threshold : reset)
//            : x below the floor ? (linearReset ? x - floor : -reset)
//            : x )                     below: x < floor, or <= if floorInclusive
//
// Weights act as they are stored. Axon types and copies of neurons are the mapping's business.
struct CrossbarConfig {
  int32_t leak = 0;                            // 16-bit signed
  int32_t threshold = 0, floor = 0, reset = 0; // 24-bit signed; floor <= 0
  int32_t vInit = 0;                           // 24-bit signed
  bool linearReset = false;
  bool floorInclusive = false;

  bool operator==(const CrossbarConfig &) const = default;
};

struct QuantPopulation {
  std::string name;
  std::vector<uint32_t> shape;
  bool isInput = false;
  // One per neuron, in one of the two; both empty for an input.
  std::vector<NeuronConfig> neurons;         // of cuba cores
  std::vector<CrossbarConfig> crossbar = {}; // of crossbar cores
  // Per core on the chip: populations that differ never share one.
  int32_t vmin = -((1 << 23) - 1), vmax = (1 << 23) - 1;
  uint8_t duOffset = 1;
  std::vector<double> scale; // membrane units per float unit, per neuron; for readouts and reports
  // Float units, per neuron; empty = 0. `lower` moves every rest to 0: the float network's membrane
  // is v / scale + rest.
  std::vector<double> rest = {};

  uint32_t size() const {
    uint32_t n = 1;
    for (uint32_t extent : shape)
      n *= extent;
    return n;
  }
};

// Stored weights w, signed, weightBits wide; the effect of one is w << (6 + exponent), or w itself
// on a crossbar core, where the exponent is 0.
// A convolution's kernel is stored once; on a core its axons share words (image/synapse_words.h).
struct QuantProjection {
  std::string name;
  uint32_t source = 0, target = 0;
  uint32_t delay = 0;     // network steps, as Projection::delay
  uint8_t weightBits = 8; // 2..16, sign included
  uint8_t exponent = 0;   // 0..7
  // Sums over disjoint windows before the weights, in order of application (Window::disjoint, no
  // average): several sources act as one input of `weights`.
  std::vector<PoolMap> pools = {};
  std::variant<DenseInts, SparseInts, ConvInts> weights;
};

// Direct coding: the host multiplies the first layer in integers and writes biases.
//   x_i  = clamp(roundHalfEven(value_i * inputScale), inputMin, inputMax)
//   I_j  = sum_i w_ji * x_i + bias_j                                  exact, 64-bit
//   mant = saturate13( roundHalfEven(I_j / 2^shift_j) )   -> NeuronConfig::biasMant of neuron j
// The neuron's biasExp is fixed at compile time. Saturations of x and mant are counted.
struct HostLayer {
  std::string name;    // of the projection it replaces
  uint32_t source = 0; // the input population
  uint32_t target = 0;
  uint8_t weightBits = 8;
  std::variant<DenseInts, SparseInts> weights;
  std::vector<int64_t> bias;  // per target neuron, in units of I
  std::vector<uint8_t> shift; // per target neuron, 0..40
  double inputScale = 255.0;
  int32_t inputMin = 0, inputMax = 255;
};

struct QuantNet {
  std::string name;
  Profile profile;
  RunOptions run;
  std::vector<QuantPopulation> populations; // same order and names as Net::populations
  std::vector<QuantProjection> projections; // those that run on the chip
  std::vector<HostLayer> hostLayers;        // at most one per target population
  std::vector<uint32_t> inputs, outputs;

  // For crossbar cores: all its populations are, or none (net/verify.h).
  bool isCrossbar() const {
    for (const QuantPopulation &population : populations)
      if (!population.crossbar.empty())
        return true;
    return false;
  }
};

// First tick of each population on the chip, feed-forward hops costing a tick each: the longest
// path with edges (first[source] + 1 - delay), inputs at 0 and delivered within the tick. Empty
// if a cycle of k hops has fewer than k steps of delay in all (such a net cannot run tick-based).
// `hops`: ticks that each projection takes instead of one, if not empty; of an input's it is 0.
std::vector<uint32_t> firstTicks(const QuantNet &net, llvm::ArrayRef<uint32_t> hops = {});

// Axonal delay in ticks that makes an edge arrive in its target's window:
// first[target] + delay - first[source] - 1 (from an input: injected at its tick, always 0).
uint32_t hardwareDelay(const QuantNet &net, const std::vector<uint32_t> &first,
                       const QuantProjection &projection);

} // namespace snnc::net
