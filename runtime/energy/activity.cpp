#include "runtime/energy/activity.h"

#include "common/image/synapse_words.h"
#include "common/target/target.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <numeric>

namespace snnc::runtime::energy {

Activity &Activity::operator+=(const Activity &other) {
  synops += other.synops;
  synapseWords += other.synapseWords;
  updatesActive += other.updatesActive;
  updatesInactive += other.updatesInactive;
  spikes += other.spikes;
  messagesSent += other.messagesSent;
  messagesReceived += other.messagesReceived;
  hopsEastWest += other.hopsEastWest;
  hopsNorthSouth += other.hopsNorthSouth;
  barriers += other.barriers;
  return *this;
}

Activity activityOf(const Counters &counters) {
  const CoreCounters total = counters.total();
  Activity activity;
  activity.synops = total[CoreCounter::Synops];
  activity.synapseWords = total[CoreCounter::SynapseWords];
  activity.updatesActive = total[CoreCounter::UpdatesActive];
  activity.updatesInactive = total[CoreCounter::UpdatesInactive];
  activity.spikes = total[CoreCounter::Spikes];
  activity.messagesSent = total[CoreCounter::Messages];
  activity.messagesReceived = total[CoreCounter::AxonLookups];
  activity.hopsEastWest = total[CoreCounter::HopsEast] + total[CoreCounter::HopsWest] +
                          counters.transitHopsEast + counters.transitHopsWest;
  activity.hopsNorthSouth = total[CoreCounter::HopsNorth] + total[CoreCounter::HopsSouth] +
                            counters.transitHopsNorth + counters.transitHopsSouth;
  activity.barriers = counters.barriers;
  return activity;
}

void addCounters(Counters &sum, const Counters &other) {
  sum.cores.resize(std::max(sum.cores.size(), other.cores.size()));
  for (size_t core = 0; core < other.cores.size(); ++core)
    for (unsigned i = 0; i < kCoreCounters; ++i)
      sum.cores[core].values[i] += other.cores[core].values[i];
  sum.transitHopsNorth += other.transitHopsNorth;
  sum.transitHopsEast += other.transitHopsEast;
  sum.transitHopsSouth += other.transitHopsSouth;
  sum.transitHopsWest += other.transitHopsWest;
  sum.ticks += other.ticks;
  sum.tickCycles += other.tickCycles;
  sum.barriers += other.barriers;
  sum.resetCycles += other.resetCycles;
  sum.hostCycles += other.hostCycles;
  sum.hostWriteWords += other.hostWriteWords;
}

static void addTo(std::vector<uint64_t> &sum, const std::vector<uint64_t> &other) {
  sum.resize(std::max(sum.size(), other.size()));
  for (size_t i = 0; i < other.size(); ++i)
    sum[i] += other[i];
}

// counts[n] += spikes of neuron n over all steps. Bytes first, which take whole vectors; raw
// pointers, or every byte written could be somebody's pointer.
static void addRows(const uint8_t *spikes, uint32_t steps, std::vector<uint64_t> &counts,
                    std::vector<uint8_t> &recent) {
  const size_t size = counts.size();
  recent.resize(size);
  uint8_t *const sums = recent.data();
  for (uint32_t step = 0; step < steps;) {
    std::fill_n(sums, size, 0);
    for (const uint32_t end = std::min(steps, step + UINT8_MAX); step < end; ++step, spikes += size)
      for (size_t neuron = 0; neuron < size; ++neuron)
        sums[neuron] = static_cast<uint8_t>(sums[neuron] + spikes[neuron]);
    for (size_t neuron = 0; neuron < size; ++neuron)
      counts[neuron] += sums[neuron];
  }
}

void SpikeCounts::add(const trace::SampleTrace &trace) {
  counts.resize(trace.populations.size());
  late.resize(trace.populations.size());
  for (size_t p = 0; p < counts.size(); ++p) {
    const trace::PopulationTrace &population = trace.populations[p];
    counts[p].resize(population.size);
    const std::vector<uint8_t> &spikes = population.spikes;
    if (!spikes.empty())
      addRows(spikes.data(), trace.steps, counts[p], recent);
    if (p >= tails.size() || spikes.empty())
      continue;
    late[p].resize(std::min(tails[p], trace.steps));
    for (size_t back = 0; back < late[p].size(); ++back) {
      late[p][back].resize(population.size);
      const size_t row = (trace.steps - 1 - back) * population.size;
      for (size_t neuron = 0; neuron < population.size; ++neuron)
        late[p][back][neuron] += spikes[row + neuron];
    }
  }
}

void SpikeCounts::add(const SpikeCounts &other) {
  tails = other.tails;
  counts.resize(std::max(counts.size(), other.counts.size()));
  late.resize(std::max(late.size(), other.late.size()));
  for (size_t p = 0; p < other.counts.size(); ++p) {
    addTo(counts[p], other.counts[p]);
    late[p].resize(std::max(late[p].size(), other.late[p].size()));
    for (size_t back = 0; back < other.late[p].size(); ++back)
      addTo(late[p][back], other.late[p][back]);
  }
}

uint64_t SpikeCounts::before(size_t population, size_t neuron, uint32_t lost) const {
  uint64_t count = counts[population][neuron];
  if (lost == 0)
    return count;
  assert(population < tails.size() && lost <= tails[population] && "counted without that tail");
  for (size_t back = 0; back < std::min<size_t>(lost, late[population].size()); ++back)
    count -= late[population][back][neuron];
  return count;
}

std::vector<uint32_t> lostTails(const image::Image &image) {
  std::vector<uint32_t> tails(image.populations.size(), 0);
  const uint32_t last = image.maxSkew();
  for (const image::InputMap &input : image.inputs)
    for (const image::InputRoute &route : input.routes)
      if (route.offset > last)
        tails[input.population] = std::max(tails[input.population], route.offset - last);
  return tails;
}

uint64_t SpikeCounts::total(size_t population) const {
  return std::accumulate(counts[population].begin(), counts[population].end(), uint64_t{0});
}

namespace {

// What one delivered message on an axon costs at its destination.
struct AxonCost {
  uint64_t words = 0, synops = 0;
  uint32_t target = 0; // population
};

class Attribution {
public:
  Attribution(const image::Image &image, const SpikeCounts &spikes, const Counters &counters);
  std::vector<LayerActivity> take() { return std::move(layers); }

private:
  uint64_t nonzeroWeights(const image::CoreImage &core, const image::AxonEntry &axon) const;
  void costAxons();
  void costCrossbarAxons(uint32_t core, const target::CoreSpec &spec);
  // `count` messages of population `source` from router (x, y) to an axon of a core.
  void deliver(uint32_t source, uint64_t count, int x, int y, uint32_t core, uint32_t axon);
  void sendSpikes(const SpikeCounts &spikes);
  void sendFrom(uint32_t core, uint32_t local, uint32_t population, uint64_t count);
  void sendPackets(const SpikeCounts &spikes);
  void shareUpdates(const Counters &counters);
  uint32_t coreAt(uint8_t x, uint8_t y) const;

