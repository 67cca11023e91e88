// A NIR graph on its way into a file: nodes with unique names, their datasets, edges, and a budget
// of numbers that a reader accepts.
#pragma once

#include "common/net/net.h"
#include "common/support/diag.h"
#include "compiler/export/nir/hdf5_writer.h"

#include <set>
#include <string>
#include <vector>

namespace snnc::compiler::export_nir {

using Shape = std::vector<uint64_t>;

constexpr uint64_t kMostNumbers = uint64_t{1} << 27;      // of a file, as the NIR frontend reads
constexpr uint64_t kMostMatrixValues = uint64_t{1} << 26; // of a matrix that was something sparser

Shape shapeOf(const net::Population &population);
uint64_t sizeOf(const Shape &shape);

class GraphFile {
public:
  explicit GraphFile(support::Warnings &warnings) : warnings(warnings) {}

  // Starts a node and returns its name: `wanted`, without what HDF5 or NIR would misread, and with
  // underscores behind it if that is taken. A change warns (ExportChanged).
  std::string addNode(const std::string &wanted, const char *type);
  // The same of a node that the network has no name for: a change is nobody's business.
  std::string addHelper(const std::string &wanted, const char *type);
  void edge(const std::string &from, const std::string &to) {
    edges.push_back(from);
    edges.push_back(to);
  }

  // Datasets of a node; `field` may be "metadata/x". An empty shape is a scalar.
  void floats(const std::string &node, const char *field, llvm::ArrayRef<float> values,
              const Shape &shape);
  void doubles(const std::string &node, const char *field, llvm::ArrayRef<double> values,
               const Shape &shape);
  // Float32 if that holds every value: frameworks add biases to float32 sums.
  void reals(const std::string &node, const char *field, llvm::ArrayRef<double> values,
             const Shape &shape);
  void integers(const std::string &node, const char *field, llvm::ArrayRef<int64_t> values,
                const Shape &shape);
  void string(const std::string &node, const char *field, llvm::StringRef value);
  // The same of the graph itself.
  void rootNumber(const char *key, double value);
  void rootString(const char *key, llvm::StringRef value);

  void refuse(llvm::Error error) { errors = llvm::joinErrors(std::move(errors), std::move(error)); }
  llvm::Expected<std::vector<char>> finish();

  support::Warnings &warnings;

private:
  // True if `count` more numbers are within the budget; else finish() refuses the file.
  bool reserve(uint64_t count);

  Hdf5Writer file;
  std::set<std::string> names;
  std::vector<std::string> edges; // source, destination, ...
  uint64_t numbers = 0;
  llvm::Error errors = llvm::Error::success();
};

} // namespace snnc::compiler::export_nir
