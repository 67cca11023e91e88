// Private to the NIR frontend: one graph of a file, the root or a nested one, while edges are
// resolved inside it.
#pragma once

#include "compiler/frontends/nir/hdf5_reader.h"
#include "compiler/frontends/nir/nir_nodes.h"

#include <set>

namespace snnc::compiler::nir {

constexpr uint32_t kNoScope = UINT32_MAX;

struct Scope {
  std::string path;   // of its group
  std::string name;   // full, "" for the root
  std::string object; // Hdf5File::identity
  uint32_t parent = kNoScope, level = 0;

  struct Member {
    uint32_t node = kNoNode, scope = kNoScope; // one of them
  };
  std::map<std::string, Member> members; // by name inside the scope
  // Names inside the scope of its Input and Output nodes, or where it has none of the nodes that
  // stand for them.
  std::set<std::string> inputs, outputs;
};

// Resolves the edges of every scope, nested ones first, and appends them to graph.edges.
llvm::Error resolveEdges(const Hdf5File &file, std::vector<Scope> &scopes, Graph &graph,
                         support::Warnings &warnings);

} // namespace snnc::compiler::nir
