// Conv1d, Conv2d, SumPool2d, AvgPool2d: everything but the window, which needs the input's shape.
#include "compiler/frontends/nir/node_fields.h"

#include "common/support/strings.h"

#include "llvm/ADT/STLExtras.h"

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

constexpr double kMostExtent = 1 << 20; // of a stride, kernel, padding or dilation

llvm::Error bad(const Reading &reading, const char *field, const std::string &found,
                const std::string &expected) {
  return Diag(DiagCode::WindowShape, reading.loc(field),
              llvm::formatv("{0} of node '{1}' is {2}, expected {3}", field, reading.node.name,
                            found, expected))
      .take();
}

// One whole number for both axes, or one each (y, x); `least` is the smallest that is allowed.
llvm::Error readPair(Reading &reading, const char *field, std::array<uint64_t, 2> &pair, int least,
                     Presence presence = Presence::Required) {
  auto array = readNumbers(reading, field, presence);
  if (!array)
    return array.takeError();
  if (array->values.empty() && presence == Presence::Optional && array->shape.empty())
    return llvm::Error::success();
  const size_t axes = reading.node.sliding->oneAxis ? 1 : 2;
  if (array->values.size() != 1 && array->values.size() != axes)
    return bad(reading, field, "of shape " + shapeText(array->shape),
               axes == 2 ? "one number or a pair" : "one number");
  for (size_t axis = 0; axis < 2; ++axis) {
    const double value = array->values[array->values.size() == 1 ? 0 : axis];
    if (!(value >= least && value <= kMostExtent && value == std::floor(value)))
      return bad(reading, field, net::numberText(value),
                 llvm::formatv("a whole number from {0} to 2^20", least).str());
    pair[axis] = static_cast<uint64_t>(value);
  }
  if (axes == 1)
    pair[0] = least == 0 ? 0 : 1;
  return llvm::Error::success();
}

// Numbers, or the string "same" or "valid".
llvm::Error readPadding(Reading &reading) {
  Sliding &sliding = *reading.node.sliding;
  if (!reading.has("padding"))
    return reading.missing("padding");
  auto text = reading.file.string(reading.at("padding"));
  if (!text || text->empty() || (text->front() != 's' && text->front() != 'v')) {
    llvm::consumeError(text.takeError());
    return readPair(reading, "padding", sliding.padding, 0);
  }
  if (*text != "same" && *text != "valid")
    return bad(reading, "padding", "'" + *text + "'", "numbers, \"same\" or \"valid\"");
  sliding.same = *text == "same";
  if (sliding.same && (sliding.stride[0] != 1 || sliding.stride[1] != 1))
    return Diag(DiagCode::WindowShape, reading.loc("padding"),
                llvm::formatv("padding of node '{0}' is \"same\" but its stride is {1}; \"same\" "
                              "is defined for a stride of 1",
                              reading.node.name,
                              shapeText({sliding.stride.begin(), sliding.stride.end()})))
        .help("give the padding in numbers")
        .take();
  return llvm::Error::success();
}

llvm::Error readGroups(Reading &reading, uint64_t outputs, uint64_t inputs, uint64_t &groups) {
  auto array = readNumbers(reading, "groups", Presence::Optional);
  if (!array)
    return array.takeError();
  if (array->values.empty() && array->shape.empty())
    return llvm::Error::success();
  const double value = array->values.size() == 1 ? array->values.front() : 0.0;
  if (!(value >= 1 && value <= static_cast<double>(outputs) && value == std::floor(value)))
    return bad(reading, "groups", net::numberText(value),
               llvm::formatv("a whole number from 1 to the {0} output channels", outputs).str());
  groups = static_cast<uint64_t>(value);
  if (outputs % groups != 0 || inputs * groups > net::kMaxElements)
    return bad(reading, "groups", std::to_string(groups),
               llvm::formatv("a divisor of the {0} output channels", outputs).str());
  return llvm::Error::success();
}

llvm::Error readChannelBias(Reading &reading, uint64_t channels) {
  auto array = readNumbers(reading, "bias", Presence::Optional);
  if (!array)
    return array.takeError();
  std::vector<double> &values = array->values;
  if (values.size() == 1)
    values.assign(channels, values.front());
  if (!values.empty() && values.size() != channels)
    return Diag(DiagCode::WeightShape, reading.loc("bias"),
                llvm::formatv("bias of node '{0}' has {1} values but its weight has {2} output "
                              "channels",
                              reading.node.name, values.size(), channels))
        .take();
  if (llvm::any_of(values, [](double value) { return value != 0.0; }))
    reading.node.bias = std::move(values);
  return llvm::Error::success();
}

