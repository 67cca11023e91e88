// Files that a command would write over what it reads.
#pragma once

#include "tools/snnc/args.h"

namespace snnc::cli {

// SNN1206 for every output (--output, --trace, --predictions) that is the same file as an input:
// an argument, the target, the data, or the weights that a .json model names. Links are followed.
llvm::Error checkOutputs(Args &args);

} // namespace snnc::cli
