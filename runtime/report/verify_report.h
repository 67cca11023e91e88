// The result of `snnc verify` for people and as JSON (schema snnc-verify/1).
#pragma once

#include "runtime/verify/verify.h"

#include "llvm/Support/raw_ostream.h"

#include <nlohmann/json.hpp>

namespace snnc::runtime::report {

void printVerify(const verify::VerifyReport &report, llvm::raw_ostream &os);
nlohmann::ordered_json toJson(const verify::VerifyReport &report);

} // namespace snnc::runtime::report
