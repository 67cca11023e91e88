// What machines did, as the events that energy tables price: for a whole run from its counters,
// and per layer from the spikes of every neuron and the image's tables.
#pragma once

#include "common/image/image.h"
#include "common/trace/trace.h"
#include "runtime/machine/counters.h"

#include <cstdint>
#include <string>
#include <vector>

namespace snnc::runtime::energy {

struct Activity {
  uint64_t synops = 0;       // nonzero weights applied
  uint64_t synapseWords = 0; // words of synapse memory read
  uint64_t updatesActive = 0, updatesInactive = 0;
  uint64_t spikes = 0;           // of neurons on the chip
  uint64_t messagesSent = 0;     // by cores, to the own core included; host packets are not
  uint64_t messagesReceived = 0; // by cores, host packets included
  uint64_t hopsEastWest = 0, hopsNorthSouth = 0; // links between routers crossed
  uint64_t barriers = 0;

  Activity &operator+=(const Activity &other);
  bool operator==(const Activity &) const = default;
};

// Sum over cores and links.
Activity activityOf(const Counters &counters);

// Adds the counters of another machine that ran the same image.
void addCounters(Counters &sum, const Counters &other);

// How often each neuron fired, over any number of samples: [population][neuron].
// Populations and sizes are those of the first trace added; all others must have the same.
class SpikeCounts {
public:
  SpikeCounts() = default;
  // tails[p]: last steps of a sample in which the spikes of population p are also counted apart.
  explicit SpikeCounts(std::vector<uint32_t> tails) : tails(std::move(tails)) {}
  void add(const trace::SampleTrace &trace);
  void add(const SpikeCounts &other);
  const std::vector<uint64_t> &of(size_t population) const { return counts[population]; }
  uint64_t total(size_t population) const;
  // Spikes of a neuron before the last `lost` steps of each sample. REQUIRES: lost <= its tail.
  uint64_t before(size_t population, size_t neuron, uint32_t lost) const;

private:
  std::vector<std::vector<uint64_t>> counts;
  std::vector<uint32_t> tails;
  // [population][steps from the end][neuron]
  std::vector<std::vector<std::vector<uint64_t>>> late;
  std::vector<uint8_t> recent; // scratch
};

// A packet for a tick after the last one is never sent: input spikes of this many last steps are
// lost on the longest delayed route of each population.
std::vector<uint32_t> lostTails(const image::Image &image);

// A layer pays for the updates, spikes, messages and hops of its own neurons and for the synaptic
// operations that arrive at it. Summed over the layers this is activityOf(counters) but for the
// barriers, which belong to no layer.
struct LayerActivity {
  std::string name; // of the population
  Activity activity;
  // Counters split active and inactive updates by core. A layer that shares a core gets its share
  // by neurons, and this is false.
  bool splitExact = true;
};
// `counters`: of the run that `spikes` counts, with the tails of lostTails(image). One entry per
// population.
std::vector<LayerActivity> layerActivity(const image::Image &image, const SpikeCounts &spikes,
                                         const Counters &counters);

} // namespace snnc::runtime::energy
