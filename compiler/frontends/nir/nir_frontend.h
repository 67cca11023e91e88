// Reads a NIR file (HDF5, every version of nir) into the network IR; docs/reference/nir.md has the
// rules in full.
//
//   Nodes     all that NIR has. Populations are Inputs, neurons and Thresholds, named after their
//             nodes, in order of execution; nested graphs are inlined (nir_graph.h, cells.h)
//   Between   every way over maps (Linear, Conv, pools, Scale, Flatten, Delay) from a population to
//             the next is a projection; nothing is unrolled (routes.h, projections.h, biases.h)
//   Shapes    inferred along the edges both ways (shapes.h)
//   Cycles    without a delay of their own are broken at a neuron's output spike: the projection
//             that closes one has delay 1 (order.h)
//   Profile   inferred (infer_profile.h); a guess is a warning that names the flag to settle it
//   Bounds    time and memory are bounded whatever the file claims; beyond them it is refused
//
// All errors of a stage are returned together, each with the path inside the file.
#pragma once

#include "common/net/net.h"
#include "common/support/diag.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace snnc::compiler {

llvm::Expected<net::Net> readNir(llvm::StringRef path, const net::ProfileFlags &flags,
                                 support::Warnings &warnings);

} // namespace snnc::compiler
