// Translation validation: proves that the image is the quantised network.
//
//   Reads    quantised network, image
//   Writes   nothing
//   Keeps    everything
//   Fails    SNN5007 with the first difference: partition, place, route or emit is at fault
//   Cost     O(synapses), a few nanoseconds each; a row of weights per thread
//   (image/match_network.h)
//
// It shares with `emit` the layout of a synapse word and nothing else.
#pragma once

#include "compiler/pass/pass.h"

namespace snnc::compiler {

class ValidatePass final : public Pass {
public:
  llvm::StringRef name() const override { return "validate"; }
  llvm::Expected<bool> run(Module &module, PassContext &context) override;
};

} // namespace snnc::compiler
