#include "compiler/passes/validate/validate.h"

#include "common/image/match_network.h"

namespace snnc::compiler {

llvm::Expected<bool> ValidatePass::run(Module &module, PassContext &context) {
  if (!module.image)
    return missingInput(name(), "emit");
  if (llvm::Error error = image::matchNetwork(*module.image, *module.quant, context.threads))
    return error;
  return false;
}

} // namespace snnc::compiler
