// What a core that holds a set of neurons will cost, before their local numbers are known. Private
// to partition.
//
// Neurons, axons and the chip's blocks of sparse lists are exact. The words of a sparse list depend
// on how its targets fall into banks: here they fall at random, and the sums over a core's
// thousands of lists are right to a percent. `fill` counts the rest exactly.
#pragma once

#include "compiler/passes/partition/map_graph.h"

#include <vector>

namespace snnc::compiler::partition {

// Of a core, or of what a neuron adds to one.
struct SoftLoad {
  uint32_t neurons = 0, axons = 0;
  double words = 0, blockBits = 0;
};

class LoadModel {
public:
  explicit LoadModel(const Problem &problem);

  // A list of the projection with `count` targets on a core, in the encoding that is smaller at the
  // projection's density. Convolutions share lists and cost nothing here.
  double words(uint32_t projection, uint32_t count) const {
    return tables[projection].words[count];
  }
  double blockBits(uint32_t projection, uint32_t count) const {
    return tables[projection].blockBits[count];
  }
  // Whether the neurons of the network are so loosely joined that it matters which ones share a
  // core.
  bool isSparse() const { return anySparse; }

private:
  struct Table {
    std::vector<float> words, blockBits; // by targets, 0 .. neurons of a core
  };
  std::vector<Table> tables; // [projection]
  bool anySparse = false;
};

} // namespace snnc::compiler::partition
