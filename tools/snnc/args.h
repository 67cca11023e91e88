// The command line as data: every verb is a table of flags, from which the parser, --help and the
// suggestions for misspelt words all work. Bad usage is a Diag (SNN12xx, exit 2).
#pragma once

#include "common/support/diag.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace snnc::cli {

// "--steps N" or "--steps=N"; a flag without a value name is a switch.
struct FlagSpec {
  const char *name;  // "--steps"
  const char *alias; // "-o", or nullptr
  const char *value; // "N", as printed by --help; nullptr: a switch
  const char *help;  // one line; the legal values are part of it
};
struct FlagGroup {
  const char *title;
  llvm::ArrayRef<FlagSpec> flags;
};

class Args;
class Console;

struct VerbSpec {
  const char *name;
  const char *summary;                    // one line
  llvm::ArrayRef<const char *> arguments; // "MODEL"; all are needed unless "[NAME]"
  std::vector<const FlagGroup *> groups;
  const char *details; // after the flags: semantics, exit codes, the JSON object
  const char *example;
  // The exit code of a finished command, or what went wrong.
  llvm::Expected<int> (*run)(Args &args, Console &console);
};

// The flags and arguments of one call. Getters note what is wrong and return empty; finish()
// hands all of it out at once, so that a user sees every mistake of a command line.
class Args {
public:
  static llvm::Expected<Args> parse(const VerbSpec &verb, llvm::ArrayRef<const char *> words);

  bool has(llvm::StringRef flag) const { return values.count(flag.str()) != 0; }
  std::optional<std::string> text(llvm::StringRef flag) const;
  std::string textOr(llvm::StringRef flag, llvm::StringRef fallback) const;
  std::string needed(llvm::StringRef flag, llvm::StringRef help);
  // Decimal or 0x..., lo <= value <= hi.
  std::optional<uint64_t> number(llvm::StringRef flag, uint64_t lo, uint64_t hi);
  std::optional<double> positive(llvm::StringRef flag); // finite, > 0
  // One of `names`.
  std::optional<std::string> choice(llvm::StringRef flag, llvm::ArrayRef<const char *> names);
  // Comma-separated, each one of `names` (any word if `names` is empty), no duplicates.
  std::vector<std::string> list(llvm::StringRef flag, llvm::ArrayRef<const char *> names);
  const std::vector<std::string> &arguments() const { return positionals; }
  const VerbSpec &verb() const { return *spec; }

  void bad(support::DiagCode code, const llvm::Twine &message, const llvm::Twine &help);
  void badValue(llvm::StringRef flag, llvm::StringRef wanted);
  llvm::Error finish();

private:
  const VerbSpec *spec = nullptr;
  std::map<std::string, std::string> values; // by FlagSpec::name; "" for a switch
  std::vector<std::string> positionals;
  std::vector<support::Diagnostic> mistakes;
};

// "did you mean 'verify'?" for the closest of `names`, or an empty string if none is close.
std::string suggestion(llvm::StringRef word, llvm::ArrayRef<std::string> names);

void printVerbHelp(const VerbSpec &verb, llvm::raw_ostream &os);

} // namespace snnc::cli
