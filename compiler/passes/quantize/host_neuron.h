// Direct coding of one neuron: the host's integer weights, and a bias register fixed at compile
// time so that the worst input neither saturates its mantissa nor clamps the membrane.
//
//   I    = sum w * x + bias                  w = round(W / step), x = round(value * inputScale)
//   mant = roundHalfEven(I / 2^shift)        shift: the smallest that holds the worst I in 13 bits
//   b    = mant << exp                       on the chip, so that
//   scale = 2^(exp - shift) * inputScale / step     membrane units per real unit
//
// Without on-chip inputs the scale is free: the largest exp whose membrane stays in range by the
// bounds of bounds.h. With them the scale is theirs, and the step gets coarser by less than half.
#pragma once

#include "compiler/passes/quantize/bounds.h"

#include "common/net/discretize.h"
#include "common/net/profile.h"
#include "common/target/target.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace snnc::compiler::quantize {

struct HostInputRange { // of x
  double scale = 255.0;
  int32_t low = 0, high = 255;
};
// The encoder's range on an 8-bit grid: [0, 1] -> scale 255, x in 0..255.
HostInputRange hostInputRange(const net::RunOptions &run);

struct HostNeuronRequest {
  llvm::ArrayRef<float> row; // real weights, one per input element
  double bias = 0.0;
  uint32_t weightMax = 127;
  std::optional<int32_t> weightMin; // empty: -weightMax
  HostInputRange input;
  const net::NeuronUpdate *update = nullptr;
  bool resetSubtract = false;
  net::Compare compare = net::Compare::Gt;
  uint32_t duOffset = 1;
  double vmin = 0, vmax = 0;
  std::optional<uint32_t> steps;
  std::optional<double> scale; // wanted by on-chip inputs
};

struct HostNeuron {
  double step = 1.0, scale = 1.0;
  std::vector<int16_t> weights;
  int64_t bias = 0;
  uint8_t shift = 0, exp = 0;
  Range biasRange;        // of mant << exp, over the input range
  double biasLimit = 0.0; // largest real bias beside these weights
  bool biasFits = true;   // no: beyond that
  bool inputLost = false; // the registers left a scale at which no input moves the mantissa
};

// Beside values that differ by more than the shifts allow the result may not fit: biasFits is
// false, or `scale` takes a register of `update` out of its width (misfitRegister in registers.h).
HostNeuron quantizeHostNeuron(const HostNeuronRequest &request, const target::CoreSpec &core);

// With everything given: weights, bias and bias range at that step.
HostNeuron hostNeuronAt(const HostNeuronRequest &request, double scale, uint8_t exp, uint8_t shift);

} // namespace snnc::compiler::quantize
