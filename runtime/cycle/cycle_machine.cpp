#include "runtime/cycle/cycle_machine.h"

#include "common/image/codec.h"
#include "runtime/cycle/mesh.h"

#include <algorithm>
#include <optional>

namespace snnc::runtime::cycle {

namespace {

class CycleMachine final : public Machine {
public:
  const char *name() const override { return "cycle"; }
  llvm::Error load(const image::Image &source, uint32_t steps) override;
  void reset() override;
  void writeBias(uint32_t core, uint32_t first, llvm::ArrayRef<int16_t> mantissas) override;
  void inject(llvm::ArrayRef<HostPacket> packets) override;
  void step() override;

  llvm::ArrayRef<SpikeEvent> spikes() const override { return spikeEvents; }
  llvm::ArrayRef<SendEvent> sends() const override;
  uint64_t tickCycles() const override { return lastLength; }
  void readState(uint32_t core, uint32_t first, llvm::MutableArrayRef<NeuronState> out) override;
  Counters counters() override;

private:
  void resetState();

  image::Image image; // own copy: the caller's may go away
  target::CoreSpec spec;
  std::vector<std::unique_ptr<Core>> cores;
  std::optional<Mesh> mesh;
  uint32_t tick = 0; // to run next
  uint64_t lastLength = 0;
  std::vector<SpikeEvent> spikeEvents;
  // In order of cycle until somebody asks: most runs never do.
  mutable std::vector<SendEvent> sendEvents;
  mutable bool sendsSorted = true;
  Counters global; // its `cores` stay empty
};

} // namespace

llvm::Error CycleMachine::load(const image::Image &source, uint32_t steps) {
  if (llvm::Error error = image::verify(source))
    return error;
  llvm::Expected<target::Target> target = target::parseTarget(source.targetJson, "target in image");
  if (!target)
    return target.takeError();
  image = source;
  spec = target->core;
  mesh.reset();
  cores.clear();
  cores.reserve(image.cores.size());
  for (const image::CoreImage &core : image.cores)
    cores.push_back(makeCore(core, spec, steps));
  mesh.emplace(image.meshWidth, image.meshHeight, target->mesh.fifoDepth, cores);
  global = {};
  resetState();
  return llvm::Error::success();
}

void CycleMachine::resetState() {
  for (const auto &core : cores)
    core->reset();
  tick = 0;
  lastLength = 0;
  spikeEvents.clear();
  sendEvents.clear();
}

void CycleMachine::reset() {
  resetState();
  // A crossbar core's ring has one entry per slot, a cuba core's a row of lanes per slot.
  const uint64_t rows = spec.isCrossbar() ? 1 : std::max(1u, spec.neurons / spec.lanes());
  global.resetCycles += std::max<uint64_t>(spec.neurons, spec.delaySlots * rows) + 4;
}

void CycleMachine::writeBias(uint32_t core, uint32_t first, llvm::ArrayRef<int16_t> mantissas) {
  cores[core]->writeBias(first, mantissas);
  global.hostWriteWords += mantissas.size() + 1;
}

void CycleMachine::inject(llvm::ArrayRef<HostPacket> packets) {
  if (!packets.empty())
    global.hostCycles += mesh->deliver(packets, tick);
}

void CycleMachine::step() {
  spikeEvents.clear();
  sendEvents.clear();
  uint64_t updated = 2; // a core without groups
  for (uint32_t i = 0; i < cores.size(); ++i) {
    const uint64_t done = cores[i]->update(tick);
    cores[i]->counters[CoreCounter::BusyCycles] += done - 1; // 1 .. done-1
    updated = std::max(updated, done);
    for (uint32_t neuron : cores[i]->spikes())
      spikeEvents.push_back({i, neuron});
  }
  ++tick;
  lastLength = mesh->exchange(updated + 2, tick, sendEvents) + 2;
  sendsSorted = false;
  for (uint32_t i = 0; i < cores.size(); ++i)
    cores[i]->counters[CoreCounter::BusyCycles] += mesh->busyCycles(i);
  global.ticks += 1;
  global.barriers += 2;
  global.tickCycles += lastLength;
}

llvm::ArrayRef<SendEvent> CycleMachine::sends() const {
  if (!sendsSorted)
    std::sort(sendEvents.begin(), sendEvents.end());
  sendsSorted = true;
  return sendEvents;
}

void CycleMachine::readState(uint32_t core, uint32_t first,
                             llvm::MutableArrayRef<NeuronState> out) {
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = cores[core]->state(first + static_cast<uint32_t>(i));
}

Counters CycleMachine::counters() {
  Counters result = global;
  std::vector<Hops> hops = mesh->hops();
  for (const auto &core : cores) {
    CoreCounters values = core->counters;
    Hops &own = hops[core->tables().y * image.meshWidth + core->tables().x];
    values[CoreCounter::HopsNorth] = own.byOutput[North];
    values[CoreCounter::HopsEast] = own.byOutput[East];
    values[CoreCounter::HopsSouth] = own.byOutput[South];
    values[CoreCounter::HopsWest] = own.byOutput[West];
    values[CoreCounter::IdleCycles] = global.tickCycles - values[CoreCounter::BusyCycles];
    result.cores.push_back(values);
    own = {};
  }
  for (const Hops &transit : hops) {
    result.transitHopsNorth += transit.byOutput[North];
    result.transitHopsEast += transit.byOutput[East];
    result.transitHopsSouth += transit.byOutput[South];
    result.transitHopsWest += transit.byOutput[West];
  }
  return result;
}

std::unique_ptr<Machine> createCycleMachine() {
  return std::make_unique<CycleMachine>();
}

} // namespace snnc::runtime::cycle
