// Two recordings of one sample, compared element by element.
#pragma once

#include "runtime/machine/population_index.h"
#include "runtime/verify/recording.h"
#include "runtime/verify/verify.h"

namespace snnc::runtime::verify {

class Comparer {
public:
  // `network`: what the image computes, for the synapses behind a difference. Both outlive the
  // comparer.
  Comparer(const image::Image &image, const net::QuantNet &network, const target::CoreSpec &core);

  // Adds the differences of sample `sample` to `report`; fills report.first if it is still empty
  // (without its replay line).
  void compare(const SampleRecord &a, const SampleRecord &b, uint64_t sample, PairReport &report);

private:
  void compareTraces(const SampleRecord &a, const SampleRecord &b);
  void compareTicks(const SampleRecord &a, const SampleRecord &b);
  void compareStates(const SampleRecord &a, const SampleRecord &b, uint32_t tick);
  void compareSpikes(const TickRecord &a, const TickRecord &b, uint32_t tick);
  void compareCycles(const TickRecord &a, const TickRecord &b, uint32_t tick);
  void compareCounters(const SampleRecord &a, const SampleRecord &b);
  void compareValue(std::optional<uint64_t> &mismatches, std::optional<uint32_t> core,
                    const std::string &field, uint64_t a, uint64_t b);
  // Keeps the first difference.
  Divergence *keep(uint32_t tick, const std::string &field, int64_t a, int64_t b);
  NeuronState stateBefore(const std::vector<TickRecord> &ticks, uint32_t tick, uint32_t core,
                          uint32_t local) const;
  void place(Divergence &divergence, uint32_t core, uint32_t local) const;
  // Adds the synapses that were due to an accumulator that differs.
  void addSynapses(Divergence &divergence, const trace::SampleTrace &trace) const;

  const image::Image &image;
  const net::QuantNet &network;
  const target::CoreSpec core;
  const PopulationIndex index;
  std::vector<size_t> firstState; // [core] in TickRecord::states
  PairReport *report = nullptr;   // of the comparison under way
  uint64_t sample = 0;
  uint32_t lastTick = 0;
};

} // namespace snnc::runtime::verify
