// The mapping part of `compile --explain`, for people and as the JSON object `explain`.
#pragma once

#include "compiler/pipeline/compile.h"

#include <nlohmann/json.hpp>

#include "llvm/Support/raw_ostream.h"

namespace snnc::cli {

void printMapping(const compiler::CompileReport &report, llvm::raw_ostream &os);
nlohmann::ordered_json mappingJson(const compiler::CompileReport &report);

} // namespace snnc::cli
