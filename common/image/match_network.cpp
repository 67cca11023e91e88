#include "common/image/match_network.h"

#include "common/image/codec.h"
#include "common/image/synapse_words.h"
#include "common/net/equal_nets.h"
#include "common/net/synapses.h"
#include "common/support/diag.h"
#include "common/support/parallel.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <deque>
#include <numeric>
#include <optional>

using llvm::formatv;

namespace snnc::image {
namespace {

using Difference = std::optional<std::string>;

llvm::Error differs(const std::string &what) {
  return support::Diag(support::DiagCode::ImageDiffers, {}, "the image is not the network: " + what)
      .help("this is a fault of the compiler; --dump-dir shows the IR after every pass")
      .take();
}

// The weights of one source neuron, whatever the form they are kept in. One per thread.
class Rows {
public:
  explicit Rows(const net::QuantProjection &projection)
      : sparse(projection.pools.empty() ? std::get_if<net::SparseInts>(&projection.weights)
                                        : nullptr) {
    if (sparse == nullptr)
      any.emplace(projection);
  }
  // f(target, weight) for the weights that are not 0.
  template <class F> void forEach(uint32_t source, F f) const {
    if (sparse == nullptr)
      return any->forEach(source, f);
    for (uint64_t i = sparse->rowStart[source]; i < sparse->rowStart[source + 1]; ++i)
      if (sparse->values[i] != 0)
        f(sparse->columns[i], sparse->values[i]);
  }

private:
  const net::SparseInts *sparse;
  std::optional<net::OutgoingInts> any;
};

// A spike's way to an axon that holds words.
struct Arrival {
  uint32_t projection = 0, source = 0; // what the axon stands for
  uint32_t core = 0;
  uint16_t axon = 0;
  int64_t delay = 0;
};

// Where things lie in an image.
class Layout {
public:
  explicit Layout(const Image &image) : image(image) {
    firstLocal.push_back(0);
    for (const CoreImage &core : image.cores)
      firstLocal.push_back(firstLocal.back() + static_cast<uint32_t>(core.neurons.size()));
    owner.assign(firstLocal.back(), kNobody);
    uint32_t next = 0;
    for (const PopulationMap &map : image.populations) {
      firstId.push_back(next);
      uint32_t size = 1;
      for (uint32_t extent : map.shape)
        size *= extent;
      sizes.push_back(size);
      homes.resize(next + size, kNobody);
      for (const Segment &segment : map.segments)
        for (uint32_t k = 0; k < segment.count; ++k) {
          const uint32_t place = firstLocal[segment.core] + segment.local + k;
          owner[place] = next + segment.first + k;
          homes[next + segment.first + k] = place;
        }
      next += size;
    }
    coreAt.assign(size_t{image.meshWidth} * image.meshHeight, 0);
    for (uint32_t c = 0; c < image.cores.size(); ++c)
      coreAt[image.cores[c].y * image.meshWidth + image.cores[c].x] = c;
  }

  // Core and local neuron of neuron `index` of a population that is no input.
  std::pair<uint32_t, uint32_t> home(uint32_t population, uint32_t index) const {
    const uint32_t place = homes[firstId[population] + index];
    const auto after = std::upper_bound(firstLocal.begin(), firstLocal.end(), place);
    const auto core = static_cast<uint32_t>(after - firstLocal.begin() - 1);
    return {core, place - firstLocal[core]};
  }
  // Index of the neuron at a place in `population`, or at least its size if it is of another.
  uint32_t indexAt(uint32_t core, uint32_t local, uint32_t population) const {
    return owner[firstLocal[core] + local] - firstId[population];
  }

  using Arrivals = llvm::SmallVector<Arrival, 16>;
  void arrivals(uint32_t population, uint32_t index, Arrivals &out) const {
    out.clear();
    if (image.populations[population].isInput)
      return routes(population, index, out);
    const auto [c, local] = home(population, index);
    const CoreImage &core = image.cores[c];
    const OutPointer &pointer = core.outPointers[local];
    for (uint32_t s = pointer.base; s < uint32_t{pointer.base} + pointer.count; ++s) {
      const OutSlot &slot = core.outSlots[s];
      add(coreAt[slot.y * image.meshWidth + slot.x], slot.axon, slot.delay, out);
    }
  }

