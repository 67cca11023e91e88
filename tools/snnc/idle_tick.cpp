#include "tools/snnc/idle_tick.h"

#include "runtime/cycle/cycle_machine.h"

namespace snnc::cli {

static constexpr int32_t kThreshold = 1000; // that `v` never reaches

static image::CrossbarTables unconnected(const target::CoreSpec &core, int32_t v) {
  image::CrossbarTables tables;
  net::CrossbarConfig neuron;
  neuron.threshold = kThreshold;
  neuron.vInit = v;
  neuron.leak = v; // a membrane that stands still sleeps
  tables.neurons.assign(core.neurons, neuron);
  tables.enabled.assign(core.neurons, 1);
  tables.weights.assign(size_t{core.neurons} * core.axonTypes, 0);
  tables.rows.assign(size_t{core.neurons} * core.rowWords(), 0);
  return tables;
}

// A core full of unconnected neurons that start at membrane `v`: at rest if it is 0.
static image::Image fullCore(const target::Target &target, int32_t v) {
  image::Image image;
  image.targetJson = target.json;
  image.targetFingerprint = target.fingerprint;
  image.populations = {{"neurons", {target.core.neurons}, false, 0, {}, {}}};
  image.populations[0].segments = {{0, target.core.neurons, 0, 0}};
  image.outputs = {0};
  image::CoreImage core;
  core.vmin = target.core.isCrossbar() ? 0 : -kThreshold;
  core.vmax = target.core.isCrossbar() ? 0 : kThreshold;
  core.duOffset = target.core.isCrossbar() ? 0 : static_cast<uint8_t>(target.core.duOffset);
  core.groups = {{0, static_cast<uint16_t>(target.core.neurons), 0}};
  if (target.core.isCrossbar())
    core.crossbar = unconnected(target.core, v);
  else
    core.neurons.assign(target.core.neurons, {.threshold = kThreshold, .vInit = v});
  core.outPointers.resize(target.core.neurons);
  image.cores = {core};
  image.axonSources = {{}};
  return image;
}

// Length of the third tick: by then rows that can sleep do.
static llvm::Expected<uint64_t> tickOf(const image::Image &image) {
  constexpr unsigned kTicks = 3;
  const std::unique_ptr<runtime::Machine> machine = runtime::cycle::createCycleMachine();
  if (llvm::Error error = machine->load(image, kTicks))
    return error;
  for (unsigned tick = 0; tick < kTicks; ++tick)
    machine->step();
  return machine->tickCycles();
}

llvm::Expected<IdleTick> idleTick(const target::Target &target) {
  llvm::Expected<uint64_t> awake = tickOf(fullCore(target, 1));
  if (!awake)
    return awake.takeError();
  llvm::Expected<uint64_t> asleep = tickOf(fullCore(target, 0));
  if (!asleep)
    return asleep.takeError();
  return IdleTick{*awake, *asleep};
}

} // namespace snnc::cli
