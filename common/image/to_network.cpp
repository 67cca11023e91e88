// Walks an image the way a spike does: from a neuron's output pointer over its slots to an axon,
// over the axon's words to the neurons it feeds. What is not reached that way, or is reached twice,
// late or from the wrong neuron, is an error; the rest is the network.
#include "common/image/checker.h"
#include "common/image/codec.h"
#include "common/image/decoded.h"
#include "common/image/synapse_words.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

namespace snnc::image {

namespace {

struct Neuron {
  static constexpr uint32_t kNone = ~0u;
  uint32_t population = kNone, index = 0;
};
class Decoder {
public:
  Decoder(const Image &image, const target::CoreSpec &spec)
      : image(image), format(WordFormat::of(spec)), check(support::DiagCode::ImageNotANetwork) {}

  llvm::Expected<net::QuantNet> run() {
    if (!check.require(!image.axonSources.empty(), "axonSources",
                       "the image was stripped of its axon sources"))
      return check.take();
    start();
    for (size_t i = 0; i < image.populations.size(); ++i)
      population(i);
    followNeurons();
    followInputs();
    for (size_t core = 0; core < image.cores.size(); ++core)
      for (size_t axon = 0; axon < image.cores[core].axons.size() && !tooLarge; ++axon)
        readAxon(core, axon);
    for (size_t i = 0; i < image.projections.size(); ++i)
      projection(i);
    if (check.failed())
      return check.take();
    return std::move(net);
  }

private:
  void start() {
    net = decodedHead(image);
    for (const CoreImage &core : image.cores) {
      who.emplace_back(core.neurons.size());
      reached.emplace_back(core.axons.size(), 0);
    }
    synapses.resize(image.projections.size());
    exponents.resize(image.projections.size());
  }

  void population(size_t i) {
    const PopulationMap &map = image.populations[i];
    net::QuantPopulation population = decodedPopulation(map);
    for (const Segment &segment : map.segments) {
      const CoreImage &core = image.cores[segment.core];
      const bool same =
          segment.first == 0 || (population.vmin == core.vmin && population.vmax == core.vmax &&
                                 population.duOffset == core.duOffset);
      check.require(same, {"populations", i}, "its cores differ in vmin, vmax or duOffset");
      population.vmin = core.vmin;
      population.vmax = core.vmax;
      population.duOffset = core.duOffset;
      for (uint32_t k = 0; k < segment.count; ++k) {
        who[segment.core][segment.local + k] = {static_cast<uint32_t>(i), segment.first + k};
        population.neurons.push_back(core.neurons[segment.local + k]);
      }
    }
    net.populations.push_back(std::move(population));
  }

  // A spike of `from` arrives at an axon `delay` ticks after a spike without delay would.
  void arrive(const Neuron &from, size_t core, size_t axon, int64_t delay, const Place &place) {
    if (image.cores[core].axons[axon].words == 0)
      return; // a message in vain
    const AxonSource &source = image.axonSources[core][axon];
    const ProjectionInfo &projection = image.projections[source.projection];
    ++reached[core][axon];
    check.require(projection.source == from.population && source.source == from.index, place,
                  llvm::formatv("it reaches axon {0} of core {1}, which stands for neuron {2} of "
                                "population {3}",
                                axon, core, source.source, projection.source));
    const PopulationMap &sourceMap = image.populations[projection.source];
    const int64_t skew = image.populations[projection.target].skew;
    const int64_t wanted =
        sourceMap.isInput ? skew + projection.delay : skew + projection.delay - sourceMap.skew - 1;
    check.require(delay == wanted, place,
                  llvm::formatv("delay {0} to '{1}', its window asks for {2}", delay,
                                projection.name, wanted));
  }

  void followNeurons() {
    for (size_t c = 0; c < image.cores.size(); ++c) {
      const CoreImage &core = image.cores[c];
      for (size_t local = 0; local < core.neurons.size(); ++local) {
        const OutPointer &pointer = core.outPointers[local];
        for (size_t s = pointer.base; s < size_t{pointer.base} + pointer.count; ++s) {
          const OutSlot &slot = core.outSlots[s];
          const Place place("cores", c, "outSlots", s);
          if (check.require(who[c][local].population != Neuron::kNone, place,
                            "a neuron of no population sends"))
            arrive(who[c][local], coreAt(slot.x, slot.y), slot.axon, slot.delay, place);
        }
      }
    }
  }

  void followInputs() {
    for (size_t i = 0; i < image.inputs.size(); ++i)
      for (const InputRoute &route : image.inputs[i].routes)
        arrive({image.inputs[i].population, route.element}, route.core, route.axon, route.offset,
               {"inputs", i});
  }

