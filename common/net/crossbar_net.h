// The network of crossbar cores (TrueNorth, RANC): already in integers and already laid out, as its
// trainers do both. RANC's files are read into it (compiler/frontends/ranc); runtime/reference runs
// it; the crossbar core takes it. Meaning of the file format: docs/reference/ranc.md.
//
// One tick t of one neuron, all values integers (RANC's simulator and RTL, executed and read):
//
//   v     = v + sum of weights[axonTypes[a]] over its crossbar's axons a with a spike in tick t
//   v     = v + leak
//   spike = v >= threshold
//   v     = spike     ? (Hard: reset,  Linear: v - threshold)
//         : v < floor ? (Hard: -reset, Linear: v - floor)      (<= instead of < if floorInclusive)
//         : v
//
// Several spikes on one axon in one tick are one (OR). A spike of tick t acts on its target's axon
// in tick t + 1 + delay. On the output bus it is in row t + 1, whatever the delay.
//
// Widths: RANC's simulator keeps v in an unbounded `int` and never checks; its RTL has 9 bits for
// v, weights, leak and thresholds and wraps. TrueNorth: 256 axons, 256 neurons, 4 types, 64 x 64
// cores. A machine's limits are its target's business, not this file's.
#pragma once

#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace snnc::net {

constexpr uint32_t kMaxCrossbarMesh = 256;     // per side: dx and dy have 9 bits in RANC's packets
constexpr uint32_t kMaxCrossbarAxons = 4096;   // of a core; TrueNorth 256, RANC's examples to 512
constexpr uint32_t kMaxCrossbarNeurons = 4096; // of a core; TrueNorth 256
constexpr uint32_t kMaxCrossbarTypes = 16;     // of axons; TrueNorth 4
constexpr uint32_t kMaxCrossbarOutputs = 1u << 16;
// Sixteen scheduler slots, one of them being read: a delay of 15 would land in that one.
constexpr uint32_t kMaxCrossbarDelay = 14;

// Where a neuron's spikes go: exactly one axon, of the core or bus at (x + dx, y + dy).
struct CrossbarTarget {
  int16_t dx = 0, dy = 0;
  uint16_t axon = 0;
  uint8_t delay = 0; // 0..kMaxCrossbarDelay ticks
  bool operator==(const CrossbarTarget &) const = default;
};

enum class CrossbarReset : uint8_t { Hard, Linear };

struct CrossbarNeuron {
  bool enabled = false; // a neuron that nobody wrote never fires, though 0 >= 0
  CrossbarReset resetMode = CrossbarReset::Hard;
  bool floorInclusive = false; // floor compares with <=
  int32_t leak = 0;            // added every tick
  int32_t threshold = 0, floor = 0, reset = 0;
  int32_t vInit = 0;
  CrossbarTarget target;
  bool operator==(const CrossbarNeuron &) const = default;
};

struct CrossbarCore {
  uint16_t x = 0, y = 0;               // in the mesh
  std::vector<uint8_t> axonTypes;      // CrossbarNet::axons, each below CrossbarNet::types
  std::vector<CrossbarNeuron> neurons; // CrossbarNet::neurons
  std::vector<int32_t> weights;        // [neuron][type]
  // [neuron][rowWords()]: bit a % 64 of word a / 64 joins axon a; bits past the last axon are 0.
  std::vector<uint64_t> crossbar;
  bool operator==(const CrossbarCore &) const = default;
};

// A spike from the host on one axon, in the tick in which it is integrated.
struct CrossbarPacket {
  uint32_t tick = 0;
  uint16_t x = 0, y = 0, axon = 0;
  bool operator==(const CrossbarPacket &) const = default;
};

// A place of the mesh that only listens: one output per axon.
struct CrossbarBus {
  uint16_t x = 0, y = 0;
  uint32_t outputs = 0; // 1..kMaxCrossbarOutputs
  bool operator==(const CrossbarBus &) const = default;
};

struct CrossbarNet {
  std::string name;
  uint32_t width = 1, height = 1;             // of the mesh, 1..kMaxCrossbarMesh
  uint32_t axons = 1, neurons = 1, types = 1; // of every core
  std::vector<CrossbarCore> cores;            // ascending (y, x); places without a core are silent
  std::optional<CrossbarBus> bus;             // on a place without a core
  std::vector<CrossbarPacket> packets;        // ascending tick
  uint32_t ticks = 0;                         // length of the input that came with the network

  uint32_t rowWords() const { return (axons + 63) / 64; }
  bool connected(const CrossbarCore &core, uint32_t neuron, uint32_t axon) const {
    return core.crossbar[size_t{neuron} * rowWords() + axon / 64] >> (axon % 64) & 1;
  }
  bool operator==(const CrossbarNet &) const = default;
};

// CrossbarInvalid (2103) for the first 20 broken rules, joined: sizes and ranges as above, cores in
// order and in the mesh, every enabled neuron's target inside the mesh and on an axon that is there
// (of the bus: an output), packets in order, inside the mesh, on an axon, and not on the bus.
llvm::Error verify(const CrossbarNet &net);

struct CrossbarStats {
  uint64_t cores = 0, neurons = 0; // with at least one enabled neuron; enabled
  uint64_t synapses = 0;           // crossbar bits of enabled neurons whose weight is not 0
  uint64_t axons = 0;              // with at least one of these synapses
  uint64_t toBus = 0, toCores = 0; // targets of enabled neurons
  uint64_t lost = 0;               // targets where no core is: their spikes vanish
  uint64_t lostPackets = 0;        // packets for a place without a core
};
CrossbarStats statsOf(const CrossbarNet &net); // `net` has passed verify

// The same for people, one fact a line:
//   crossbar network 'net_0': 4 x 3 mesh, cores of 16 axons (4 types) x 256 neurons
//     cores     11
//     ...
std::string summary(const CrossbarNet &net);

} // namespace snnc::net
