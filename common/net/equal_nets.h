// Are two quantised networks the same function? Compares all that a step computes with: neurons,
// core registers, every nonzero synapse, delays, host layers, inputs and outputs. Not compared: how
// weights are stored (dense, sparse, convolution, pools before them; zeros), the profile, scales,
// and a projection's exponent where it has no synapse. Both networks are sound (net/verify.h). An
// image decodes into such a network (image/codec.h, toNetwork).
#pragma once

#include "common/net/quant_net.h"

#include <optional>
#include <string>

namespace snnc::net {

// The first difference, as one clause: "projection 'fc2': synapse 3 -> 5 weighs 12 against 13".
// Empty if there is none. O(synapses).
std::optional<std::string> firstDifference(const QuantNet &a, const QuantNet &b);
std::optional<std::string> firstDifference(const QuantPopulation &a, const QuantPopulation &b);
std::optional<std::string> firstDifference(const HostLayer &a, const HostLayer &b);

} // namespace snnc::net
