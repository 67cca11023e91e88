#include "runtime/fast/fast_machine.h"

#include "common/image/codec.h"
#include "common/support/diag.h"
#include "runtime/fast/neuron_store.h"
#include "runtime/fast/spike_costs.h"
#include "runtime/fast/sums.h"

#include "llvm/Support/ErrorHandling.h"

#include <algorithm>

namespace snnc::runtime::fast {

namespace {

class FastMachine final : public Machine {
public:
  explicit FastMachine(Path path) : kernels(kernelsOf(path)) {}

  const char *name() const override { return "fast"; }
  llvm::Error load(const image::Image &image, uint32_t steps) override;
  void reset() override;
  void writeBias(uint32_t core, uint32_t first, llvm::ArrayRef<int16_t> mantissas) override;
  void inject(llvm::ArrayRef<HostPacket> packets) override;
  void step() override { run(1); }
  uint32_t run(uint32_t most) override;

  llvm::ArrayRef<SpikeEvent> spikes() const override;
  void readSpikes(const SpikeBlock &block) const override;
  llvm::ArrayRef<SendEvent> sends() const override { return {}; }
  uint64_t tickCycles() const override { return 0; }
  void readState(uint32_t core, uint32_t first, llvm::MutableArrayRef<NeuronState> out) override {
    neurons.read(tables.coreBase[core] + first, out);
  }
  Counters counters() override;

private:
  void resetState();
  void update(const GroupPlan &group, uint32_t ticks);
  void send(const Stage &stage, uint32_t ticks);

