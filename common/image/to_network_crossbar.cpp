// Decodes crossbar cores: every axon is traced back to the neuron whose spikes reach it, through
// relays if need be; a neuron's weights are the sums over its joined axons of one source. Copies
// have to be what they copy, relays nothing but relays.
#include "common/image/decoded.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <map>

namespace snnc::image {

namespace {

struct Cell {
  static constexpr uint32_t kNone = ~0u;
  uint32_t population = kNone, index = 0;
  enum { Home, Copy, Relay } kind = Home;
};

// Whose spikes reach an axon, and how many ticks after a spike without delay would.
struct Feed {
  uint32_t population = Cell::kNone, index = 0;
  int64_t delay = 0;
  uint32_t times = 0;
};

using Weights = std::map<std::pair<uint32_t, uint32_t>, int64_t>; // (projection, source)

class Decoder {
public:
  Decoder(const Image &image, const target::CoreSpec &spec)
      : image(image), spec(spec), check(support::DiagCode::ImageNotANetwork) {}

  llvm::Expected<net::QuantNet> run() {
    if (!check.require(!image.axonSources.empty(), "axonSources",
                       "the image was stripped of its axon sources") ||
        !check.require(image.bus.empty(), "bus", "a network with a bus is not one of populations"))
      return check.take();
    net = decodedHead(image);
    nameCells();
    followInputs();
    followCells();
    synapses.resize(image.projections.size());
    for (size_t core = 0; core < image.cores.size(); ++core)
      for (size_t axon = 0; axon < feeds[core].size(); ++axon)
        checkAxon(core, axon);
    for (size_t core = 0; core < image.cores.size(); ++core)
      for (size_t local = 0; local < cells[core].size(); ++local)
        decodeCell(core, local);
    for (size_t p = 0; p < image.projections.size(); ++p)
      net.projections.push_back(decodedProjection(image, p, std::move(synapses[p]), 0, check));
    if (check.failed())
      return check.take();
    return std::move(net);
  }

private:
  const CrossbarTables &tables(size_t core) const { return image.cores[core].crossbar; }

  void nameCells() {
    for (const CoreImage &core : image.cores) {
      cells.emplace_back(core.crossbar.neurons.size());
      feeds.emplace_back(core.crossbar.axonTypes.size());
    }
    for (uint32_t p = 0; p < image.populations.size(); ++p) {
      net::QuantPopulation population = decodedPopulation(image.populations[p]);
      for (const Segment &segment : image.populations[p].segments)
        for (uint32_t k = 0; k < segment.count; ++k) {
          cells[segment.core][segment.local + k] = {p, segment.first + k, Cell::Home};
          homes[{p, segment.first + k}] = {segment.core, segment.local + k};
          population.crossbar.push_back(tables(segment.core).neurons[segment.local + k]);
        }
      net.populations.push_back(std::move(population));
    }
    for (const NeuronCopy &copy : image.copies)
      cells[copy.core][copy.local] = {copy.population, copy.neuron,
                                      copy.relay ? Cell::Relay : Cell::Copy};
  }

  // ---- who feeds which axon

  void arrive(size_t core, size_t axon, const Feed &from) {
    Feed &feed = feeds[core][axon];
    const uint32_t times = feed.times + 1;
    feed = from;
    feed.times = times;
  }

  void followInputs() {
    for (const InputMap &input : image.inputs)
      for (const InputRoute &route : input.routes)
        arrive(route.core, route.axon, {input.population, route.element, route.offset});
  }

  // Homes and copies send in their own tick; relays once their axon is known.
  void followCells() {
    std::vector<std::pair<size_t, size_t>> relays;
    for (size_t core = 0; core < cells.size(); ++core)
      for (size_t local = 0; local < cells[core].size(); ++local)
        if (cells[core][local].kind == Cell::Relay)
          relays.push_back({core, local});
        else
          send(core, local, 0);
    bool moved = true;
    while (moved && !relays.empty()) {
      const size_t before = relays.size();
      relays.erase(std::remove_if(relays.begin(), relays.end(),
                                  [&](const auto &at) { return passOn(at.first, at.second); }),
                   relays.end());
      moved = relays.size() != before;
    }
    for (const auto &[core, local] : relays)
      check.require(false, {"cores", core, "neurons", local}, "a relay that no neuron feeds");
  }

  void send(size_t core, size_t local, int64_t late) {
    const Cell &cell = cells[core][local];
    const OutPointer &pointer = image.cores[core].outPointers[local];
    for (size_t s = pointer.base; s < size_t{pointer.base} + pointer.count; ++s) {
      const OutSlot &slot = image.cores[core].outSlots[s];
      const Place place("cores", core, "outSlots", s);
      if (check.require(cell.population != Cell::kNone, place, "a neuron of no population sends"))
        arrive(coreAt(slot.x, slot.y), slot.axon, {cell.population, cell.index, late + slot.delay});
    }
  }

  // Joined axons of a neuron.
  std::vector<size_t> joined(size_t core, size_t local) const {
    std::vector<size_t> axons;
    for (size_t axon = 0; axon < feeds[core].size(); ++axon)
      if (tables(core).connected(local, axon, spec.rowWords()))
        axons.push_back(axon);
    return axons;
  }

