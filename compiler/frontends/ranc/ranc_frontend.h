// Reads a network of RANC (two JSON files: network with input packets, configuration) into the
// crossbar network. The format as read, and where it is stricter than RANC's own simulator, is in
// docs/reference/ranc.md.
//
// Fails with all errors of the first part that has any (configuration, one core, one list of
// packets), each with line and JSON pointer: SNN1003..1007 for JSON, SNN2100..2102 for what does
// not fit the configuration, SNN2105 above kMaxRancBytes. Spikes that go to a place of the mesh
// without a core are a warning (SNN2104).
#pragma once

#include "common/net/crossbar_net.h"
#include "common/support/diag.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace snnc::compiler {

// Parsed JSON takes up to eight times the file.
constexpr uint64_t kMaxRancBytes = uint64_t{512} << 20;

// True if the text of a JSON file is a RANC network and no model of ours, from its keys alone:
// nothing is parsed.
bool looksLikeRanc(llvm::StringRef json);

// The configuration that goes with a network when nobody names one, in the same folder:
// `config_3.json` beside `net_3.json` or `input_3.json`, `config.json` beside all others.
std::string rancConfigBeside(llvm::StringRef netPath);

// `configPath` empty: rancConfigBeside(netPath). The network's name is the file's stem.
llvm::Expected<net::CrossbarNet> readRanc(llvm::StringRef netPath, llvm::StringRef configPath,
                                          support::Warnings &warnings);
// The same from texts that came from these paths.
llvm::Expected<net::CrossbarNet> parseRanc(llvm::StringRef netText, llvm::StringRef netPath,
                                           llvm::StringRef configText, llvm::StringRef configPath,
                                           support::Warnings &warnings);

} // namespace snnc::compiler
