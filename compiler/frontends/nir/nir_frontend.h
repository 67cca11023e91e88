// Reads a NIR file (HDF5, nir >= 0.1) into the network IR.
//
//   Nodes     Input, Output, Linear, Affine, IF, LIF, CubaLIF; any other is an error that names it
//   Graph     populations are Input and neuron nodes, named after them, in order of execution; a
//             Linear or Affine between two becomes a projection of its name, an edge without one a
//             sparse identity "<source>_to_<target>". Several edges into a neuron add up.
//   Cycles    broken at a neuron's output spike: the projection that closes one has delay 1
//   Profile   inferred (infer_profile.h); a guess is a warning that names the flag to settle it
//   Accepted  gzip'd or not, scalar parameters, leading ones of shapes, no v_reset / w_in /
//             version, nodes and edges in any order, no Input or Output, a bare node as root
//
// All errors of a file are returned together, each with the path inside the file.
#pragma once

#include "common/net/net.h"
#include "common/support/diag.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace snnc::compiler {

llvm::Expected<net::Net> readNir(llvm::StringRef path, const net::ProfileFlags &flags,
                                 support::Warnings &warnings);

} // namespace snnc::compiler
