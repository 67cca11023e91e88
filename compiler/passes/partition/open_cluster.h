// A core being filled, one neuron at a time, with the exact cost of every step. Private to
// partition.
#pragma once

#include "compiler/passes/partition/problem.h"

#include "compiler/core_ir/axon_cost.h"
#include "compiler/core_ir/core_ir.h"
#include "compiler/core_ir/shared_lists.h"

#include <optional>
#include <vector>

namespace snnc::compiler::partition {

struct AxonKey {
  uint32_t projection = 0, source = 0;
};

// A finished cluster and the axons it needs.
struct Filled {
  core_ir::Cluster cluster;
  std::vector<AxonKey> axons; // in order of first use
};

class OpenCluster {
public:
  // `weightBits`: prices the chip's blocks at another width (what-if); 0 = each projection's own.
  OpenCluster(const Problem &problem, const core_ir::Limits &limits, uint32_t weightBits = 0);

  bool empty() const { return filled.cluster.runs.empty(); }
  uint32_t neurons() const { return filled.cluster.load.neurons; }
  uint32_t firstPopulation() const { return filled.cluster.runs.front().population; }
  const std::vector<core_ir::Run> &runs() const { return filled.cluster.runs; }

  // Adds the neuron if the cluster then still keeps every limit but output slots. Otherwise
  // leaves it as it was, and `exceeded()` says why.
  bool tryAdd(uint32_t population, uint32_t neuron);
  // Adds the neuron whatever it costs. REQUIRES: !full().
  void forceAdd(uint32_t population, uint32_t neuron);
  // What the last tryAdd would have exceeded, and what the cluster exceeds as it is.
  const llvm::SmallVector<core_ir::Violation, 2> &exceeded() const { return why; }
  llvm::SmallVector<core_ir::Violation, 2> exceededNow() const {
    return core_ir::violations(filled.cluster.load, limits);
  }
  // No neuron can be added, whatever it costs.
  bool full() const { return filled.cluster.load.extent >= limits.extent; }
  // Starts again with the neurons of `runs`, which were a cluster's.
  void restart(const std::vector<core_ir::Run> &runs);

  // Hands out the cluster and starts an empty one.
  Filled finish();

private:
  struct Use { // an axon of the open cluster; stale if epoch is another one
    uint32_t epoch = 0;
    core_ir::AxonExtent extent;
    uint32_t words = 0;
    uint64_t blockBits = 0;
  };
  struct Update {
    Use *use;
    uint16_t *bank;
    AxonKey key;
    Use next;
  };
  // Load with the neuron added, and the updates that would make it so; shared lists have it
  // already.
  core_ir::Load plan(uint32_t population, uint32_t neuron);
  void planAxon(AxonKey key, uint32_t local, core_ir::Load &load);
  void planFollower(AxonKey key, core_ir::Load &load);
  void planAlike(uint32_t projection, uint32_t neuron, core_ir::Load &load);
  void planShared(uint32_t projection, uint32_t neuron, core_ir::Load &load);
  void revert();
  void commit(uint32_t population, uint32_t neuron, const core_ir::Load &load);
  bool continuesRun(uint32_t population, uint32_t neuron) const;

  const Problem &problem;
  const core_ir::Limits limits;
  const uint32_t lanes;
  std::vector<core_ir::AxonCostModel> costs;
  std::vector<std::optional<core_ir::SharedLists>> shared; // [projection]: if it shares lists
  std::vector<std::vector<Use>> uses;                      // [projection][source]
  std::vector<std::vector<uint16_t>> banks; // [projection][source * lanes + bank], if not shared

  uint32_t epoch = 1;
  Filled filled;
  uint32_t plannedLocal = 0;
  std::vector<Update> updates;
  std::vector<AxonKey> appended; // to shared lists
  uint16_t noBank = 0;
  llvm::SmallVector<core_ir::Violation, 2> why;
};

} // namespace snnc::compiler::partition
