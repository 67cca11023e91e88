#include "runtime/reference/crossbar_engine.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace snnc::runtime::reference {
namespace {

using net::CrossbarCore;
using net::CrossbarNet;
using net::CrossbarNeuron;

constexpr uint32_t kSlots = net::kMaxCrossbarDelay + 2; // delays 0..14, and the slot being read
constexpr double kExact = 0x1p53, kInt32 = 0x1p31;
constexpr uint32_t kNobody = ~0u, kBus = kNobody - 1;

class Simulation {
public:
  Simulation(const CrossbarNet &net, uint32_t ticks, bool recordState);
  CrossbarTrace run();

private:
  // Spikes of one tick on the axons of one core.
  uint64_t *slot(uint32_t core, uint32_t tick) {
    return &slots[(size_t{core} * kSlots + tick % kSlots) * net.rowWords()];
  }
  uint32_t at(int64_t x, int64_t y) const { return map[static_cast<size_t>(y * net.width + x)]; }
  void deliverPackets(uint32_t tick);
  void deliver(uint32_t core, uint32_t axon, uint32_t tick);
  void send(const CrossbarCore &core, const CrossbarNeuron &neuron, uint32_t tick);
  bool update(const CrossbarNeuron &neuron, double input, double &v);
  void step(uint32_t core, uint32_t tick);

  const CrossbarNet &net;
  CrossbarTrace trace;
  bool recordState;
  std::vector<uint32_t> map; // place of the mesh -> core, kBus or kNobody
  std::vector<uint64_t> slots;
  std::vector<std::vector<double>> v; // [core][neuron]
  size_t nextPacket = 0;
};

Simulation::Simulation(const CrossbarNet &net, uint32_t ticks, bool recordState)
    : net(net), recordState(recordState), map(size_t{net.width} * net.height, kNobody),
      slots(net.cores.size() * kSlots * net.rowWords()) {
  trace.ticks = ticks;
  trace.outputs = net.bus ? net.bus->outputs : 0;
  trace.rows.resize(size_t{ticks} * trace.outputs);
  if (net.bus)
    map[size_t{net.bus->y} * net.width + net.bus->x] = kBus;
  for (uint32_t c = 0; c < net.cores.size(); ++c) {
    const CrossbarCore &core = net.cores[c];
    map[size_t{core.y} * net.width + core.x] = c;
    v.emplace_back();
    for (const CrossbarNeuron &neuron : core.neurons)
      v.back().push_back(neuron.vInit);
  }
  if (recordState) {
    trace.spikes.assign(net.cores.size(), std::vector<uint8_t>(size_t{ticks} * net.neurons));
    trace.v.assign(net.cores.size(), std::vector<double>(size_t{ticks} * net.neurons));
  }
}

void Simulation::deliver(uint32_t core, uint32_t axon, uint32_t tick) {
  uint64_t &word = slot(core, tick)[axon / 64];
  const uint64_t bit = uint64_t{1} << (axon % 64);
  trace.merged += (word & bit) != 0;
  word |= bit;
}

void Simulation::deliverPackets(uint32_t tick) {
  for (; nextPacket < net.packets.size() && net.packets[nextPacket].tick <= tick; ++nextPacket) {
    const net::CrossbarPacket &packet = net.packets[nextPacket];
    const uint32_t core = at(packet.x, packet.y);
    if (core == kNobody)
      ++trace.lost;
    else
      deliver(core, packet.axon, tick);
  }
}

void Simulation::send(const CrossbarCore &core, const CrossbarNeuron &neuron, uint32_t tick) {
  const net::CrossbarTarget &target = neuron.target;
  const uint32_t place = at(int64_t{core.x} + target.dx, int64_t{core.y} + target.dy);
  if (place == kNobody) {
    ++trace.lost;
  } else if (place != kBus) {
    deliver(place, target.axon, tick + 1 + target.delay);
  } else if (tick + 1 < trace.ticks) {
    uint8_t &output = trace.rows[size_t{tick + 1} * trace.outputs + target.axon];
    trace.merged += output;
    output = 1;
  }
}

// One neuron, one tick; returns whether it fires.
bool Simulation::update(const CrossbarNeuron &neuron, double input, double &v) {
  const bool hard = neuron.resetMode == net::CrossbarReset::Hard;
  v = v + input + neuron.leak;
  trace.outOfInt32 += v < -kInt32 || v >= kInt32;
  trace.inexact += std::abs(v) > kExact;
  if (v >= neuron.threshold) {
    v = hard ? neuron.reset : v - neuron.threshold;
    return true;
  }
  trace.onFloor += v == neuron.floor;
  if (neuron.floorInclusive ? v <= neuron.floor : v < neuron.floor) {
    ++trace.floors;
    v = hard ? -static_cast<double>(neuron.reset) : v - neuron.floor;
  }
  return false;
}

void Simulation::step(uint32_t c, uint32_t tick) {
  const CrossbarCore &core = net.cores[c];
  const uint64_t *active = slot(c, tick);
  const uint32_t words = net.rowWords();
  for (uint32_t n = 0; n < net.neurons; ++n) {
    const CrossbarNeuron &neuron = core.neurons[n];
    bool fires = false;
    if (neuron.enabled) {
      double input = 0.0;
      for (uint32_t w = 0; w < words; ++w)
        for (uint64_t bits = active[w] & core.crossbar[size_t{n} * words + w]; bits != 0;
             bits &= bits - 1) {
          const uint32_t axon = 64 * w + static_cast<uint32_t>(std::countr_zero(bits));
          input += core.weights[size_t{n} * net.types + core.axonTypes[axon]];
          ++trace.synapticOps;
        }
      fires = update(neuron, input, v[c][n]);
      if (fires) {
        ++trace.spikeCount;
        send(core, neuron, tick);
      }
    }
    if (recordState) {
      trace.spikes[c][size_t{tick} * net.neurons + n] = fires;
      trace.v[c][size_t{tick} * net.neurons + n] = v[c][n];
    }
  }
}

CrossbarTrace Simulation::run() {
  for (uint32_t tick = 0; tick < trace.ticks; ++tick) {
    deliverPackets(tick);
    for (uint32_t c = 0; c < net.cores.size(); ++c)
      step(c, tick);
    for (uint32_t c = 0; c < net.cores.size(); ++c)
      std::fill_n(slot(c, tick), net.rowWords(), 0);
  }
  return std::move(trace);
}

} // namespace

CrossbarTrace runCrossbar(const CrossbarNet &net, uint32_t ticks, bool recordState) {
  return Simulation(net, ticks, recordState).run();
}

} // namespace snnc::runtime::reference
