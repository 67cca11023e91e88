// A lower bound of synapse words that knows how little neurons have in common. Private to
// partition.
#pragma once

#include "compiler/passes/partition/map_graph.h"

namespace snnc::compiler::partition {

// Words that no mapper and no order of neurons on cores can go below; 0 if it would take too long
// to say, or cannot be more than `enough`.
//
//   A list is sparse, at `pairs` synapses a word, or dense, at a word per row of `lanes` neurons.
//   So a synapse whose source k of its row hear costs at least min(1 / pairs, 1 / k), and a neuron
//   shares sources with the other neurons of its row only: at most as many as with the lanes - 1
//   neurons with which it shares most. That number is counted, neuron by neuron.
//
// `order`: ids so that those with common sources are close (memory is walked in it; any order gives
// the same bound). The targets of `graph` are renumbered by it. Cost O(sum over sources of
// targets^2 / threads).
uint64_t leastWords(const Problem &problem, MapGraph &graph, const std::vector<uint32_t> &order,
                    uint64_t enough, unsigned threads);

} // namespace snnc::compiler::partition
