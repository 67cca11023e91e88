// From a NIR graph to the network IR: populations, what joins them, the profile, the order in which
// they run, where cycles are broken (nir_frontend.h has the rules).
#pragma once

#include "compiler/frontends/nir/nir_nodes.h"

#include "llvm/Support/Error.h"

namespace snnc::compiler::nir {

llvm::Expected<net::Net> buildNet(Graph graph, const net::ProfileFlags &flags,
                                  support::Warnings &warnings);

} // namespace snnc::compiler::nir
