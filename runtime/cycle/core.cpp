#include "runtime/cycle/core.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace snnc::runtime::cycle {

Core::Core(const image::CoreImage &image, const target::CoreSpec &spec, uint32_t steps)
    : image(&image), steps(steps), registers{image.vmin, image.vmax, image.duOffset},
      neurons(image.neurons), states(image.neurons.size()), slotMask(spec.delaySlots - 1) {
  const uint32_t lanes = spec.lanes();
  row = (spec.neurons + lanes - 1) / lanes * lanes;
  accumulators.resize(size_t{row} * spec.delaySlots);
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

Core::List Core::decode(const image::AxonEntry &entry, const target::CoreSpec &spec) {
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

void Core::reset() {
  for (size_t i = 0; i < states.size(); ++i)
    states[i] = {0, image->neurons[i].vInit, 0};
  std::fill(accumulators.begin(), accumulators.end(), 0);
  spikeList.clear();
}

void Core::writeBias(uint32_t first, llvm::ArrayRef<int16_t> mantissas) {
  for (size_t i = 0; i < mantissas.size(); ++i)
    neurons[first + i].biasMant = mantissas[i];
}

uint64_t Core::update(uint32_t tick) {
  spikeList.clear();
  int32_t *slot = &accumulators[size_t{tick & slotMask} * row];
  uint64_t cycle = 1; // of the scan of the next group
  uint64_t pipelineFree = 0;
  for (const image::Group &group : image->groups) {
    const bool open = tick >= group.skew && tick - group.skew < steps;
    ++cycle;
    if (!open || group.count == 0)
      continue;
    updateGroup(group, slot);
    cycle += group.count;
    pipelineFree = cycle - 1 + 4; // the last neuron was issued in the cycle before
  }
  const uint64_t scanDone = cycle + 1; // one more scan finds no group left
  counters[CoreCounter::Spikes] += spikeList.size();
  return std::max(scanDone, pipelineFree);
}

void Core::updateGroup(const image::Group &group, int32_t *slot) {
  uint64_t active = 0, wraps = 0, clamps = 0;
  for (uint32_t i = group.first; i < uint32_t{group.first} + group.count; ++i) {
    NeuronVariables &state = states[i];
    active += (state.u | state.v | slot[i] | neurons[i].biasMant) != 0 || state.refractory != 0;
    const NeuronEvents events = updateNeuron(neurons[i], registers, slot[i], state);
    slot[i] = 0;
    wraps += events.currentWrapped;
    clamps += events.membraneClamped;
    if (events.spike)
      spikeList.push_back(i);
  }
  counters[CoreCounter::UpdatesActive] += active;
  counters[CoreCounter::UpdatesInactive] += group.count - active;
  counters[CoreCounter::CurrentWraps] += wraps;
  counters[CoreCounter::MembraneClamps] += clamps;
}

uint32_t Core::receive(uint16_t index, uint32_t slot) {
  counters[CoreCounter::AxonLookups] += 1;
  if (index >= axons.size()) // an axon that was never written: no words
    return 0;
  const Axon &axon = axons[index];
  int32_t *sums = &accumulators[size_t{slot & slotMask} * row + axon.neuron];
  const uint32_t count = axon.list.count;
  const int shift = axon.shift; // a copy: the compiler need not fear that sums overlap it
  uint32_t wraps = 0;
  if (axon.sparse) {
    const Pair *pair = pairs.data() + axon.list.begin;
    for (uint32_t i = 0; i < count; ++i)
      wraps += accumulate(sums[pair[i].neuron], pair[i].weight << shift);
  } else {
    const int16_t *weight = weights.data() + axon.list.begin;
    for (uint32_t i = 0; i < count; ++i)
      wraps += accumulate(sums[i], weight[i] << shift);
  }
  counters[CoreCounter::Synops] += axon.list.synops;
  counters[CoreCounter::SynapseWords] += axon.words;
  counters[CoreCounter::AccWraps] += wraps;
  return axon.words;
}

} // namespace snnc::runtime::cycle