// [H, W], or N for one axis; a channel extent in front is accepted.
llvm::Error readInputShape(Reading &reading) {
  const Sliding &sliding = *reading.node.sliding;
  auto shape = readShapeOf(reading, "input_shape", Presence::Optional);
  if (!shape)
    return shape.takeError();
  if (shape->empty())
    return llvm::Error::success();
  const size_t axes = sliding.oneAxis ? 1 : 2;
  if (shape->size() == axes + 1 && shape->front() == sliding.channels)
    shape->erase(shape->begin());
  if (shape->size() != axes)
    return bad(reading, "input_shape", shapeText(*shape),
               axes == 2 ? "[height, width]" : "one extent");
  shape->insert(shape->begin(), sliding.channels);
  if (sizeOf(*shape) > net::kMaxElements)
    return Diag(DiagCode::TooManyElements, reading.loc("input_shape"),
                llvm::formatv("the input {0} of node '{1}' has more than {2} elements",
                              shapeText(*shape), reading.node.name, net::kMaxElements))
        .take();
  reading.node.in = std::move(*shape);
  return llvm::Error::success();
}

llvm::Error readConv(Reading &reading, bool oneAxis) {
  Node &node = reading.node;
  node.kind = Node::Kind::Map;
  node.sliding.emplace();
  Sliding &sliding = *node.sliding;
  sliding.oneAxis = oneAxis;
  auto weight = readWeights(reading, "weight");
  if (!weight)
    return weight.takeError();
  const Shape &shape = weight->shape;
  if (shape.size() != (oneAxis ? 3 : 4) || weight->values.empty() || shape[0] > net::kMaxElements ||
      shape[1] > net::kMaxElements)
    return Diag(DiagCode::WeightShape, reading.loc("weight"),
                llvm::formatv("weight of node '{0}' has shape {1}, expected [outputs, inputs per "
                              "group, {2}]",
                              node.name, shapeText(shape), oneAxis ? "width" : "height, width"))
        .take();
  sliding.kernel = {oneAxis ? 1 : shape[2], shape.back()};
  if (sliding.kernel[0] > kMostExtent || sliding.kernel[1] > kMostExtent)
    return bad(reading, "weight", shapeText(shape), "a kernel of extents up to 2^20");
  if (llvm::Error error = readPair(reading, "stride", sliding.stride, 1))
    return error;
  if (llvm::Error error = readPair(reading, "dilation", sliding.dilation, 1))
    return error;
  if (llvm::Error error = readPadding(reading))
    return error;
  uint64_t groups = 1;
  if (llvm::Error error = readGroups(reading, shape[0], shape[1], groups))
    return error;
  sliding.channels = shape[1] * groups;
  net::ConvWeights conv;
  conv.inChannels = static_cast<uint32_t>(sliding.channels);
  conv.outChannels = static_cast<uint32_t>(shape[0]);
  conv.groups = static_cast<uint32_t>(groups);
  conv.kernel = std::move(weight->values);
  node.map = std::move(conv);
  if (llvm::Error error = readChannelBias(reading, shape[0]))
    return error;
  return readInputShape(reading);
}

llvm::Error readPool(Reading &reading, bool average) {
  Node &node = reading.node;
  node.kind = Node::Kind::Map;
  node.sliding.emplace();
  Sliding &sliding = *node.sliding;
  if (llvm::Error error = readPair(reading, "kernel_size", sliding.kernel, 1))
    return error;
  if (sliding.kernel[0] * sliding.kernel[1] > net::kMaxElements)
    return bad(reading, "kernel_size", shapeText({sliding.kernel.begin(), sliding.kernel.end()}),
               "at most 2^26 elements");
  sliding.stride = sliding.kernel; // where the file has none, as in the frameworks
  if (llvm::Error error = readPair(reading, "stride", sliding.stride, 1, Presence::Optional))
    return error;
  if (llvm::Error error = readPair(reading, "padding", sliding.padding, 0, Presence::Optional))
    return error;
  net::PoolMap pool;
  pool.average = average;
  node.map = pool;
  return llvm::Error::success();
}

} // namespace

llvm::Error readConv1d(Reading &reading) {
  return readConv(reading, true);
}

llvm::Error readConv2d(Reading &reading) {
  return readConv(reading, false);
}

llvm::Error readSumPool(Reading &reading) {
  return readPool(reading, false);
}

llvm::Error readAvgPool(Reading &reading) {
  return readPool(reading, true);
}

} // namespace snnc::compiler::nir
