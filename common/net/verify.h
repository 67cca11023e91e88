// The rules of the network IR: indices, shapes, ranges, finite numbers, unique names. Run after
// every pass and on everything that was read; what passes may be used without further checks.
#pragma once

#include "common/net/net.h"
#include "common/net/quant_net.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace snnc::net {

constexpr uint32_t kMaxPopulationSize = kMaxElements;
constexpr uint32_t kMaxDelay = 1u << 16;
constexpr uint32_t kMaxSteps = 1u << 20; // of one sample: RunOptions::steps, images and --steps

// True if traces can use `name` as an array's: no control character, slash or backslash.
bool isPlainName(llvm::StringRef name);
// For a message about a name that is not.
std::string escapedName(llvm::StringRef name);

// NetInvalid (2014) for the first 20 broken rules, joined; TooManyElements (2016) for populations
// and maps above kMaxElements. Linear in the number of stored weights.
//
// Both: names unique and not empty, those of populations plain; shapes of extents >= 1; projections
// join existing populations, never end in an input, and no cycle has a total delay of 0; weights
// have the shape of what they join; sparse targets ascend; groups divide channels; of a window,
// the padding behind is no wider than that ahead or than the kernel reaches. inputs are all the
// Input populations, outputs are none of them.
//
// Net: every parameter is one value or one per neuron, belongs to its kind and is a number (only
// tau*, r and w_in may be infinite); weights and biases are finite; dt > 0; a map of a chain takes
// as many elements as the one before gives; no projection starts from a kind without spikes; grids
// are within their ranges.
llvm::Error verify(const Net &net);
// QuantNet: registers within their ranges (quant_net.h), weights within weightBits, one config per
// neuron, pools are sums of disjoint windows, at most one host layer per target.
llvm::Error verify(const QuantNet &net);

} // namespace snnc::net
