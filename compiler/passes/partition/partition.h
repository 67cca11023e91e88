// Cuts populations into clusters that each fit one core.
//
//   Reads    quantised network
//   Writes   core IR: clusters, their runs of neurons, loads, first ticks, lower bound of cores
//   Needs    every limit of target.core, target.blockCost, target.mesh
//   Keeps    the network function: it only says where neurons live
//   Fails    SNN4001 a neuron alone exceeds a core;  SNN4002 more clusters than cores;
//            SNN4003 a delay exceeds the ring;  SNN4004 no schedule;  SNN4005..4007 options.
//            All that is wrong is reported at once.
//   Cost     O(synapses * cores that a neuron reaches) and a factor of rounds; O(synapses) memory
//
// Mappers: `hyper` is ours and the default; `contiguous`, `nengo`, `random` and `cut` are what it
// is measured against. All of them keep every limit, at exact cost (core_ir/axon_cost.h,
// shared_lists.h), lists that axons share counted once. Methods, bounds and figures:
// docs/reference/mapping.md. Every population starts on a multiple of `lanes` where there is room,
// so that the rows of dense words align.
//
// Crossbar targets: crossbar.h, whose errors are SNN3002 too; SNN4010 integers of another kind of
// core.
//
// Example (core holds 4): population of 5 -> clusters of 4 and 1.
#pragma once

#include "compiler/pass/pass.h"

#include <map>
#include <string>
#include <vector>

namespace snnc::compiler {

struct PartitionOptions {
  std::string mapper = "hyper";   // of mapperNames()
  uint32_t maxNeuronsPerCore = 0; // 0: the target's
  // 0: the target's; may be larger, a machine of several chips.
  uint32_t meshWidth = 0, meshHeight = 0;
  uint64_t seed = 1;
  unsigned threads = 1; // results do not depend on them
  // Messages are weighted with them: spikes per tick of every neuron or input element, by
  // population; where there are none, 1.
  std::map<std::string, std::vector<float>> rates = {};
};

// The default first.
std::vector<std::string> mapperNames();

class PartitionPass final : public Pass {
public:
  explicit PartitionPass(PartitionOptions options) : options(std::move(options)) {}
  llvm::StringRef name() const override { return "partition"; }
  llvm::Expected<bool> run(Module &module, PassContext &context) override;

private:
  PartitionOptions options;
};

} // namespace snnc::compiler
