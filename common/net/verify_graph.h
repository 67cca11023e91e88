// The parts of net/verify.h that real and integer networks share. Private to common/net.
#pragma once

#include "common/net/net.h"
#include "common/net/verify_maps.h"
#include "common/support/diag.h"

#include "llvm/ADT/ArrayRef.h"

namespace snnc::net {

inline constexpr size_t kMaxErrors = 20;

// Collects broken rules; the first 20 are enough to act on.
class Findings {
public:
  void add(const llvm::Twine &message, const support::SourceLoc &loc = {},
           const llvm::Twine &help = "", support::DiagCode code = support::DiagCode::NetInvalid) {
    if (++count > kMaxErrors)
      return;
    errors =
        llvm::joinErrors(std::move(errors), support::Diag(code, loc, message).help(help).take());
  }
  void addTooLarge(const llvm::Twine &what, const support::SourceLoc &loc) {
    add(llvm::formatv("{0} has more than {1} elements", what.str(), kMaxElements), loc,
        "no target holds as many: check the shape", support::DiagCode::TooManyElements);
  }
  llvm::Error take() { return std::move(errors); }

private:
  llvm::Error errors = llvm::Error::success();
  size_t count = 0;
};

// What both kinds of net have, seen alike.
struct Layer {
  const std::string &name;
  const std::vector<uint32_t> &shape;
  bool isInput;
  uint64_t size = 0;
  support::SourceLoc loc;
};
struct Edge {
  const std::string &name;
  uint32_t source, target, delay;
  support::SourceLoc loc;
};

// The checks that need no weights; false if weights cannot be checked against the layers.
bool checkGraph(std::vector<Layer> &layers, llvm::ArrayRef<Edge> edges,
                llvm::ArrayRef<uint32_t> inputs, llvm::ArrayRef<uint32_t> outputs,
                Findings &findings);

// The maps of an edge in order of application: each alone, and that it takes what the one before
// gives. `maps` calls its argument with (name, map) of each.
class ChainCheck {
public:
  ChainCheck(const Edge &edge, llvm::ArrayRef<Layer> layers, size_t maps, Findings &findings)
      : edge(edge), posts(layers[edge.target].size), comes(layers[edge.source].size), left(maps),
        alone(maps == 1), findings(findings) {}

  // False if nothing more can be said about the edge.
  template <class Map> bool next(const Map &map) {
    const bool last = --left == 0;
    const std::string name = last ? "'" + edge.name + "'"
                                  : llvm::formatv("map {0} before '{1}'", index++, edge.name).str();
    const MapRules rules = rulesOf(name, map);
    if (rules.rows > kMaxElements || rules.cols > kMaxElements) {
      findings.addTooLarge("the source or target of " + name, edge.loc);
      return false;
    }
    if (!joins(rules, name, last))
      return false;
    if (!rules.broken.empty())
      findings.add(rules.broken, edge.loc);
    else if (rules.notFinite)
      findings.add(llvm::formatv("weight {0} of {1} is not finite", *rules.notFinite, name),
                   edge.loc);
    comes = rules.rows;
    return rules.broken.empty();
  }

private:
  bool joins(const MapRules &rules, const std::string &name, bool last) {
    if (rules.cols == comes && (!last || rules.rows == posts))
      return true;
    if (alone)
      findings.add(llvm::formatv("weights of {0} are {1}x{2}, expected {3}x{4} (targets x sources)",
                                 name, rules.rows, rules.cols, posts, comes),
                   edge.loc);
    else if (rules.cols != comes)
      findings.add(
          llvm::formatv("{0} takes {1} elements, but {2} come in", name, rules.cols, comes),
          edge.loc);
    else
      findings.add(llvm::formatv("{0} gives {1} elements, expected {2}", name, rules.rows, posts),
                   edge.loc);
    return false;
  }

  const Edge &edge;
  const uint64_t posts;
  uint64_t comes; // elements that reach the next map
  size_t left, index = 0;
  const bool alone;
  Findings &findings;
};

} // namespace snnc::net
