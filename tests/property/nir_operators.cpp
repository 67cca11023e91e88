#include "tests/property/nir_operators.h"

#include <algorithm>

namespace snnc::test {

uint32_t sizeOf(const NirShape &shape) {
  uint32_t size = 1;
  for (uint32_t extent : shape)
    size *= extent;
  return size;
}

NirField wholeField(const std::string &key, std::vector<double> values, bool scalar) {
  const auto size = static_cast<uint64_t>(values.size());
  return {key, NirField::Kind::Whole, std::move(values),
          scalar ? std::vector<uint64_t>{} : std::vector<uint64_t>{size}, ""};
}

NirField realField(const std::string &key, std::vector<double> values,
                   std::vector<uint64_t> shape) {
  return {key, NirField::Kind::Real, std::move(values), std::move(shape), ""};
}

NirField shapeField(const std::string &key, const NirShape &shape) {
  return wholeField(key, {shape.begin(), shape.end()});
}

double NirOperators::weight() {
  if (weighted)
    return rng.below(2) == 0 ? 1.0 : -1.0;
  const int64_t k = rng.between(1 - largest, largest);
  return step * static_cast<double>(k == 0 ? 1 : k);
}

std::vector<double> NirOperators::weights(size_t count) {
  std::vector<double> values;
  for (size_t i = 0; i < count; ++i)
    values.push_back(weight());
  return values;
}

std::string NirOperators::add(const std::string &type, std::vector<NirField> fields) {
  // Names with dots and digits, in no order.
  const uint32_t id = counter++;
  const std::string name = chance(0.5) ? "block." + std::to_string(id)
                                       : std::string(1, static_cast<char>('a' + rng.below(26))) +
                                             "_" + std::to_string(id);
  made.graph.nodes.push_back({name, type, std::move(fields), {}, {}});
  return name;
}

void NirOperators::edge(const std::string &from, const std::string &to) {
  made.graph.edges.push_back(from);
  made.graph.edges.push_back(to);
}

NirPlace NirOperators::after(const NirPlace &from, const std::string &type,
                             std::vector<NirField> fields, NirShape shape) {
  const std::string name = add(type, std::move(fields));
  edge(from.name, name);
  return {name, std::move(shape)};
}

NirField NirOperators::perNeuron(const std::string &key, const NirShape &shape,
                                 std::vector<double> values) {
  if (values.size() == 1 && chance(0.5)) {
    mark("scalar parameter");
    return realField(key, std::move(values),
                     chance(0.5) ? std::vector<uint64_t>{} : std::vector<uint64_t>{1});
  }
  if (values.size() == 1)
    values.resize(sizeOf(shape), values[0]);
  return realField(key, std::move(values), {shape.begin(), shape.end()});
}

// ---- operators

NirPlace NirOperators::linear(const NirPlace &from, uint32_t size) {
  const uint64_t rows = size, cols = sizeOf(from.shape);
  std::vector<NirField> fields = {realField("weight", weights(rows * cols), {rows, cols})};
  const bool affine = chance(0.4);
  if (affine)
    fields.push_back(realField("bias", weights(rows), {rows}));
  mark(affine ? "affine" : "linear");
  return after(from, affine ? "Affine" : "Linear", std::move(fields), {size});
}

NirPlace NirOperators::scale(const NirPlace &from) {
  static constexpr double kFactors[] = {1, -1, 2, 0.5};
  mark("scale");
  std::vector<double> values;
  for (uint32_t i = 0; i < sizeOf(from.shape); ++i)
    values.push_back(kFactors[rng.below(options.narrowGrid ? 2 : 4)]);
  return after(from, "Scale",
               {realField("scale", std::move(values), {from.shape.begin(), from.shape.end()})},
               from.shape);
}

NirPlace NirOperators::delay(const NirPlace &from, uint32_t steps) {
  mark("delay");
  std::vector<double> delays = {steps * kDt};
  if (options.maxDelay > 1 && chance(0.3)) {
    mark("delay per element");
    while (delays.size() < sizeOf(from.shape))
      delays.push_back((steps + static_cast<double>(rng.below(2))) * kDt);
  }
  return after(from, "Delay", {perNeuron("delay", from.shape, std::move(delays))}, from.shape);
}

NirPlace NirOperators::flatten(const NirPlace &from) {
  mark("flatten");
  return after(from, "Flatten",
               {wholeField("start_dim", {0}, true), wholeField("end_dim", {-1}, true),
                shapeField("input_type", from.shape)},
               {sizeOf(from.shape)});
}

namespace {

struct Axis { // a window on it

