// The network as a hypergraph: an axon with all its targets is one edge. Private to partition.
//
// Arrays of indices and nothing else: 8 bytes a synapse, 24 an axon or neuron.
#pragma once

#include "compiler/passes/partition/problem.h"

#include "llvm/ADT/ArrayRef.h"

#include <vector>

namespace snnc::compiler::partition {

struct MapGraph {
  explicit MapGraph(const Problem &problem);

  // Edges into a neuron (id), ascending within a projection; targets of an edge, ascending.
  llvm::ArrayRef<uint32_t> edgesInto(uint32_t neuron) const {
    return {edges.data() + inStart[neuron], edges.data() + inStart[neuron + 1]};
  }
  llvm::ArrayRef<uint32_t> targetsOf(uint32_t edge) const {
    return {targets.data() + outStart[edge], targets.data() + outStart[edge + 1]};
  }
  uint32_t neurons() const { return static_cast<uint32_t>(inStart.size() - 1); }
  uint32_t edgeCount() const { return static_cast<uint32_t>(outStart.size() - 1); }
  uint64_t synapses() const { return edges.size(); }

  // Writes place[id] for every id among the targets: afterwards targetsOf() gives places.
  void renumberTargets(const std::vector<uint32_t> &place);

  // Edge firstEdge[p] + s is the axon of source s of projection p.
  std::vector<uint32_t> firstEdge;    // [projection], and the number of edges at the end
  std::vector<uint32_t> projectionOf; // [edge]
  std::vector<float> rate;            // [edge], spikes per tick
  static constexpr uint32_t kHost = UINT32_MAX;
  std::vector<uint32_t> sourceOf; // [edge]: id of the neuron, or kHost

private:
  std::vector<uint64_t> inStart, outStart;
  std::vector<uint32_t> edges, targets;
};

// Synapses of the network, written out; counts without building anything.
uint64_t writtenOut(const Problem &problem);

} // namespace snnc::compiler::partition
