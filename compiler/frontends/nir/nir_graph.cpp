#include "compiler/frontends/nir/nir_graph.h"

#include "common/net/number_text.h"
#include "common/net/verify.h"
#include "compiler/frontends/nir/graph_scopes.h"
#include "compiler/frontends/nir/read_node.h"

#include <algorithm>
#include <numeric>
#include <set>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

constexpr uint64_t kMostMetadata = 256;

class GraphReader {
public:
  GraphReader(const Hdf5File &file, support::Warnings &warnings) : file(file), warnings(warnings) {}

  llvm::Expected<Graph> read();

private:
  llvm::Error readRoot();
  llvm::Error readScope(uint32_t at);
  llvm::Error readMember(uint32_t at, const std::string &name);
  llvm::Error addScope(uint32_t parent, const std::string &name, const std::string &path);
  uint32_t addNode(Node node);
  void readMetadata(const std::string &path);
  void sortNodes();
  void sortEdges();
  void addMissingEnds();
  void addEnd(uint32_t node, Node::Kind kind);
  std::string uniqueName(const std::string &name);
  void warn(DiagCode code, support::SourceLoc loc, const llvm::Twine &message) {
    warnings.push_back(Diag(code, std::move(loc), message).data());
  }

  const Hdf5File &file;
  support::Warnings &warnings;
  Graph graph;
  std::vector<Scope> scopes; // parents before children
  std::set<std::string> names;
  std::map<std::string, uint32_t> suffixes; // the last one that was tried for a name
  uint64_t members = 0;
};

std::string GraphReader::uniqueName(const std::string &name) {
  std::string unique = name;
  while (!names.insert(unique).second)
    unique = name + "_" + std::to_string(++suffixes[name]);
  return unique;
}

uint32_t GraphReader::addNode(Node node) {
  node.name = uniqueName(node.name);
  graph.nodes.push_back(std::move(node));
  return static_cast<uint32_t>(graph.nodes.size() - 1);
}

llvm::Error GraphReader::addScope(uint32_t parent, const std::string &name,
                                  const std::string &path) {
  Scope scope;
  scope.path = path;
  scope.parent = parent;
  scope.object = file.identity(path);
  if (parent != kNoScope) {
    scope.name = (scopes[parent].name.empty() ? "" : scopes[parent].name + ".") + name;
    scope.level = scopes[parent].level + 1;
  }
  for (uint32_t outer = parent; outer != kNoScope; outer = scopes[outer].parent)
    if (scopes[outer].object == scope.object)
      return Diag(DiagCode::GraphInItself, file.loc(path),
                  llvm::formatv("graph '{0}' is '{1}' again, in which it stands", scope.name,
                                scopes[outer].name.empty() ? "the root" : scopes[outer].name))
          .help("a link of the file leads back; write the model again")
          .take();
  if (scope.level > kMostLevels)
    return Diag(DiagCode::GraphTooLarge, file.loc(path),
                llvm::formatv("graphs are nested more than {0} deep", kMostLevels))
        .help("flatten the graph before the export")
        .take();
  scopes.push_back(std::move(scope));
  return llvm::Error::success();
}

llvm::Error GraphReader::readMember(uint32_t at, const std::string &name) {
  const std::string nodes = scopes[at].path + "/nodes", path = nodes + "/" + name;
  if (!net::isPlainName(name))
    return Diag(DiagCode::NirFile, file.loc(nodes),
                "the node name '" + net::escapedName(name) +
                    "' has a control character or backslash")
        .help("rename it: traces have an array of every layer's name")
        .take();
  llvm::Expected<std::string> type = readType(file, path, name);
  if (!type)
    return type.takeError();
  Scope::Member &member = scopes[at].members[name];
  if (*type == "NIRGraph") {
    member.scope = static_cast<uint32_t>(scopes.size());
    return addScope(at, name, path);
  }
  llvm::Expected<Node> node = readNode(file, path, name, *type, warnings);
  if (!node)
    return node.takeError();
  const bool isInput = node->kind == Node::Kind::Input;
  if (isInput || node->kind == Node::Kind::Output)
    (isInput ? scopes[at].inputs : scopes[at].outputs).insert(name);
  if (!scopes[at].name.empty()) {
    node->name = scopes[at].name + "." + name;
    if (isInput || node->kind == Node::Kind::Output)
      node->kind = Node::Kind::Port;
  }
  member.node = addNode(std::move(*node));
  return llvm::Error::success();
}

llvm::Error GraphReader::readScope(uint32_t at) {
  const std::string nodes = scopes[at].path + "/nodes";
  if (file.kindOf(nodes) != Hdf5File::Kind::Group)
    return Diag(DiagCode::NirFile, file.loc(nodes), "the graph has no group 'nodes'").take();
  members += file.memberCount(nodes);
  if (members > kMostNodes)
    return Diag(DiagCode::GraphTooLarge, file.loc(nodes),
                llvm::formatv("the graph has {0} nodes, at most {1} are read", members, kMostNodes))
        .help("neurons of one layer belong into one node")
        .take();
  auto names = file.members(nodes);
  if (!names)
    return names.takeError();
  std::sort(names->begin(), names->end(),
            [](const std::string &a, const std::string &b) { return naturalLess(a, b); });
  llvm::Error errors = llvm::Error::success();
  for (const std::string &name : *names)
    errors = llvm::joinErrors(std::move(errors), readMember(at, name));
  return errors;
}

