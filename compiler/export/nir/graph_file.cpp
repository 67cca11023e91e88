#include "compiler/export/nir/graph_file.h"

#include <algorithm>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::export_nir {

Shape shapeOf(const net::Population &population) {
  return {population.shape.begin(), population.shape.end()};
}

uint64_t sizeOf(const Shape &shape) {
  uint64_t size = 1;
  for (uint64_t extent : shape)
    size *= extent;
  return size;
}

// A slash starts a new group, "." is the group itself, and a C string ends at its first zero.
static std::string plainName(std::string name) {
  for (char &c : name)
    if (c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = '_';
  if (name.empty() || name == "." || name == "..")
    name += "_";
  return name;
}

std::string GraphFile::addHelper(const std::string &wanted, const char *type) {
  std::string name = plainName(wanted);
  while (!names.insert(name).second)
    name += "_";
  file.string("/node/nodes/" + name + "/type", type);
  return name;
}

std::string GraphFile::addNode(const std::string &wanted, const char *type) {
  const std::string name = addHelper(wanted, type);
  if (name != wanted)
    warnings.push_back(Diag(DiagCode::ExportChanged, {},
                            llvm::formatv("'{0}' is called '{1}' in the file", wanted, name))
                           .data());
  return name;
}

static std::string pathOf(const std::string &node, const char *field) {
  return "/node/nodes/" + node + "/" + field;
}

void GraphFile::floats(const std::string &node, const char *field, llvm::ArrayRef<float> values,
                       const Shape &shape) {
  if (reserve(values.size()))
    file.floats(pathOf(node, field), values, shape);
}
void GraphFile::doubles(const std::string &node, const char *field, llvm::ArrayRef<double> values,
                        const Shape &shape) {
  if (reserve(values.size()))
    file.doubles(pathOf(node, field), values, shape);
}
void GraphFile::reals(const std::string &node, const char *field, llvm::ArrayRef<double> values,
                      const Shape &shape) {
  const std::vector<float> narrow(values.begin(), values.end());
  if (std::equal(values.begin(), values.end(), narrow.begin()))
    floats(node, field, narrow, shape);
  else
    doubles(node, field, values, shape);
}
void GraphFile::integers(const std::string &node, const char *field, llvm::ArrayRef<int64_t> values,
                         const Shape &shape) {
  if (reserve(values.size()))
    file.integers(pathOf(node, field), values, shape);
}
void GraphFile::string(const std::string &node, const char *field, llvm::StringRef value) {
  file.string(pathOf(node, field), value);
}
void GraphFile::rootNumber(const char *key, double value) {
  file.doubles(std::string("/node/metadata/") + key, value, {});
}
void GraphFile::rootString(const char *key, llvm::StringRef value) {
  file.string(std::string("/node/metadata/") + key, value);
}

bool GraphFile::reserve(uint64_t count) {
  const bool fitted = numbers <= kMostNumbers;
  numbers += std::min(count, kMostNumbers + 1);
  if (fitted && numbers > kMostNumbers)
    refuse(Diag(DiagCode::ExportTooLarge, {},
                llvm::formatv("the file would hold more than {0} numbers", kMostNumbers))
               .help("export a smaller network")
               .take());
  return numbers <= kMostNumbers;
}

llvm::Expected<std::vector<char>> GraphFile::finish() {
  if (errors)
    return std::move(errors);
  file.string("/version", "1.0.7"); // of nir, whose layout this is
  file.string("/node/type", "NIRGraph");
  file.strings("/node/edges", edges, {edges.size() / 2, 2});
  return file.finish();
}

} // namespace snnc::compiler::export_nir
