// Fills one core after the other in a given order, at exact cost. Private to partition.
#pragma once

#include "compiler/passes/partition/open_cluster.h"
#include "compiler/passes/partition/problem.h"

#include <cmath>
#include <vector>

namespace snnc::compiler::partition {

// A neuron that no core of this kind can hold.
struct Misfit {
  uint32_t population = 0, neuron = 0;
  core_ir::Violation violation;
};

struct FillResult {
  std::vector<Filled> clusters; // loads include output slots
  std::vector<Misfit> misfits;  // the worst per population and resource, in that order
  // Per population and resource: clusters that were closed because of it.
  std::vector<std::vector<uint32_t>> closedBy;
  bool gaveUp = false;       // stopped early: clusters is a lower bound
  uint64_t leastCores = 0;   // no mapper takes fewer; 0 = not known
  bool overMessages = false; // ... beyond the most messages, not beyond the most cores
};

inline constexpr size_t kResources = 7; // of core_ir::Resource

// Cores from which on a result does not matter where `enough` are there.
inline uint64_t farBeyond(uint64_t enough) {
  return 4 * enough + 64;
}

struct FillOptions {
  uint64_t mostCores = UINT64_MAX; // give up beyond them,
  uint32_t weightBits = 0;         // prices the chip's blocks at another width; 0 = as they are
  const core_ir::Limits *limits = nullptr; // instead of the problem's
  double mostMessages = HUGE_VAL;          // or beyond these
};

// A neuron that does not fit opens the next core, and so does one of another class of registers. A
// convolution's map that ends in the middle of a core splits its sources' lists in two kinds: where
// they do not fit, neurons are added up to a map further, and the last place where all fit is the
// cut. A core whose neurons reach too many cores is split afterwards, in rounds.
FillResult fill(const Problem &problem, const Arrangement &arrangement, FillOptions options);

// Messages per tick: the rates of the sources that the core, or every core, has an axon of.
double messagesOf(const Problem &problem, const Filled &filled);
double messagesOf(const Problem &problem, const std::vector<Filled> &clusters);

} // namespace snnc::compiler::partition
