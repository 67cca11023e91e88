// Spikes of one sample as lists of the neurons that fired, per population and step: what
// projections with any delay read.
#pragma once

#include "common/data/data.h"
#include "common/trace/trace.h"

#include "llvm/ADT/ArrayRef.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace snnc::runtime::reference {

class SpikeHistory {
public:
  SpikeHistory(uint32_t populations, uint32_t steps)
      : fired(size_t{populations} * steps), steps(steps) {}

  // Reads `size` bytes, 0 or 1, ascending.
  void record(uint32_t population, uint32_t step, const uint8_t *spikes, uint32_t size) {
    std::vector<uint32_t> &list = fired[size_t{population} * steps + step];
    for (uint32_t i = 0; i < size; ++i)
      if (spikes[i] != 0)
        list.push_back(i);
  }
  // Neurons whose spikes an edge of this delay delivers in `step`.
  llvm::ArrayRef<uint32_t> arriving(uint32_t population, uint32_t step, uint32_t delay) const {
    if (step < delay)
      return {};
    return fired[size_t{population} * steps + step - delay];
  }

private:
  std::vector<std::vector<uint32_t>> fired;
  uint32_t steps;
};

// Where each input population's elements start in one step of the data, in the order of
// `inputs`; other populations have no entry of meaning.
template <class Network> std::vector<uint32_t> inputOffsets(const Network &net) {
  std::vector<uint32_t> offsets(net.populations.size(), 0);
  uint32_t next = 0;
  for (uint32_t input : net.inputs) {
    offsets[input] = next;
    next += net.populations[input].size();
  }
  return offsets;
}

// An empty trace: named populations with all spikes 0.
template <class Network> trace::SampleTrace emptyTrace(const Network &net, uint32_t steps) {
  trace::SampleTrace trace;
  trace.steps = steps;
  for (const auto &population : net.populations) {
    trace::PopulationTrace entry;
    entry.name = population.name;
    entry.size = population.size();
    entry.spikes.assign(size_t{steps} * entry.size, 0);
    trace.populations.push_back(std::move(entry));
  }
  return trace;
}

// One step of a spiking sample into the input populations' traces and the history.
template <class Network>
void recordInputs(const Network &net, llvm::ArrayRef<uint32_t> offsets,
                  const data::EncodedSample &sample, uint32_t step, trace::SampleTrace &trace,
                  SpikeHistory &history) {
  for (uint32_t input : net.inputs) {
    trace::PopulationTrace &entry = trace.populations[input];
    uint8_t *spikes = entry.spikes.data() + size_t{step} * entry.size;
    std::copy_n(sample.spikes.data() + size_t{step} * sample.size + offsets[input], entry.size,
                spikes);
    history.record(input, step, spikes, entry.size);
  }
}

// The values of an analog sample in one step, or null before the first (edges with a delay).
inline const float *analogStep(const data::EncodedSample &sample, uint32_t step, uint32_t delay) {
  if (step < delay)
    return nullptr;
  return sample.values.data() + (sample.valuesPerStep() ? size_t{step - delay} * sample.size : 0);
}

} // namespace snnc::runtime::reference
