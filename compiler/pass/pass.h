// A pass reads the module and fills or rewrites one part of it.
#pragma once

#include "compiler/core_ir/module.h"

#include "common/support/diag.h"
#include "common/target/target.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace snnc::compiler {

struct PassContext {
  const target::Target &target;
  support::Warnings &warnings;
  unsigned threads = 1; // at most; what a pass makes does not depend on it
};

class Pass {
public:
  virtual ~Pass() = default;
  virtual llvm::StringRef name() const = 0;
  // True if the module changed. An error leaves the module in an unspecified state.
  virtual llvm::Expected<bool> run(Module &module, PassContext &context) = 0;
};

// "pass 'place' needs what 'partition' makes" (SNN4008).
llvm::Error missingInput(llvm::StringRef pass, llvm::StringRef maker);

} // namespace snnc::compiler