  // True if the relay's axon is known: it sends a tick after that.
  bool passOn(size_t core, size_t local) {
    const Place place("cores", core, "neurons", local);
    const std::vector<size_t> axons = joined(core, local);
    const Cell &cell = cells[core][local];
    if (!check.require(axons.size() == 1, place, "a relay is on one axon"))
      return true;
    const Feed &feed = feeds[core][axons.front()];
    if (feed.times == 0)
      return false;
    check.require(feed.population == cell.population && feed.index == cell.index, place,
                  "a relay of another neuron than the one that feeds it");
    check.require(isRelay(core, local, axons.front()), place,
                  "a relay that does more than to pass spikes on");
    const PopulationMap &source = image.populations[cell.population];
    const int64_t late = feed.delay + (source.isInput ? 0 : 1);
    check.require(windowOf(core, local) == source.skew + late, place,
                  llvm::formatv("a relay whose window begins at tick {0}, its spikes at {1}",
                                windowOf(core, local), source.skew + late));
    send(core, local, late);
    return true;
  }

  bool isRelay(size_t core, size_t local, size_t axon) const {
    const net::CrossbarConfig &config = tables(core).neurons[local];
    const int16_t weight = weightOf(core, local, axon);
    return config.leak == 0 && config.threshold == 1 && config.reset == 0 && config.vInit == 0 &&
           !config.linearReset && weight >= 1;
  }

  int64_t windowOf(size_t core, size_t local) const {
    for (const Group &group : image.cores[core].groups)
      if (local >= group.first && local < size_t{group.first} + group.count)
        return group.skew;
    return -1;
  }

  size_t coreAt(uint8_t x, uint8_t y) const {
    const auto found = std::lower_bound(
        image.cores.begin(), image.cores.end(), std::pair(y, x),
        [](const CoreImage &core, const auto &yx) { return std::pair(core.y, core.x) < yx; });
    return static_cast<size_t>(found - image.cores.begin()); // verify() has seen that it is there
  }

  // ---- what arrives there means

  bool feedsRelays(size_t core, size_t axon) const {
    for (size_t local = 0; local < cells[core].size(); ++local)
      if (cells[core][local].kind == Cell::Relay &&
          tables(core).connected(local, axon, spec.rowWords()))
        return true;
    return false;
  }

  void checkAxon(size_t core, size_t axon) {
    const Place place("cores", core, "axons", axon);
    const Feed &feed = feeds[core][axon];
    const AxonSource &source = image.axonSources[core][axon];
    const ProjectionInfo &projection = image.projections[source.projection];
    if (!check.require(feed.times == 1, place,
                       llvm::formatv("its neuron's spike reaches it {0} times", feed.times)))
      return;
    check.require(feed.population == projection.source && feed.index == source.source, place,
                  llvm::formatv("neuron {0} of population {1} reaches it, it stands for neuron {2} "
                                "of population {3}",
                                feed.index, feed.population, source.source, projection.source));
    if (feedsRelays(core, axon))
      return;
    const PopulationMap &from = image.populations[projection.source];
    const int64_t skew = image.populations[projection.target].skew;
    const int64_t wanted =
        from.isInput ? skew + projection.delay : skew + projection.delay - from.skew - 1;
    check.require(feed.delay == wanted, place,
                  llvm::formatv("delay {0} to '{1}', its window asks for {2}", feed.delay,
                                projection.name, wanted));
  }

  int16_t weightOf(size_t core, size_t local, size_t axon) const {
    return tables(core).weights[local * spec.axonTypes + tables(core).axonTypes[axon]];
  }

  Weights weightsOf(size_t core, size_t local) {
    Weights weights;
    for (size_t axon : joined(core, local)) {
      const AxonSource &source = image.axonSources[core][axon];
      const int16_t weight = weightOf(core, local, axon);
      if (weight == 0)
        continue;
      check.require(image.projections[source.projection].target == cells[core][local].population,
                    {"cores", core, "neurons", local},
                    llvm::formatv("axon {0} of '{1}' is joined to a neuron of another population",
                                  axon, image.projections[source.projection].name));
      weights[{source.projection, source.source}] += weight;
    }
    return weights;
  }

  void decodeCell(size_t core, size_t local) {
    const Cell &cell = cells[core][local];
    if (cell.population == Cell::kNone || cell.kind == Cell::Relay)
      return;
    const Place place("cores", core, "neurons", local);
    check.require(tables(core).enabled[local] != 0, place, "it is not enabled");
    const Weights weights = weightsOf(core, local);
    if (cell.kind == Cell::Copy) {
      const auto [homeCore, homeLocal] = homes[{cell.population, cell.index}];
      check.require(tables(core).neurons[local] == tables(homeCore).neurons[homeLocal] &&
                        weights == weightsOf(homeCore, homeLocal) &&
                        windowOf(core, local) == windowOf(homeCore, homeLocal),
                    place, "a copy that differs from its neuron");
      return;
    }
    for (const auto &[from, weight] : weights) {
      const ProjectionInfo &projection = image.projections[from.first];
      const int64_t bound = int64_t{1} << (projection.weightBits - 1);
      check.require(-bound <= weight && weight < bound, place,
                    llvm::formatv("weight {0} is wider than the {1} bits of '{2}'", weight,
                                  projection.weightBits, projection.name));
      if (weight != 0)
        synapses[from.first].push_back({from.second, cell.index, static_cast<int16_t>(weight)});
    }
  }

  const Image &image;
  const target::CoreSpec &spec;
  Checker check;
  net::QuantNet net;
  std::vector<std::vector<Cell>> cells; // [core][local]
  std::vector<std::vector<Feed>> feeds; // [core][axon]
  std::map<std::pair<uint32_t, uint32_t>, std::pair<uint32_t, uint32_t>> homes;
  std::vector<std::vector<DecodedSynapse>> synapses; // [projection]
};

} // namespace

llvm::Expected<net::QuantNet> crossbarToNetwork(const Image &image, const target::CoreSpec &spec) {
  return Decoder(image, spec).run();
}

} // namespace snnc::image
