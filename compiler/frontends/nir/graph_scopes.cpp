#include "compiler/frontends/nir/graph_scopes.h"

#include "common/support/strings.h"

#include "llvm/ADT/ArrayRef.h"

#include <algorithm>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

constexpr size_t kMostUnknown = 10;   // unknown names that are reported of one graph
constexpr size_t kMostListed = 20;    // names that a help line lists
constexpr size_t kLongestName = 1024; // in which ports and near names are looked for

// The edges of one scope.
class Resolver {
public:
  Resolver(const Hdf5File &file, std::vector<Scope> &scopes, uint32_t at, Graph &graph,
           support::Warnings &warnings)
      : file(file), scopes(scopes), scope(scopes[at]), graph(graph), warnings(warnings),
        loc(file.loc(scope.path + "/edges")) {}

  llvm::Error run();

private:
  enum class End { Source, Destination };
  // Where an end leads: a member, and of a nested graph the port that is named.
  struct Target {
    const Scope::Member *member = nullptr;
    std::string port;
  };

  llvm::Error readEdges();
  Target find(const std::string &name, End end) const;
  void repair();
  llvm::Error unknown(const std::string &name) const;
  llvm::Expected<uint32_t> nodeOf(const std::string &name, End end) const;
  llvm::Expected<uint32_t> portOf(uint32_t nested, const std::string &port, End end) const;
  void findEnds();

  const Hdf5File &file;
  std::vector<Scope> &scopes;
  Scope &scope;
  Graph &graph;
  support::Warnings &warnings;
  const support::SourceLoc loc;
  std::vector<std::string> ends; // source, destination, ...
};

llvm::Error Resolver::readEdges() {
  if (file.kindOf(loc.path) != Hdf5File::Kind::Dataset)
    return Diag(DiagCode::NirFile, loc, "the graph has no 'edges'").take();
  auto array = file.strings(loc.path);
  if (!array)
    return array.takeError();
  if (!array->values.empty() && (array->shape.size() != 2 || array->shape[1] != 2))
    return Diag(DiagCode::NirFile, loc,
                "edges have the shape " + shapeText(array->shape) + ", expected [edges, 2]")
        .take();
  ends = std::move(array->values);
  return llvm::Error::success();
}

Resolver::Target Resolver::find(const std::string &name, End end) const {
  const auto exact = scope.members.find(name);
  if (exact != scope.members.end())
    return {&exact->second, ""};
  if (name.size() > kLongestName)
    return {};
  for (size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
    const auto nested = scope.members.find(name.substr(0, dot));
    if (nested == scope.members.end() || nested->second.scope == kNoScope)
      continue;
    const Scope &inner = scopes[nested->second.scope];
    const std::string port = name.substr(dot + 1);
    const auto &ports = end == End::Source ? inner.outputs : inner.inputs;
    if (ports.count(port))
      return {&nested->second, port};
  }
  const auto suffixed = scope.members.find(name + (end == End::Source ? ".output" : ".input"));
  if (suffixed != scope.members.end())
    return {&suffixed->second, ""};
  return {};
}

// Inside a nested graph, one unknown name and one node that no edge names are the same node.
void Resolver::repair() {
  std::set<std::string> unknownNames;
  std::set<const Scope::Member *> named;
  for (size_t i = 0; i < ends.size(); ++i) {
    const Target target = find(ends[i], i % 2 == 0 ? End::Source : End::Destination);
    if (target.member)
      named.insert(target.member);
    else
      unknownNames.insert(ends[i]);
  }
  if (unknownNames.size() != 1 || scope.members.size() != named.size() + 1)
    return;
  for (const auto &[name, member] : scope.members) {
    if (named.count(&member))
      continue;
    warnings.push_back(
        Diag(DiagCode::EdgeRepaired, loc,
             llvm::formatv("edges of graph '{0}' refer to the node '{1}', which it does not have; "
                           "'{2}', which no edge names, was taken",
                           scope.name, *unknownNames.begin(), name))
            .data());
    std::replace(ends.begin(), ends.end(), *unknownNames.begin(), std::string(name));
  }
}

