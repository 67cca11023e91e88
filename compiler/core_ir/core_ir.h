// The core IR: where each neuron of a quantised network lives and how its spikes travel.
//
//   after `partition`  clusters, each the contents of one core: runs of neurons and their load
//   after `place`      a mesh coordinate per cluster
//   after `route`      groups, axon tables, output slots, the host's routes
//
// A cluster is a core that has no address yet. Weights stay in the QuantNet until `emit`.
#pragma once

#include "compiler/core_ir/rates.h"

#include "common/image/image.h"
#include "common/net/quant_net.h"

#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <string>
#include <vector>

namespace snnc::compiler::core_ir {

// `count` neurons of a population from `first` on, on local neurons `local` ... of one cluster.
struct Run {
  uint32_t population = 0;
  uint32_t first = 0, count = 0;
  uint32_t local = 0;
  bool operator==(const Run &) const = default;
};

// What a cluster takes of each resource of a core.
struct Load {
  uint32_t neurons = 0; // neurons that exist
  uint32_t extent = 0;  // highest local neuron + 1, holes included
  uint32_t groups = 0;
  uint32_t inputAxons = 0;
  uint32_t outputSlots = 0;
  uint64_t synapseWords = 0; // a list that axons share counts once, here and in blockBits
  uint64_t blockBits = 0;    // 0 for targets without a block cost
  bool operator==(const Load &) const = default;
};

// An input axon: the synapses of one source neuron (or input element) of one projection.
struct Axon {
  uint32_t projection = 0, source = 0;
  bool sparse = false;
  uint16_t words = 0;   // 64-bit synapse words
  uint16_t baseRow = 0; // first local neuron / lanes
  uint32_t address = 0; // first word on its core; axons that share a list have one address
  bool operator==(const Axon &) const = default;
};

// One message per spike of a neuron.
struct Slot {
  uint32_t cluster = 0; // destination
  uint16_t axon = 0;    // index into its axons
  uint8_t delay = 0;    // axonal delay, ticks
  bool operator==(const Slot &) const = default;
};

struct Cluster {
  std::vector<Run> runs; // ascending local
  Load load;
  uint32_t x = 0, y = 0;                      // after place
  std::vector<image::Group> groups;           // after route, and what follows
  std::vector<Axon> axons;                    // sorted by (projection, source)
  std::vector<image::OutPointer> outPointers; // per local neuron
  std::vector<Slot> slots;
};

// A spike of `element` goes to `axon` of `cluster`, `offset` ticks after its step.
struct HostRoute {
  uint32_t element = 0, cluster = 0;
  uint16_t axon = 0;
  uint32_t offset = 0;
};
struct HostInput {
  uint32_t population = 0;
  std::vector<HostRoute> routes; // sorted by (element, cluster, axon)
};

struct CoreIr {
  std::vector<Cluster> clusters;
  uint32_t coresLowerBound = 0;
  std::vector<std::string> remarks; // of the mapper, for people
  SpikeRates rates;                 // that it went by
  bool placed = false, routed = false;
  uint32_t meshWidth = 0, meshHeight = 0; // after place: bounding box of the used cores
  std::vector<uint32_t> firstTick;        // per population
  std::vector<HostInput> inputs;          // after route
};

// `@hidden.1` for the second cluster that starts with population 'hidden', per cluster.
std::vector<std::string> clusterNames(const CoreIr &ir, const net::QuantNet &net);

// Text form, for --stop-after and --dump-dir; nobody parses it.
void print(const CoreIr &ir, const net::QuantNet &net, llvm::raw_ostream &os);

} // namespace snnc::compiler::core_ir
