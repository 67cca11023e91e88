// Graph partition with METIS (Karypis and Kumar, SIAM J. Sci. Comput. 20(1), 1998), as SNEAP uses
// it: what most mappers of the literature minimise, the edge cut, and not the messages. Private to
// partition.
#pragma once

#include "compiler/passes/partition/map_graph.h"

#include <memory>

namespace snnc::compiler::partition {

class GraphCut {
public:
  // Edges are synapses between neurons, weighted with the rates of their sources. Up to 2^29
  // synapses: METIS counts both ends in 31 bits.
  GraphCut(const Problem &problem, const MapGraph &graph);
  ~GraphCut();

  // [id]: part, below `parts`; nearly equally many neurons in each. Seeded.
  std::vector<uint32_t> into(uint64_t parts, uint64_t seed) const;

private:
  struct Graph;
  std::unique_ptr<Graph> cut;
};

} // namespace snnc::compiler::partition
