// The core IR of crossbar targets: what lives on each core and where its spikes go.
//
//   after `partition`  clusters: axons, cells, and the axon that each cell sends to
//   after `place`      a mesh coordinate per cluster
//   after `route`      delays, windows, the host's routes
//
// A neuron has one target, so a network's neuron is as many cells as it has axons to reach: copies
// beside it, which share its axons, or relays elsewhere: one axon, a cell for each target, one tick
// later. Weights stay in the QuantNet until `emit`; here is only how each core makes them of types.
#pragma once

#include "compiler/core_ir/axon_types.h"

#include "common/image/image.h"
#include "common/net/quant_net.h"

#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <string>
#include <vector>

namespace snnc::compiler::core_ir {

struct CrossbarAxon {
  // Of a synapse's axon: the projection, and the neuron or input element that its spikes are of.
  // Of a relay's: the population of that neuron.
  bool relay = false;
  uint32_t from = 0, source = 0;
  uint8_t type = 0; // of a relay's axon 0
  bool operator==(const CrossbarAxon &) const = default;
};

// One neuron of a core.
struct CrossbarCell {
  static constexpr uint32_t kNowhere = UINT32_MAX;
  enum class Kind : uint8_t { Home, Copy, Relay };
  Kind kind = Kind::Home;
  uint32_t population = 0, neuron = 0; // whose spikes it sends
  uint16_t relayAxon = 0;              // of a relay: the axon that feeds it
  TypeWeights weights{};
  uint32_t cluster = kNowhere; // its target
  uint16_t axon = 0;
  uint8_t delay = 0; // after route
};

struct CrossbarCluster {
  // Synapses first, those of a population by (from, source, type); then relays.
  std::vector<CrossbarAxon> axons;
  // Of each population homes by neuron, then copies; then relays.
  std::vector<CrossbarCell> cells;
  uint32_t x = 0, y = 0;            // after place
  std::vector<image::Group> groups; // after route
};

struct CrossbarHostRoute {
  uint32_t element = 0, cluster = 0;
  uint16_t axon = 0;
  uint32_t offset = 0; // ticks after the step of the spike
};
struct CrossbarHostInput {
  uint32_t population = 0;
  std::vector<CrossbarHostRoute> routes; // by (element, cluster, axon)
};

struct CrossbarIr {
  std::vector<CrossbarCluster> clusters;
  uint32_t coresLowerBound = 0;
  bool placed = false, routed = false;
  uint32_t meshWidth = 0, meshHeight = 0;
  std::vector<uint32_t> firstTick;       // per population, relays included
  std::vector<CrossbarHostInput> inputs; // after route
};

// First tick in which a cell updates: a relay's is one after that of its neuron.
inline uint32_t windowOf(const CrossbarIr &ir, const CrossbarCell &cell) {
  return ir.firstTick[cell.population] + (cell.kind == CrossbarCell::Kind::Relay ? 1 : 0);
}
// What a cell's target asks for, in ticks: 0 to a relay, else what makes the spike arrive in its
// projection's step. REQUIRES: the cell has a target.
uint32_t delayOf(const CrossbarIr &ir, const net::QuantNet &net, const CrossbarCell &cell);
// Ticks after the step of an input spike in which it is injected for an axon of its.
uint32_t hostOffset(const CrossbarIr &ir, const net::QuantNet &net, const CrossbarAxon &axon);

// `@hidden.1` for the second cluster that starts with population 'hidden', per cluster.
std::vector<std::string> clusterNames(const CrossbarIr &ir, const net::QuantNet &net);
// Text form, for --stop-after and --dump-dir; nobody parses it.
void print(const CrossbarIr &ir, const net::QuantNet &net, llvm::raw_ostream &os);

} // namespace snnc::compiler::core_ir
