#include "runtime/cycle/cuba_core.h"

#include "runtime/cycle/accumulate.h"
#include "runtime/cycle/walk.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace snnc::runtime::cycle {

CubaCore::CubaCore(const image::CoreImage &image, const target::CoreSpec &spec, uint32_t steps)
    : Core(image), steps(steps), registers{image.vmin, image.vmax, image.duOffset},
      neurons(image.neurons), states(image.neurons.size()), slotMask(spec.delaySlots - 1) {
  lanes = spec.lanes();
  live.resize((spec.neurons + lanes - 1) / lanes);
  row = (spec.neurons + lanes - 1) / lanes * lanes;
  accumulators.resize(size_t{row} * spec.delaySlots);
  filled.resize(spec.delaySlots);
  std::map<std::tuple<uint32_t, uint16_t, bool>, List> lists;
  axons.reserve(image.axons.size());
  for (const image::AxonEntry &entry : image.axons) {
    const auto [place, isNew] = lists.try_emplace({entry.address, entry.words, entry.sparse});
    if (isNew)
      place->second = decode(entry, spec);
    axons.push_back({place->second, entry.words, entry.words != 0 ? entry.baseRow * lanes : 0,
                     static_cast<uint8_t>(spec.weightShift + entry.exponent), entry.sparse});
  }
  reset();
}

CubaCore::List CubaCore::decode(const image::AxonEntry &entry, const target::CoreSpec &spec) {
  const image::WordFormat format = image::WordFormat::of(spec);
  List list;
  list.begin = static_cast<uint32_t>(entry.sparse ? pairs.size() : weights.size());
  for (uint32_t k = 0; k < entry.words; ++k) {
    const uint64_t word = image->synapses[entry.address + k];
    for (uint32_t i = 0; i < (entry.sparse ? format.pairs : format.lanes); ++i) {
      const int32_t weight =
          entry.sparse ? format.pairWeight(word, i) : format.denseWeight(word, i);
      list.synops += weight != 0;
      if (!entry.sparse)
        weights.push_back(static_cast<int16_t>(weight));
      else if (weight != 0)
        pairs.push_back(
            {static_cast<int16_t>(weight), static_cast<uint16_t>(format.pairNeuron(word, i))});
    }
  }
  list.count = static_cast<uint32_t>(entry.sparse ? pairs.size() : weights.size()) - list.begin;
  return list;
}

void CubaCore::reset() {
  for (size_t i = 0; i < states.size(); ++i)
    states[i] = {0, image->neurons[i].vInit, 0};
  std::fill(accumulators.begin(), accumulators.end(), 0);
  std::fill(live.begin(), live.end(), 1);
  std::fill(filled.begin(), filled.end(), 0);
  spikeList.clear();
}

void CubaCore::writeBias(uint32_t first, llvm::ArrayRef<int16_t> mantissas) {
  for (size_t i = 0; i < mantissas.size(); ++i) {
    neurons[first + i].biasMant = mantissas[i];
    live[(first + i) / lanes] = 1;
  }
}

uint64_t CubaCore::update(uint32_t tick) {
  spikeList.clear();
  const uint32_t slot = tick & slotMask;
  const uint64_t done =
      walkRows(image->groups, tick, steps, lanes,
               [&](uint32_t begin, uint32_t end) { return updateRow(begin, end, slot); });
  // What is due to a closed group stays.
  filled[slot] &=
      std::any_of(image->groups.begin(), image->groups.end(), [&](const image::Group &group) {
        return tick < group.skew || tick - group.skew >= steps;
      });
  counters[CoreCounter::Spikes] += spikeList.size();
  return done;
}

bool CubaCore::updateRow(uint32_t begin, uint32_t end, uint32_t index) {
  uint8_t &rowLive = live[begin / lanes];
  int32_t *slot = &accumulators[size_t{index} * row];
  const int32_t *sums = slot + begin / lanes * lanes;
  const bool due =
      filled[index] && std::any_of(sums, sums + lanes, [](int32_t sum) { return sum != 0; });
  if (!rowLive && !due) {
    counters[CoreCounter::UpdatesInactive] += end - begin;
    return false;
  }
  uint64_t active = 0, wraps = 0, clamps = 0;
  bool rest = end - begin == lanes; // a row in parts never sleeps
  for (uint32_t i = begin; i < end; ++i) {
    NeuronVariables &state = states[i];
    const bool wasActive =
        (state.u | state.v | slot[i] | neurons[i].biasMant) != 0 || state.refractory != 0;
    const NeuronEvents events = updateNeuron(neurons[i], registers, slot[i], state);
    slot[i] = 0;
    active += wasActive;
    wraps += events.currentWrapped;
    clamps += events.membraneClamped;
    if (events.spike)
      spikeList.push_back(i);
    rest &= !wasActive && !events.spike && (state.u | state.v) == 0 && state.refractory == 0;
  }
  rowLive = !rest;
  counters[CoreCounter::UpdatesActive] += active;
  counters[CoreCounter::UpdatesInactive] += end - begin - active;
  counters[CoreCounter::CurrentWraps] += wraps;
  counters[CoreCounter::MembraneClamps] += clamps;
  return true;
}

uint32_t CubaCore::receive(uint16_t index, uint32_t slot) {
  counters[CoreCounter::AxonLookups] += 1;
  if (index >= axons.size()) // an axon that was never written: no words
    return 0;
  const Axon &axon = axons[index];
  filled[slot & slotMask] = 1;
  int32_t *sums = &accumulators[size_t{slot & slotMask} * row + axon.neuron];
  const uint32_t count = axon.list.count;
  const int shift = axon.shift; // a copy: the compiler need not fear that sums overlap it
  uint32_t wraps = 0;
  if (axon.sparse) {
    const Pair *pair = pairs.data() + axon.list.begin;
    for (uint32_t i = 0; i < count; ++i)
      wraps += accumulate(sums[pair[i].neuron], pair[i].weight << shift);
  } else {
    wraps = accumulateList(sums, weights.data() + axon.list.begin, count, shift);
  }
  counters[CoreCounter::Synops] += axon.list.synops;
  counters[CoreCounter::SynapseWords] += axon.words;
  counters[CoreCounter::AccWraps] += wraps;
  return axon.words;
}

} // namespace snnc::runtime::cycle
