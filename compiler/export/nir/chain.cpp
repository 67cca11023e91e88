#include "compiler/export/nir/chain.h"

#include "common/net/synapses.h"

#include <algorithm>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::export_nir {
namespace {

using net::ConvWeights;
using net::DenseWeights;
using net::DiagonalWeights;
using net::PoolMap;
using net::SparseWeights;
using net::Window;

struct Axis {
  uint32_t in, out, kernel, stride, pad, dilation;

  // As much padding behind as in front, and as many places as fit.
  bool symmetric() const {
    const int64_t room =
        int64_t{in} + 2 * int64_t{pad} - int64_t{dilation} * (int64_t{kernel} - 1) - 1;
    return room >= 0 && room / stride + 1 == out && pad <= dilation * (kernel - 1) + 1;
  }
  bool same() const { return stride == 1 && out == in && pad == dilation * (kernel - 1) / 2; }
};
Axis axisY(const Window &w) {
  return {w.inH, w.outH, w.kernelH, w.strideH, w.padTop, w.dilationH};
}
Axis axisX(const Window &w) {
  return {w.inW, w.outW, w.kernelW, w.strideW, w.padLeft, w.dilationW};
}
bool isSymmetric(const Window &window) {
  return axisY(window).symmetric() && axisX(window).symmetric();
}
bool isSame(const Window &window) {
  return axisY(window).same() && axisX(window).same();
}

bool isOneAxis(const Window &window) {
  return window.inH == 1 && window.outH == 1 && window.kernelH == 1 && window.padTop == 0;
}

// The value of element i, if all that a map does is to scale; empty if it mixes elements.
std::optional<std::vector<float>> scalesOf(const net::Weights &map) {
  if (const auto *diagonal = std::get_if<DiagonalWeights>(&map)) {
    std::vector<float> values(diagonal->size);
    for (uint32_t i = 0; i < diagonal->size; ++i)
      values[i] = (*diagonal)[i];
    return values;
  }
  const auto *sparse = std::get_if<SparseWeights>(&map);
  if (sparse == nullptr || sparse->posts != sparse->pres || sparse->values.size() != sparse->pres)
    return std::nullopt;
  for (uint32_t i = 0; i < sparse->pres; ++i)
    if (sparse->rowStart[i] != i || sparse->columns[i] != i)
      return std::nullopt;
  return sparse->values;
}

bool isIdentity(const net::Weights &map) {
  if (const auto *diagonal = std::get_if<DiagonalWeights>(&map))
    return std::all_of(diagonal->values.begin(), diagonal->values.end(),
                       [](float value) { return value == 1.0f; });
  const auto scales = scalesOf(map);
  return scales && std::all_of(scales->begin(), scales->end(), [](float v) { return v == 1.0f; });
}

// Whether the map can be a node that takes values of the shape `in`; sets the shape it gives.
bool takes(const net::Weights &map, const Shape &in, Shape &out) {
  if (const auto *dense = std::get_if<DenseWeights>(&map)) {
    out = {dense->rows};
    return true; // behind a Flatten
  }
  if (const auto *conv = std::get_if<ConvWeights>(&map)) {
    const Window &w = conv->window;
    const bool oneAxis = in.size() == 2 && isOneAxis(w);
    out = oneAxis ? Shape{conv->outChannels, w.outW} : Shape{conv->outChannels, w.outH, w.outW};
    return (isSymmetric(w) || isSame(w)) &&
           in == (oneAxis ? Shape{conv->inChannels, w.inW} : Shape{conv->inChannels, w.inH, w.inW});
  }
  if (const auto *pool = std::get_if<PoolMap>(&map)) {
    const Window &w = pool->window;
    out = {pool->channels, w.outH, w.outW};
    return isSymmetric(w) && w.dilationH == 1 && w.dilationW == 1 &&
           in == Shape{pool->channels, w.inH, w.inW};
  }
  out = in;
  return scalesOf(map).has_value();
}

// One value per channel of `out`, if that is all there is to the bias.
std::optional<std::vector<double>> channelBias(const ConvWeights &conv,
                                               llvm::ArrayRef<double> bias) {
  if (bias.empty())
    return std::vector<double>(conv.outChannels, 0.0);
  const uint64_t places = conv.window.outSize();
  std::vector<double> channels;
  for (size_t i = 0; i < bias.size(); ++i) {
    if (i % places == 0)
      channels.push_back(bias[i]);
    if (bias[i] != channels.back())
      return std::nullopt;
  }
  return channels;
}

bool takesBias(const net::Weights &map, llvm::ArrayRef<double> bias) {
  if (const auto *conv = std::get_if<ConvWeights>(&map))
    return channelBias(*conv, bias).has_value();
  return bias.empty() || std::holds_alternative<DenseWeights>(map);
}

// [1, 1, 4] -> [4].
Shape withoutLeadingOnes(Shape shape) {
  const auto first = std::find_if(shape.begin(), shape.end(), [](uint64_t e) { return e != 1; });
  shape.erase(shape.begin(), std::min(first, shape.end() - 1));
  return shape;
}

} // namespace

