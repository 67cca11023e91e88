// How each type of node is read.
#pragma once

#include "compiler/frontends/nir/hdf5_reader.h"
#include "compiler/frontends/nir/nir_nodes.h"

namespace snnc::compiler::nir {

// The type of the node in group `path`; NirFile if it has none.
llvm::Expected<std::string> readType(const Hdf5File &file, const std::string &path,
                                     const std::string &name);

// Reads the node that the group `path` holds; `type` is not NIRGraph. UnsupportedNode (2002) for a
// type that NIR does not have; NirFile, NotFinite, ParamShape, ParamRange, WeightShape, WindowShape
// or TooManyElements for one that is broken.
llvm::Expected<Node> readNode(const Hdf5File &file, const std::string &path,
                              const std::string &name, const std::string &type,
                              support::Warnings &warnings);

} // namespace snnc::compiler::nir
