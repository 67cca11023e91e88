// An image as words of the configuration stream (docs/reference/timing_model.md).
#pragma once

#include "common/image/image.h"
#include "runtime/machine/machine.h"

#include <cstdint>
#include <vector>

namespace snnc::runtime::rtl {

// Everything that the cores of `image` use; what the clear walk left at 0 and nobody uses is not
// written. `steps` is T of the windows. REQUIRES: image::verify passed.
std::vector<uint64_t> configStream(const image::Image &image, uint32_t steps);

// A host packet, and the state of a neuron, as words of the RTL's ports.
uint64_t flitOf(const HostPacket &packet);
uint64_t stateWord(const NeuronState &state);

// Core id of the RTL.
inline uint32_t tileOf(const image::Image &image, const image::CoreImage &core) {
  return core.y * image.meshWidth + core.x;
}

} // namespace snnc::runtime::rtl
