// A NIR file as one flat graph of nodes, not yet a network: nested graphs inlined, edges resolved
// and each taken once, missing Input and Output nodes added.
//
//   Names    a node "lif" of a nested graph "cell" is "cell.lif"; its Input and Output nodes become
//            Ports
//   Edges    an end is a node; or "graph.port", an Input (Output) of a nested graph; or "name" for
//            a node "name.input" ("name.output"). A nested graph's own name is its only Input
//            (Output), or where it has none its only node without a source (destination).
//   Repair   inside a nested graph, if one name in the edges is unknown and one node is in no edge,
//            they are taken as the same (EdgeRepaired)
//   Legacy   files of nir 0.0.x: nodes and edges at the file's root, edges of integers
//   Bounds   kMostNodes nodes, kMostLevels nested graphs in each other (GraphTooLarge); a graph
//   that
//            contains itself through links is GraphInItself
#pragma once

#include "compiler/frontends/nir/hdf5_reader.h"
#include "compiler/frontends/nir/nir_nodes.h"

namespace snnc::compiler::nir {

constexpr uint32_t kMostNodes = 1 << 14;
constexpr uint32_t kMostLevels = 64;

// All errors of the file's nodes together, or all of its edges.
llvm::Expected<Graph> readGraph(const Hdf5File &file, support::Warnings &warnings);

} // namespace snnc::compiler::nir