ChainWriter::ChainWriter(const net::Net &net, GraphFile &file)
    : net(net), file(file), isVector(net.populations.size()) {
  findVectors();
}

Shape ChainWriter::shapeSeen(uint32_t population) const {
  const Shape shape = shapeOf(net.populations[population]);
  return isVector[population] ? withoutLeadingOnes(shape) : shape;
}

// A population that is one makes a matrix of a convolution behind it, and so the next one a vector.
void ChainWriter::findVectors() {
  for (bool changed = true; changed;) {
    changed = false;
    for (const net::Projection &projection : net.projections) {
      const Shape target = shapeOf(net.populations[projection.target]);
      if (isVector[projection.target] || target.size() == 1 ||
          withoutLeadingOnes(target).size() != 1)
        continue;
      std::vector<Step> steps;
      if (plan(projection, steps) && steps.back().out == target)
        continue;
      isVector[projection.target] = changed = true;
    }
  }
}

bool ChainWriter::plan(const net::Projection &projection, std::vector<Step> &steps) const {
  std::vector<const net::Weights *> maps;
  for (const net::Weights &map : projection.before)
    maps.push_back(&map);
  maps.push_back(&projection.weights);
  Shape shape = shapeSeen(projection.source);
  for (const net::Weights *map : maps) {
    Step step{map, shape, {}, map == maps.back()};
    if (!takes(*map, shape, step.out))
      return false;
    shape = step.out;
    steps.push_back(std::move(step));
  }
  return takesBias(projection.weights, projection.bias);
}

void ChainWriter::append(End &end, const std::string &node, const Shape &shape) {
  file.edge(end.node, node);
  end = {node, shape};
}

void ChainWriter::flatten(const net::Projection &projection, End &end) {
  const std::string node = file.addHelper(projection.name + ".flatten", "Flatten");
  const std::vector<int64_t> shape(end.shape.begin(), end.shape.end());
  file.integers(node, "start_dim", int64_t{0}, {});
  file.integers(node, "end_dim", int64_t{-1}, {});
  file.integers(node, "input_type", shape, {shape.size()});
  append(end, node, {sizeOf(end.shape)});
}

void ChainWriter::writeDelay(const net::Projection &projection, End &end) {
  const net::Profile &profile = net.profile;
  const bool steps = profile.tauUnit.value == net::TauUnit::Steps;
  const bool ms = profile.tauUnit.value == net::TauUnit::Milliseconds;
  const double dt = steps ? 1.0 : ms ? profile.dt.value * 1e3 : profile.dt.value;
  const std::string node = file.addHelper(projection.name + ".delay", "Delay");
  const std::vector<double> delays(sizeOf(end.shape), projection.delay * dt);
  file.doubles(node, "delay", delays, end.shape);
  append(end, node, end.shape);
}

void ChainWriter::writeConv(const std::string &node, const ConvWeights &conv, const Shape &out,
                            llvm::ArrayRef<double> bias) {
  const Window &w = conv.window;
  const uint64_t perGroup = conv.inChannels / conv.groups;
  const bool oneAxis = out.size() == 2;
  // One number for Conv1d, a pair (y, x) for Conv2d.
  const auto put = [&](const char *field, int64_t y, int64_t x) {
    if (oneAxis)
      file.integers(node, field, x, {});
    else
      file.integers(node, field, {y, x}, {2});
  };
  put("input_shape", w.inH, w.inW);
  put("stride", w.strideH, w.strideW);
  put("dilation", w.dilationH, w.dilationW);
  if (isSymmetric(w))
    put("padding", w.padTop, w.padLeft);
  else
    file.string(node, "padding", "same");
  file.integers(node, "groups", int64_t{conv.groups}, {});
  const Shape kernel = oneAxis ? Shape{conv.outChannels, perGroup, w.kernelW}
                               : Shape{conv.outChannels, perGroup, w.kernelH, w.kernelW};
  file.floats(node, "weight", conv.kernel, kernel);
  file.reals(node, "bias", bias, {bias.size()});
}

