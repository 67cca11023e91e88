// Decides which neurons share a core and which projections are relayed, until both fit each other:
// a neuron takes as many cells as it has axons to reach, and how many it has depends on the cores
// of its targets.
#pragma once

#include "compiler/core_ir/crossbar_limits.h"
#include "compiler/passes/partition/crossbar_fill.h"

#include <memory>
#include <optional>

namespace snnc::compiler::partition {

// Axons that the spikes of one neuron have to reach.
struct FanOut {
  uint32_t direct = 0, relayed = 0; // by projections that are not, and are, relayed
  // Cells beside its synapses: a relayed neuron sends to one relay axon per `most` targets, and a
  // single target never needs a relay.
  uint32_t cells(uint32_t most) const {
    const uint32_t relays = relayed <= 1 ? relayed : (relayed + most - 1) / most;
    return std::max(1u, direct + relays);
  }
};

// A neuron whose copies alone are more than a core holds, and that no relay can serve.
struct FanOutMisfit {
  uint32_t population = 0, neuron = 0, needed = 0;
};

struct CrossbarPlan {
  std::vector<uint32_t> firstTick;                // per population; empty: there is no schedule
  std::vector<uint32_t> hops;                     // per projection: ticks it takes, 2 if relayed
  std::vector<std::vector<FilledCrossbar>> cores; // per population
  std::vector<FanOutMisfit> misfits;              // one per population at most
  bool isRelayed(uint32_t projection) const { return hops[projection] == 2; }
};

class CrossbarPlanner {
public:
  // `synapses`: per population, null for inputs. REQUIRES: every neuron fits a core alone.
  CrossbarPlanner(const net::QuantNet &net,
                  llvm::ArrayRef<std::unique_ptr<CrossbarSynapses>> synapses,
                  const core_ir::CrossbarLimits &limits);
  CrossbarPlan run();

private:
  void settle();
  std::vector<uint32_t> order() const;
  bool place(uint32_t population, std::vector<uint32_t> cells);
  std::vector<FanOut> fanOuts(uint32_t population) const;
  void countFanOut(uint32_t projection, std::vector<FanOut> &counts) const;
  bool relaySomething();
  bool wantsRelays(uint32_t population);
  bool canRelay(uint32_t projection) const;
  std::vector<FilledCrossbar> fill(uint32_t population, llvm::ArrayRef<uint32_t> cells);
  double neuronAxonsPerCell(uint32_t population) const;

  const net::QuantNet &net;
  const llvm::ArrayRef<std::unique_ptr<CrossbarSynapses>> synapses;
  const core_ir::CrossbarLimits limits;
  CrossbarPlan plan;
  std::vector<std::vector<uint32_t>> cellsOf;            // of the last filling, per population
  std::vector<std::optional<size_t>> coresWithoutFanOut; // per population
};

} // namespace snnc::compiler::partition
