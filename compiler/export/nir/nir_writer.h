// Writes a network as a NIR file (HDF5, the layout of nir 1.0.7), which every framework with a NIR
// importer reads and compiler/frontends/nir reads back as the same network.
//
//   populations   nodes of their names; parameters float64, one per neuron; what a kind must have
//                 and the network leaves out is what it stands for (no leak, unit gain, 0)
//   projections   chains of nodes (chain.h); a delay is a Delay node, except the one step of an
//   edge
//                 that closes a cycle (cycle_delays.h)
//   metadata      root: dt, tau_unit, integrator, reset, compare, bias_timing, steps, encode,
//                 readout, input_low, input_high; neurons: reset, refractory, v_init, snnc_scale,
//                 snnc_bias_exp, snnc_du_offset; weights: snnc_weight_bits, snnc_exponent,
//                 snnc_host_shift. docs/reference/export.md
//
// Same network, same bytes.
#pragma once

#include "common/net/net.h"
#include "common/support/diag.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <vector>

namespace snnc::compiler {

// `net` must verify (net/verify.h). All errors together: ExportForm (2121) for what NIR has no way
// to say, ExportTooLarge (2122). Warns (ExportChanged, 2123) where a name changes or a population
// that nobody reads becomes an output.
llvm::Expected<std::vector<char>> toNir(const net::Net &net, support::Warnings &warnings);

// toNir into a file: the old one stays until the new one is complete.
llvm::Error writeNir(const net::Net &net, llvm::StringRef path, support::Warnings &warnings);

} // namespace snnc::compiler