void ChainWriter::writePool(const std::string &node, const PoolMap &pool) {
  const Window &w = pool.window;
  const auto put = [&](const char *field, int64_t y, int64_t x) {
    file.integers(node, field, {y, x}, {2});
  };
  put("kernel_size", w.kernelH, w.kernelW);
  put("stride", w.strideH, w.strideW);
  put("padding", w.padTop, w.padLeft);
}

void ChainWriter::writeGrid(const std::string &node, const net::ProjectionGrid &grid) {
  if (grid.weightBits == 0)
    return;
  file.integers(node, "metadata/snnc_weight_bits", int64_t{grid.weightBits}, {1});
  file.integers(node, "metadata/snnc_exponent", int64_t{grid.exponent}, {1});
  if (grid.hostShift.empty())
    return;
  const std::vector<int64_t> shifts(grid.hostShift.begin(), grid.hostShift.end());
  file.integers(node, "metadata/snnc_host_shift", shifts, {shifts.size()});
}

void ChainWriter::writeStep(const net::Projection &projection, const Step &step, End &end) {
  const auto start = [&](const char *type) {
    return step.last ? file.addNode(projection.name, type)
                     : file.addHelper(projection.name + ".before", type);
  };
  llvm::ArrayRef<double> bias;
  if (step.last)
    bias = projection.bias;
  std::string node;
  if (const auto *dense = std::get_if<DenseWeights>(step.map)) {
    if (step.in.size() != 1)
      flatten(projection, end);
    node = start(bias.empty() ? "Linear" : "Affine");
    file.floats(node, "weight", dense->values, {dense->rows, dense->cols});
    if (!bias.empty())
      file.reals(node, "bias", bias, {bias.size()});
  } else if (const auto *conv = std::get_if<ConvWeights>(step.map)) {
    node = start(step.out.size() == 2 ? "Conv1d" : "Conv2d");
    writeConv(node, *conv, step.out, *channelBias(*conv, bias));
  } else if (const auto *pool = std::get_if<PoolMap>(step.map)) {
    node = start(pool->average ? "AvgPool2d" : "SumPool2d");
    writePool(node, *pool);
  } else {
    node = start("Scale");
    file.floats(node, "scale", *scalesOf(*step.map), step.in);
  }
  if (step.last)
    writeGrid(node, projection.grid);
  append(end, node, step.out);
}

// The whole chain as one Linear or Affine.
void ChainWriter::writeMatrix(const net::Projection &projection, End &end) {
  const uint64_t rows = net::postCount(projection), cols = net::preCount(projection);
  if (rows * cols > kMostMatrixValues)
    return file.refuse(
        Diag(DiagCode::ExportTooLarge, projection.loc,
             formatv("'{0}' is only a matrix in a .nir file, and its {1} x {2} values are more "
                     "than {3}",
                     projection.name, rows, cols, kMostMatrixValues))
            .help("NIR has no sparse weights; its convolutions have one padding and one bias per "
                  "channel, and populations of the shape [channels, height, width] around them")
            .take());
  const SparseWeights sparse = net::unroll(projection);
  DenseWeights dense{static_cast<uint32_t>(rows), static_cast<uint32_t>(cols), {}};
  dense.values.assign(rows * cols, 0.0f);
  for (uint32_t pre = 0; pre < sparse.pres; ++pre)
    for (uint64_t i = sparse.rowStart[pre]; i < sparse.rowStart[pre + 1]; ++i)
      dense.values[size_t{sparse.columns[i]} * cols + pre] = sparse.values[i];
  const net::Weights map = std::move(dense);
  writeStep(projection, {&map, end.shape, {rows}, true}, end);
}

// Into the target, in its shape as far as NIR can change shapes.
void ChainWriter::arrive(const net::Projection &projection, End &end) {
  const net::Population &target = net.populations[projection.target];
  if (end.shape != shapeOf(target) && target.shape.size() == 1)
    flatten(projection, end);
  file.edge(end.node, target.name);
}

void ChainWriter::write(const net::Projection &projection, bool bare) {
  const net::Population &source = net.populations[projection.source];
  const std::string &target = net.populations[projection.target].name;
  End end{source.name, shapeSeen(projection.source)};
  if (!bare)
    writeDelay(projection, end);
  std::vector<Step> steps;
  if (!plan(projection, steps)) {
    writeMatrix(projection, end);
    return arrive(projection, end);
  }
  const bool noNode = steps.size() == 1 && isIdentity(*steps.front().map) &&
                      projection.bias.empty() && projection.grid.weightBits == 0;
  if (noNode && plainEdges.emplace(end.node, target).second)
    return arrive(projection, end);
  for (const Step &step : steps)
    if (step.last || !isIdentity(*step.map))
      writeStep(projection, step, end);
  arrive(projection, end);
}

} // namespace snnc::compiler::export_nir
