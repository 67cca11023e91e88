// Every pass there is. docs/reference/passes.md is generated from this table.
#pragma once

#include "compiler/pass/pass.h"
#include "compiler/pipeline/compile.h"

#include <memory>

namespace snnc::compiler {

struct PassInfo {
  const char *name;
  const char *summary;
  const char *reads, *writes; // representations: net, quant, core, image
  std::unique_ptr<Pass> (*make)(const CompileOptions &);
};

llvm::ArrayRef<PassInfo> allPasses();           // sorted by name
const PassInfo *findPass(llvm::StringRef name); // null if there is none
std::vector<std::string> passNames();

} // namespace snnc::compiler
