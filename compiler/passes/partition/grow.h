// Grows cores by overlap: from a neuron on, always the one whose sources the core hears already.
// Private to partition.
#pragma once

#include "compiler/passes/partition/load_model.h"

#include <vector>

namespace snnc::compiler::partition {

struct GrowOptions {
  double fill = 1.0;       // of the memory and the axons of a core, (0, 1]
  uint32_t neurons = 1024; // of a core, at most
  // [id]: rate of its sources that a core can be expected to hear; empty: all of them. What comes
  // from everywhere should not keep a neuron from its neighbours.
  std::vector<float> reachable = {};
};

// [id]: its core, numbered from 0 in the order in which they are grown. Keeps the limits by
// LoadModel, not by exact cost. Cost O(sum over edges of targets * cores reached).
//
// Source: overlap-driven greedy partition of hypergraphs, as in Ronzani and Silvano,
// arXiv:2601.16118; rewritten from the idea.
std::vector<uint32_t> grow(const Problem &problem, const MapGraph &graph, const LoadModel &model,
                           const GrowOptions &options);

} // namespace snnc::compiler::partition
