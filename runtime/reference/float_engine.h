// The network as trained, in double, with the discretisation profile of its framework. No hardware
// limits. The top of the ladder: everything else is compared with it.
//
// One step, populations in the order of their delay-0 edges (network time: a feed-forward spike
// acts in its own step, a spike over an edge of delay d acts d steps later):
//
//   x  = sum of W z over the projections, in their order, sources ascending; then + bias
//   i  = a i + g_s x                       (no current memory: i = x)
//   v' = b v + g_m i + leakTerm            (SubtractDelayed: - reset if it fired in the last step)
//   z  = v' > threshold, or >=
//   v  = v' after the reset rule; SubtractDelayed and None leave it
//
// a, b, g_s, g_m, leakTerm: net/discretize.h. In a refractory step v is held, i goes on and the
// neuron does not fire, as on a core (docs/reference/arithmetic.md, steps 5 and 6);
// SubtractDelayed subtracts in the first step that is not held. Analog input (direct coding) takes
// the place of z.
#pragma once

#include "common/data/data.h"
#include "common/net/net.h"
#include "common/trace/trace.h"

#include "llvm/Support/Error.h"

#include <memory>

namespace snnc::runtime::reference {

class FloatEngine {
public:
  // `float32`: parameters and the result of every operation rounded to float, to follow a
  // framework's own rounding (its order of summation cannot be followed).
  // `net` has passed net::verify; it is copied as far as needed.
  // Fails as net::discretize does; SNN2010 if delay-0 edges form a cycle; SNN6010 for bias
  // timing `start` where a biased population begins after tick 0 on the chip.
  static llvm::Expected<std::unique_ptr<FloatEngine>> create(const net::Net &net,
                                                             bool float32 = false);
  virtual ~FloatEngine() = default;
  // One sample from the initial state. `recordState` fills vReal. An analog input's spikes are 0.
  // `sample.size` is the sum of the input populations' sizes, in the order of net.inputs.
  virtual trace::SampleTrace run(const data::EncodedSample &sample, bool recordState) = 0;
};

} // namespace snnc::runtime::reference
