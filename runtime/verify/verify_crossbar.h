// Engines on a crossbar network with its packets (RANC), in lockstep: `quant` is the network in
// double (reference/crossbar_engine.h), the others are machines that run its image.
#pragma once

#include "common/net/crossbar_net.h"
#include "runtime/verify/verify.h"

#include "llvm/ADT/ArrayRef.h"

namespace snnc::runtime::verify {

// What an engine did in a run from reset.
struct CrossbarRun {
  std::string engine;
  uint32_t ticks = 0, columns = 0;
  // [tick][column]: row t holds what reached the bus from spikes of tick t - 1, row 0 is 0.
  std::vector<uint8_t> rows;
  std::vector<std::vector<uint8_t>> spikes; // [core][tick * neurons + neuron]
  std::vector<std::vector<int32_t>> v;      // the same, after the tick
  // Machines only.
  std::vector<uint64_t> tickCycles;
  std::vector<std::vector<SendEvent>> sends; // [tick]
  std::optional<Counters> counters;
};

// Host packets of one tick; called for every tick in order.
using PacketSource = std::function<std::vector<HostPacket>(uint32_t tick)>;

// `net` has passed net::verify.
CrossbarRun runNetwork(const net::CrossbarNet &net, uint32_t ticks);
// Loads the image (of the same network) and runs it. Fails as Machine::load.
llvm::Expected<CrossbarRun> runImage(const image::Image &image, Machine &machine, uint32_t ticks,
                                     const PacketSource &packets);

// Every pair. Both sides have the same cores in the same order.
VerifyReport compareRuns(const image::Image &image, llvm::ArrayRef<CrossbarRun> runs,
                         const std::string &command);

} // namespace snnc::runtime::verify
