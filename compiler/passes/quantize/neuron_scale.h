// The scale of one neuron, or of the neurons of one channel that share a kernel: integer membrane
// units per unit of its real membrane. All of a neuron's weights, its threshold, reset and bias
// scale together, so a scale of its own costs it nothing.
//
// A weight W becomes w = round(W * scale / unit), unit = 2^(weightShift + exponent), |w| <= wmax:
//
//   scale = m * unit / absmax      m = wmax, for the projection that this binds first
//
// If the weights lie on a grid (all multiples of one number, at most wmax of it), m is the largest
// that puts weights, threshold, reset and bias all on integers: such a network loses nothing.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace snnc::compiler::quantize {

struct WeightRow {
  llvm::ArrayRef<float> values;
  double unit = 64.0; // effect of one weight step, membrane units
};

struct ScaleRequest {
  llvm::SmallVector<WeightRow, 4> rows; // on-chip weights into the neuron
  // Real values, of all neurons that share the scale. A threshold takes at most half of its
  // register: the membrane needs room above it.
  llvm::SmallVector<double, 4> thresholds, registers, biases; // registers: reset, v_init
  uint32_t weightMax = 127;
  double scaleMax = 1e300;        // whatever the values
  double registerMax = 8388607.0; // largest magnitude of a register
  double biasMantMax = 4095.0;    // largest mantissa of a bias register
  double biasMax = 524160.0;      // 4095 << 7
};

struct ScaleChoice {
  double scale = 1.0;
  bool onGrid = false;            // every value is an integer at this scale
  bool limitedByRegister = false; // a register, not the weights, set the scale
  double weightSteps = 0.0; // steps of the largest weight; weightMax unless limited or on a grid
};

ScaleChoice chooseScale(const ScaleRequest &request);

// True if `value` is an integer within float32's rounding of it.
bool nearInteger(double value);

} // namespace snnc::compiler::quantize
