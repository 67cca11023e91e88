// The canonical form of a projection's maps: sums over disjoint windows, then one weighted map.
// Private to lower.
//
//   Pool..., Dense | Sparse | Conv | Diagonal
//
//   (a Diagonal behind a pool: gains that differ within its channels)
//
//   AvgPool           a sum, its 1 / (kh * kw) goes into the weighted map
//   Diagonal          into the rows or columns of dense and sparse weights, into a convolution if
//                     it is constant per channel; alone it stays
//   pool, no weights  a convolution of ones, groups = channels; overlapping windows always
//   conv, then pool   one convolution of larger kernel and stride (pools without padding)
//   anything else     unrolled: convolutions without a neuron between, factors that differ within
//                     a channel
#pragma once

#include "compiler/pass/pass.h"

namespace snnc::compiler::lower {

// `gains`: of the target neurons, one for all or one each; empty = 1. They are folded in as a last
// diagonal. Every weight is rounded to float once, unless it was unrolled.
// Fails as unrollBounded (compiler/pass/unroll.h) does, and warns as it does.
llvm::Error fold(net::Projection &projection, llvm::ArrayRef<double> gains, PassContext &context);

} // namespace snnc::compiler::lower
