#include "runtime/cycle/crossbar_core.h"

#include "runtime/cycle/crossbar_neuron.h"
#include "runtime/cycle/walk.h"

#include "llvm/Support/ErrorHandling.h"

#include <bit>

namespace snnc::runtime::cycle {

CrossbarCore::CrossbarCore(const image::CoreImage &image, const target::CoreSpec &spec,
                           uint32_t steps)
    : Core(image), steps(steps), types(spec.axonTypes), rowWords(spec.rowWords()),
      lanes(spec.lanes()), membraneBits(spec.membraneBits), slotMask(spec.delaySlots - 1),
      membranes(image.crossbar.neurons.size()), live(spec.neurons / spec.lanes()),
      scheduler(size_t{spec.delaySlots} * rowWords), typeMasks(size_t{types} * rowWords),
      spikesOf(typeMasks.size()) {
  const std::vector<uint8_t> &axonTypes = image.crossbar.axonTypes;
  for (size_t a = 0; a < spec.inputAxons; ++a) {
    const size_t type = a < axonTypes.size() ? axonTypes[a] : 0; // unwritten: type 0
    typeMasks[type * rowWords + a / 64] |= uint64_t{1} << (a % 64);
  }
  reset();
}

void CrossbarCore::reset() {
  for (size_t i = 0; i < membranes.size(); ++i)
    membranes[i] = image->crossbar.neurons[i].vInit;
  std::fill(scheduler.begin(), scheduler.end(), 0);
  std::fill(live.begin(), live.end(), 1);
  spikeList.clear();
}

void CrossbarCore::writeBias(uint32_t, llvm::ArrayRef<int16_t>) {
  llvm_unreachable("image::verify lets no host layer lead to a crossbar core");
}

uint64_t CrossbarCore::update(uint32_t tick) {
  spikeList.clear();
  uint64_t *row = &scheduler[size_t{tick & slotMask} * rowWords];
  anySpike = false;
  for (uint32_t w = 0; w < rowWords; ++w) {
    anySpike |= row[w] != 0;
    for (uint32_t k = 0; k < types; ++k)
      spikesOf[k * rowWords + w] = row[w] & typeMasks[k * rowWords + w];
    row[w] = 0;
  }
  const uint64_t done =
      walkRows(image->groups, tick, steps, lanes,
               [&](uint32_t begin, uint32_t end) { return updateRow(begin, end); });
  counters[CoreCounter::Spikes] += spikeList.size();
  return done;
}

bool CrossbarCore::updateRow(uint32_t begin, uint32_t end) {
  uint8_t &rowLive = live[begin / lanes];
  if (!rowLive && !anySpike) {
    counters[CoreCounter::UpdatesInactive] += end - begin;
    return false;
  }
  uint64_t active = 0;
  for (uint32_t i = begin; i < end; ++i)
    active += updateNeuron(i);
  rowLive = active != 0 || end - begin != lanes; // a row in parts never sleeps
  counters[CoreCounter::SynapseWords] += end - begin;
  counters[CoreCounter::UpdatesActive] += active;
  counters[CoreCounter::UpdatesInactive] += end - begin - active;
  return true;
}

bool CrossbarCore::updateNeuron(uint32_t i) {
  const image::CrossbarTables &tables = image->crossbar;
  if (!tables.enabled[i])
    return false;
  const uint64_t *row = &tables.rows[size_t{i} * rowWords];
  int32_t sum = 0;
  uint32_t events = 0, synops = 0;
  for (uint32_t k = 0; anySpike && k < types; ++k) {
    uint32_t count = 0;
    for (uint32_t w = 0; w < rowWords; ++w)
      count += static_cast<uint32_t>(std::popcount(row[w] & spikesOf[k * rowWords + w]));
    const int32_t weight = tables.weights[size_t{i} * types + k];
    sum += static_cast<int32_t>(count) * weight;
    events += count;
    synops += weight != 0 ? count : 0;
  }
  const int32_t before = membranes[i];
  const CrossbarEvents result =
      updateCrossbarNeuron(tables.neurons[i], membraneBits, sum, membranes[i]);
  if (result.spike)
    spikeList.push_back(i);
  counters[CoreCounter::Synops] += synops;
  counters[CoreCounter::MembraneClamps] += result.clamped;
  return events != 0 || result.spike || membranes[i] != before;
}

uint32_t CrossbarCore::receive(uint16_t axon, uint32_t due) {
  counters[CoreCounter::AxonLookups] += 1;
  uint64_t &word = scheduler[size_t{due & slotMask} * rowWords + axon / 64];
  const uint64_t bit = uint64_t{1} << (axon % 64);
  counters[CoreCounter::AccWraps] += (word & bit) != 0;
  word |= bit;
  return 0;
}

} // namespace snnc::runtime::cycle
