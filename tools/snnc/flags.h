// Flag groups that several verbs share, and the options they stand for.
#pragma once

#include "common/net/profile.h"
#include "compiler/pipeline/compile.h"
#include "tools/snnc/args.h"

namespace snnc::cli {

extern const FlagGroup kCommonFlags; // --json -q -v --help
extern const FlagGroup kWorkFlags;   // --seed --threads
extern const FlagGroup kModelFlags;  // --steps --encode ... --bias-timing
extern const FlagGroup kTargetFlags; // --target and how to compile for it
extern const FlagGroup kDataFlags;   // --data --samples

// Overrides of what a model or an image carries.
struct ModelFlags {
  net::ProfileFlags profile;
  std::optional<uint32_t> steps;
  std::optional<net::Encoding> encode;
  std::optional<net::Readout> readout;
};
ModelFlags readModelFlags(Args &args);
// Names of the profile flags given, for a message when they do not apply.
std::vector<std::string> givenProfileFlags(const Args &args);

// Names of the flags given that choose integers.
std::vector<std::string> givenQuantizerFlags(const Args &args);

compiler::CompileOptions readCompileOptions(Args &args, const Console &console);
// Names of the flags given that only a compilation uses.
std::vector<std::string> givenCompileFlags(const Args &args);

// Points of --budget-accuracy, if --weight-bits is auto.
std::optional<double> bitBudget(const Args &args);

// Samples [first, last); the dataset's own size where `last` is empty.
struct SampleRange {
  uint64_t first = 0;
  std::optional<uint64_t> last;
};
SampleRange readSamples(Args &args); // "A:B", or "N" = "0:N"

// --engines, comma-separated, each one of `names`; `chosen` without the flag.
std::vector<std::string> readEngines(Args &args, llvm::ArrayRef<const char *> names,
                                     llvm::ArrayRef<const char *> chosen);

} // namespace snnc::cli
