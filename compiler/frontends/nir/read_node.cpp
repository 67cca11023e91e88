#include "compiler/frontends/nir/read_node.h"

#include "common/support/strings.h"
#include "compiler/frontends/nir/node_fields.h"

#include "llvm/ADT/STLExtras.h"

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

constexpr uint64_t kMostMembers = 256; // of one node, for which unknown ones are named

llvm::Error readEnd(Reading &reading, Node::Kind kind) {
  reading.node.kind = kind;
  auto shape = readShapeOf(reading, "shape", Presence::Required);
  if (!shape)
    return shape.takeError();
  reading.node.shape = std::move(*shape);
  return llvm::Error::success();
}

llvm::Error readInput(Reading &reading) {
  return readEnd(reading, Node::Kind::Input);
}

llvm::Error readOutput(Reading &reading) {
  return readEnd(reading, Node::Kind::Output);
}

struct Reader {
  const char *type;
  llvm::Error (*read)(Reading &);
};
constexpr Reader kReaders[] = {
    {"Affine", readAffine}, {"AvgPool2d", readAvgPool}, {"Conv1d", readConv1d},
    {"Conv2d", readConv2d}, {"CubaLI", readCubaLI},     {"CubaLIF", readCubaLIF},
    {"Delay", readDelay},   {"Flatten", readFlatten},   {"I", readI},
    {"IF", readIF},         {"Input", readInput},       {"LI", readLI},
    {"LIF", readLIF},       {"Linear", readLinear},     {"Output", readOutput},
    {"Scale", readScale},   {"SumPool2d", readSumPool}, {"Threshold", readThreshold},
};

void warnUnknown(Reading &reading) {
  const uint64_t count = reading.file.memberCount(reading.path);
  if (count > kMostMembers) {
    reading.warnings.push_back(
        Diag(DiagCode::UnknownDataset, reading.node.loc,
             llvm::formatv("node '{0}' has {1} entries, most of which nobody reads",
                           reading.node.name, count))
            .data());
    return;
  }
  auto members = reading.file.members(reading.path);
  if (!members)
    return llvm::consumeError(members.takeError());
  for (const std::string &member : *members)
    if (!llvm::is_contained(reading.known, member))
      reading.warn(DiagCode::UnknownDataset, member.c_str(),
                   llvm::formatv("'{0}' of node '{1}' is not part of type '{2}' and is ignored",
                                 member, reading.node.name, reading.node.type));
}

} // namespace

llvm::Expected<std::string> readType(const Hdf5File &file, const std::string &path,
                                     const std::string &name) {
  if (file.kindOf(path + "/type") == Hdf5File::Kind::Dataset)
    return file.string(path + "/type");
  return Diag(DiagCode::NirFile, file.loc(path), llvm::formatv("node '{0}' has no 'type'", name))
      .help("a node name with '/' is stored as nested groups and cannot be read back; rename it")
      .take();
}

llvm::Expected<Node> readNode(const Hdf5File &file, const std::string &path,
                              const std::string &name, const std::string &type,
                              support::Warnings &warnings) {
  Reading reading{file, path, warnings, {}};
  reading.node.name = name;
  reading.node.type = type;
  reading.node.loc = file.loc(path);
  const auto *reader =
      llvm::find_if(kReaders, [&](const Reader &candidate) { return candidate.type == type; });
  if (reader != std::end(kReaders)) {
    if (llvm::Error error = reader->read(reading))
      return error;
    readHints(reading);
    warnUnknown(reading);
    return std::move(reading.node);
  }
  std::vector<std::string> types;
  for (const Reader &known : kReaders)
    types.push_back(known.type);
  return Diag(DiagCode::UnsupportedNode, file.loc(path),
              llvm::formatv("node '{0}' has the type '{1}', which NIR does not have", name, type))
      .help("its types are " + support::joinNames(types) + ", NIRGraph")
      .take();
}

} // namespace snnc::compiler::nir
