#include "runtime/fast/spike_costs.h"

#include <algorithm>

namespace snnc::runtime::fast {

SpikeCosts::SpikeCosts(const image::Image &image, const Tables &tables, const Kernels &kernels)
    : tables(&tables), kernels(&kernels), meshWidth(image.meshWidth),
      recent(tables.neurons + kSlack), totals(tables.neurons) {
  for (const image::CoreImage &core : image.cores) {
    coreX.push_back(core.x);
    coreY.push_back(core.y);
  }
}

void SpikeCosts::countSpikes(const uint64_t *fired, uint32_t rows, size_t stride) {
  kernels->countBits(fired, tables->neurons / kWord, rows, stride, recent.data());
  ticks += rows;
  if (ticks + kMostRows > UINT8_MAX)
    flush();
}

void SpikeCosts::flush() {
  for (size_t i = 0; i < totals.size(); ++i)
    totals[i] += recent[i];
  std::fill(recent.begin(), recent.end(), 0);
  ticks = 0;
}

std::optional<uint32_t> SpikeCosts::countPacket(const HostPacket &packet, Counters &counters) {
  const int32_t core = tables->coreAt[packet.y * meshWidth + packet.x];
  if (core < 0)
    return std::nullopt;
  addHops(0, 0, packet.x, packet.y, 1, counters);
  CoreCounters &values = counters.cores[static_cast<size_t>(core)];
  values[CoreCounter::AxonLookups] += 1;
  const uint32_t axon = tables->axonBase[static_cast<size_t>(core)] + packet.axon;
  if (axon >= tables->axonBase[static_cast<size_t>(core) + 1])
    return std::nullopt;
  values[CoreCounter::Synops] += tables->axonCosts[axon].synops;
  values[CoreCounter::SynapseWords] += tables->axonCosts[axon].words;
  return axon;
}

// X first, then Y; counted at the router that sends.
void SpikeCosts::addHops(uint32_t x, uint32_t y, uint32_t toX, uint32_t toY, uint64_t count,
                         Counters &counters) const {
  const auto hop = [&](CoreCounter own, uint64_t Counters::*transit) {
    const int32_t core = tables->coreAt[y * meshWidth + x];
    if (core < 0)
      counters.*transit += count;
    else
      counters.cores[static_cast<size_t>(core)][own] += count;
  };
  for (; x < toX; ++x)
    hop(CoreCounter::HopsEast, &Counters::transitHopsEast);
  for (; x > toX; --x)
    hop(CoreCounter::HopsWest, &Counters::transitHopsWest);
  for (; y < toY; ++y)
    hop(CoreCounter::HopsSouth, &Counters::transitHopsSouth);
  for (; y > toY; --y)
    hop(CoreCounter::HopsNorth, &Counters::transitHopsNorth);
}

void SpikeCosts::addTo(Counters &counters) {
  flush();
  for (uint32_t neuron = 0; neuron < tables->neurons; ++neuron) {
    const uint64_t count = totals[neuron];
    if (count == 0)
      continue;
    const uint32_t core = tables->coreOfWord[neuron / kWord];
    counters.cores[core][CoreCounter::Spikes] += count;
    counters.cores[core][CoreCounter::Messages] += count * tables->slotsCount[neuron];
    for (uint32_t k = 0; k < tables->slotsCount[neuron]; ++k) {
      const uint32_t axon = tables->slotAxons[tables->slotsBegin[neuron] + k];
      const AxonCost &cost = tables->axonCosts[axon];
      CoreCounters &target = counters.cores[cost.core];
      target[CoreCounter::AxonLookups] += count;
      target[CoreCounter::Synops] += count * cost.synops;
      target[CoreCounter::SynapseWords] += count * cost.words;
      addHops(coreX[core], coreY[core], coreX[cost.core], coreY[cost.core], count, counters);
    }
  }
}

} // namespace snnc::runtime::fast
