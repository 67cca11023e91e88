#include "runtime/verify/recording.h"

namespace snnc::runtime::verify {

llvm::Expected<SampleRecord> Recorder::run(const data::EncodedSample &sample) {
  if (!driver || loadedSteps != sample.steps) {
    if (llvm::Error error = machine.load(image, sample.steps))
      return error;
    loadedSteps = sample.steps;
    driver = std::make_unique<HostDriver>(image, machine, sample.steps);
  }
  SampleRecord record;
  const Counters before = machine.counters();
  record.trace =
      driver->run(sample, {true, [&](uint32_t) { record.ticks.push_back(recordTick()); }});
  record.counters = since(machine.counters(), before);
  for (const TickRecord &tick : record.ticks)
    record.clocked |= tick.cycles != 0;
  return record;
}

TickRecord Recorder::recordTick() {
  TickRecord tick;
  tick.cycles = machine.tickCycles();
  tick.spikes = machine.spikes().vec();
  tick.sends = machine.sends().vec();
  size_t neurons = 0;
  for (const image::CoreImage &core : image.cores)
    neurons += core.neuronCount();
  tick.states.resize(neurons);
  llvm::MutableArrayRef<NeuronState> rest(tick.states);
  for (uint32_t c = 0; c < image.cores.size(); ++c) {
    const size_t size = image.cores[c].neuronCount();
    machine.readState(c, 0, rest.take_front(size));
    rest = rest.drop_front(size);
  }
  return tick;
}

Counters since(const Counters &after, const Counters &before) {
  Counters delta = after;
  for (size_t c = 0; c < delta.cores.size() && c < before.cores.size(); ++c)
    for (unsigned i = 0; i < kCoreCounters; ++i)
      delta.cores[c].values[i] -= before.cores[c].values[i];
  delta.transitHopsNorth -= before.transitHopsNorth;
  delta.transitHopsEast -= before.transitHopsEast;
  delta.transitHopsSouth -= before.transitHopsSouth;
  delta.transitHopsWest -= before.transitHopsWest;
  delta.ticks -= before.ticks;
  delta.tickCycles -= before.tickCycles;
  delta.barriers -= before.barriers;
  delta.resetCycles -= before.resetCycles;
  delta.hostCycles -= before.hostCycles;
  delta.hostWriteWords -= before.hostWriteWords;
  return delta;
}

} // namespace snnc::runtime::verify
