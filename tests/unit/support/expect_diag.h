// What an llvm::Error says, for tests: its diagnostics as data.
#pragma once

#include "common/support/diag.h"

#include <gtest/gtest.h>

#include <vector>

namespace snnc {

inline std::vector<support::Diagnostic> diagnosticsOf(llvm::Error error) {
  std::vector<support::Diagnostic> out;
  llvm::handleAllErrors(
      std::move(error), [&](const support::DiagError &diag) { out.push_back(diag.diagnostic); },
      [&](const llvm::ErrorInfoBase &other) {
        ADD_FAILURE() << "not a diagnostic: " << other.message();
      });
  return out;
}

// The first diagnostic; the test fails if there is none.
inline support::Diagnostic firstDiagnostic(llvm::Error error) {
  std::vector<support::Diagnostic> all = diagnosticsOf(std::move(error));
  if (all.empty()) {
    ADD_FAILURE() << "expected an error";
    return {support::DiagCode::FileUnreadable, {}, "", {}, ""};
  }
  return all.front();
}

inline bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

#define EXPECT_CONTAINS(text, part) EXPECT_PRED2(::snnc::contains, text, part)

} // namespace snnc