// Index order is natural order of names, whatever nests: it decides ties later.
void GraphReader::sortNodes() {
  std::vector<uint32_t> order(graph.nodes.size()), place(graph.nodes.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return naturalLess(graph.nodes[a].name, graph.nodes[b].name);
  });
  std::vector<Node> sorted;
  for (uint32_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    sorted.push_back(std::move(graph.nodes[order[i]]));
  }
  graph.nodes = std::move(sorted);
  for (Scope &scope : scopes)
    for (auto &[name, member] : scope.members)
      if (member.node != kNoNode)
        member.node = place[member.node];
}

void GraphReader::sortEdges() {
  std::vector<std::pair<uint32_t, uint32_t>> &edges = graph.edges;
  std::sort(edges.begin(), edges.end());
  for (size_t i = 1; i < edges.size(); ++i) {
    const auto [source, destination] = edges[i];
    const bool first = i < 2 || edges[i - 2] != edges[i];
    if (edges[i - 1] == edges[i] && first)
      warn(DiagCode::DuplicateEdge, file.loc(scopes[0].path + "/edges"),
           llvm::formatv("the edge '{0}' -> '{1}' is repeated and is taken once, as NIR tools do",
                         graph.nodes[source].name, graph.nodes[destination].name));
  }
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
}

// Adds an Input before, or an Output behind, a node that lacks one.
void GraphReader::addEnd(uint32_t at, Node::Kind kind) {
  const bool input = kind == Node::Kind::Input;
  const Node &node = graph.nodes[at];
  Node end;
  end.kind = kind;
  end.type = input ? "Input" : "Output";
  end.name = uniqueName((input ? "input_" : "output_") + node.name);
  end.loc = node.loc;
  warn(DiagCode::NodeInserted, node.loc,
       llvm::formatv("node '{0}' has no {1}; {2} '{3}' was added", node.name,
                     input ? "source" : "destination", end.type, end.name));
  const uint32_t added = static_cast<uint32_t>(graph.nodes.size());
  graph.nodes.push_back(std::move(end));
  if (input)
    graph.edges.emplace_back(added, at);
  else
    graph.edges.emplace_back(at, added);
}

void GraphReader::addMissingEnds() {
  const size_t count = graph.nodes.size();
  std::vector<bool> hasSource(count), hasDestination(count);
  for (auto [source, destination] : graph.edges) {
    hasDestination[source] = true;
    hasSource[destination] = true;
  }
  for (uint32_t i = 0; i < count; ++i) {
    const Node::Kind kind = graph.nodes[i].kind;
    if (kind == Node::Kind::Input || kind == Node::Kind::Output)
      continue;
    if (!hasSource[i])
      addEnd(i, Node::Kind::Input);
    if (!hasDestination[i])
      addEnd(i, Node::Kind::Output);
  }
  std::sort(graph.edges.begin(), graph.edges.end());
}

llvm::Error GraphReader::readRoot() {
  const bool legacy = file.kindOf("/node") != Hdf5File::Kind::Group &&
                      file.kindOf("/nodes") == Hdf5File::Kind::Group &&
                      file.kindOf("/edges") == Hdf5File::Kind::Dataset;
  const std::string root = legacy ? "" : "/node";
  if (!legacy && file.kindOf(root) != Hdf5File::Kind::Group)
    return Diag(DiagCode::NirFile, file.loc(root), "the file has no group 'node'")
        .help("a .nir file of nir 0.1 or later has one; write the model again with a current nir")
        .take();
  readMetadata(root + "/metadata");
  llvm::Expected<std::string> type =
      legacy ? llvm::Expected<std::string>("NIRGraph") : readType(file, root, "node");
  if (!type)
    return type.takeError();
  if (*type != "NIRGraph") {
    llvm::Expected<Node> node = readNode(file, root, "node", *type, warnings);
    if (!node)
      return node.takeError();
    addNode(std::move(*node));
    return llvm::Error::success();
  }
  if (llvm::Error error = addScope(kNoScope, "", root))
    return error;
  // Breadth first: parents come before their children. Edges are resolved against nodes that could
  // be read: with an unreadable one they say nothing new.
  llvm::Error errors = llvm::Error::success();
  for (uint32_t at = 0; at < scopes.size() && members <= kMostNodes; ++at)
    errors = llvm::joinErrors(std::move(errors), readScope(at));
  if (errors)
    return errors;
  sortNodes();
  if (llvm::Error error = resolveEdges(file, scopes, graph, warnings))
    return error;
  sortEdges();
  if (graph.edges.empty() && graph.nodes.size() > 1)
    return Diag(DiagCode::UnsupportedGraph, file.loc(root + "/edges"),
                llvm::formatv("the graph has {0} nodes but no edges", graph.nodes.size()))
        .help("give the NIRGraph the edges that join them")
        .take();
  return llvm::Error::success();
}

llvm::Expected<Graph> GraphReader::read() {
  if (llvm::Error error = readRoot())
    return error;
  addMissingEnds();
  return std::move(graph);
}

void GraphReader::readMetadata(const std::string &path) {
  if (file.kindOf(path) != Hdf5File::Kind::Group || file.memberCount(path) > kMostMetadata)
    return;
  auto names = file.members(path);
  if (!names)
    return llvm::consumeError(names.takeError());
  for (const std::string &name : *names) {
    const std::string entry = path + "/" + name;
    if (file.kindOf(entry) != Hdf5File::Kind::Dataset)
      continue;
    if (auto number = file.doubles(entry)) {
      if (number->values.size() == 1)
        graph.metadata[name] = net::numberText(number->values[0]);
      continue;
    } else {
      llvm::consumeError(number.takeError());
    }
    if (auto text = file.string(entry))
      graph.metadata[name] = *text;
    else
      llvm::consumeError(text.takeError());
  }
}

} // namespace

llvm::Expected<Graph> readGraph(const Hdf5File &file, support::Warnings &warnings) {
  return GraphReader(file, warnings).read();
}

} // namespace snnc::compiler::nir
