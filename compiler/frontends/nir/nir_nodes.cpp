#include "compiler/frontends/nir/nir_nodes.h"

#include "common/net/number_text.h"
#include "common/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <cmath>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {

uint64_t sizeOf(const std::vector<uint64_t> &shape) {
  uint64_t size = 1;
  for (uint64_t extent : shape)
    size *= extent;
  return size;
}

std::string shapeText(const std::vector<uint64_t> &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

bool naturalLess(llvm::StringRef a, llvm::StringRef b) {
  const llvm::StringRef wholeA = a, wholeB = b;
  while (!a.empty() && !b.empty()) {
    const llvm::StringRef digitsA = a.take_while(llvm::isDigit).ltrim('0');
    const llvm::StringRef digitsB = b.take_while(llvm::isDigit).ltrim('0');
    if (llvm::isDigit(a.front()) && llvm::isDigit(b.front())) {
      if (digitsA.size() != digitsB.size())
        return digitsA.size() < digitsB.size();
      if (digitsA != digitsB)
        return digitsA < digitsB;
      a = a.drop_while(llvm::isDigit);
      b = b.drop_while(llvm::isDigit);
      continue;
    }
    if (a.front() != b.front())
      return a.front() < b.front();
    a = a.drop_front();
    b = b.drop_front();
  }
  return a.empty() != b.empty() ? a.empty() : wholeA < wholeB;
}

namespace {

// A node while it is read.
struct Reading {
  const Hdf5File &file;
  std::string path;
  support::Warnings &warnings;
  Node node;
  std::vector<std::string> known = {"type", "metadata"};

  std::string at(const char *field) const { return path + "/" + field; }
  bool has(const char *field) {
    known.push_back(field);
    return file.kindOf(at(field)) == Hdf5File::Kind::Dataset;
  }
  llvm::Error missing(const char *field) const {
    const std::string found = file.describe(at(field));
    if (!found.empty())
      return Diag(DiagCode::NirFile, file.loc(at(field)),
                  llvm::formatv("'{0}' of node '{1}' is {2}, expected a dataset", field, node.name,
                                found))
          .help("store the values in the file itself")
          .take();
    return Diag(DiagCode::NirFile, file.loc(path),
                llvm::formatv("node '{0}' of type '{1}' has no '{2}'", node.name, node.type, field))
        .help("was it written by a nir older than 0.1? write it again with a current one")
        .take();
  }
};

// "[3, 7]": where flat index `at` of an array of `shape` stands.
std::string indexText(size_t at, const std::vector<uint64_t> &shape) {
  std::vector<uint64_t> index(shape.size());
  for (size_t axis = shape.size(); axis-- > 0;) {
    index[axis] = at % shape[axis];
    at /= shape[axis];
  }
  return index.empty() ? "" : shapeText(index);
}

template <class T>
llvm::Error checkFinite(const Reading &reading, const char *field, const Array<T> &array,
                        bool allowInfinity = false) {
  for (size_t i = 0; i < array.values.size(); ++i) {
    const double value = static_cast<double>(array.values[i]);
    if (std::isfinite(value) || (allowInfinity && value > 0 && std::isinf(value)))
      continue;
    return Diag(DiagCode::NotFinite, reading.file.loc(reading.at(field)),
                llvm::formatv("'{0}{1}' of node '{2}' is {3} but must be finite", field,
                              indexText(i, array.shape), reading.node.name, net::numberText(value)))
        .help("did training diverge? export a model with finite weights")
        .take();
  }
  return llvm::Error::success();
}

// ---- Input, Output

llvm::Error readShape(Reading &reading) {
  if (!reading.has("shape"))
    return reading.missing("shape");
  auto array = reading.file.doubles(reading.at("shape"));
  if (!array)
    return array.takeError();
  uint64_t size = 1;
  for (double extent : array->values) {
    const bool whole = extent >= 1 && extent <= (1u << 30) && extent == std::floor(extent);
    size = whole ? size * static_cast<uint64_t>(extent) : 0;
    if (size == 0 || size > (1u << 30))
      return Diag(DiagCode::NirFile, reading.file.loc(reading.at("shape")),
                  llvm::formatv("shape of node '{0}' has the extent {1}; every extent is at least "
                                "1 and a shape has at most 2^30 elements",
                                reading.node.name, net::numberText(extent)))
          .take();
    reading.node.shape.push_back(static_cast<uint64_t>(extent));
  }
  return llvm::Error::success();
}

llvm::Error readInput(Reading &reading) {
  reading.node.kind = Node::Kind::Input;
  return readShape(reading);
}

llvm::Error readOutput(Reading &reading) {
  reading.node.kind = Node::Kind::Output;
  return readShape(reading);
}

// ---- Linear, Affine

llvm::Error readWeight(Reading &reading) {
  reading.node.kind = Node::Kind::Linear;
  if (!reading.has("weight"))
    return reading.missing("weight");
  bool rounded = false;
  auto array = reading.file.floats(reading.at("weight"), rounded);
  if (!array)
    return array.takeError();
  if (llvm::Error error = checkFinite(reading, "weight", *array))
    return error;
  const support::SourceLoc loc = reading.file.loc(reading.at("weight"));
  std::vector<uint64_t> shape = array->shape;
  while (shape.size() > 2 && shape.front() == 1)
    shape.erase(shape.begin());
  if (shape.size() != 2 || array->values.empty() || array->values.size() > UINT32_MAX)
    return Diag(DiagCode::WeightShape, loc,
                llvm::formatv("unsupported: weight of node '{0}' has shape {1}, expected "
                              "[outputs, inputs]",
                              reading.node.name, shapeText(array->shape)))
        .take();
  if (shape.size() != array->shape.size())
    reading.warnings.push_back(
        Diag(DiagCode::ShapeAdjusted, loc,
             llvm::formatv("weight of node '{0}' has shape {1}, taken as {2}", reading.node.name,
                           shapeText(array->shape), shapeText(shape)))
            .data());
  if (rounded)
    reading.warnings.push_back(
        Diag(DiagCode::RoundedWeights, loc,
             llvm::formatv("weight of node '{0}' is float64 and was rounded to float32",
                           reading.node.name))
            .data());
  reading.node.weights = {static_cast<uint32_t>(shape[0]), static_cast<uint32_t>(shape[1]),
                          std::move(array->values)};
  return llvm::Error::success();
}

llvm::Error readLinear(Reading &reading) {
  return readWeight(reading);
}

llvm::Error readAffine(Reading &reading) {
  if (llvm::Error error = readWeight(reading))
    return error;
  if (!reading.has("bias"))
    return reading.missing("bias");
  auto array = reading.file.doubles(reading.at("bias"));
  if (!array)
    return array.takeError();
  if (llvm::Error error = checkFinite(reading, "bias", *array))
    return error;
  const uint32_t rows = reading.node.weights.rows;
  if (array->values.size() == 1)
    array->values.assign(rows, array->values.front());
  if (array->values.size() != rows)
    return Diag(DiagCode::WeightShape, reading.file.loc(reading.at("bias")),
                llvm::formatv("bias of node '{0}' has {1} values but its weight has {2} rows",
                              reading.node.name, array->values.size(), rows))
        .help("a bias has one value per output, or a single one")
        .take();
  if (llvm::any_of(array->values, [](double value) { return value != 0.0; }))
    reading.node.bias = std::move(array->values);
  return llvm::Error::success();
}

// ---- neurons

enum class Presence { Required, Optional };

llvm::Error readParam(Reading &reading, const char *field, net::Param &param, Presence presence,
                      bool allowInfinity = false) {
  if (!reading.has(field))
    return presence == Presence::Optional ? llvm::Error::success() : reading.missing(field);
  auto array = reading.file.doubles(reading.at(field));
  if (!array)
    return array.takeError();
  if (llvm::Error error = checkFinite(reading, field, *array, allowInfinity))
    return error;
  const uint64_t widest = sizeOf(reading.node.shape);
  const uint64_t size = array->values.size();
  if (size == 0 || size > UINT32_MAX || (size > 1 && widest > 1 && size != widest))
    return Diag(DiagCode::ParamShape, reading.file.loc(reading.at(field)),
                llvm::formatv("'{0}' of node '{1}' has shape {2} but its other parameters have {3}",
                              field, reading.node.name, shapeText(array->shape),
                              shapeText(reading.node.shape)))
        .help("a parameter has one value, or one for every neuron")
        .take();
  if (size > widest || array->shape.size() > reading.node.shape.size())
    reading.node.shape = array->shape;
  param.values = std::move(array->values);
  if (std::equal(param.values.begin() + 1, param.values.end(), param.values.begin()))
    param.values.resize(1);
  return llvm::Error::success();
}

llvm::Error readCommon(Reading &reading, net::NeuronKind kind) {
  reading.node.kind = Node::Kind::Neuron;
  reading.node.neuron = kind;
  net::NeuronParams &params = reading.node.params;
  if (llvm::Error error = readParam(reading, "r", params.r, Presence::Required, true))
    return error;
  if (llvm::Error error = readParam(reading, "v_threshold", params.vThreshold, Presence::Required))
    return error;
  return readParam(reading, "v_reset", params.vReset, Presence::Optional);
}

llvm::Error readIF(Reading &reading) {
  return readCommon(reading, net::NeuronKind::IF);
}

llvm::Error readLIF(Reading &reading) {
  if (llvm::Error error = readCommon(reading, net::NeuronKind::LIF))
    return error;
  net::NeuronParams &params = reading.node.params;
  if (llvm::Error error = readParam(reading, "tau", params.tau, Presence::Required, true))
    return error;
  return readParam(reading, "v_leak", params.vLeak, Presence::Required);
}

llvm::Error readCubaLIF(Reading &reading) {
  if (llvm::Error error = readCommon(reading, net::NeuronKind::CubaLIF))
    return error;
  net::NeuronParams &params = reading.node.params;
  params.wIn = 1.0; // not written by a nir before 1.0
  if (llvm::Error error = readParam(reading, "tau_syn", params.tauSyn, Presence::Required, true))
    return error;
  if (llvm::Error error = readParam(reading, "tau_mem", params.tauMem, Presence::Required, true))
    return error;
  if (llvm::Error error = readParam(reading, "w_in", params.wIn, Presence::Optional, true))
    return error;
  return readParam(reading, "v_leak", params.vLeak, Presence::Required);
}

// ---- table

struct Reader {
  const char *type;
  llvm::Error (*read)(Reading &);
};
constexpr Reader kReaders[] = {
    {"Affine", readAffine}, {"CubaLIF", readCubaLIF}, {"IF", readIF},         {"Input", readInput},
    {"LIF", readLIF},       {"Linear", readLinear},   {"Output", readOutput},
};
constexpr const char *kOtherTypes[] = {"AvgPool2d", "Conv1d",  "Conv2d",    "CubaLI",
                                       "Delay",     "Flatten", "I",         "LI",
                                       "NIRGraph",  "Scale",   "SumPool2d", "Threshold"};

llvm::Error noReader(const Reading &reading) {
  const Node &node = reading.node;
  std::vector<std::string> types;
  for (const Reader &reader : kReaders)
    types.push_back(reader.type);
  const bool isNir = llvm::is_contained(kOtherTypes, llvm::StringRef(node.type));
  return Diag(DiagCode::UnsupportedNode, reading.file.loc(reading.path),
              llvm::formatv(isNir ? "unsupported: node '{0}' of type '{1}'"
                                  : "node '{0}' has the type '{1}', which NIR does not have",
                            node.name, node.type))
      .help("supported are " + support::joinNames(types))
      .take();
}

void warnUnknown(Reading &reading) {
  auto members = reading.file.members(reading.path);
  if (!members)
    return llvm::consumeError(members.takeError());
  for (const std::string &member : *members)
    if (!llvm::is_contained(reading.known, member))
      reading.warnings.push_back(
          Diag(DiagCode::UnknownDataset, reading.file.loc(reading.path + "/" + member),
               llvm::formatv("'{0}' of node '{1}' is not part of type '{2}' and is ignored", member,
                             reading.node.name, reading.node.type))
              .data());
}

} // namespace

llvm::Expected<Node> readNode(const Hdf5File &file, const std::string &path,
                              const std::string &name, support::Warnings &warnings) {
  Reading reading{file, path, warnings, {}};
  reading.node.name = name;
  reading.node.loc = file.loc(path);
  if (!reading.has("type"))
    return Diag(DiagCode::NirFile, file.loc(path), llvm::formatv("node '{0}' has no 'type'", name))
        .help("a node name with '/' is stored as nested groups and cannot be read back; rename it")
        .take();
  llvm::Expected<std::string> type = file.string(path + "/type");
  if (!type)
    return type.takeError();
  reading.node.type = *type;
  for (const Reader &reader : kReaders) {
    if (reader.type != *type)
      continue;
    if (llvm::Error error = reader.read(reading))
      return error;
    warnUnknown(reading);
    return std::move(reading.node);
  }
  return noReader(reading);
}

} // namespace snnc::compiler::nir
