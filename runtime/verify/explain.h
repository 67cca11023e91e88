// Says in words how a neuron got its value: the rule of docs/reference/arithmetic.md, its operands,
// what the two values imply for the operand that nobody recorded, the accumulator, and which
// synapses were due.
#pragma once

#include "common/image/image.h"
#include "common/net/quant_net.h"
#include "common/target/target.h"
#include "common/trace/trace.h"
#include "runtime/machine/machine.h"

#include <string>

namespace snnc::runtime::verify {

// One neuron in one tick, as both engines had it before and after.
struct Transition {
  NeuronState before; // of both, where they still agreed
  NeuronState afterA, afterB;
};

// `field`: u, v, refractory or spike.
std::string explainField(const std::string &field, const image::CoreImage &core, uint32_t local,
                         const Transition &transition);

// The synapses that a step brings to a neuron by the network's own tables: source, the kernel entry
// where weights are shared, and effect. The first few in words, the others counted:
//
//   due: 'conv' from [1,3,5] by kernel [2,0,1,1]: -3 << 7; 'fc' from 12: 4 << 6; 10 more
//
// `step` is the network's; `trace` holds the spikes up to it.
std::string dueSynapses(const net::QuantNet &network, const target::CoreSpec &core,
                        uint32_t population, uint32_t neuron, uint32_t step,
                        const trace::SampleTrace &trace);

} // namespace snnc::runtime::verify
