// The deployment image in memory: everything a machine needs to run a network alone. The file
// format is docs/reference/image_format.md; write.cpp and read.cpp share layout.h.
#pragma once

#include "common/net/quant_net.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace snnc::image {

// A run of neurons that update together. Ticks [skew, skew + steps) of a sample.
struct Group {
  uint16_t first = 0, count = 0; // local neurons; groups ascend and do not overlap
  uint32_t skew = 0;             // first tick of the window
  bool operator==(const Group &) const = default;
};

// Where the words of one input axon lie. Dense word k: `lanes` weights for neurons
// (baseRow + k) * lanes ... Sparse word: pairs for neurons baseRow * lanes + index
// (synapse_words.h). Axons may have the same list (address, words and sparse are equal), with base
// rows and exponents of their own; ranges that are not the same do not overlap.
struct AxonEntry {
  uint32_t address = 0; // first synapse word
  uint16_t words = 0;   // 0 = unused axon
  uint16_t baseRow = 0; // of lanes; added to every word's row
  uint8_t exponent = 0; // 0..7
  bool sparse = false;
  bool operator==(const AxonEntry &) const = default;
};

// One message of a spike: destination core (mesh coordinates), axon there, axonal delay in ticks.
struct OutSlot {
  uint8_t x = 0, y = 0;
  uint8_t delay = 0; // 0 .. delaySlots-1
  uint16_t axon = 0;
  bool operator==(const OutSlot &) const = default;
};
struct OutPointer {
  uint16_t base = 0, count = 0; // slots [base, base+count)
  bool operator==(const OutPointer &) const = default;
};

// What a crossbar core holds in place of registers, neurons, axons and synapses.
struct CrossbarTables {
  std::vector<uint8_t> axonTypes;           // per axon used, 0 .. axonTypes - 1 of the target
  std::vector<net::CrossbarConfig> neurons; // index = local neuron; size = used neurons
  std::vector<uint8_t> enabled; // same size: 1, or 0 for a neuron that never does anything
  std::vector<int16_t> weights; // [neuron][type of the target]
  std::vector<uint64_t> rows;   // [neuron][rowWords of the target], bit a % 64 of word a / 64
  bool operator==(const CrossbarTables &) const = default;

  bool connected(size_t neuron, size_t axon, size_t rowWords) const {
    return rows[neuron * rowWords + axon / 64] >> (axon % 64) & 1;
  }
};

struct CoreImage {
  uint8_t x = 0, y = 0;
  int32_t vmin = 0, vmax = 0;
  uint8_t duOffset = 1;
  std::vector<Group> groups;
  std::vector<net::NeuronConfig> neurons; // index = local neuron; size = used neurons (with holes)
  std::vector<OutPointer> outPointers;    // same size as neurons
  std::vector<OutSlot> outSlots;
  std::vector<AxonEntry> axons;
  std::vector<uint64_t> synapses;
  CrossbarTables crossbar; // of a crossbar core; empty in others, as are theirs here
  bool operator==(const CoreImage &) const = default;

  // Whatever the core's kind.
  size_t neuronCount() const { return neurons.size() + crossbar.neurons.size(); }
  size_t axonCount() const { return axons.size() + crossbar.axonTypes.size(); }

  // Synapse words if every axon had a list of its own.
  uint64_t wordsWithoutSharing() const {
    uint64_t words = 0;
    for (const AxonEntry &axon : axons)
      words += axon.words;
    return words;
  }
};

// `count` neurons of a population from `first` on live on `core` from local neuron `local` on.
struct Segment {
  uint32_t first = 0, count = 0;
  uint32_t core = 0; // index into Image::cores
  uint32_t local = 0;
  bool operator==(const Segment &) const = default;
};
struct PopulationMap {
  std::string name;
  std::vector<uint32_t> shape;
  bool isInput = false;
  uint32_t skew = 0;             // first tick; reported trains are de-skewed by it
  std::vector<Segment> segments; // ascending `first`; empty for an input
  std::vector<double> scale;     // membrane units per float unit, per neuron (readouts, reports)
  std::vector<double> rest = {}; // net::QuantPopulation::rest
};

// A spike of element `element` of an input population in step t is injected for tick t + offset
// as a packet to (core, axon), delay 0.
struct InputRoute {
  uint32_t element = 0;
  uint32_t core = 0;
  uint16_t axon = 0;
  uint32_t offset = 0;
};
struct InputMap {
  uint32_t population = 0;
  std::vector<InputRoute> routes; // sorted by (element, core, axon)
};

// What each axon stands for: lets the image be decoded back into the network it came from.
struct AxonSource {
  uint32_t projection = 0; // index into Image::projections
  uint32_t source = 0;     // neuron of the source population
};
struct ProjectionInfo {
  std::string name;
  uint32_t source = 0, target = 0; // populations
  uint32_t delay = 0;              // network steps
  uint8_t weightBits = 8;
};

// A crossbar neuron has one target, so some stand several times, or have others repeat their
// spikes. A copy computes what the population's own neuron (in its segment) computes; a relay
// passes on the spikes of a neuron, or of an input element, a tick after the relay or neuron that
// feeds it.
struct NeuronCopy {
  uint32_t core = 0, local = 0;
  uint32_t population = 0, neuron = 0;
  bool relay = false;
  bool operator==(const NeuronCopy &) const = default;
};

// A neuron whose spikes leave the machine on a bus (RANC): spikes of tick t are in row t + 1.
struct BusOutput {
  uint32_t core = 0, local = 0;
  uint32_t column = 0; // below Image::busColumns; several neurons on one are ORed
  bool operator==(const BusOutput &) const = default;
};

struct Image {
  std::string netName;
  std::string targetJson; // canonical target text
  std::array<uint8_t, 32> targetFingerprint{};
  uint32_t meshWidth = 1, meshHeight = 1; // of the machine to build: bounding box of used cores
  uint32_t steps = 0; // T that the windows were compiled for; 0: set by the data
  net::Profile profile;
  net::RunOptions run;
  std::vector<PopulationMap> populations;
  std::vector<ProjectionInfo> projections; // on-chip ones
  std::vector<InputMap> inputs;
  std::vector<net::HostLayer> hostLayers; // source, target: population indices
  std::vector<uint32_t> outputs;
  std::vector<CoreImage> cores;                     // sorted by (y, x)
  std::vector<std::vector<AxonSource>> axonSources; // [core][axon]; empty if stripped
  std::vector<NeuronCopy> copies;                   // sorted by (core, local); crossbar only
  std::vector<BusOutput> bus;                       // sorted by (core, local); crossbar only
  uint32_t busColumns = 0;

  uint32_t maxSkew() const {
    uint32_t skew = 0;
    for (const PopulationMap &population : populations)
      skew = population.skew > skew ? population.skew : skew;
    return skew;
  }
};

} // namespace snnc::image