  size_t coreAt(uint8_t x, uint8_t y) const {
    const auto found = std::lower_bound(
        image.cores.begin(), image.cores.end(), std::pair(y, x),
        [](const CoreImage &core, const auto &yx) { return std::pair(core.y, core.x) < yx; });
    return static_cast<size_t>(found - image.cores.begin()); // verify() has seen that it is there
  }

  void readAxon(size_t c, size_t a) {
    const CoreImage &core = image.cores[c];
    const AxonEntry &axon = core.axons[a];
    if (axon.words == 0)
      return;
    const Place place("cores", c, "axons", a);
    const AxonSource &source = image.axonSources[c][a];
    check.require(reached[c][a] == 1, place,
                  llvm::formatv("its neuron's spike reaches it {0} times", reached[c][a]));
    std::optional<uint8_t> &exponent = exponents[source.projection];
    check.require(!exponent || *exponent == axon.exponent, place,
                  "axons of one projection differ in their exponent");
    exponent = axon.exponent;
    if (!mayRead(core, axon, place))
      return;
    for (uint32_t k = 0; k < axon.words; ++k) {
      const uint64_t word = core.synapses[axon.address + k];
      if (axon.sparse)
        for (uint32_t pair = 0; pair < format.pairs; ++pair)
          synapse(c, source, axon.baseRow * format.lanes + format.pairNeuron(word, pair),
                  format.pairWeight(word, pair), place);
      else
        for (uint32_t lane = 0; lane < format.lanes; ++lane)
          synapse(c, source, (axon.baseRow + k) * format.lanes + lane,
                  format.denseWeight(word, lane), place);
    }
  }

  // Lists are shared, so a small file may hold more synapses than memory does, or more words to
  // read than there is time.
  bool mayRead(const CoreImage &core, const AxonEntry &axon, const Place &place) {
    wordsRead += axon.words;
    tooLarge = wordsRead > kMostSynapses;
    if (!check.require(!tooLarge, place,
                       llvm::formatv("more than {0} words are too many", kMostSynapses)))
      return false;
    uint64_t count = 0;
    for (uint32_t k = 0; k < axon.words; ++k) {
      const uint64_t word = core.synapses[axon.address + k];
      for (uint32_t i = 0; i < (axon.sparse ? format.pairs : format.lanes); ++i)
        count += (axon.sparse ? format.pairWeight(word, i) : format.denseWeight(word, i)) != 0;
    }
    synapsesRead += count;
    tooLarge = synapsesRead > kMostSynapses;
    return check.require(count <= core.neurons.size(), place,
                         "its list has more synapses than the core has neurons") &&
           check.require(!tooLarge, place,
                         llvm::formatv("more than {0} synapses are too many", kMostSynapses));
  }

  void synapse(size_t core, const AxonSource &source, uint32_t local, int32_t weight,
               const Place &place) {
    if (weight == 0)
      return;
    const Neuron &target = who[core][local]; // verify() has seen that it is there
    const ProjectionInfo &projection = image.projections[source.projection];
    if (!check.require(target.population == projection.target, place,
                       llvm::formatv("a weight for local neuron {0}, which is not of '{1}'", local,
                                     image.populations[projection.target].name)))
      return;
    const int32_t bound = 1 << (projection.weightBits - 1);
    check.require(-bound <= weight && weight < bound, place,
                  llvm::formatv("weight {0} is wider than the {1} bits of '{2}'", weight,
                                projection.weightBits, projection.name));
    synapses[source.projection].push_back(
        {source.source, target.index, static_cast<int16_t>(weight)});
  }

  void projection(size_t i) {
    net.projections.push_back(
        decodedProjection(image, i, synapses[i], exponents[i].value_or(0), check));
    synapses[i] = {};
  }

  static constexpr uint64_t kMostSynapses = uint64_t{1} << 28; // 12 bytes each

  const Image &image;
  const WordFormat format;
  Checker check;
  net::QuantNet net;
  uint64_t synapsesRead = 0, wordsRead = 0;
  bool tooLarge = false;
  std::vector<std::vector<Neuron>> who;              // [core][local]
  std::vector<std::vector<uint32_t>> reached;        // [core][axon]: ways a spike gets there
  std::vector<std::vector<DecodedSynapse>> synapses; // [projection]
  std::vector<std::optional<uint8_t>> exponents;
};

} // namespace

llvm::Expected<net::QuantNet> toNetwork(const Image &image) {
  if (llvm::Error error = verify(image))
    return error;
  auto target = target::parseTarget(image.targetJson, "target of the image");
  if (!target)
    return target.takeError();
  return target->core.isCrossbar() ? crossbarToNetwork(image, target->core)
                                   : Decoder(image, target->core).run();
}

} // namespace snnc::image