  uint32_t kernel, stride, pad, dilation, out;
};

Axis axisOf(uint32_t in, uint32_t kernel, uint32_t stride, uint32_t pad, uint32_t dilation) {
  return {kernel, stride, pad, dilation, (in + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1};
}

} // namespace

// The kernel of a mean is a power of two: it stays on the grid.
NirPlace NirOperators::pool(const NirPlace &from) {
  const bool average = chance(0.5);
  const auto draw = [&](uint32_t in) {
    const uint32_t kernel = std::min(in, average ? 1u << rng.below(2) : upTo(3));
    const uint32_t pad = chance(0.25) ? kernel / 2 : 0;
    return axisOf(in, kernel, chance(0.6) ? kernel : upTo(3), pad, 1);
  };
  const Axis y = draw(from.shape[1]), x = draw(from.shape[2]);
  mark(average ? "avgpool" : "sumpool");
  mark(y.stride < y.kernel || x.stride < x.kernel ? "overlapping pool" : "disjoint pool");
  return after(from, average ? "AvgPool2d" : "SumPool2d",
               {wholeField("kernel_size", {double(y.kernel), double(x.kernel)}),
                wholeField("stride", {double(y.stride), double(x.stride)}),
                wholeField("padding", {double(y.pad), double(x.pad)})},
               {from.shape[0], y.out, x.out});
}

NirPlace NirOperators::conv1d(const NirPlace &from) {
  const uint32_t channels = from.shape[0], in = from.shape[1];
  const uint32_t groups = chance(0.4) ? channels : 1, out = groups * upTo(2);
  const uint32_t kernel = upTo(std::min(3u, in));
  const uint32_t dilation = 2 * (kernel - 1) < in && chance(0.3) ? 2 : 1;
  const Axis x = axisOf(in, kernel, upTo(2), static_cast<uint32_t>(rng.below(2)), dilation);
  mark("conv1d");
  return after(from, "Conv1d",
               {wholeField("input_shape", {double(in)}, true),
                wholeField("stride", {double(x.stride)}, true),
                wholeField("padding", {double(x.pad)}, true),
                wholeField("dilation", {double(x.dilation)}, true),
                wholeField("groups", {double(groups)}, true),
                realField("weight", weights(size_t{out} * (channels / groups) * kernel),
                          {out, channels / groups, kernel}),
                realField("bias", chance(0.5) ? std::vector<double>(out) : weights(out), {out})},
               {out, x.out});
}

NirPlace NirOperators::conv2d(const NirPlace &from, bool sameShape) {
  const uint32_t channels = from.shape[0];
  const uint32_t groups = chance(0.3) ? channels : 1;
  const uint32_t out = sameShape ? channels : groups * upTo(channels > 1 ? 2 : 3);
  const bool named = sameShape || chance(0.2); // padding by name
  const auto draw = [&](uint32_t in) {
    const uint32_t kernel = upTo(std::min(3u, in));
    const uint32_t dilation = 2 * (kernel - 1) < in && chance(0.2) ? 2 : 1;
    if (named)
      return Axis{kernel, 1, 0, dilation, in};
    return axisOf(in, kernel, upTo(3), static_cast<uint32_t>(rng.below(kernel)), dilation);
  };
  const Axis y = draw(from.shape[1]), x = draw(from.shape[2]);
  for (const Axis &axis : {y, x}) {
    if (axis.stride > 1)
      mark("conv stride");
    if (axis.pad > 0)
      mark("conv padding");
    if (axis.dilation > 1 && axis.kernel > 1)
      mark("conv dilation");
  }
  if (groups > 1)
    mark("conv groups");
  mark("conv2d");
  std::vector<NirField> fields = {
      wholeField("stride", {double(y.stride), double(x.stride)}),
      wholeField("dilation", {double(y.dilation), double(x.dilation)}),
      wholeField("groups", {double(groups)}, true),
      realField("weight", weights(size_t{out} * (channels / groups) * y.kernel * x.kernel),
                {out, channels / groups, y.kernel, x.kernel}),
      realField("bias", chance(0.5) ? std::vector<double>(out) : weights(out), {out})};
  if (chance(0.7))
    fields.push_back(wholeField("input_shape", {double(from.shape[1]), double(from.shape[2])}));
  else
    mark("conv without input_shape");
  if (named) {
    mark("padding same");
    fields.push_back({"padding", NirField::Kind::Text, {}, {}, "same"});
  } else {
    fields.push_back(wholeField("padding", {double(y.pad), double(x.pad)}));
  }
  return after(from, "Conv2d", std::move(fields), {out, y.out, x.out});
}

// Operators from a layer to the next: none to four, their result no larger than a layer may be.
NirPlace NirOperators::path(NirPlace from) {
  bool pooled = false;
  weighted = false;
  if (chance(0.1))
    from = scale(from);
  if (chance(0.12) && options.maxDelay > 0)
    from = delay(from, upTo(options.maxDelay));
  if (from.shape.size() == 3) {
    if (chance(0.35)) {
      from = pool(from);
      pooled = true;
    }
    if (chance(0.65)) {
      from = conv2d(from, false);
      weighted = true;
    }
    if (chance(0.2) && !(pooled && options.narrowGrid))
      from = pool(from);
  } else if (from.shape.size() == 2 && chance(0.8)) {
    from = conv1d(from);
    weighted = true;
  }
  if (from.shape.size() > 1 && (sizeOf(from.shape) > options.maxSize || chance(0.3)))
    from = flatten(from);
  if (sizeOf(from.shape) > options.maxSize || (from.shape.size() == 1 && chance(0.85)))
    from = linear(from, upTo(options.maxSize));
  weighted = false;
  return from;
}

} // namespace snnc::test