  const Kernels kernels;
  uint32_t steps = 0;
  Tables tables;
  NeuronStore neurons;
  Sums sums;
  SpikeCosts costs;
  std::vector<uint64_t> fired; // bits of the ticks of the last run, firedStride words apart
  size_t firedStride = 0;      // a word more than there are
  uint32_t lastTicks = 1;      // of the last run
  uint32_t allOpen = 0, someClosed = 0; // from, until which tick the windows of all groups are open
  std::vector<uint8_t> calm;            // Span::calm of all groups
  uint32_t tick = 0;                    // to run next
  Counters global; // its cores have what spikes do not tell: updates, wraps, clamps
  mutable std::vector<SpikeEvent> spikeEvents; // made when somebody asks
  mutable bool listed = true;
};

llvm::Error FastMachine::load(const image::Image &image, uint32_t stepCount) {
  if (llvm::Error error = image::verify(image))
    return error;
  llvm::Expected<target::Target> target = target::parseTarget(image.targetJson, "target in image");
  if (!target)
    return target.takeError();
  if (target->core.isCrossbar())
    return support::Diag(support::DiagCode::FastCrossbar, {},
                         "unsupported: engine fast runs cuba cores, the image has crossbar cores")
        .help("engine cycle runs the same image")
        .take();
  steps = stepCount;
  tables = flatten(image, target->core);
  neurons = NeuronStore(image, tables);
  sums = Sums(tables, target->core, kernels);
  costs = SpikeCosts(image, tables, kernels);
  firedStride = tables.neurons / kWord + 1;
  fired.assign(firedStride * tables.blockTicks, 0);
  allOpen = 0;
  someClosed = UINT32_MAX;
  for (const GroupPlan &group : tables.groups) {
    allOpen = std::max(allOpen, group.skew);
    someClosed = std::min(someClosed, group.skew + steps);
  }
  size_t words = 0;
  for (const GroupPlan &group : tables.groups)
    words += group.span.lastWord + 1 - group.span.firstWord;
  calm.resize(words);
  size_t next = 0;
  for (GroupPlan &group : tables.groups) {
    group.span.calm = calm.data() + next;
    next += group.span.lastWord + 1 - group.span.firstWord;
  }
  global = {};
  global.cores.resize(image.cores.size());
  spikeEvents.reserve(tables.neurons);
  resetState();
  return llvm::Error::success();
}

void FastMachine::resetState() {
  neurons.reset();
  sums.reset();
  std::fill(calm.begin(), calm.end(), 0);
  std::fill(fired.begin(), fired.end(), 0);
  listed = false;
  tick = 0;
  lastTicks = 1;
}

void FastMachine::reset() {
  resetState();
}

void FastMachine::writeBias(uint32_t core, uint32_t first, llvm::ArrayRef<int16_t> mantissas) {
  neurons.writeBias(tables.coreBase[core] + first, mantissas);
  for (const GroupPlan &group : tables.groups)
    if (group.core == core)
      for (uint32_t word = group.span.firstWord; word <= group.span.lastWord; ++word)
        group.span.calm[word - group.span.firstWord] &= ~kQuiet;
  global.hostWriteWords += mantissas.size() + 1;
}

void FastMachine::inject(llvm::ArrayRef<HostPacket> packets) {
  for (const HostPacket &packet : packets)
    if (const std::optional<uint32_t> axon = costs.countPacket(packet, global))
      sums.inject(*axon, tick, packet.delay, global);
  sums.flush();
}

uint32_t FastMachine::run(uint32_t most) {
  const uint32_t ticks = std::min(most, tables.blockTicks);
  std::fill_n(fired.begin(), ticks * firedStride, 0);
  listed = false;
  for (const Stage &stage : tables.stages) {
    for (const uint32_t group : stage.groups)
      update(tables.groups[group], ticks);
    if (&stage == &tables.stages.back()) // before a slot is used again
      for (uint32_t t = std::max(tick, allOpen); t < std::min(tick + ticks, someClosed); ++t)
        sums.setTaken(t);
    send(stage, ticks);
  }
  costs.countSpikes(fired.data(), ticks, firedStride);
  sums.nextTick();
  tick += ticks;
  lastTicks = ticks;
  global.ticks += ticks;
  global.barriers += 2 * ticks;
  return ticks;
}

void FastMachine::update(const GroupPlan &group, uint32_t ticks) {
  TickBlock block =
      sums.block(std::max(tick, group.skew), std::min(tick + ticks, group.skew + steps));
  if (block.first >= block.end)
    return;
  block.spikes = &fired[(block.first - tick) * firedStride];
  block.spikeStride = firedStride;
  UpdateCounts counts;
  const unsigned kind = sums.isWideUsed(block.first, block.end) ? group.flags | kWide : group.flags;
  kernels.update[kind](group.span, neurons.data(), block, counts);
  CoreCounters &core = global.cores[group.core];
  core[CoreCounter::UpdatesActive] += counts.active;
  core[CoreCounter::UpdatesInactive] +=
      uint64_t{group.size} * (block.end - block.first) - counts.active;
  core[CoreCounter::CurrentWraps] += counts.currentWraps;
  core[CoreCounter::MembraneClamps] += counts.membraneClamps;
}

void FastMachine::send(const Stage &stage, uint32_t ticks) {
  const Sums::Fired spikes{fired.data(), firedStride, tick, tick + ticks};
  for (const uint32_t bundle : stage.bundles)
    sums.send(tables.bundles[bundle], spikes, global);
  for (const uint32_t group : stage.groups)
    if (tables.groups[group].hasRows)
      sums.send(tables.groups[group].span, spikes, global);
}

void FastMachine::readSpikes(const SpikeBlock &block) const {
  for (uint32_t t = 0; t < block.ticks; ++t)
    kernels.spreadBits(&fired[(block.tick + t) * firedStride],
                       tables.coreBase[block.core] + block.first, block.count,
                       block.out + t * block.stride);
}

llvm::ArrayRef<SpikeEvent> FastMachine::spikes() const {
  if (listed)
    return spikeEvents;
  spikeEvents.clear();
  const uint64_t *last = &fired[(lastTicks - 1) * firedStride];
  for (uint32_t word = 0; word < tables.neurons / kWord; ++word) {
    const uint32_t core = tables.coreOfWord[word];
    for (uint64_t bits = last[word]; bits != 0; bits &= bits - 1)
      spikeEvents.push_back({core, word * kWord + static_cast<uint32_t>(__builtin_ctzll(bits)) -
                                       tables.coreBase[core]});
  }
  listed = true;
  return spikeEvents;
}

Counters FastMachine::counters() {
  Counters result = global;
  costs.addTo(result);
  return result;
}

} // namespace

std::unique_ptr<Machine> createFastMachine(Path path) {
  return std::make_unique<FastMachine>(path);
}

} // namespace snnc::runtime::fast
