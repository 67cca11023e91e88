// Static overflow proof of one quantised neuron: the farthest that its accumulator, current and
// membrane can get for *any* input, as fixpoints of docs/reference/arithmetic.md.
//
//   accumulator   every input spiking: positive and negative weights summed apart, because the
//                 sum wraps after every addition and words come in any order
//   current       acc / (1 - a); rounding toward zero only shrinks it
//   membrane      upwards the nearer of  current / (1 - b)  and what a threshold lets through:
//                 b * M + current, M the largest value that a step leaves behind
//
// A state without leak has no fixpoint: it is bounded over `steps`, if those are known.
#pragma once

#include "common/net/quant_net.h"
#include "common/target/target.h"

#include <cstdint>
#include <optional>

namespace snnc::compiler::quantize {

struct Range {
  double low = 0, high = 0;
};

struct BoundsInput {
  net::NeuronConfig neuron;
  uint32_t duOffset = 1;
  double vmin = 0, vmax = 0;
  Range accumulator;             // from accumulatorRange
  Range bias;                    // constant, or what the host may write
  std::optional<uint32_t> steps; // updates of a sample
};

struct NeuronBounds {
  Range accumulator, current, membrane; // membrane: before the clamp; may be +-inf
  bool accumulatorSafe = true, currentSafe = true, membraneSafe = true;

  // How many times its register the farthest finite bound is: of the states that wrap, and of the
  // membrane, which clamps. At most 1 if all are safe.
  struct Excess {
    double wrap = 0.0, clamp = 0.0;
  };
  Excess excess(const target::CoreSpec &core, double vmin, double vmax) const;
};

NeuronBounds boundsOf(const BoundsInput &input, const target::CoreSpec &core);

} // namespace snnc::compiler::quantize
