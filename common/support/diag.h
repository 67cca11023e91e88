// Diagnostics: what the tool tells its user when an input is wrong, not supported or suspicious.
//
// Libraries return them (llvm::Error, llvm::Expected) and never print or exit; tools/snnc prints
// them to stderr and turns the worst code into the exit status. Wording follows LLVM: lower case,
// no final period, both numbers, and a way out in `help`:
//
//   mlp.json:41: error: weights have 128 columns but 'hidden' has 64 neurons [SNN2003]
//     at /layers/2/weights
//   mlp.json:18: note: 'hidden' is declared here
//     help: columns are pre-synaptic neurons; was the matrix transposed?
//
// Several errors travel together with llvm::joinErrors. Unsupported input starts "unsupported:".
#pragma once

#include "common/support/source_loc.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace snnc::support {

enum class DiagCode : uint16_t {
#define SNNC_DIAG(number, name, exitCode, text) name = number,
#include "common/support/diag_codes.def"
};

struct DiagCodeInfo {
  DiagCode code;
  const char *name;
  int exitCode;     // 2 bad input, 1 check failed, 0 warning only
  const char *text; // one line for docs/reference/diagnostics.md
};
llvm::ArrayRef<DiagCodeInfo> allDiagCodes();
const DiagCodeInfo &info(DiagCode code);

struct DiagNote {
  SourceLoc loc;
  std::string text;
};

// One diagnostic as data. Severity follows from its code: exit code 0 is a warning.
struct Diagnostic {
  DiagCode code;
  SourceLoc loc;
  std::string message;
  std::vector<DiagNote> notes;
  std::string help;

  void print(llvm::raw_ostream &os) const;
};

// A Diagnostic on its way up as an llvm::Error.
class DiagError : public llvm::ErrorInfo<DiagError> {
public:
  static char ID;
  explicit DiagError(Diagnostic diagnostic) : diagnostic(std::move(diagnostic)) {}
  void log(llvm::raw_ostream &os) const override { diagnostic.print(os); }
  std::error_code convertToErrorCode() const override { return llvm::inconvertibleErrorCode(); }

  Diagnostic diagnostic;
};

// Builder: return Diag(DiagCode::X, loc, formatv(...)).note(...).help(...).take();
class Diag {
public:
  Diag(DiagCode code, SourceLoc loc, const llvm::Twine &message)
      : diagnostic{code, std::move(loc), message.str(), {}, {}} {}
  Diag &&note(SourceLoc loc, const llvm::Twine &text) && {
    diagnostic.notes.push_back({std::move(loc), text.str()});
    return std::move(*this);
  }
  Diag &&help(const llvm::Twine &text) && {
    diagnostic.help = text.str();
    return std::move(*this);
  }
  [[nodiscard]] llvm::Error take() && { return llvm::make_error<DiagError>(std::move(diagnostic)); }
  [[nodiscard]] Diagnostic data() && { return std::move(diagnostic); }

private:
  Diagnostic diagnostic;
};

// Warnings collected while a command works; the tool prints them (and lists them in --json).
using Warnings = std::vector<Diagnostic>;

// Prints every diagnostic of `error` and returns the exit code: 2 if any is bad input, else 1.
// An error that is not a Diagnostic counts as bad input.
int printErrors(llvm::Error error, llvm::raw_ostream &os);

} // namespace snnc::support
