// The greedy mapper. Private to partition.
#pragma once

#include "compiler/passes/partition/neuron_order.h"
#include "compiler/passes/partition/open_cluster.h"

#include <vector>

namespace snnc::compiler::partition {

// A neuron that no core of this kind can hold.
struct Misfit {
  uint32_t population = 0, neuron = 0;
  core_ir::Violation violation;
};

struct GreedyResult {
  std::vector<Filled> clusters; // loads include output slots
  std::vector<Misfit> misfits;  // the worst per population and resource, in that order
  // Per population and resource: clusters that were closed because of it.
  std::vector<std::vector<uint32_t>> closedBy;
  bool gaveUp = false; // stopped splitting far beyond `enoughCores`: clusters is a lower bound
};

inline constexpr size_t kResources = 7; // of core_ir::Resource

// Cores from which on a result does not matter where `enough` are there.
inline uint64_t farBeyond(uint64_t enough) {
  return 4 * enough + 64;
}

struct GreedyOptions {
  uint64_t enoughCores = 1; // cores there are; far beyond them the result does not matter
  uint32_t weightBits = 0;  // prices the chip's blocks at another width; 0 = as they are
};

// Populations share cores; if then some neuron reaches too many cores, every population begins on
// a core of its own, which is taken if it helps.
GreedyResult fillGreedily(const net::QuantNet &net, const target::Target &target,
                          const std::vector<uint32_t> &firstTick, const NeuronOrders &orders,
                          const core_ir::Limits &limits, GreedyOptions options);

} // namespace snnc::compiler::partition
