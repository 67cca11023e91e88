// The network and both its ends: senders (phase X of a core), routers, receivers, the host's link.
//
// Time is an event loop. A cycle is visited only if a flit may move in it: routers without flits
// cost nothing, a receiver that streams n words is one closed form, and when nothing can move time
// jumps to the next send or to the receiver that frees first. One core alone needs no cycles at
// all: when each of its messages moves follows from the one before.
#pragma once

#include "runtime/cycle/core.h"
#include "runtime/cycle/router.h"

namespace snnc::runtime::cycle {

struct Hops {
  std::array<uint64_t, kPorts> byOutput{}; // [Local] stays 0
};

class Mesh {
public:
  // `cores`: at their mesh positions (x, y of their tables); they outlive the mesh.
  Mesh(uint32_t width, uint32_t height, uint32_t fifoDepth,
       const std::vector<std::unique_ptr<Core>> &cores);

  // Phase X from cycle `start` (x_start) on: sends every core's spikes, applies every message to
  // slot `tick` + delay. Returns the first cycle at which all is drained. Appends the sends, in
  // order of cycle.
  uint64_t exchange(uint64_t start, uint32_t tick, std::vector<SendEvent> &sends);
  // Host packets in phase Idle, offered back to back. Returns the cycles until quiet.
  uint64_t deliver(llvm::ArrayRef<HostPacket> packets, uint32_t tick);
  // Cycles of the last exchange in which core `core` sent or received.
  uint64_t busyCycles(uint32_t core) const { return endpoints[core].busy; }

  const std::vector<Hops> &hops() const { return hopCounts; } // [y * width + x]

private:
  // What a core shows to the network. Cycles count from the start of the tick (or of the delivery).
  struct Endpoint {
    Core *core = nullptr;
    uint32_t position = 0;
    // Receiver. `a` holds a message until `take`; the stream `s` issues its last word at streamEnd.
    uint64_t take = 0, streamEnd = 0, rxIdle = 0;
    // Sender: the slot to send next, valid to the router from sendAt on.
    uint32_t spike = 0, slot = 0, slotEnd = 0;
    uint64_t sendAt = 0, txDone = 0;
    bool sending = false;
    // Busy cycles so far, all before busyEnd. While sending they are not counted yet.
    uint64_t busy = 0, busyEnd = 0;
  };
  struct Move {
    uint16_t position;
    uint8_t input, output;
  };
  static constexpr uint64_t kNever = ~uint64_t{0};

  void begin();
  void run(uint64_t cycle, std::vector<SendEvent> *sends);
  void runAlone(std::vector<SendEvent> &sends);
  void decide(uint64_t cycle, uint64_t &wake);
  void decideRouter(uint32_t position, uint64_t cycle, uint64_t &wake);
  void apply(uint64_t cycle, std::vector<SendEvent> *sends);
  void push(uint32_t position, Port input, const Flit &flit);
  Flit pop(uint32_t position, unsigned input);
  void accept(Endpoint &endpoint, const Flit &flit, uint64_t cycle);
  void nextSpike(Endpoint &endpoint, uint64_t list);
  uint64_t earliestSend() const;
  uint32_t neighbour(uint32_t position, unsigned output) const;
  bool full(uint32_t position, Port input) const {
    return routers[position].count[input] == fifoDepth;
  }

  uint32_t width, fifoDepth;
  std::vector<Router> routers;
  std::vector<Flit> queues;        // [position][input][fifoDepth]
  std::vector<int32_t> endpointAt; // by position; -1 where no core is used
  std::vector<Endpoint> endpoints; // as the cores
  std::vector<Hops> hopCounts;

  uint32_t slotBase = 0;
  bool countBusy = false;
  uint64_t flits = 0;            // in the network
  std::vector<uint32_t> active;  // routers that hold flits, in no order
  std::vector<uint32_t> senders; // endpoints that still send, ascending
  const HostPacket *hostNext = nullptr, *hostEnd = nullptr;
  std::vector<Move> moves;      // of this cycle
  std::vector<Flit> aloneFlits; // of runAlone, in order
  std::vector<uint32_t> sent;   // endpoints whose flit is taken in this cycle
};

} // namespace snnc::runtime::cycle
