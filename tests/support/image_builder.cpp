#include "tests/support/image_builder.h"

#include "common/image/synapse_words.h"
#include "common/net/synapses.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace snnc::test {

namespace {

struct Synapse {
  uint32_t local;
  int32_t weight;
};

class Layout {
public:
  Layout(const net::QuantNet &net, const target::Target &target, const LayoutOptions &options,
         support::Rng &rng)
      : net(net), target(target), options(options), rng(rng),
        format(image::WordFormat::of(target.core)), first(net::firstTicks(net)) {}

  std::optional<image::Image> build();

private:
  void placePopulation(uint32_t index);
  bool place();
  void placeSegment(uint32_t population, uint32_t firstNeuron, uint32_t count);
  void addProjection(uint32_t index);
  std::vector<std::vector<Synapse>> split(uint32_t target, const net::OutgoingInts &outgoing,
                                          uint32_t source) const;
  uint16_t addAxon(uint32_t core, std::vector<Synapse> synapses, uint8_t exponent);
  std::vector<uint64_t> denseWords(const image::AxonEntry &entry,
                                   const std::vector<Synapse> &synapses) const;
  std::vector<uint64_t> sparseWords(const image::AxonEntry &entry,
                                    std::vector<Synapse> synapses) const;
  void collectMessages();
  bool fits() const;

  const net::QuantNet &net;
  const target::Target &target;
  const LayoutOptions &options;
  support::Rng &rng;
  const image::WordFormat format;
  const std::vector<uint32_t> first;
  image::Image image;
  // [core]: address of every list that is there, by (sparse, words).
  std::vector<std::map<std::pair<bool, std::vector<uint64_t>>, uint32_t>> lists;
  // [population][neuron]: messages of a spike of it.
  std::vector<std::vector<std::vector<image::OutSlot>>> messages;
};

std::optional<image::Image> Layout::build() {
  if (first.empty())
    return std::nullopt;
  image.netName = net.name;
  image.targetJson = target.json;
  image.targetFingerprint = target.fingerprint;
  image.meshWidth = options.meshWidth != 0 ? options.meshWidth : target.mesh.width;
  image.meshHeight = options.meshHeight != 0 ? options.meshHeight : target.mesh.height;
  image.profile = net.profile;
  image.run = net.run;
  image.hostLayers = net.hostLayers;
  image.outputs = net.outputs;
  for (uint32_t input : net.inputs)
    image.inputs.push_back({input, {}});
  for (uint32_t p = 0; p < net.populations.size(); ++p) {
    const net::QuantPopulation &population = net.populations[p];
    image.populations.push_back({population.name,
                                 population.shape,
                                 population.isInput,
                                 first[p],
                                 {},
                                 population.scale,
                                 population.rest});
    messages.emplace_back(population.size());
    if (!population.isInput)
      placePopulation(p);
  }
  if (!place())
    return std::nullopt;
  image.axonSources.resize(image.cores.size());
  lists.resize(image.cores.size());
  for (uint32_t i = 0; i < net.projections.size(); ++i)
    addProjection(i);
  collectMessages();
  if (!fits())
    return std::nullopt;
  return std::move(image);
}

void Layout::placePopulation(uint32_t index) {
  const net::QuantPopulation &population = net.populations[index];
  const uint32_t limit = options.neuronsPerCore != 0 ? options.neuronsPerCore : target.core.neurons;
  for (uint32_t next = 0; next < population.size();) {
    const bool open =
        !image.cores.empty() && image.cores.back().neurons.size() < limit &&
        image.cores.back().groups.size() < target.core.groups &&
        std::tie(image.cores.back().vmin, image.cores.back().vmax, image.cores.back().duOffset) ==
            std::tie(population.vmin, population.vmax, population.duOffset);
    if (!open) {
      image::CoreImage core;
      core.vmin = population.vmin;
      core.vmax = population.vmax;
      core.duOffset = population.duOffset;
      image.cores.push_back(core);
    }
    image::CoreImage &core = image.cores.back();
    if (options.shuffle && core.neurons.size() + 1 < limit && rng.below(4) == 0)
      core.neurons.emplace_back(); // a hole
    const uint32_t room = limit - static_cast<uint32_t>(core.neurons.size());
    uint32_t count = std::min(room, population.size() - next);
    if (options.shuffle && rng.below(3) == 0)
      count = static_cast<uint32_t>(rng.between(1, count));
    placeSegment(index, next, count);
    next += count;
  }
}

void Layout::placeSegment(uint32_t population, uint32_t firstNeuron, uint32_t count) {
  image::CoreImage &core = image.cores.back();
  const auto local = static_cast<uint32_t>(core.neurons.size());
  const std::vector<net::NeuronConfig> &neurons = net.populations[population].neurons;
  core.neurons.insert(core.neurons.end(), neurons.begin() + firstNeuron,
                      neurons.begin() + firstNeuron + count);
  core.groups.push_back(
      {static_cast<uint16_t>(local), static_cast<uint16_t>(count), first[population]});
  image.populations[population].segments.push_back(
      {firstNeuron, count, static_cast<uint32_t>(image.cores.size() - 1), local});
}

// Gives every core a place on the mesh and sorts them as an image wants them.
bool Layout::place() {
  const uint32_t places = image.meshWidth * image.meshHeight;
  if (image.cores.size() > places)
    return false;
  std::vector<uint32_t> position(places);
  for (uint32_t i = 0; i < places; ++i)
    position[i] = i;
  if (options.shuffle)
    for (uint32_t i = places - 1; i > 0; --i)
      std::swap(position[i], position[rng.below(i + 1)]);
  std::vector<uint32_t> order(image.cores.size());
  for (uint32_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return position[a] < position[b]; });
  std::vector<image::CoreImage> sorted;
  std::vector<uint32_t> index(order.size());
  for (uint32_t i = 0; i < order.size(); ++i) {
    index[order[i]] = i;
    sorted.push_back(std::move(image.cores[order[i]]));
    sorted.back().x = static_cast<uint8_t>(position[order[i]] % image.meshWidth);
    sorted.back().y = static_cast<uint8_t>(position[order[i]] / image.meshWidth);
  }
  image.cores = std::move(sorted);
  for (image::PopulationMap &population : image.populations)
    for (image::Segment &segment : population.segments)
      segment.core = index[segment.core];
  return true;
}

