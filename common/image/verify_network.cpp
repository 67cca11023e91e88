// Populations, inputs, host layers and axon sources against cores that are known to be sound.
#include "common/image/checker.h"
#include "common/net/crossbar_net.h"
#include "common/net/verify.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace snnc::image {

namespace {

class NetworkVerifier {
public:
  NetworkVerifier(const Image &image, const target::CoreSpec &spec, Checker &check)
      : image(image), spec(spec), check(check) {}

  void run() {
    for (const CoreImage &core : image.cores)
      taken.emplace_back(core.neuronCount(), false);
    check.require(!image.run.steps || (*image.run.steps >= 1 && *image.run.steps <= net::kMaxSteps),
                  "net", llvm::formatv("steps are not in 1 .. {0}", net::kMaxSteps));
    std::set<std::string> names;
    for (size_t i = 0; i < image.populations.size(); ++i) {
      const PopulationMap &population = image.populations[i];
      check.require(!population.name.empty() && names.insert(population.name).second,
                    at("populations", i),
                    "the name '" + population.name + "' is empty or used twice");
      check.require(net::isPlainName(population.name), at("populations", i),
                    "the name has a control character, a slash or a backslash");
      this->population(i, population);
    }
    if (check.failed())
      return; // sizes are used below
    for (size_t i = 0; i < image.projections.size(); ++i)
      projection(i, image.projections[i]);
    inputs();
    hostLayers();
    copies();
    bus();
    for (size_t i = 0; i < image.outputs.size(); ++i)
      check.require(isNeurons(image.outputs[i]), at("outputs", i),
                    "an output is not a population of neurons");
    if (!check.failed())
      axonSources(); // follows the projections' indices
  }

private:
  static Place at(const char *table, size_t i) { return {table, i}; }
  static uint64_t sizeOf(const PopulationMap &population) {
    uint64_t n = population.shape.empty() ? 0 : 1;
    for (uint32_t extent : population.shape)
      if (extent == 0 || __builtin_mul_overflow(n, extent, &n) || n > net::kMaxPopulationSize)
        return 0;
    return n;
  }
  bool isInput(uint32_t i) const {
    return i < image.populations.size() && image.populations[i].isInput;
  }
  bool isNeurons(uint32_t i) const {
    return i < image.populations.size() && !image.populations[i].isInput;
  }

  void population(size_t i, const PopulationMap &population) {
    const uint64_t size = sizeOf(population);
    if (!check.require(size != 0, at("populations", i), "the shape has no elements, or too many"))
      return;
    check.require(population.scale.empty() || population.scale.size() == size, at("populations", i),
                  llvm::formatv("{0} scales for {1} neurons", population.scale.size(), size));
    check.require(population.rest.empty() || population.rest.size() == size, at("populations", i),
                  llvm::formatv("{0} rests for {1} neurons", population.rest.size(), size));
    check.require(population.skew <= kMostTicks, at("populations", i),
                  llvm::formatv("first tick {0}", population.skew));
    uint64_t next = 0;
    for (const Segment &segment : population.segments) {
      if (!check.require(segment.first == next && segment.count != 0 &&
                             segment.core < image.cores.size(),
                         at("populations", i), "segments leave a gap, overlap or name no core"))
        return;
      next += segment.count;
      if (!check.require(onCore(segment, population.skew), at("populations", i),
                         llvm::formatv("neurons {0}..{1} are not free on core {2}, or not in a "
                                       "group with first tick {3}",
                                       segment.first, next, segment.core, population.skew)))
        return;
    }
    check.require(
        next == (population.isInput ? 0 : size), at("populations", i),
        llvm::formatv("segments hold {0} of {1} neurons", next, population.isInput ? 0 : size));
  }

  // Takes the segment's local neurons; all free, and in groups of this first tick.
  bool onCore(const Segment &segment, uint32_t skew) {
    std::vector<bool> &used = taken[segment.core];
    const uint64_t end = uint64_t{segment.local} + segment.count;
    if (end > used.size())
      return false;
    uint64_t covered = segment.local;
    for (const Group &group : image.cores[segment.core].groups)
      if (group.skew == skew && group.first <= covered &&
          covered < uint32_t{group.first} + group.count)
        covered = uint32_t{group.first} + group.count;
    if (covered < end)
      return false;
    for (uint64_t local = segment.local; local < end; ++local) {
      if (used[local])
        return false;
      used[local] = true;
    }
    return true;
  }