  const Image &image;
  std::vector<uint32_t> sizes; // [population]

private:
  static constexpr uint32_t kNobody = UINT32_MAX;

  void routes(uint32_t population, uint32_t element, Arrivals &out) const {
    for (const InputMap &input : image.inputs) {
      if (input.population != population)
        continue;
      const auto first = std::lower_bound(
          input.routes.begin(), input.routes.end(), element,
          [](const InputRoute &route, uint32_t element) { return route.element < element; });
      for (auto route = first; route != input.routes.end() && route->element == element; ++route)
        add(route->core, route->axon, route->offset, out);
    }
  }
  void add(uint32_t core, uint16_t axon, int64_t delay, Arrivals &out) const {
    if (image.cores[core].axons[axon].words == 0)
      return; // a message in vain
    const AxonSource &source = image.axonSources[core][axon];
    out.push_back({source.projection, source.source, core, axon, delay});
  }

  std::vector<uint32_t> firstLocal; // [core]: its first place
  std::vector<uint32_t> owner;      // [place]: id of the neuron there
  std::vector<uint32_t> firstId;    // [population]: ids count on through the populations
  std::vector<uint32_t> homes;      // [id]: its place
  std::vector<uint32_t> coreAt;     // [y * width + x]
};

// Holds the arrivals of single sources against their rows. One per thread.
class RowMatcher {
public:
  RowMatcher(const Layout &layout, const net::QuantNet &net, const WordFormat &format)
      : layout(layout), image(layout.image), net(net), format(format),
        expected(*std::max_element(layout.sizes.begin(), layout.sizes.end()), 0) {
    for (const net::QuantProjection &projection : net.projections)
      rows.emplace_back(projection);
  }

  // Everything that a spike of the neuron does. Adds the axons that it reaches.
  Difference match(uint32_t population, uint32_t index, uint64_t &axons) {
    Difference found = follow(population, index, axons);
    if (found)
      std::fill(expected.begin(), expected.end(), int16_t{0}); // for the next row
    return found;
  }

private:
  Difference follow(uint32_t population, uint32_t index, uint64_t &axons) {
    layout.arrivals(population, index, arrivals);
    axons += arrivals.size();
    if (arrivals.size() > 1)
      std::stable_sort(arrivals.begin(), arrivals.end(), [](const Arrival &a, const Arrival &b) {
        return a.projection < b.projection;
      });
    for (const Arrival &arrival : arrivals)
      if (net.projections[arrival.projection].source != population || arrival.source != index)
        return formatv("neuron {0} of '{1}' reaches axon {2} of core {3}, which stands for neuron "
                       "{4} of '{5}'",
                       index, net.populations[population].name, arrival.axon, arrival.core,
                       arrival.source, net.projections[arrival.projection].name)
            .str();
    const Arrival *next = arrivals.begin();
    for (uint32_t p = 0; p < net.projections.size(); ++p) {
      if (net.projections[p].source != population)
        continue;
      const Arrival *first = next;
      while (next != arrivals.end() && next->projection == p)
        ++next;
      if (Difference found = matchRow(p, index, {first, next}))
        return found;
    }
    return std::nullopt;
  }

  Difference matchRow(uint32_t p, uint32_t source, llvm::ArrayRef<Arrival> reached) {
    missing = 0;
    rows[p].forEach(source, [&](uint32_t target, int16_t weight) {
      expected[target] = weight;
      ++missing;
    });
    for (const Arrival &arrival : reached) {
      if (Difference found = checkTiming(p, arrival))
        return found;
      if (Difference found = matchAxon(p, arrival))
        return found;
    }
    if (missing == 0)
      return std::nullopt;
    Difference found;
    rows[p].forEach(source, [&](uint32_t target, int16_t weight) {
      if (!found && expected[target] != 0)
        found = synapse(p, source, target, 0, weight);
    });
    return found;
  }