  const image::Image &image;
  image::WordFormat format{};
  std::vector<std::vector<AxonCost>> axons; // [core][axon]
  std::vector<LayerActivity> layers;
};

Attribution::Attribution(const image::Image &image, const SpikeCounts &spikes,
                         const Counters &counters)
    : image(image) {
  for (const image::PopulationMap &population : image.populations)
    layers.push_back({population.name, {}, true});
  costAxons();
  sendSpikes(spikes);
  sendPackets(spikes);
  shareUpdates(counters);
}

uint64_t Attribution::nonzeroWeights(const image::CoreImage &core,
                                     const image::AxonEntry &axon) const {
  uint64_t count = 0;
  for (uint32_t k = 0; k < axon.words; ++k) {
    const uint64_t word = core.synapses[axon.address + k];
    if (axon.sparse)
      for (uint32_t pair = 0; pair < format.pairs; ++pair)
        count += format.pairWeight(word, pair) != 0;
    else
      for (uint32_t lane = 0; lane < format.lanes; ++lane)
        count += format.denseWeight(word, lane) != 0;
  }
  return count;
}

void Attribution::costAxons() {
  // An image carries the target it was made for; images are verified before they get here.
  const target::CoreSpec spec = llvm::cantFail(target::parseTarget(image.targetJson, "image")).core;
  axons.resize(image.cores.size());
  for (uint32_t c = 0; spec.isCrossbar() && c < image.cores.size(); ++c)
    costCrossbarAxons(c, spec);
  if (spec.isCrossbar())
    return;
  format = image::WordFormat::of(spec);
  for (size_t c = 0; c < image.cores.size(); ++c)
    for (size_t a = 0; a < image.cores[c].axons.size(); ++a) {
      const image::AxonEntry &axon = image.cores[c].axons[a];
      AxonCost cost; // of an unused axon: nothing, to the first layer
      if (axon.words != 0)
        cost = {axon.words, nonzeroWeights(image.cores[c], axon),
                image.projections[image.axonSources[c][a].projection].target};
      axons[c].push_back(cost);
    }
}

// A crossbar's rows are read by neurons, not by spikes: they are nobody's words.
void Attribution::costCrossbarAxons(uint32_t core, const target::CoreSpec &spec) {
  const image::CrossbarTables &tables = image.cores[core].crossbar;
  std::vector<uint32_t> populationOf(tables.neurons.size(), 0);
  for (uint32_t p = 0; p < image.populations.size(); ++p)
    for (const image::Segment &segment : image.populations[p].segments)
      if (segment.core == core)
        std::fill_n(populationOf.begin() + segment.local, segment.count, p);
  for (const image::NeuronCopy &copy : image.copies)
    if (copy.core == core)
      populationOf[copy.local] = copy.population;
  for (size_t a = 0; a < tables.axonTypes.size(); ++a) {
    AxonCost cost;
    for (size_t n = 0; n < tables.neurons.size(); ++n)
      if (tables.connected(n, a, spec.rowWords())) {
        cost.synops += tables.weights[n * spec.axonTypes + tables.axonTypes[a]] != 0;
        cost.target = populationOf[n];
      }
    axons[core].push_back(cost);
  }
}

uint32_t Attribution::coreAt(uint8_t x, uint8_t y) const {
  for (uint32_t c = 0; c < image.cores.size(); ++c)
    if (image.cores[c].x == x && image.cores[c].y == y)
      return c;
  llvm_unreachable("a verified image sends to its own cores only");
}

void Attribution::deliver(uint32_t source, uint64_t count, int x, int y, uint32_t core,
                          uint32_t axon) {
  Activity &sender = layers[source].activity;
  sender.messagesReceived += count;
  sender.hopsEastWest += count * std::abs(image.cores[core].x - x);
  sender.hopsNorthSouth += count * std::abs(image.cores[core].y - y);
  const AxonCost &cost = axons[core][axon];
  Activity &receiver = layers[cost.target].activity;
  receiver.synapseWords += count * cost.words;
  receiver.synops += count * cost.synops;
}

void Attribution::sendFrom(uint32_t c, uint32_t local, uint32_t population, uint64_t count) {
  const image::CoreImage &core = image.cores[c];
  const image::OutPointer &slots = core.outPointers[local];
  layers[population].activity.spikes += count;
  layers[population].activity.messagesSent += count * slots.count;
  for (uint32_t s = 0; count != 0 && s < slots.count; ++s) {
    const image::OutSlot &slot = core.outSlots[slots.base + s];
    deliver(population, count, core.x, core.y, coreAt(slot.x, slot.y), slot.axon);
  }
}

void Attribution::sendSpikes(const SpikeCounts &spikes) {
  for (uint32_t p = 0; p < image.populations.size(); ++p)
    for (const image::Segment &segment : image.populations[p].segments)
      for (uint32_t i = 0; i < segment.count; ++i)
        sendFrom(segment.core, segment.local + i, p, spikes.of(p)[segment.first + i]);
  for (const image::NeuronCopy &copy : image.copies)
    sendFrom(copy.core, copy.local, copy.population, spikes.of(copy.population)[copy.neuron]);
}

void Attribution::sendPackets(const SpikeCounts &spikes) {
  const uint32_t last = image.maxSkew();
  for (const image::InputMap &input : image.inputs)
    for (const image::InputRoute &route : input.routes)
      deliver(input.population,
              spikes.before(input.population, route.element,
                            route.offset > last ? route.offset - last : 0),
              0, 0, route.core, route.axon);
}

void Attribution::shareUpdates(const Counters &counters) {
  std::map<std::pair<uint32_t, uint32_t>, uint64_t> neurons; // (core, population), in many segments
  std::vector<uint64_t> onCore(image.cores.size(), 0);
  for (uint32_t p = 0; p < image.populations.size(); ++p)
    for (const image::Segment &segment : image.populations[p].segments) {
      neurons[{segment.core, p}] += segment.count;
      onCore[segment.core] += segment.count;
    }
  for (const image::NeuronCopy &copy : image.copies) {
    ++neurons[{copy.core, copy.population}];
    ++onCore[copy.core];
  }
  // Windows are equally long, so neurons share a core's updates evenly; the last takes the rest.
  uint64_t active = 0, inactive = 0, left = 0;
  for (const auto &[place, count] : neurons) {
    const auto [core, population] = place;
    if (core >= counters.cores.size())
      break;
    if (left == 0) { // the core's first population
      active = counters.cores[core][CoreCounter::UpdatesActive];
      inactive = counters.cores[core][CoreCounter::UpdatesInactive];
      left = onCore[core];
    }
    const uint64_t activeShare = active * count / left;
    const uint64_t inactiveShare = inactive * count / left;
    layers[population].splitExact &= count == onCore[core];
    layers[population].activity.updatesActive += activeShare;
    layers[population].activity.updatesInactive += inactiveShare;
    active -= activeShare;
    inactive -= inactiveShare;
    left -= count;
  }
}

} // namespace

std::vector<LayerActivity> layerActivity(const image::Image &image, const SpikeCounts &spikes,
                                         const Counters &counters) {
  return Attribution(image, spikes, counters).take();
}

} // namespace snnc::runtime::energy