  void projection(size_t i, const ProjectionInfo &projection) {
    check.require(projection.source < image.populations.size() && isNeurons(projection.target),
                  at("projections", i), "it does not lead from a population to neurons");
    check.require(projection.weightBits >= 2 && projection.weightBits <= spec.weightBits,
                  at("projections", i),
                  llvm::formatv("{0} weight bits, the target has {1}", projection.weightBits,
                                spec.weightBits));
  }

  void inputs() {
    std::set<uint32_t> seen;
    for (size_t i = 0; i < image.inputs.size(); ++i) {
      const InputMap &input = image.inputs[i];
      if (!check.require(isInput(input.population) && seen.insert(input.population).second,
                         at("inputs", i), "it is not an input population, or one that came before"))
        continue;
      const uint64_t size = sizeOf(image.populations[input.population]);
      auto key = [](const InputRoute &r) { return std::tuple(r.element, r.core, r.axon); };
      for (size_t k = 0; k < input.routes.size(); ++k) {
        const InputRoute &route = input.routes[k];
        const bool inside = route.element < size && route.core < image.cores.size() &&
                            route.axon < image.cores[route.core].axonCount() &&
                            route.offset <= kMostTicks;
        check.require(inside, at("inputs", i), llvm::formatv("route {0} leads nowhere", k));
        check.require(k == 0 || key(input.routes[k - 1]) < key(route), at("inputs", i),
                      llvm::formatv("route {0} is out of order", k));
      }
    }
  }

  void hostLayers() {
    std::set<uint32_t> targets;
    for (size_t i = 0; i < image.hostLayers.size(); ++i) {
      const net::HostLayer &layer = image.hostLayers[i];
      if (!check.require(isInput(layer.source) && isNeurons(layer.target) &&
                             targets.insert(layer.target).second,
                         at("hostLayers", i),
                         "it does not lead from an input to neurons that no other feeds"))
        continue;
      hostShapes(i, layer);
      hostNumbers(i, layer);
    }
  }

  void hostShapes(size_t i, const net::HostLayer &layer) {
    const uint64_t posts = sizeOf(image.populations[layer.target]);
    const uint64_t pres = sizeOf(image.populations[layer.source]);
    const auto *dense = std::get_if<net::DenseInts>(&layer.weights);
    const auto *sparse = std::get_if<net::SparseInts>(&layer.weights);
    const uint64_t rows = dense != nullptr ? dense->rows : sparse->posts;
    const uint64_t cols = dense != nullptr ? dense->cols : sparse->pres;
    const bool matrix =
        dense != nullptr ? dense->values.size() == rows * cols : net::isSound(*sparse);
    check.require(
        matrix && rows == posts && cols == pres && layer.bias.size() == posts &&
            layer.shift.size() == posts,
        at("hostLayers", i),
        llvm::formatv("{0}weights of {1} x {2}, {3} biases and {4} shifts for {5} neurons "
                      "fed by {6}",
                      matrix ? "" : "broken ", rows, cols, layer.bias.size(), layer.shift.size(),
                      posts, pres));
  }

  void hostNumbers(size_t i, const net::HostLayer &layer) {
    auto require = [&](bool good, const char *message) {
      check.require(good, at("hostLayers", i), message);
    };
    require(layer.weightBits >= 2 && layer.weightBits <= 16, "weight bits are not in 2 .. 16");
    require(std::isfinite(layer.inputScale) && layer.inputScale > 0,
            "the input scale is not positive");
    require(layer.inputMin <= layer.inputMax, "the input range is empty");
    require(std::all_of(layer.shift.begin(), layer.shift.end(), [](uint8_t s) { return s <= 40; }),
            "a shift is not in 0 .. 40");
    // |I| < 2^62: sums of products and bias stay exact in 64 bits.
    constexpr int64_t kBound = int64_t{1} << 61;
    const int64_t largest =
        std::max(std::abs(int64_t{layer.inputMin}), std::abs(int64_t{layer.inputMax}));
    const uint64_t inputs = sizeOf(image.populations[layer.source]);
    require(inputs <= static_cast<uint64_t>(kBound / (std::max<int64_t>(largest, 1) * 32768)),
            "sums may leave 64 bits");
    require(std::all_of(layer.bias.begin(), layer.bias.end(),
                        [](int64_t b) { return -kBound <= b && b <= kBound; }),
            "a bias may leave 64 bits");
  }