// The synapses of one source neuron, by core.
std::vector<std::vector<Synapse>> Layout::split(uint32_t target, const net::OutgoingInts &outgoing,
                                                uint32_t source) const {
  std::vector<std::vector<Synapse>> byCore(image.cores.size());
  outgoing.forEach(source, [&](uint32_t post, int16_t weight) {
    for (const image::Segment &segment : image.populations[target].segments)
      if (post >= segment.first && post - segment.first < segment.count)
        byCore[segment.core].push_back({segment.local + post - segment.first, weight});
  });
  return byCore;
}

void Layout::addProjection(uint32_t index) {
  const net::QuantProjection &projection = net.projections[index];
  image.projections.push_back({projection.name, projection.source, projection.target,
                               projection.delay, projection.weightBits});
  const bool fromHost = net.populations[projection.source].isInput;
  const uint32_t delay = net::hardwareDelay(net, first, projection);
  const net::OutgoingInts outgoing(projection);
  for (uint32_t source = 0; source < net.populations[projection.source].size(); ++source) {
    const std::vector<std::vector<Synapse>> byCore = split(projection.target, outgoing, source);
    for (uint32_t c = 0; c < byCore.size(); ++c) {
      if (byCore[c].empty())
        continue;
      const uint16_t axon = addAxon(c, byCore[c], projection.exponent);
      image.axonSources[c].push_back({index, source});
      const image::CoreImage &core = image.cores[c];
      if (!fromHost) {
        messages[projection.source][source].push_back(
            {core.x, core.y, static_cast<uint8_t>(delay), axon});
        continue;
      }
      for (image::InputMap &input : image.inputs)
        if (input.population == projection.source)
          input.routes.push_back({source, c, axon, first[projection.target] + projection.delay});
    }
  }
}

