// One neuron of a network in real numbers as the integers of a crossbar core. Two kinds fit:
//
//   decay 1, integrates     x = v + s + leak. Subtraction lowers v by the threshold register, so
//   the
//                           register holds the amount A and v is kept off by A - T, where T is the
//                           least integer that fires: any amount, any comparison, exactly.
//   decay 0, memoryless     v has to be 0 after every tick: threshold 1, leak 1 - T, hard reset to
//                           0 and a floor of 0 send every x to 0. x >= 1 is s >= T.
//
// Steps: the weights lie on a grid of few integers, or are rounded to `bits`; then the multiple of
// those integers is chosen at which bias, reset and v_init are integers as well, or come closest.
#pragma once

#include "compiler/core_ir/axon_types.h"

#include "common/net/discretize.h"
#include "common/net/quant_net.h"

#include "llvm/ADT/ArrayRef.h"

namespace snnc::compiler::quantize {

struct CrossbarRegisters {
  core_ir::TypeLimits types;
  int32_t leakMax = 255;          // leak -leakMax - 1 .. leakMax
  int32_t thresholdMax = 1 << 17; // largest threshold, reset; the floor may be -thresholdMax - 1
  int32_t membraneMax = 1 << 19;  // v -membraneMax - 1 .. membraneMax
};

struct CrossbarRequest {
  llvm::ArrayRef<double> weights; // nonzero, a synapse each
  net::NeuronUpdate update;       // membraneDecay 0 or 1
  double bias = 0.0;
  net::ResetRule reset = net::ResetRule::Zero;
  bool compareGe = false;
  uint32_t bits = 4; // 2 .. 4, of weights that lie on no grid
};

struct CrossbarNeuron {
  double step = 1.0;                        // real weight of a code of 1
  int32_t codeLow = 0, codeHigh = 0;        // codes are rounded, then clipped to these
  int32_t unit = 1;                         // integer weight of a code of 1
  bool weightsExact = false, exact = false; // all parameters too
  bool limited = false;                     // a register made the step larger than the weights ask
  bool fits = true;                         // false: a value is beyond its register at any scale
  double offset = 0.0;                      // membrane register = scale * membrane + offset
  net::CrossbarConfig config;

  double scale() const { return unit / step; }
  int32_t code(double weight) const;
  int32_t weight(double real) const { return code(real) * unit; }
};

CrossbarNeuron crossbarNeuron(const CrossbarRequest &request, const CrossbarRegisters &registers);

} // namespace snnc::compiler::quantize
