// Which axons a core needs for some neurons of a population: the type weights of every neuron and
// the types on which every source comes in.
#pragma once

#include "compiler/passes/partition/crossbar_synapses.h"

namespace snnc::compiler::partition {

struct CoreTypes {
  struct Source {
    uint32_t source = 0; // into CrossbarSynapses::sources()
    core_ir::TypeSet types = 0;
  };
  std::vector<core_ir::TypeWeights> weights; // per neuron asked for
  std::vector<Source> sources;               // ascending
  uint32_t axons = 0;
};

// Two ways, the one with fewer axons: a type of its own for every source, so that each needs one
// axon (colouring: sources of one type have the same weight into every neuron that both reach), or
// the types of CrossbarSynapses::typeWeights, each source on the fewest that make its weights.
class TypeSolver {
public:
  TypeSolver(const CrossbarSynapses &synapses, core_ir::TypeLimits limits)
      : synapses(synapses), limits(limits), local(synapses.sources().size(), kNone) {}
  // REQUIRES: all are realisable.
  CoreTypes solve(llvm::ArrayRef<uint32_t> neurons);

private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Use {           // a synapse of a source
    uint32_t neuron = 0; // into the neurons asked for
    int16_t weight = 0;
  };
  void collect(llvm::ArrayRef<uint32_t> neurons);
  uint32_t mostBound(llvm::ArrayRef<core_ir::TypeSet> left, llvm::ArrayRef<bool> done) const;
  bool colour(llvm::ArrayRef<uint32_t> neurons, CoreTypes &out) const;
  void takeFewest(llvm::ArrayRef<uint32_t> neurons, CoreTypes &out) const;

  const CrossbarSynapses &synapses;
  const core_ir::TypeLimits limits;
  std::vector<uint32_t> local; // [source] of all: its place in `used`
  std::vector<uint32_t> used;  // sources of the neurons asked for, ascending
  std::vector<size_t> firstUse;
  std::vector<Use> uses; // by place
};

} // namespace snnc::compiler::partition
