// Writes the deployment image: the core IR with the network's integers in it.
//
//   Reads    quantised network, core IR after route
//   Writes   image; cores in order of (y, x), axons and slots as routed, shared lists once
//   Needs    target.core word layout; target.json and its fingerprint go into the image
//   Keeps    every integer: image::toNetwork(image) is the quantised network again
//   Fails    never on what route accepted
//   Cost     O(synapses)
//
// Crossbar targets: crossbar.h.
#pragma once

#include "compiler/pass/pass.h"

namespace snnc::compiler {

class EmitPass final : public Pass {
public:
  llvm::StringRef name() const override { return "emit"; }
  llvm::Expected<bool> run(Module &module, PassContext &context) override;
};

} // namespace snnc::compiler
