#include "runtime/cycle/mesh.h"

#include <algorithm>
#include <cassert>

namespace snnc::runtime::cycle {

Mesh::Mesh(uint32_t width, uint32_t height, uint32_t fifoDepth,
           const std::vector<std::unique_ptr<Core>> &cores)
    : width(width), fifoDepth(fifoDepth), routers(size_t{width} * height),
      queues(routers.size() * kPorts * fifoDepth), endpointAt(routers.size(), -1),
      endpoints(cores.size()), hopCounts(routers.size()) {
  for (uint32_t position = 0; position < routers.size(); ++position) {
    routers[position].x = static_cast<uint8_t>(position % width);
    routers[position].y = static_cast<uint8_t>(position / width);
  }
  for (size_t i = 0; i < cores.size(); ++i) {
    const image::CoreImage &tables = cores[i]->tables();
    endpoints[i].core = cores[i].get();
    endpoints[i].position = tables.y * width + tables.x;
    endpointAt[endpoints[i].position] = static_cast<int32_t>(i);
  }
}

void Mesh::begin() {
  for (Endpoint &endpoint : endpoints) {
    endpoint.take = endpoint.streamEnd = endpoint.rxIdle = 0;
    endpoint.sending = false;
    endpoint.busy = endpoint.busyEnd = 0;
  }
}

uint64_t Mesh::exchange(uint64_t start, uint32_t tick, std::vector<SendEvent> &sends) {
  begin();
  slotBase = tick;
  countBusy = true;
  for (uint32_t i = 0; i < endpoints.size(); ++i) {
    endpoints[i].sending = true;
    endpoints[i].spike = 0;
    endpoints[i].busyEnd = start + 1;
    nextSpike(endpoints[i], start + 1);
    if (endpoints[i].sending)
      senders.push_back(i);
  }
  if (endpoints.size() == 1)
    runAlone(sends);
  else
    run(earliestSend(), &sends);
  uint64_t drained = start + 1;
  for (const Endpoint &endpoint : endpoints)
    drained = std::max({drained, endpoint.txDone, endpoint.rxIdle});
  return drained;
}

uint64_t Mesh::deliver(llvm::ArrayRef<HostPacket> packets, uint32_t tick) {
  begin();
  slotBase = tick;
  countBusy = false;
  hostNext = packets.begin();
  hostEnd = packets.end();
  run(0, nullptr);
  uint64_t quiet = 0;
  for (const Endpoint &endpoint : endpoints)
    quiet = std::max(quiet, endpoint.rxIdle);
  return quiet;
}

void Mesh::run(uint64_t cycle, std::vector<SendEvent> *sends) {
  while (flits != 0 || !senders.empty() || hostNext != hostEnd) {
    uint64_t wake = kNever;
    moves.clear();
    sent.clear();
    decide(cycle, wake);
    const bool offered = hostNext != hostEnd && !full(0, West);
    if (moves.empty() && sent.empty() && !offered) {
      assert(wake != kNever && wake > cycle && "flits that nothing will ever move");
      cycle = wake;
      continue;
    }
    apply(cycle, sends);
    if (offered) {
      push(0, West, {hostNext->axon, hostNext->x, hostNext->y, hostNext->delay});
      ++hostNext;
    }
    cycle = flits != 0 || hostNext != hostEnd ? cycle + 1 : earliestSend();
  }
}

// One core, whose messages go through its own router: a queue between a sender and a receiver. The
// oldest flit moves in the cycle after it came, after the move before it and when the receiver is
// free; a flit is sent when it is ready and the queue was not full at the start of the cycle.
void Mesh::runAlone(std::vector<SendEvent> &sends) {
  Endpoint &endpoint = endpoints.front();
  const std::vector<image::OutSlot> &slots = endpoint.core->tables().outSlots;
  const size_t first = sends.size();
  uint64_t freeAt = 0; // first cycle in which the output may move another flit
  for (size_t moved = first; endpoint.sending || moved != sends.size();) {
    const size_t queued = sends.size() - moved;
    const uint64_t move =
        queued == 0 ? kNever : std::max({sends[moved].cycle + 1, freeAt, endpoint.take});
    if (queued == fifoDepth || !endpoint.sending || move <= endpoint.sendAt) {
      accept(endpoint, aloneFlits[moved++ - first], move);
      freeAt = move + 1;
      if (queued == fifoDepth)
        endpoint.sendAt = std::max(endpoint.sendAt, move + 1);
      continue;
    }
    const image::OutSlot &slot = slots[endpoint.slot];
    aloneFlits.resize(std::max(aloneFlits.size(), sends.size() - first + 1));
    aloneFlits[sends.size() - first] = {slot.axon, slot.x, slot.y, slot.delay};
    const uint64_t cycle = endpoint.sendAt;
    sends.push_back({0, cycle});
    ++endpoint.core->counters[CoreCounter::Messages];
    endpoint.sendAt = cycle + 1;
    if (++endpoint.slot == endpoint.slotEnd)
      nextSpike(endpoint, cycle + 1);
  }
  if (sends.size() != first)
    routers[endpoint.position].next[Local] = Local + 1;
  senders.clear();
}

// Collects what moves in `cycle`; `wake` gets the earliest later cycle at which something could.
void Mesh::decide(uint64_t cycle, uint64_t &wake) {
  for (uint32_t position : active)
    decideRouter(position, cycle, wake);
  for (uint32_t index : senders) {
    const Endpoint &endpoint = endpoints[index];
    if (endpoint.sendAt > cycle)
      wake = std::min(wake, endpoint.sendAt);
    else if (!full(endpoint.position, Local))
      sent.push_back(index);
  }
}

void Mesh::decideRouter(uint32_t position, uint64_t cycle, uint64_t &wake) {
  const Router &router = routers[position];
  std::array<uint8_t, kPorts> requests{};
  unsigned wanted = 0; // bit per output
  for (unsigned inputs = router.occupied; inputs != 0; inputs &= inputs - 1) {
    const unsigned input = static_cast<unsigned>(__builtin_ctz(inputs));
    requests[router.route[input]] |= static_cast<uint8_t>(1u << input);
    wanted |= 1u << router.route[input];
  }
  for (; wanted != 0; wanted &= wanted - 1) {
    const unsigned output = static_cast<unsigned>(__builtin_ctz(wanted));
    if (output == Local) {
      const uint64_t take = endpoints[static_cast<size_t>(endpointAt[position])].take;
      if (take > cycle) {
        wake = std::min(wake, take);
        continue;
      }
    } else if (full(neighbour(position, output), kOpposite[output])) {
      continue;
    }
    const unsigned input = router.winner(output, requests[output]);
    moves.push_back({static_cast<uint16_t>(position), static_cast<uint8_t>(input),
                     static_cast<uint8_t>(output)});
  }
}

void Mesh::apply(uint64_t cycle, std::vector<SendEvent> *sends) {
  for (const Move &move : moves) {
    routers[move.position].next[move.output] =
        static_cast<uint8_t>(move.input + 1u == kPorts ? 0 : move.input + 1u);
    const Flit flit = pop(move.position, move.input);
    if (move.output == Local) {
      accept(endpoints[static_cast<size_t>(endpointAt[move.position])], flit, cycle);
      continue;
    }
    ++hopCounts[move.position].byOutput[move.output];
    push(neighbour(move.position, move.output), kOpposite[move.output], flit);
  }
  for (uint32_t index : sent) {
    Endpoint &endpoint = endpoints[index];
    const image::OutSlot &slot = endpoint.core->tables().outSlots[endpoint.slot];
    push(endpoint.position, Local, {slot.axon, slot.x, slot.y, slot.delay});
    ++endpoint.core->counters[CoreCounter::Messages];
    sends->push_back({index, cycle});
    endpoint.sendAt = cycle + 1;
    if (++endpoint.slot == endpoint.slotEnd)
      nextSpike(endpoint, cycle + 1);
  }
  if (!sent.empty())
    std::erase_if(senders, [this](uint32_t index) { return !endpoints[index].sending; });
  std::erase_if(active, [this](uint32_t position) {
    routers[position].listed = routers[position].occupied != 0;
    return !routers[position].listed;
  });
}

void Mesh::push(uint32_t position, Port input, const Flit &flit) {
  Router &router = routers[position];
  uint32_t place = uint32_t{router.head[input]} + router.count[input];
  place = place < fifoDepth ? place : place - fifoDepth;
  queues[(size_t{position} * kPorts + input) * fifoDepth + place] = flit;
  if (!router.listed)
    active.push_back(position);
  router.listed = true;
  if (router.count[input]++ == 0)
    router.route[input] = routeOf(flit, router.x, router.y);
  router.occupied |= static_cast<uint8_t>(1u << input);
  ++flits;
}

Flit Mesh::pop(uint32_t position, unsigned input) {
  Router &router = routers[position];
  const Flit *queue = &queues[(size_t{position} * kPorts + input) * fifoDepth];
  const Flit flit = queue[router.head[input]];
  const uint32_t head = router.head[input] + 1u;
  router.head[input] = static_cast<uint8_t>(head == fifoDepth ? 0 : head);
  if (--router.count[input] == 0)
    router.occupied &= static_cast<uint8_t>(~(1u << input));
  else
    router.route[input] = routeOf(queue[router.head[input]], router.x, router.y);
  --flits;
  return flit;
}

void Mesh::accept(Endpoint &endpoint, const Flit &flit, uint64_t cycle) {
  const uint32_t words = endpoint.core->receive(flit.axon, slotBase + flit.delay);
  endpoint.take = std::max(cycle + 1, endpoint.streamEnd);
  uint64_t idle = endpoint.take + 1;
  if (words != 0) {
    endpoint.streamEnd = endpoint.take + words;
    idle = endpoint.streamEnd + 3; // the last word is read at + 1 and added at + 2
  }
  endpoint.rxIdle = std::max(endpoint.rxIdle, idle);
  if (!countBusy || endpoint.sending)
    return;
  const uint64_t from = std::max(cycle + 1, endpoint.busyEnd);
  if (endpoint.rxIdle > from)
    endpoint.busy += endpoint.rxIdle - from;
  endpoint.busyEnd = std::max(endpoint.busyEnd, endpoint.rxIdle);
}

// The sender is in state List (or Done, if no spike is left) at cycle `list`.
void Mesh::nextSpike(Endpoint &endpoint, uint64_t list) {
  const std::vector<uint32_t> &spikes = endpoint.core->spikes();
  while (endpoint.spike < spikes.size()) {
    const image::OutPointer pointer = endpoint.core->tables().outPointers[spikes[endpoint.spike++]];
    list += 3; // List, Ptr, Slot
    if (pointer.count == 0)
      continue;
    endpoint.slot = pointer.base;
    endpoint.slotEnd = uint32_t{pointer.base} + pointer.count;
    endpoint.sendAt = list;
    return;
  }
  endpoint.sending = false;
  endpoint.txDone = list;
  // busyEnd is still the first cycle of the phase in which the sender could be busy. Whatever was
  // received so far started before txDone, so only what outlasts it adds to the sender's cycles.
  const uint64_t end = std::max(list, endpoint.rxIdle);
  endpoint.busy = end - endpoint.busyEnd;
  endpoint.busyEnd = end;
}

uint64_t Mesh::earliestSend() const {
  uint64_t cycle = kNever;
  for (uint32_t index : senders)
    cycle = std::min(cycle, endpoints[index].sendAt);
  return cycle;
}

uint32_t Mesh::neighbour(uint32_t position, unsigned output) const {
  switch (output) {
  case North:
    return position - width;
  case South:
    return position + width;
  case East:
    return position + 1;
  default:
    return position - 1;
  }
}

} // namespace snnc::runtime::cycle