  Difference checkTiming(uint32_t p, const Arrival &arrival) const {
    const net::QuantProjection &projection = net.projections[p];
    const PopulationMap &from = image.populations[projection.source];
    const int64_t window = int64_t{image.populations[projection.target].skew} + projection.delay;
    const int64_t wanted = from.isInput ? window : window - from.skew - 1;
    if (arrival.delay != wanted)
      return formatv("'{0}': a spike of {1} arrives with delay {2}, its window asks for {3}",
                     projection.name, arrival.source, arrival.delay, wanted)
          .str();
    const uint32_t exponent = image.cores[arrival.core].axons[arrival.axon].exponent;
    if (exponent != projection.exponent)
      return formatv("'{0}': the axon of {1} on core {2} has exponent {3} in the image, {4} in the "
                     "network",
                     projection.name, arrival.source, arrival.core, exponent, projection.exponent)
          .str();
    return std::nullopt;
  }

  Difference matchAxon(uint32_t p, const Arrival &arrival) {
    const CoreImage &core = image.cores[arrival.core];
    const AxonEntry &axon = core.axons[arrival.axon];
    const uint32_t population = net.projections[p].target, size = layout.sizes[population];
    const uint32_t base = axon.baseRow * format.lanes;
    Difference found;
    const auto take = [&](uint32_t local, int32_t weight) {
      if (weight == 0)
        return true;
      const uint32_t target = layout.indexAt(arrival.core, local, population);
      if (target < size && expected[target] == weight) {
        expected[target] = 0;
        --missing;
        return true;
      }
      found = target < size ? synapse(p, arrival.source, target, weight, expected[target])
                            : formatv("'{0}': neuron {1} reaches local neuron {2} of core {3}, "
                                      "which is not of '{4}'",
                                      net.projections[p].name, arrival.source, local, arrival.core,
                                      net.populations[population].name)
                                  .str();
      return false;
    };
    for (uint32_t k = 0; k < axon.words; ++k) {
      const uint64_t word = core.synapses[axon.address + k];
      if (axon.sparse) {
        for (uint32_t pair = 0; pair < format.pairs; ++pair)
          if (!take(base + format.pairNeuron(word, pair), format.pairWeight(word, pair)))
            return found;
      } else {
        for (uint32_t lane = 0; lane < format.lanes; ++lane)
          if (!take(base + k * format.lanes + lane, format.denseWeight(word, lane)))
            return found;
      }
    }
    return std::nullopt;
  }

  // `in` of the network is 0 as well for a synapse that the image holds twice.
  std::string synapse(uint32_t p, uint32_t source, uint32_t target, int32_t inImage,
                      int32_t inNetwork) const {
    return formatv("projection '{0}': synapse {1} -> {2} weighs {3} in the image, {4} in the "
                   "network",
                   net.projections[p].name, source, target, inImage, inNetwork)
        .str();
  }

  const Layout &layout;
  const Image &image;
  const net::QuantNet &net;
  const WordFormat format;
  std::vector<Rows> rows;
  // [target]: weights of the row that have not been met yet; all 0 between rows.
  std::vector<int16_t> expected;
  uint64_t missing = 0; // of them
  Layout::Arrivals arrivals;
};

class NetworkMatcher {
public:
  NetworkMatcher(const Image &image, const net::QuantNet &net, const WordFormat &format,
                 unsigned threads)
      : image(image), net(net), layout(image), threads(threads) {
    for (unsigned worker = 0; worker < threads; ++worker)
      workers.emplace_back(layout, net, format);
  }

  Difference run() {
    uint64_t reached = 0;
    for (uint32_t p = 0; p < net.populations.size(); ++p)
      if (Difference found = sources(p, reached))
        return found;
    uint64_t held = 0;
    for (const CoreImage &core : image.cores)
      held += static_cast<uint64_t>(std::count_if(core.axons.begin(), core.axons.end(),
                                                  [](const AxonEntry &a) { return a.words != 0; }));
    // No axon was reached twice: its synapses would have been met twice.
    if (held != reached)
      return formatv("spikes reach {0} of the {1} axons that hold words", reached, held).str();
    return std::nullopt;
  }

private:
  Difference sources(uint32_t population, uint64_t &reached) {
    constexpr size_t kChunk = 4096;
    const size_t count = layout.sizes[population];
    std::vector<Difference> found((count + kChunk - 1) / kChunk);
    std::vector<uint64_t> axons(threads, 0);
    std::atomic<size_t> worst{SIZE_MAX}; // lowest chunk with a difference: later ones are skipped
    support::parallelChunks(threads, count, kChunk, [&](unsigned worker, size_t begin, size_t end) {
      const size_t chunk = begin / kChunk;
      for (size_t i = begin; i < end && chunk < worst && !found[chunk]; ++i)
        found[chunk] = workers[worker].match(population, static_cast<uint32_t>(i), axons[worker]);
      size_t before = worst;
      while (found[chunk] && chunk < before && !worst.compare_exchange_weak(before, chunk))
        ;
    });
    reached += std::accumulate(axons.begin(), axons.end(), uint64_t{0});
    return worst == SIZE_MAX ? std::nullopt : found[worst];
  }

