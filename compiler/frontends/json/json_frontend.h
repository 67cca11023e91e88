// Reads a model file (`snnc-model/1`, docs/reference/model_json.md) into the network IR.
//
// Arrays may stand in .npy files beside the model. Physical parameters are made dimensionless here.
// `flags` win over the file's profile. All errors of a file are returned together, each with line
// and JSON pointer. A model that states times but no dt adds a warning (SNN2050).
#pragma once

#include "common/net/net.h"
#include "common/support/diag.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace snnc::compiler {

llvm::Expected<net::Net> readJson(llvm::StringRef path, const net::ProfileFlags &flags,
                                  support::Warnings &warnings);
// The same from text that came from `path`: .npy files are looked for in its folder.
llvm::Expected<net::Net> parseJson(llvm::StringRef text, llvm::StringRef path,
                                   const net::ProfileFlags &flags, support::Warnings &warnings);

} // namespace snnc::compiler
