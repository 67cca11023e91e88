// RANC networks (net.json and config.json): recognised, printed, and with `--format ranc` run and
// verified on a crossbar target with the packets of their file.
#pragma once

#include "tools/snnc/console.h"

namespace snnc::cli {

// True if `path` ends in .json and its text is a RANC network.
llvm::Expected<bool> isRanc(llvm::StringRef path);

// SNN1207 if it is one: only `dump`, and `run` and `verify` with --format ranc, take it.
llvm::Error refuseRanc(llvm::StringRef path);

// The network's summary; --json: schema snnc-dump/1 with a "crossbar" object.
llvm::Error dumpRanc(llvm::StringRef path, Console &console);

// --format --config --ticks, of `run` and `verify`.
extern const FlagGroup kRancFlags;

// `snnc run NET --format ranc`: rows of the output bus to --rows. `snnc verify NET --format ranc`.
// Both read all their flags themselves; --target is truenorth-like by default.
llvm::Expected<int> runRanc(Args &args, Console &console);
llvm::Expected<int> verifyRanc(Args &args, Console &console);

} // namespace snnc::cli
