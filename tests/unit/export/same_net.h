// Are two networks the same, apart from the order of populations and the form of their weights?
#pragma once

#include "common/net/net.h"
#include "common/net/quant_net.h"

namespace snnc::test {

// Fails the test on the first difference: profile, run options, inputs, outputs, every coefficient
// of every neuron, every synapse (to float's rounding) with its delay, the sum of biases.
void expectSameNet(const net::Net &a, const net::Net &b);

// `net` with the populations, projections and host layers in the order of those of `like` by name,
// and with the leading ones of their shapes, which an importer may drop.
net::QuantNet inOrderOf(const net::QuantNet &like, net::QuantNet net);

} // namespace snnc::test
