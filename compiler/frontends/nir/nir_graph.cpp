#include "compiler/frontends/nir/nir_graph.h"

#include "common/net/number_text.h"
#include "common/net/verify.h"
#include "common/support/strings.h"

#include <algorithm>
#include <map>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

constexpr const char *kRoot = "/node";

class GraphReader {
public:
  GraphReader(const Hdf5File &file, support::Warnings &warnings) : file(file), warnings(warnings) {}

  llvm::Expected<Graph> read();
  void readMetadata(Metadata &metadata);

private:
  llvm::Error readNodes();
  llvm::Error readEdges();
  llvm::Expected<uint32_t> resolve(const std::string &name, const support::SourceLoc &loc);
  void addMissingEnds();
  void addEnd(uint32_t node, Node::Kind kind);
  void warn(DiagCode code, support::SourceLoc loc, const llvm::Twine &message) {
    warnings.push_back(Diag(code, std::move(loc), message).data());
  }

  const Hdf5File &file;
  support::Warnings &warnings;
  Graph graph;
  std::map<std::string, uint32_t> index;
};

llvm::Error GraphReader::readNodes() {
  const std::string nodes = std::string(kRoot) + "/nodes";
  if (file.kindOf(nodes) != Hdf5File::Kind::Group)
    return Diag(DiagCode::NirFile, file.loc(nodes), "the graph has no group 'nodes'").take();
  auto names = file.members(nodes);
  if (!names)
    return names.takeError();
  std::sort(names->begin(), names->end(),
            [](const std::string &a, const std::string &b) { return naturalLess(a, b); });
  llvm::Error errors = llvm::Error::success();
  for (const std::string &name : *names) {
    if (!net::isPlainName(name)) {
      errors = llvm::joinErrors(std::move(errors),
                                Diag(DiagCode::NirFile, file.loc(nodes),
                                     "the node name '" + net::escapedName(name) +
                                         "' has a control character or backslash")
                                    .help("rename it: traces have an array of every layer's name")
                                    .take());
      continue;
    }
    llvm::Expected<Node> node = readNode(file, nodes + "/" + name, name, warnings);
    if (node)
      graph.nodes.push_back(std::move(*node));
    else
      errors = llvm::joinErrors(std::move(errors), node.takeError());
  }
  for (uint32_t i = 0; i < graph.nodes.size(); ++i)
    index[graph.nodes[i].name] = i;
  return errors;
}

llvm::Expected<uint32_t> GraphReader::resolve(const std::string &name,
                                              const support::SourceLoc &loc) {
  const auto found = index.find(name);
  if (found != index.end())
    return found->second;
  std::vector<std::string> names;
  for (const Node &node : graph.nodes)
    names.push_back(node.name);
  const std::string near = support::nearest(name, names);
  return Diag(DiagCode::UnknownName, loc,
              llvm::formatv("an edge refers to the node '{0}', which the file does not have", name))
      .help(near.empty() ? "the nodes are " + support::joinNames(names)
                         : "did you mean '" + near + "'?")
      .take();
}

llvm::Error GraphReader::readEdges() {
  const std::string path = std::string(kRoot) + "/edges";
  if (file.kindOf(path) != Hdf5File::Kind::Dataset)
    return Diag(DiagCode::NirFile, file.loc(path), "the graph has no 'edges'").take();
  auto array = file.strings(path);
  if (!array)
    return array.takeError();
  if (array->values.empty())
    return llvm::Error::success();
  if (array->shape.size() != 2 || array->shape[1] != 2)
    return Diag(DiagCode::NirFile, file.loc(path),
                "edges have the shape " + shapeText(array->shape) + ", expected [edges, 2]")
        .take();
  llvm::Error errors = llvm::Error::success();
  for (size_t i = 0; i < array->values.size(); i += 2) {
    llvm::Expected<uint32_t> source = resolve(array->values[i], file.loc(path));
    llvm::Expected<uint32_t> destination = resolve(array->values[i + 1], file.loc(path));
    if (source && destination) {
      graph.edges.emplace_back(*source, *destination);
      continue;
    }
    errors = llvm::joinErrors(std::move(errors), source.takeError());
    errors = llvm::joinErrors(std::move(errors), destination.takeError());
  }
  std::sort(graph.edges.begin(), graph.edges.end());
  for (size_t i = 1; i < graph.edges.size(); ++i) {
    const auto [source, destination] = graph.edges[i];
    const bool first = i < 2 || graph.edges[i - 2] != graph.edges[i];
    if (graph.edges[i - 1] == graph.edges[i] && first)
      warn(DiagCode::DuplicateEdge, file.loc(path),
           llvm::formatv("the edge '{0}' -> '{1}' is repeated and is taken once, as NIR tools do",
                         graph.nodes[source].name, graph.nodes[destination].name));
  }
  graph.edges.erase(std::unique(graph.edges.begin(), graph.edges.end()), graph.edges.end());
  return errors;
}