llvm::Error Resolver::unknown(const std::string &name) const {
  std::vector<std::string> names;
  for (const auto &[known, member] : scope.members)
    names.push_back(known);
  std::sort(names.begin(), names.end(),
            [](const std::string &a, const std::string &b) { return naturalLess(a, b); });
  const std::string near = name.size() > kLongestName ? "" : support::nearest(name, names);
  const size_t count = names.size();
  names.resize(std::min(count, kMostListed));
  return Diag(DiagCode::UnknownName, loc,
              llvm::formatv("an edge refers to the node '{0}', which {1} does not have", name,
                            scope.name.empty() ? "the file" : "graph '" + scope.name + "'"))
      .help(near.empty() ? "the nodes are " + support::joinNames(names) +
                               (count > kMostListed ? ", ..." : "")
                         : "did you mean '" + near + "'?")
      .take();
}

llvm::Expected<uint32_t> Resolver::portOf(uint32_t nested, const std::string &port, End end) const {
  std::string name = port;
  // Nested graphs stand for each other's ports at most kMostLevels deep.
  for (;;) {
    const Scope &inner = scopes[nested];
    const std::set<std::string> &ports = end == End::Source ? inner.outputs : inner.inputs;
    if (name.empty() && ports.size() == 1)
      name = *ports.begin();
    if (name.empty()) {
      const char *what = end == End::Source ? "output" : "input";
      return Diag(DiagCode::AmbiguousPort, loc,
                  llvm::formatv("an edge names graph '{0}', which has {1} {2}s", inner.name,
                                ports.size(), what))
          .help(ports.empty()
                    ? llvm::formatv("give it an {0} node", what).str()
                    : llvm::formatv("name one as '{0}.{1}'", inner.name, *ports.begin()).str())
          .take();
    }
    const Scope::Member &member = inner.members.at(name);
    if (member.node != kNoNode)
      return member.node;
    nested = member.scope;
    name.clear();
  }
}

llvm::Expected<uint32_t> Resolver::nodeOf(const std::string &name, End end) const {
  const Target target = find(name, end);
  if (!target.member)
    return unknown(name);
  return target.member->node != kNoNode ? target.member->node
                                        : portOf(target.member->scope, target.port, end);
}

// A graph without Input (Output) nodes begins (ends) where no edge leads to (from).
void Resolver::findEnds() {
  std::set<const Scope::Member *> fed, feeding;
  for (size_t i = 0; i < ends.size(); ++i)
    (i % 2 == 0 ? feeding : fed)
        .insert(find(ends[i], i % 2 == 0 ? End::Source : End::Destination).member);
  const bool noInputs = scope.inputs.empty(), noOutputs = scope.outputs.empty();
  for (const auto &[name, member] : scope.members) {
    if (noInputs && !fed.count(&member))
      scope.inputs.insert(name);
    if (noOutputs && !feeding.count(&member))
      scope.outputs.insert(name);
  }
}

llvm::Error Resolver::run() {
  if (llvm::Error error = readEdges())
    return error;
  if (!scope.name.empty())
    repair();
  llvm::Error errors = llvm::Error::success();
  std::set<std::string> failed; // each unknown name is reported once
  auto resolve = [&](const std::string &name, End end) -> uint32_t {
    if (failed.count(name) || failed.size() >= kMostUnknown)
      return kNoNode;
    llvm::Expected<uint32_t> node = nodeOf(name, end);
    if (node)
      return *node;
    failed.insert(name);
    errors = llvm::joinErrors(std::move(errors), node.takeError());
    return kNoNode;
  };
  for (size_t i = 0; i < ends.size(); i += 2) {
    const uint32_t source = resolve(ends[i], End::Source);
    const uint32_t destination = resolve(ends[i + 1], End::Destination);
    if (source != kNoNode && destination != kNoNode)
      graph.edges.emplace_back(source, destination);
  }
  findEnds();
  return errors;
}

} // namespace

llvm::Error resolveEdges(const Hdf5File &file, std::vector<Scope> &scopes, Graph &graph,
                         support::Warnings &warnings) {
  llvm::Error errors = llvm::Error::success();
  std::vector<bool> failed(scopes.size()); // and what contains it: its ports are not known
  for (size_t at = scopes.size(); at-- > 0;) {
    if (!failed[at])
      if (llvm::Error error =
              Resolver(file, scopes, static_cast<uint32_t>(at), graph, warnings).run()) {
        errors = llvm::joinErrors(std::move(errors), std::move(error));
        failed[at] = true;
      }
    if (failed[at] && scopes[at].parent != kNoScope)
      failed[scopes[at].parent] = true;
  }
  return errors;
}

} // namespace snnc::compiler::nir
