// `snnc --list WHAT`: the tables of the program as Markdown, which docs/reference keeps a copy of.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace snnc::cli {

// WHAT is "passes" or "diagnostics". False if it is something else.
bool printListing(llvm::StringRef what, llvm::raw_ostream &os);

} // namespace snnc::cli