  const Image &image;
  const net::QuantNet &net;
  const Layout layout;
  const unsigned threads;
  std::deque<RowMatcher> workers;
};

// The cores' registers of a population, in its neurons' order.
net::QuantPopulation populationOf(const Image &image, const PopulationMap &map) {
  net::QuantPopulation population;
  population.name = map.name;
  population.shape = map.shape;
  population.isInput = map.isInput;
  for (const Segment &segment : map.segments) {
    const CoreImage &core = image.cores[segment.core];
    const auto first = core.neurons.begin() + segment.local;
    population.neurons.insert(population.neurons.end(), first, first + segment.count);
  }
  return population;
}

// All but the synapses and axons.
Difference headDifference(const Image &image, const net::QuantNet &net) {
  if (image.populations.size() != net.populations.size() ||
      image.projections.size() != net.projections.size())
    return std::string("it has other numbers of populations or projections");
  for (size_t p = 0; p < net.populations.size(); ++p) {
    const PopulationMap &map = image.populations[p];
    const net::QuantPopulation &wanted = net.populations[p];
    net::QuantPopulation found = populationOf(image, map);
    // A population that lies on no core has no registers to differ.
    found.vmin = wanted.vmin;
    found.vmax = wanted.vmax;
    found.duOffset = wanted.duOffset;
    if (Difference difference = net::firstDifference(found, wanted))
      return difference;
    if (map.scale != wanted.scale || map.rest != wanted.rest)
      return "population '" + wanted.name + "': scales or rests differ";
    for (const Segment &segment : map.segments) {
      const CoreImage &core = image.cores[segment.core];
      if (core.vmin != wanted.vmin || core.vmax != wanted.vmax || core.duOffset != wanted.duOffset)
        return formatv("population '{0}': registers of core {1} differ", wanted.name, segment.core)
            .str();
    }
  }
  for (size_t p = 0; p < net.projections.size(); ++p) {
    const ProjectionInfo &found = image.projections[p];
    const net::QuantProjection &wanted = net.projections[p];
    if (found.name != wanted.name || found.source != wanted.source ||
        found.target != wanted.target || found.delay != wanted.delay ||
        found.weightBits != wanted.weightBits)
      return "projection '" + wanted.name + "': name, ends, delay or weight bits differ";
  }
  if (image.hostLayers.size() != net.hostLayers.size())
    return std::string("it has another number of host layers");
  for (size_t h = 0; h < net.hostLayers.size(); ++h)
    if (Difference difference = net::firstDifference(image.hostLayers[h], net.hostLayers[h]))
      return difference;
  if (image.outputs != net.outputs)
    return std::string("the outputs differ");
  if (image.axonSources.empty())
    return std::string("it does not say what its axons stand for");
  return std::nullopt;
}

} // namespace

llvm::Error matchNetwork(const Image &image, const net::QuantNet &net, unsigned threads) {
  if (net.isCrossbar()) {
    llvm::Expected<net::QuantNet> decoded = toNetwork(image);
    if (!decoded)
      return decoded.takeError();
    const Difference found = net::firstDifference(*decoded, net);
    return found ? differs(*found) : llvm::Error::success();
  }
  auto target = target::parseTarget(image.targetJson, "target of the image");
  if (!target)
    return target.takeError();
  if (Difference found = headDifference(image, net))
    return differs(*found);
  if (Difference found =
          NetworkMatcher(image, net, WordFormat::of(target->core), std::max(1u, threads)).run())
    return differs(*found);
  return llvm::Error::success();
}

} // namespace snnc::image
