// A NIR file as a graph of nodes, complete but not yet a network: edges resolved and each taken
// once, missing Input and Output nodes added.
#pragma once

#include "compiler/frontends/nir/infer_profile.h"
#include "compiler/frontends/nir/nir_nodes.h"

namespace snnc::compiler::nir {

// All errors of the file's nodes and edges together. `metadata` gets the root's scalars.
llvm::Expected<Graph> readGraph(const Hdf5File &file, Metadata &metadata,
                                support::Warnings &warnings);

} // namespace snnc::compiler::nir
