// What of a network no crossbar core holds, said in full. Private to partition.
#pragma once

#include "compiler/passes/partition/crossbar_plan.h"

#include "common/support/diag.h"

namespace snnc::compiler::partition {

struct CrossbarMisfits {
  const net::QuantNet &net;
  const target::Target &target;
  const core_ir::CrossbarLimits &limits;

  // SNN3002: registers and weights that the target's widths do not hold.
  llvm::Error registers(uint32_t population) const;
  // SNN3002, SNN4001: weights that no types make; more axons than a core has.
  llvm::Error fanIn(uint32_t population, const CrossbarSynapses &synapses) const;
  // SNN4001: more copies than a core has room for, where no relay can help.
  llvm::Error fanOut(const CrossbarPlan &plan) const;
  // SNN4003
  llvm::Error delays(const CrossbarPlan &plan) const;
};

} // namespace snnc::compiler::partition
