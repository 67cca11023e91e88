// Linear, Affine, Scale, Flatten, Delay.
#include "compiler/frontends/nir/node_fields.h"

#include "llvm/ADT/STLExtras.h"

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

// [..., O, I] with several matrices: matrix b joins the b-th row of I inputs to the b-th of O.
net::SparseWeights blocks(const Array<float> &weight, uint64_t count, uint64_t rows,
                          uint64_t cols) {
  net::SparseWeights sparse;
  sparse.posts = static_cast<uint32_t>(count * rows);
  sparse.pres = static_cast<uint32_t>(count * cols);
  sparse.rowStart.push_back(0);
  for (uint64_t block = 0; block < count; ++block)
    for (uint64_t i = 0; i < cols; ++i) {
      for (uint64_t o = 0; o < rows; ++o) {
        const float value = weight.values[(block * rows + o) * cols + i];
        if (value == 0.0f)
          continue;
        sparse.columns.push_back(static_cast<uint32_t>(block * rows + o));
        sparse.values.push_back(value);
      }
      sparse.rowStart.push_back(sparse.columns.size());
    }
  return sparse;
}

llvm::Error readWeight(Reading &reading) {
  Node &node = reading.node;
  node.kind = Node::Kind::Map;
  const char *field = reading.either("weight", "weights");
  auto array = readWeights(reading, field);
  if (!array)
    return array.takeError();
  Shape shape = array->shape;
  while (shape.size() > 2 && shape.front() == 1)
    shape.erase(shape.begin());
  if (shape.size() < 2 || array->values.empty())
    return Diag(DiagCode::WeightShape, reading.loc(field),
                llvm::formatv("unsupported: weight of node '{0}' has shape {1}, expected "
                              "[outputs, inputs]",
                              node.name, shapeText(array->shape)))
        .take();
  if (shape.size() != array->shape.size())
    reading.warn(DiagCode::ShapeAdjusted, field,
                 llvm::formatv("weight of node '{0}' has shape {1}, taken as {2}", node.name,
                               shapeText(array->shape), shapeText(shape)));
  const uint64_t cols = shape.back(), rows = shape[shape.size() - 2];
  shape.resize(shape.size() - 2);
  const uint64_t count = sizeOf(shape);
  node.in = node.out = shape;
  node.in.push_back(cols);
  node.out.push_back(rows);
  for (const Shape &side : {node.in, node.out})
    if (sizeOf(side) > net::kMaxElements)
      return Diag(DiagCode::TooManyElements, reading.loc(field),
                  llvm::formatv("weight of node '{0}' joins {1}, more than {2} elements", node.name,
                                shapeText(side), net::kMaxElements))
          .take();
  if (count == 1)
    node.map = net::DenseWeights{static_cast<uint32_t>(rows), static_cast<uint32_t>(cols),
                                 std::move(array->values)};
  else
    node.map = blocks(*array, count, rows, cols);
  return llvm::Error::success();
}

llvm::Error readBias(Reading &reading) {
  auto array = readNumbers(reading, "bias", Presence::Required);
  if (!array)
    return array.takeError();
  const uint64_t rows = sizeOf(reading.node.out), last = reading.node.out.back();
  std::vector<double> &values = array->values;
  if (values.size() == 1)
    values.assign(rows, values.front());
  if (values.size() == last) // one for every matrix of a batch
    for (size_t i = last; i < rows; ++i)
      values.push_back(values[i - last]);
  if (values.size() != rows)
    return Diag(DiagCode::WeightShape, reading.loc("bias"),
                llvm::formatv("bias of node '{0}' has {1} values but its weight has {2} rows",
                              reading.node.name, values.size(), rows))
        .help("a bias has one value per output, or a single one")
        .take();
  if (llvm::any_of(values, [](double value) { return value != 0.0; }))
    reading.node.bias = std::move(values);
  return llvm::Error::success();
}

} // namespace

llvm::Error readLinear(Reading &reading) {
  if (llvm::Error error = readWeight(reading))
    return error;
  // Before nir 0.1, when weights were called so, a Linear had a bias.
  const bool old = llvm::is_contained(reading.known, std::string("weights")) &&
                   reading.file.kindOf(reading.at("weights")) == Hdf5File::Kind::Dataset;
  return old && reading.has("bias") ? readBias(reading) : llvm::Error::success();
}

llvm::Error readAffine(Reading &reading) {
  if (llvm::Error error = readWeight(reading))
    return error;
  return readBias(reading);
}

llvm::Error readScale(Reading &reading) {
  reading.node.kind = Node::Kind::Map;
  std::vector<double> values;
  if (llvm::Error error = readElements(reading, "scale", values, Presence::Required))
    return error;
  net::DiagonalWeights diagonal;
  bool rounded = false;
  for (double value : values) {
    diagonal.values.push_back(static_cast<float>(value));
    rounded |= static_cast<double>(diagonal.values.back()) != value;
    if (!std::isfinite(diagonal.values.back()))
      return Diag(DiagCode::NotFinite, reading.loc("scale"),
                  llvm::formatv("scale of node '{0}' is {1}, which float32 cannot hold",
                                reading.node.name, net::numberText(value)))
          .take();
  }
  if (rounded)
    reading.warn(DiagCode::RoundedWeights, "scale",
                 llvm::formatv("scale of node '{0}' is float64 and was rounded to float32",
                               reading.node.name));
  reading.node.map = std::move(diagonal);
  return llvm::Error::success();
}

llvm::Error readFlatten(Reading &reading) {
  Node &node = reading.node;
  node.kind = Node::Kind::Flatten;
  node.startDim = 1; // the defaults of the class
  node.endDim = -1;
  for (auto [field, dim] : {std::pair("start_dim", &node.startDim), {"end_dim", &node.endDim}}) {
    auto array = readNumbers(reading, field, Presence::Optional);
    if (!array)
      return array.takeError();
    if (array->values.empty())
      continue;
    const double value = array->values.front();
    if (array->values.size() != 1 || value != std::floor(value) || std::abs(value) > 32)
      return Diag(DiagCode::ParamRange, reading.loc(field),
                  llvm::formatv("{0} of node '{1}' is {2} but must be one whole number between "
                                "-32 and 32",
                                field, node.name, net::numberText(value)))
          .take();
    *dim = static_cast<int64_t>(value);
  }
  auto shape = readShapeOf(reading, "input_type", Presence::Optional);
  if (!shape)
    return shape.takeError();
  node.in = std::move(*shape);
  return llvm::Error::success();
}

llvm::Error readDelay(Reading &reading) {
  reading.node.kind = Node::Kind::Delay;
  if (llvm::Error error = readElements(reading, "delay", reading.node.delay, Presence::Required))
    return error;
  for (size_t i = 0; i < reading.node.delay.size(); ++i)
    if (reading.node.delay[i] < 0)
      return Diag(DiagCode::ParamRange, reading.loc("delay"),
                  llvm::formatv("element {0} of the delay of node '{1}' is {2} but must not be "
                                "negative",
                                i, reading.node.name, net::numberText(reading.node.delay[i])))
          .help("a value cannot arrive before it is sent")
          .take();
  return llvm::Error::success();
}

} // namespace snnc::compiler::nir
