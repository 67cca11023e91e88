// Reads the text IR (.snn, docs/reference/network_ir.md): what net/print.h writes, and the same by
// hand, where `profile`, `run` and everything with a default may be left out.
#pragma once

#include "common/net/net.h"
#include "common/net/quant_net.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <variant>

namespace snnc::net {

// `file` only names the text in messages. Fails with IrSyntax (2015) and the line of the first
// mistake, or with everything that net/verify.h finds.
llvm::Expected<std::variant<Net, QuantNet>> parse(llvm::StringRef text, llvm::StringRef file);

} // namespace snnc::net
