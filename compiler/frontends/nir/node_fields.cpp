#include "compiler/frontends/nir/node_fields.h"

#include <algorithm>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {

bool Reading::has(const char *field) {
  known.push_back(field);
  return file.kindOf(at(field)) == Hdf5File::Kind::Dataset;
}

llvm::Error Reading::missing(const char *field) const {
  const std::string found = file.describe(at(field));
  if (!found.empty())
    return Diag(DiagCode::NirFile, loc(field),
                llvm::formatv("'{0}' of node '{1}' is {2}, expected a dataset", field, node.name,
                              found))
        .help("store the values in the file itself")
        .take();
  return Diag(DiagCode::NirFile, file.loc(path),
              llvm::formatv("node '{0}' of type '{1}' has no '{2}'", node.name, node.type, field))
      .help("was it written by an early nir? write it again with a current one")
      .take();
}

std::string indexText(size_t at, const Shape &shape) {
  Shape index(shape.size());
  for (size_t axis = shape.size(); axis-- > 0;) {
    index[axis] = at % shape[axis];
    at /= shape[axis];
  }
  return index.empty() ? "" : shapeText(index);
}

llvm::Expected<Array<double>> readNumbers(Reading &reading, const char *field, Presence presence,
                                          bool allowInfinity) {
  if (!reading.has(field)) {
    if (presence == Presence::Required)
      return reading.missing(field);
    return Array<double>{};
  }
  auto array = reading.file.doubles(reading.at(field));
  if (!array)
    return array.takeError();
  if (llvm::Error error = checkFinite(reading, field, *array, allowInfinity))
    return error;
  return array;
}

llvm::Error readElements(Reading &reading, const char *field, std::vector<double> &values,
                         Presence presence, bool allowInfinity) {
  auto array = readNumbers(reading, field, presence, allowInfinity);
  if (!array)
    return array.takeError();
  const uint64_t widest = sizeOf(reading.node.shape), size = array->values.size();
  if (size == 0 && presence == Presence::Optional && array->shape.empty())
    return llvm::Error::success();
  if (size == 0 || (size > 1 && widest > 1 && size != widest))
    return Diag(DiagCode::ParamShape, reading.loc(field),
                llvm::formatv("'{0}' of node '{1}' has shape {2} but its other parameters have {3}",
                              field, reading.node.name, shapeText(array->shape),
                              shapeText(reading.node.shape)))
        .help("a parameter has one value, or one for every neuron")
        .take();
  if (size > widest || array->shape.size() > reading.node.shape.size())
    reading.node.shape = array->shape;
  values = std::move(array->values);
  if (std::equal(values.begin() + 1, values.end(), values.begin()))
    values.resize(1);
  if (values.size() > kMostParameters)
    return Diag(
               DiagCode::TooManyElements, reading.loc(field),
               llvm::formatv("'{0}' of node '{1}' has {2} values that differ, at most {3} are read",
                             field, reading.node.name, size, kMostParameters))
        .help("no target holds a layer of that size")
        .take();
  return llvm::Error::success();
}

llvm::Expected<Array<float>> readWeights(Reading &reading, const char *field) {
  if (!reading.has(field))
    return reading.missing(field);
  bool rounded = false;
  auto array = reading.file.floats(reading.at(field), rounded);
  if (!array)
    return array.takeError();
  if (llvm::Error error = checkFinite(reading, field, *array))
    return error;
  if (rounded)
    reading.warn(DiagCode::RoundedWeights, field,
                 llvm::formatv("{0} of node '{1}' is float64 and was rounded to float32", field,
                               reading.node.name));
  return array;
}

llvm::Expected<Shape> readShapeOf(Reading &reading, const char *field, Presence presence) {
  if (!reading.has(field)) {
    if (presence == Presence::Required)
      return reading.missing(field);
    return Shape{};
  }
  auto array = reading.file.doubles(reading.at(field));
  if (!array)
    return array.takeError();
  Shape shape;
  if (array->values.size() > 32)
    return Diag(DiagCode::NirFile, reading.loc(field),
                llvm::formatv("{0} of node '{1}' has {2} dimensions, at most 32 are read", field,
                              reading.node.name, array->values.size()))
        .take();
  for (double extent : array->values) {
    if (!(extent >= 1 && extent == std::floor(extent)))
      return Diag(DiagCode::NirFile, reading.loc(field),
                  llvm::formatv("{0} of node '{1}' has the extent {2}; every extent is a whole "
                                "number of at least 1",
                                field, reading.node.name, net::numberText(extent)))
          .take();
    shape.push_back(static_cast<uint64_t>(std::min(extent, 1e18)));
  }
  if (sizeOf(shape) > net::kMaxElements)
    return Diag(DiagCode::TooManyElements, reading.loc(field),
                llvm::formatv("{0} {1} of node '{2}' has more than {3} elements", field,
                              shapeText(shape), reading.node.name, net::kMaxElements))
        .help("no target holds a layer of that size")
        .take();
  return shape;
}

} // namespace snnc::compiler::nir
