// Private to the NIR frontend: the datasets of one node while it is read.
#pragma once

#include "common/net/number_text.h"
#include "compiler/frontends/nir/hdf5_reader.h"
#include "compiler/frontends/nir/nir_nodes.h"

#include <cmath>

namespace snnc::compiler::nir {

struct Reading {
  const Hdf5File &file;
  std::string path;
  support::Warnings &warnings;
  Node node;
  std::vector<std::string> known = {"type", "metadata"};

  std::string at(const char *field) const { return path + "/" + field; }
  support::SourceLoc loc(const char *field) const { return file.loc(at(field)); }
  // Whether the dataset is there; it counts as read.
  bool has(const char *field);
  // The first of two names that is there: the second one is that of nir before 0.1.
  const char *either(const char *field, const char *old) {
    return !has(field) && has(old) ? old : field;
  }
  llvm::Error missing(const char *field) const;
  void warn(support::DiagCode code, const char *field, const llvm::Twine &message) {
    warnings.push_back(support::Diag(code, loc(field), message).data());
  }
};

// "[3, 7]": where flat index `at` of an array of `shape` stands; empty for a scalar.
std::string indexText(size_t at, const Shape &shape);

// NotFinite, naming the first value that is not (+inf passes where allowed).
template <class T>
llvm::Error checkFinite(const Reading &reading, const char *field, const Array<T> &array,
                        bool allowInfinity = false) {
  for (size_t i = 0; i < array.values.size(); ++i) {
    const double value = static_cast<double>(array.values[i]);
    if (std::isfinite(value) || (allowInfinity && value > 0 && std::isinf(value)))
      continue;
    return support::Diag(support::DiagCode::NotFinite, reading.loc(field),
                         llvm::formatv("'{0}{1}' of node '{2}' is {3} but must be finite", field,
                                       indexText(i, array.shape), reading.node.name,
                                       net::numberText(value)))
        .help("did training diverge? export a model with finite weights")
        .take();
  }
  return llvm::Error::success();
}

enum class Presence { Required, Optional };

// A dataset of numbers, finite. Empty if it is optional and absent.
llvm::Expected<Array<double>> readNumbers(Reading &reading, const char *field, Presence presence,
                                          bool allowInfinity = false);

// Values that are elements of the node: one, or one each. Widens node.shape; ParamShape if they
// do not agree with what it has. Equal values become one; TooManyElements if that leaves more than
// kMostParameters (what follows takes some 100 bytes for each).
inline constexpr uint64_t kMostParameters = 1 << 22;
llvm::Error readElements(Reading &reading, const char *field, std::vector<double> &values,
                         Presence presence, bool allowInfinity = false);

// Weights as float, finite; a warning if they were float64 that float32 cannot hold.
llvm::Expected<Array<float>> readWeights(Reading &reading, const char *field);

// A shape: extents >= 1, at most net::kMaxElements elements (TooManyElements). `Absent` is empty.
llvm::Expected<Shape> readShapeOf(Reading &reading, const char *field, Presence presence);

// ---- readers of node types; the type has been read

llvm::Error readConv1d(Reading &reading); // conv_nodes.cpp
llvm::Error readConv2d(Reading &reading);
llvm::Error readSumPool(Reading &reading);
llvm::Error readAvgPool(Reading &reading);

llvm::Error readLinear(Reading &reading); // linear_nodes.cpp
llvm::Error readAffine(Reading &reading);
llvm::Error readScale(Reading &reading);
llvm::Error readFlatten(Reading &reading);
llvm::Error readDelay(Reading &reading);

llvm::Error readI(Reading &reading); // neuron_nodes.cpp
llvm::Error readIF(Reading &reading);
llvm::Error readLI(Reading &reading);
llvm::Error readLIF(Reading &reading);
llvm::Error readCubaLI(Reading &reading);
llvm::Error readCubaLIF(Reading &reading);
llvm::Error readThreshold(Reading &reading);

// The node's metadata (docs/reference/nir.md): unusable entries warn and are ignored.
void readHints(Reading &reading); // node_hints.cpp

} // namespace snnc::compiler::nir
