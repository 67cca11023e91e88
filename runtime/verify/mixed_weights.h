// Weights of the float network, those of the quantised one, or some of each. Private to verify.
#pragma once

#include "common/net/net.h"
#include "common/net/quant_net.h"

namespace snnc::runtime::verify {

struct MixedParts {
  bool rounded = false; // integers that were rounded to
  bool clipped = false; // those at the end of their range, more than half a step below the weight
};

// Takes these parts of `projection` from `ints`, which is `quant` in real numbers. Weights that
// came back in another form (unrolled, or sparse instead of a kernel) are taken whole, as rounded
// ones. True if anything has changed.
bool mixWeights(net::Projection &projection, const net::Net &ints, const net::QuantNet &quant,
                MixedParts parts);

// Weights for values that are `scale` times as large.
void divideInputs(net::Projection &projection, double scale);

} // namespace snnc::runtime::verify
