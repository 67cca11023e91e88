// From a NIR graph to the network IR: which nodes are populations, what joins them, in which order
// they run, where cycles are broken (nir_frontend.h has the rules).
#pragma once

#include "compiler/frontends/nir/nir_nodes.h"

namespace snnc::compiler::nir {

// The profile is left at its defaults.
llvm::Expected<net::Net> buildNet(Graph graph, support::Warnings &warnings);

} // namespace snnc::compiler::nir
