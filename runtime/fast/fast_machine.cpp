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

const Kernels &kernelsOf(Path path) {
  switch (path) {
  case Path::Portable:
    return kPortableKernels;
  case Path::Avx2:
    return kAvx2Kernels;
  case Path::Avx512:
    return kAvx512Kernels;
  }
  llvm_unreachable("all paths have kernels");
}

class FastMachine final : public Machine {
public:
  explicit FastMachine(Path path) : kernels(kernelsOf(path)) {}

  const char *name() const override { return "fast"; }
  llvm::Error load(const image::Image &image, uint32_t steps) override;
  void reset() override;
  void writeBias(uint32_t core, uint32_t first, llvm::ArrayRef<int16_t> mantissas) override;
  void inject(llvm::ArrayRef<HostPacket> packets) override;
  void step() override;

  llvm::ArrayRef<SpikeEvent> spikes() const override;
  void readSpikes(uint32_t core, uint32_t first,
                  llvm::MutableArrayRef<uint8_t> out) const override {
    kernels.spreadBits(fired.data(), tables.coreBase[core] + first,
                       static_cast<uint32_t>(out.size()), out.data());
  }
  llvm::ArrayRef<SendEvent> sends() const override { return {}; }
  uint64_t tickCycles() const override { return 0; }
  void readState(uint32_t core, uint32_t first, llvm::MutableArrayRef<NeuronState> out) override {
    neurons.read(tables.coreBase[core] + first, out);
  }
  Counters counters() override;

private:
  void resetState();
  void update();
  void send();

  const Kernels &kernels;
  uint32_t steps = 0;
  Tables tables;
  NeuronStore neurons;
  Sums sums;
  SpikeCosts costs;
  std::vector<uint64_t> fired; // bits of the last tick, and a word more
  std::vector<uint8_t> calm;   // Span::calm of all groups
  uint32_t tick = 0;           // to run next
  Counters global;             // its cores have what spikes do not tell: updates, wraps, clamps
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
  fired.assign(tables.neurons / kWord + 1, 0);
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
  sums.flush(global);
}

void FastMachine::step() {
  std::fill(fired.begin(), fired.end(), 0);
  listed = false;
  update();
  costs.countSpikes(fired.data());
  ++tick;
  sums.send(fired.data(), tick, global);
  global.ticks += 1;
  global.barriers += 2;
}

void FastMachine::update() {
  const Sums::Slot slot = sums.slot(tick);
  for (const GroupPlan &group : tables.groups) {
    if (tick < group.skew || tick - group.skew >= steps)
      continue;
    UpdateCounts counts;
    const unsigned kind = slot.wideUsed ? group.flags | kWide : group.flags;
    kernels.update[kind](group.span, neurons.data(), slot.narrow, slot.wide, fired.data(), counts);
    CoreCounters &core = global.cores[group.core];
    core[CoreCounter::UpdatesActive] += counts.active;
    core[CoreCounter::UpdatesInactive] += group.size - counts.active;
    core[CoreCounter::CurrentWraps] += counts.currentWraps;
    core[CoreCounter::MembraneClamps] += counts.membraneClamps;
  }
}

llvm::ArrayRef<SpikeEvent> FastMachine::spikes() const {
  if (listed)
    return spikeEvents;
  spikeEvents.clear();
  for (uint32_t word = 0; word < tables.neurons / kWord; ++word) {
    const uint32_t core = tables.coreOfWord[word];
    for (uint64_t bits = fired[word]; bits != 0; bits &= bits - 1)
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