  // Copies of a population's neuron take local neurons of their own, in a group of its window.
  void copies() {
    check.require(spec.isCrossbar() || image.copies.empty(), "copies",
                  "neurons of cuba cores have any number of targets: there are no copies");
    const NeuronCopy *before = nullptr;
    for (size_t i = 0; i < image.copies.size() && !check.failed(); ++i) {
      const NeuronCopy &copy = image.copies[i];
      const bool known = copy.core < image.cores.size() &&
                         copy.population < image.populations.size() &&
                         copy.neuron < sizeOf(image.populations[copy.population]) &&
                         (copy.relay || isNeurons(copy.population));
      if (!check.require(known, at("copies", i), "it is of no neuron, or on no core"))
        return;
      check.require(before == nullptr ||
                        std::pair(before->core, before->local) < std::pair(copy.core, copy.local),
                    at("copies", i), "copies are not sorted by (core, local)");
      before = &copy;
      const Segment place = {0, 1, copy.core, copy.local};
      const bool free =
          copy.relay ? takeRelay(place) : onCore(place, image.populations[copy.population].skew);
      check.require(free, at("copies", i),
                    llvm::formatv("neuron {0} of core {1} is not free, or in no fitting group",
                                  copy.local, copy.core));
    }
  }
  // A relay may have any window.
  bool takeRelay(const Segment &place) {
    for (const Group &group : image.cores[place.core].groups)
      if (group.first <= place.local && place.local < uint32_t{group.first} + group.count)
        return onCore(place, group.skew);
    return false;
  }

  void bus() {
    check.require(spec.isCrossbar() || image.busColumns == 0, "bus", "cuba cores have no bus");
    check.require(
        image.busColumns <= net::kMaxCrossbarOutputs, "bus",
        llvm::formatv("{0} columns, more than {1}", image.busColumns, net::kMaxCrossbarOutputs));
    for (size_t i = 0; i < image.bus.size(); ++i) {
      const BusOutput &output = image.bus[i];
      const bool known = output.core < image.cores.size() &&
                         output.local < image.cores[output.core].neuronCount() &&
                         output.column < image.busColumns;
      if (!check.require(known, at("bus", i), "it is of no neuron, or has no column"))
        continue;
      check.require(image.cores[output.core].outPointers[output.local].count == 0, at("bus", i),
                    llvm::formatv("neuron {0} of core {1} has a slot too, a crossbar neuron has "
                                  "one target",
                                  output.local, output.core));
      check.require(i == 0 || std::pair(image.bus[i - 1].core, image.bus[i - 1].local) <
                                  std::pair(output.core, output.local),
                    at("bus", i), "outputs are not sorted by (core, local)");
    }
  }

  void axonSources() {
    if (image.axonSources.empty())
      return; // the debug section has been stripped
    if (!check.require(image.axonSources.size() == image.cores.size(), "axonSources",
                       llvm::formatv("sources of {0} cores, there are {1}",
                                     image.axonSources.size(), image.cores.size())))
      return;
    for (size_t c = 0; c < image.cores.size(); ++c) {
      const std::vector<AxonSource> &sources = image.axonSources[c];
      if (!check.require(sources.size() == image.cores[c].axonCount(), at("axonSources", c),
                         llvm::formatv("{0} sources for {1} axons", sources.size(),
                                       image.cores[c].axonCount())))
        continue;
      for (size_t a = 0; a < sources.size(); ++a)
        check.require((!spec.isCrossbar() && image.cores[c].axons[a].words == 0) ||
                          isSource(sources[a]),
                      at("axonSources", c),
                      llvm::formatv("axon {0} stands for a neuron that does not exist", a));
    }
  }
  bool isSource(const AxonSource &source) const {
    return source.projection < image.projections.size() &&
           source.source < sizeOf(image.populations[image.projections[source.projection].source]);
  }

  static constexpr uint32_t kMostTicks = 1u << 30; // windows end below 2^32

  const Image &image;
  const target::CoreSpec &spec;
  Checker &check;
  std::vector<std::vector<bool>> taken; // [core][local]: held by a segment
};

} // namespace

void verifyNetwork(const Image &image, const target::CoreSpec &spec, Checker &check) {
  NetworkVerifier(image, spec, check).run();
}

} // namespace snnc::image
