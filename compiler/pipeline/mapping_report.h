// How full the cores are and what travels between them, for `compile --explain`.
#pragma once

#include "compiler/pipeline/compile.h"

#include "compiler/core_ir/module.h"

namespace snnc::compiler {

// After `place`; without it there is no traffic, without `partition` nothing at all.
MappingReport mappingReportOf(const Module &module, const target::Target &target,
                              const CompileOptions &options);

} // namespace snnc::compiler
