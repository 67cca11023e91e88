// The network as trained, in double, with the discretisation profile of its framework. No hardware
// limits. The top of the ladder: everything else is compared with it.
//
// One step, populations in the order of their delay-0 edges (network time: a feed-forward spike
// acts in its own step, a spike over an edge of delay d acts d steps later):
//
//   x  = sum of W z over the projections, in their order, sources ascending; then + bias. A chain
//        is applied map by map (float_maps.h)
//   i  = a i + g_s x                       (no current memory: i = x)
//   v' = b v + g_m i + leakTerm            (SubtractDelayed: - reset if it fired in the last step)
//   z  = v' > threshold, or >=             (I, LI and CubaLI: never)
//   v  = v' after the reset rule of the population; SubtractDelayed and None leave it
//
// a, b, g_s, g_m, leakTerm: net/discretize.h. In a refractory step v is held, i goes on and the
// neuron does not fire, as on a core (docs/reference/arithmetic.md, steps 5 and 6);
// SubtractDelayed subtracts in the first step that is not held. A Threshold's v is the x it saw.
// Analog input (direct coding) takes the place of z.
#pragma once

#include "common/data/data.h"
#include "common/net/net.h"
#include "common/net/quant_net.h"
#include "common/trace/trace.h"

#include "llvm/Support/Error.h"

#include <memory>
#include <vector>

namespace snnc::runtime::reference {

// The units in which a target's cores keep the state of each neuron.
struct RoundingGrid {
  struct Population {
    // Membrane units per float unit, > 0, per neuron; empty = this population is not rounded.
    std::vector<double> scale;
    std::vector<double> rest; // float units, per neuron; empty = 0
    // Float units, > 0, per neuron; empty = not rounded. What analog inputs and the bias bring in a
    // step is rounded half to even (within 1/2048) to a multiple, -4096 to 4095 of them: the bias
    // register that a host writes. By itself: the scales may be empty.
    std::vector<double> currentStep = {};
  };
  std::vector<Population> populations; // as in the network

  // REQUIRES: every population of neurons has scales, as `quantize` leaves them.
  static RoundingGrid of(const net::QuantNet &quant);
};

struct FloatOptions {
  // Parameters and the result of every operation rounded to float, to follow a framework's own
  // rounding (its order of summation cannot be followed).
  bool float32 = false;
  // The state rounded as the cores do, and nothing else rounded: after each decay current and
  // membrane are truncated toward zero to multiples of 1/scale; what does not decay loses nothing.
  // For the net that `lower` left, whose quantised form has these scales; not with float32. Read by
  // create alone.
  //
  // Exact for what lies on the target's grid: weights, thresholds, biases and reset values that
  // are integers at the scale within float32 rounding (2^-22), decays k/4096 within 2.5e-7. Such a
  // network equals the quantised one for spiking input, as long as nothing wraps or clamps: every
  // spike, and every v: (vReal - rest) * scale is the integer, to double's rounding.
  const RoundingGrid *rounding = nullptr;
};

class FloatEngine {
public:
  // `net` has passed net::verify; it is copied as far as needed.
  // Fails as net::discretize does; SNN2010 if delay-0 edges form a cycle; SNN6010 for bias
  // timing `start` where a biased population begins after tick 0 on the chip.
  static llvm::Expected<std::unique_ptr<FloatEngine>> create(const net::Net &net,
                                                             FloatOptions options = {});
  virtual ~FloatEngine() = default;
  // One sample from the initial state. `recordState` fills vReal. An analog input's spikes are 0.
  // `sample.size` is the sum of the input populations' sizes, in the order of net.inputs.
  virtual trace::SampleTrace run(const data::EncodedSample &sample, bool recordState) = 0;
};

} // namespace snnc::runtime::reference
