// Says in words how a neuron got its value: the rule of docs/reference/arithmetic.md, its operands,
// and what the two values imply for the operand that nobody recorded, the accumulator.
#pragma once

#include "common/image/image.h"
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

} // namespace snnc::runtime::verify
