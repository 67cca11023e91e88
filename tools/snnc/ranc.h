// RANC networks (net.json and config.json): recognised and printed; no engine of ours takes them
// yet.
#pragma once

#include "tools/snnc/console.h"

namespace snnc::cli {

// True if `path` ends in .json and its text is a RANC network.
llvm::Expected<bool> isRanc(llvm::StringRef path);

// SNN1207 if it is one: only `dump` takes it.
llvm::Error refuseRanc(llvm::StringRef path);

// The network's summary; --json: schema snnc-dump/1 with a "crossbar" object.
llvm::Error dumpRanc(llvm::StringRef path, Console &console);

} // namespace snnc::cli
