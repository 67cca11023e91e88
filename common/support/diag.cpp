#include "common/support/diag.h"

#include <algorithm>

namespace snnc::support {

char DiagError::ID = 0;

static const DiagCodeInfo kCodes[] = {
#define SNNC_DIAG(number, name, exitCode, text) {DiagCode::name, #name, exitCode, text},
#include "common/support/diag_codes.def"
};

llvm::ArrayRef<DiagCodeInfo> allDiagCodes() {
  return kCodes;
}

const DiagCodeInfo &info(DiagCode code) {
  for (const DiagCodeInfo &entry : kCodes)
    if (entry.code == code)
      return entry;
  llvm_unreachable("every code is in diag_codes.def");
}

static void printPrefix(llvm::raw_ostream &os, const SourceLoc &loc) {
  if (loc.file.empty())
    return;
  os << loc.file << ':';
  if (loc.line != 0)
    os << loc.line << ':';
  os << ' ';
}

static void printPath(llvm::raw_ostream &os, const SourceLoc &loc) {
  if (!loc.path.empty())
    os << "  at " << loc.path << '\n';
}

void Diagnostic::print(llvm::raw_ostream &os) const {
  const DiagCodeInfo &entry = info(code);
  printPrefix(os, loc);
  os << (entry.exitCode == 0 ? "warning: " : "error: ") << message
     << llvm::formatv(" [SNN{0}]\n", static_cast<unsigned>(code));
  printPath(os, loc);
  for (const DiagNote &note : notes) {
    printPrefix(os, note.loc);
    os << "note: " << note.text << '\n';
    printPath(os, note.loc);
  }
  if (!help.empty())
    os << "  help: " << help << '\n';
}

int printErrors(llvm::Error error, llvm::raw_ostream &os) {
  int exitCode = 0;
  llvm::handleAllErrors(
      std::move(error),
      [&](const DiagError &diag) {
        diag.diagnostic.print(os);
        exitCode = std::max(exitCode, info(diag.diagnostic.code).exitCode);
      },
      [&](const llvm::ErrorInfoBase &other) {
        os << "error: " << other.message() << '\n';
        exitCode = 2;
      });
  return exitCode;
}

} // namespace snnc::support
