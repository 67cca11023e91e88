// Shapes along the edges of a graph.
//
//   Known      Input, Output, weights, parameters of more than one value, a convolution's
//              input_shape, a Flatten's input_type
//   Inferred   everything else, first from what feeds a node, then from what it feeds
//   Adjusted   leading ones that only one side has are dropped; layers of as many elements but
//              another shape meet row by row; a Flatten that keeps axis 0 by mistake
//              (start_dim 1, the class's default) is taken from axis 0. Each is a warning.
//   Sizes      floor((L + pad - dilation*(kernel-1) - 1) / stride) + 1 per axis; "same" pads
//              dilation*(kernel-1) in all, the smaller half in front
#pragma once

#include "compiler/frontends/nir/nir_nodes.h"

#include "llvm/Support/Error.h"

namespace snnc::compiler::nir {

// Completes Node::in and out, and the windows of convolutions and pools. All errors together:
// ShapeUnknown, WindowShape, WeightShape, TooManyElements, ParamRange (a Flatten's dimensions).
llvm::Error inferShapes(Graph &graph, support::Warnings &warnings);

// ---- private to this stage

// The node's rule for an input of this shape: sets in, out and the window of its map. Leading ones
// beyond the rank that a window needs are dropped.
llvm::Error setShapes(Node &node, const Shape &in); // shape_rules.cpp
// The shape with axes startDim .. endDim made one; empty if there are no such axes.
Shape flattened(const Shape &shape, int64_t startDim, int64_t endDim);

// The last stage: what is known on both sides of every edge, adjusted or refused.
llvm::Error matchShapes(Graph &graph, support::Warnings &warnings); // shape_matches.cpp

} // namespace snnc::compiler::nir