uint16_t Layout::addAxon(uint32_t c, std::vector<Synapse> synapses, uint8_t exponent) {
  image::CoreImage &core = image.cores[c];
  std::sort(synapses.begin(), synapses.end(),
            [](const Synapse &a, const Synapse &b) { return a.local < b.local; });
  image::AxonEntry entry;
  entry.exponent = exponent;
  const uint32_t firstRow = synapses.front().local / format.lanes;
  const uint32_t rows = synapses.back().local / format.lanes - firstRow + 1;
  entry.sparse = options.shuffle ? rng.below(2) == 0 : synapses.size() * 2 < rows;
  entry.baseRow = static_cast<uint16_t>(firstRow);
  if (options.shuffle && entry.sparse && rng.below(4) == 0)
    entry.baseRow = static_cast<uint16_t>(rng.below(firstRow + 1)); // indices start higher
  std::vector<uint64_t> words =
      entry.sparse ? sparseWords(entry, std::move(synapses)) : denseWords(entry, synapses);
  entry.words = static_cast<uint16_t>(words.size());
  entry.address = static_cast<uint32_t>(core.synapses.size());
  const auto [place, isNew] = lists[c].try_emplace({entry.sparse, words}, entry.address);
  if (isNew || (options.shuffle && rng.below(4) == 0)) // now and then a copy
    core.synapses.insert(core.synapses.end(), words.begin(), words.end());
  else
    entry.address = place->second;
  core.axons.push_back(entry);
  return static_cast<uint16_t>(core.axons.size() - 1);
}

std::vector<uint64_t> Layout::denseWords(const image::AxonEntry &entry,
                                         const std::vector<Synapse> &synapses) const {
  std::vector<uint64_t> words(synapses.back().local / format.lanes - entry.baseRow + 1);
  for (const Synapse &synapse : synapses)
    words[synapse.local / format.lanes - entry.baseRow] |=
        format.putDense(synapse.local % format.lanes, synapse.weight);
  return words;
}

std::vector<uint64_t> Layout::sparseWords(const image::AxonEntry &entry,
                                          std::vector<Synapse> synapses) const {
  std::vector<uint64_t> words;
  while (!synapses.empty()) {
    uint64_t word = 0, banks = 0;
    uint32_t pair = 0;
    std::vector<Synapse> later;
    for (const Synapse &synapse : synapses) {
      const uint64_t bank = uint64_t{1} << (synapse.local % format.lanes);
      if (pair == format.pairs || (banks & bank) != 0) {
        later.push_back(synapse);
        continue;
      }
      banks |= bank;
      word |= format.putPair(pair++, synapse.local - entry.baseRow * format.lanes, synapse.weight);
    }
    words.push_back(word);
    synapses = std::move(later);
  }
  return words;
}

// Output slots of every neuron, and the input routes in the order an image wants.
void Layout::collectMessages() {
  for (image::CoreImage &core : image.cores)
    core.outPointers.resize(core.neurons.size());
  for (uint32_t p = 0; p < image.populations.size(); ++p)
    for (const image::Segment &segment : image.populations[p].segments)
      for (uint32_t i = 0; i < segment.count; ++i) {
        image::CoreImage &core = image.cores[segment.core];
        const std::vector<image::OutSlot> &slots = messages[p][segment.first + i];
        if (slots.empty())
          continue;
        core.outPointers[segment.local + i] = {static_cast<uint16_t>(core.outSlots.size()),
                                               static_cast<uint16_t>(slots.size())};
        core.outSlots.insert(core.outSlots.end(), slots.begin(), slots.end());
      }
  for (image::InputMap &input : image.inputs)
    std::sort(input.routes.begin(), input.routes.end(),
              [](const image::InputRoute &a, const image::InputRoute &b) {
                return std::tie(a.element, a.core, a.axon) < std::tie(b.element, b.core, b.axon);
              });
}

bool Layout::fits() const {
  const target::CoreSpec &spec = target.core;
  return std::all_of(image.cores.begin(), image.cores.end(), [&](const image::CoreImage &core) {
    return core.neurons.size() <= spec.neurons && core.groups.size() <= spec.groups &&
           core.axons.size() <= spec.inputAxons && core.outSlots.size() <= spec.outputSlots &&
           core.synapses.size() <= spec.synapseWords;
  });
}

} // namespace

std::optional<image::Image> layOut(const net::QuantNet &net, const target::Target &target,
                                   const LayoutOptions &options, support::Rng &rng) {
  return Layout(net, target, options, rng).build();
}

} // namespace snnc::test
