// Every verb there is, in the order of --help. One cmd_*.cpp each.
#pragma once

#include "tools/snnc/args.h"

namespace snnc::cli {

extern const VerbSpec kCompileVerb;
extern const VerbSpec kRunVerb;
extern const VerbSpec kVerifyVerb;
extern const VerbSpec kEvalVerb;
extern const VerbSpec kDumpVerb;
extern const VerbSpec kDiffVerb;
extern const VerbSpec kExportVerb;
extern const VerbSpec kTargetsVerb;
extern const VerbSpec kSynthVerb;
extern const VerbSpec kRtlVerb;
extern const VerbSpec kLifVerb;

inline constexpr int kExitDone = 0;
inline constexpr int kExitCheckFailed = 1;
inline constexpr int kExitBadInput = 2;

} // namespace snnc::cli
