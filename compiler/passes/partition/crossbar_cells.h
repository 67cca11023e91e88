// From a plan to clusters: axons, and cells with the axon that each one sends to.
#pragma once

#include "compiler/core_ir/crossbar_ir.h"
#include "compiler/passes/partition/crossbar_plan.h"

namespace snnc::compiler::partition {

// Copies where the core has room for them, else relays, on cores that have room or on new ones.
// REQUIRES: plan.misfits is empty.
std::vector<core_ir::CrossbarCluster>
buildClusters(const net::QuantNet &net, const CrossbarPlan &plan,
              llvm::ArrayRef<std::unique_ptr<CrossbarSynapses>> synapses,
              const core_ir::CrossbarLimits &limits);

} // namespace snnc::compiler::partition
