// What the passes work on: the network and what it has become so far. Each pass fills the next
// field and leaves the earlier ones as they are, apart from `lower`, which rewrites the net.
#pragma once

#include "compiler/core_ir/core_ir.h"
#include "compiler/core_ir/crossbar_ir.h"
#include "compiler/core_ir/overflow.h"

#include "common/image/image.h"
#include "common/net/net.h"
#include "common/net/quant_net.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace snnc::compiler {

// What `quantize` cost, per population that is not an input.
struct LayerStats {
  std::string name;
  uint32_t neurons = 0;
  // Nonzero weights of its input projections, host layer included: unrolled, pools folded. A
  // shared weight counts as often as it is used, here and in what follows.
  uint64_t synapses = 0;
  uint32_t weightBits = 0;            // 0: no input projections
  std::string quantizer;              // how its integers were chosen: a --quantizer, or "exact"
  double sqnrDb = 0;                  // of the weights; +inf when they are exact
  uint64_t saturated = 0, zeroed = 0; // clipped; not zero, but became 0
  bool onHost = false;
  uint64_t mayWrapAccumulator = 0, mayWrapCurrent = 0, mayClampMembrane = 0; // neurons not proven
  std::optional<Overflow> overflow; // the farthest of them
};

// After `place`. Without rates every neuron and input element fires at every step.
struct TrafficStats {
  double messagesPerTick = 0, hopsPerTick = 0, lowerBoundMessagesPerTick = 0;
  double hopEnergyPerTick = 0;           // pJ, or hops if the target has no price of a hop
  double lowerBoundHopsPerTick = 0;      // of these clusters: one hop per message to another core
  std::array<uint32_t, 4> hottestLink{}; // from x, y to x, y; most messages per tick
  double hottestLinkMessages = 0;
  std::array<uint32_t, 2> hottestCore{}; // x, y; receives most messages per tick
  double hottestCoreMessages = 0;
};

struct Module {
  net::Net net;
  bool hasNet = false;  // false: compilation started from integers
  bool lowered = false; // set by `lower`
  net::Profile profile; // as imported: `lower` makes the net's own profile trivial
  std::vector<std::vector<double>> rests; // [population] v_leak that `lower` took off; empty = 0
  std::optional<net::QuantNet> quant;
  std::optional<core_ir::CoreIr> cores;        // of a target with cuba cores
  std::optional<core_ir::CrossbarIr> crossbar; // or with crossbar cores
  std::optional<image::Image> image;

  std::vector<LayerStats> layers;
  TrafficStats traffic;
};

} // namespace snnc::compiler
