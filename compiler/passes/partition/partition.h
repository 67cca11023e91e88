// Cuts populations into clusters that each fit one core.
//
//   Reads    quantised network
//   Writes   core IR: clusters, their runs of neurons, loads, first ticks, lower bound of cores
//   Needs    every limit of target.core, target.blockCost, target.mesh
//   Keeps    the network function: it only says where neurons live
//   Fails    SNN4001 a neuron alone exceeds a core;  SNN4002 more clusters than cores;
//            SNN4003 a delay exceeds the ring;  SNN4004 no schedule;  SNN4005..4007 options.
//            All that is wrong is reported at once.
//   Cost     O(synapses) per round; a round more for every split that output slots ask for; a
//            core that shared lists overflow is filled twice
//
// The mapper "greedy": neurons in order of their populations' first ticks fill one core after the
// other, those of a convolution in tiles where that takes fewer cores (neuron_order.h); small
// populations share a core; a neuron that does not fit opens the next one. Costs are exact
// (core_ir/axon_cost.h, shared_lists.h), lists that axons share counted once. A convolution's map
// that ends in the middle of a core splits its sources' lists in two kinds: where they do not fit,
// neurons are added up to a map further, and the last place where all fit is the cut. Output slots
// depend on where the targets went: a core whose neurons reach too many cores is split afterwards.
// Every population starts on a multiple of `lanes` where there is room, so that the rows of dense
// words align.
//
// Crossbar targets: crossbar.h, whose errors are SNN3002 too; SNN4010 integers of another kind of
// core.
//
// Example (core holds 4): population of 5 -> clusters of 4 and 1.
#pragma once

#include "compiler/pass/pass.h"

#include <string>

namespace snnc::compiler {

struct PartitionOptions {
  std::string mapper = "greedy";
  uint32_t maxNeuronsPerCore = 0;         // 0: the target's
  uint32_t meshWidth = 0, meshHeight = 0; // 0: the target's
};

class PartitionPass final : public Pass {
public:
  explicit PartitionPass(PartitionOptions options) : options(std::move(options)) {}
  llvm::StringRef name() const override { return "partition"; }
  llvm::Expected<bool> run(Module &module, PassContext &context) override;

private:
  PartitionOptions options;
};

} // namespace snnc::compiler
