// The synapse lists of one projection on one core where lists that differ only by a shift of whole
// rows of lanes are stored once: the axons of a convolution (image/synapse_words.h). Loihi shares
// lists the same way: nengo-loihi gives every axon a list (`axon_to_ref`) and a base compartment
// (`bases`), and counts the bits of each list once.
//
// Lists grow by one synapse at a time and every list that occurred is a node of a tree, found by
// (parent, distance, weight): equal lists are the same node, by construction and not by a hash.
#pragma once

#include "compiler/core_ir/axon_cost.h"

#include "common/net/quant_net.h"

#include "llvm/ADT/DenseMap.h"

#include <cstdint>
#include <vector>

namespace snnc::compiler::core_ir {

// Whether the lists of a projection are shared so.
inline bool sharesLists(const net::QuantProjection &projection) {
  return std::holds_alternative<net::ConvInts>(projection.weights);
}

class SharedLists {
public:
  SharedLists(AxonCostModel costs, uint32_t lanes, uint32_t sources);

  // The next synapse of `source`; ascending `local` per source, below 65536. True if its first.
  bool append(uint32_t source, uint32_t local, int16_t weight);
  // Takes the last synapse of `source` off again.
  void undo(uint32_t source);
  // No source has a synapse.
  void clear();

  // Sums over the lists that sources have now, each counted once.
  uint64_t words() const { return totalWords; }
  uint64_t blockBits() const { return totalBits; }

  // Of a source that has a synapse. Equal numbers: equal lists (until clear()).
  uint32_t list(uint32_t source) const { return of[source].node; }
  uint32_t baseRow(uint32_t source) const { return of[source].baseRow; }
  const AxonCost &cost(uint32_t source) const { return nodes[of[source].node].cost; }

private:
  static constexpr uint32_t kEmpty = 0; // the root: no synapse
  struct Node {
    uint32_t parent = kEmpty, users = 0;
    AxonExtent extent; // neurons counted from the base row
    AxonCost cost;
  };
  struct Source {
    uint32_t node = kEmpty, baseRow = 0;
  };
  void enter(uint32_t node);
  void leave(uint32_t node);

  AxonCostModel costs;
  const uint32_t lanes;
  std::vector<Source> of;
  std::vector<uint16_t> banks;   // [source * lanes + bank]: synapses there
  std::vector<uint32_t> touched; // sources that had a synapse since clear()
  std::vector<Node> nodes;
  // (parent, distance << 16 | weight). A pair, whose hash mixes both: that of a 64-bit key looks at
  // its low half alone.
  llvm::DenseMap<std::pair<uint32_t, uint32_t>, uint32_t> children;
  uint64_t totalWords = 0, totalBits = 0;
};

} // namespace snnc::compiler::core_ir
