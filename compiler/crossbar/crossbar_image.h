// A crossbar network (RANC) onto a crossbar target: no mapping, every core stays where its network
// has it. What the network sends to its bus is in Image::bus; what it sends to places without a
// core is lost there as here. docs/reference/ranc.md, docs/reference/crossbar_core.md.
#pragma once

#include "common/image/image.h"
#include "common/net/crossbar_net.h"
#include "common/target/target.h"

namespace snnc::compiler {

// `net` has passed net::verify. Populations: one per core, `core_X_Y`, all its neurons. All limits
// that the network breaks: TargetKind (4010) for a target of cuba cores, CrossbarLimit (4011) for
// sizes and register values, the first twenty joined and the others counted.
llvm::Expected<image::Image> toImage(const net::CrossbarNet &net, const target::Target &target);

// The packets of `net` for tick `tick`, without those for a place without a core. `next` is where
// the last call stopped in net.packets; start with 0 and ask for every tick in order.
struct PlacedPacket {
  uint8_t x = 0, y = 0;
  uint16_t axon = 0;
};
std::vector<PlacedPacket> packetsOf(const net::CrossbarNet &net, uint32_t tick, size_t &next);

} // namespace snnc::compiler