// Adds an Input before, or an Output behind, a node that lacks one.
void GraphReader::addEnd(uint32_t at, Node::Kind kind) {
  const bool input = kind == Node::Kind::Input;
  const Node &node = graph.nodes[at];
  Node end;
  end.kind = kind;
  end.type = input ? "Input" : "Output";
  end.name = (input ? "input_" : "output_") + node.name;
  while (index.count(end.name))
    end.name += "_";
  end.loc = node.loc;
  if (node.kind == Node::Kind::Linear)
    end.shape = {input ? node.weights.cols : node.weights.rows};
  else
    end.shape = node.shape;
  warn(DiagCode::NodeInserted, node.loc,
       llvm::formatv("node '{0}' has no {1}; {2} '{3}' was added", node.name,
                     input ? "source" : "destination", end.type, end.name));
  const uint32_t added = static_cast<uint32_t>(graph.nodes.size());
  index[end.name] = added;
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
    if (!hasSource[i] && graph.nodes[i].kind != Node::Kind::Input)
      addEnd(i, Node::Kind::Input);
    if (!hasDestination[i] && graph.nodes[i].kind != Node::Kind::Output)
      addEnd(i, Node::Kind::Output);
  }
  std::sort(graph.edges.begin(), graph.edges.end());
}

llvm::Expected<Graph> GraphReader::read() {
  if (file.kindOf(kRoot) != Hdf5File::Kind::Group)
    return Diag(DiagCode::NirFile, file.loc(kRoot), "the file has no group 'node'")
        .help("a .nir file of nir 0.1 or later has one; write the model again with a current nir")
        .take();
  llvm::Expected<std::string> type = file.string(std::string(kRoot) + "/type");
  if (!type)
    return type.takeError();
  if (*type != "NIRGraph") {
    llvm::Expected<Node> node = readNode(file, kRoot, "node", warnings);
    if (!node)
      return node.takeError();
    graph.nodes.push_back(std::move(*node));
    index["node"] = 0;
  } else {
    // Edges are resolved against the nodes that could be read: with an unreadable one they say
    // nothing new.
    if (llvm::Error error = readNodes())
      return error;
    if (llvm::Error error = readEdges())
      return error;
    if (graph.edges.empty() && graph.nodes.size() > 1)
      return Diag(DiagCode::UnsupportedGraph, file.loc(std::string(kRoot) + "/edges"),
                  llvm::formatv("the graph has {0} nodes but no edges", graph.nodes.size()))
          .help("give the NIRGraph the edges that join them")
          .take();
  }
  addMissingEnds();
  return std::move(graph);
}

void GraphReader::readMetadata(Metadata &metadata) {
  const std::string path = std::string(kRoot) + "/metadata";
  if (file.kindOf(path) != Hdf5File::Kind::Group)
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
        metadata[name] = net::numberText(number->values[0]);
      continue;
    } else {
      llvm::consumeError(number.takeError());
    }
    if (auto text = file.string(entry))
      metadata[name] = *text;
    else
      llvm::consumeError(text.takeError());
  }
}

} // namespace

llvm::Expected<Graph> readGraph(const Hdf5File &file, Metadata &metadata,
                                support::Warnings &warnings) {
  GraphReader reader(file, warnings);
  reader.readMetadata(metadata);
  return reader.read();
}

} // namespace snnc::compiler::nir
