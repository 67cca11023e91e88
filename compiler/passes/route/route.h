// Turns synapses that cross clusters into axons and messages.
//
//   Reads    quantised network, core IR after place
//   Writes   per cluster: groups, axon table, output pointers and slots; the host's input routes
//   Needs    target.core.{lanes, weightBits}: the shape of synapse words
//   Keeps    what partition priced: same axons, same words (the verifier compares)
//   Fails    never on what partition accepted
//   Cost     O(synapses + axons log axons)
//
// One axon per (projection, source) with a nonzero synapse in the cluster, in that order; those
// that share a list of synapses get one address (core_ir/{alike_sources,shared_lists}.h). One slot
// per axon fed by a neuron, ordered by (cluster, axon). Runs of one population that follow each
// other are one group, open from its first tick on. Axonal delays make every edge arrive in its
// target's window.
#pragma once

#include "compiler/pass/pass.h"

namespace snnc::compiler {

class RoutePass final : public Pass {
public:
  llvm::StringRef name() const override { return "route"; }
  llvm::Expected<bool> run(Module &module, PassContext &context) override;
};

} // namespace snnc::compiler
