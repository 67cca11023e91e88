#include "compiler/frontends/nir/shapes.h"

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

constexpr uint64_t kMostReach = uint64_t{1} << 27; // of a kernel, dilation included

llvm::Error wrong(const Node &node, DiagCode code, const llvm::Twine &what) {
  return Diag(code, node.loc, what).take();
}

struct Axis {
  uint64_t out = 1, padFront = 0;
};

llvm::Expected<Axis> slide(const Node &node, size_t axis, uint64_t extent) {
  const Sliding &sliding = *node.sliding;
  const uint64_t behind = sliding.dilation[axis] * (sliding.kernel[axis] - 1);
  const uint64_t pad = sliding.same ? behind : 2 * sliding.padding[axis];
  const char *name = axis == 0 ? "height" : "width";
  if (behind >= kMostReach || extent + pad < behind + 1)
    return wrong(node, DiagCode::WindowShape,
                 llvm::formatv("the kernel of node '{0}' reaches over a {1} of {2} but the padded "
                               "input has {3}",
                               node.name, name, behind + 1, extent + pad));
  return Axis{(extent + pad - behind - 1) / sliding.stride[axis] + 1,
              sliding.same ? behind / 2 : sliding.padding[axis]};
}

net::Window windowOf(const Sliding &sliding, const Shape &in, const Axis (&axes)[2]) {
  auto narrow = [](uint64_t value) { return static_cast<uint32_t>(value); };
  net::Window window;
  window.inH = narrow(sliding.oneAxis ? 1 : in[1]);
  window.inW = narrow(in.back());
  window.outH = narrow(axes[0].out);
  window.outW = narrow(axes[1].out);
  window.kernelH = narrow(sliding.kernel[0]);
  window.kernelW = narrow(sliding.kernel[1]);
  window.strideH = narrow(sliding.stride[0]);
  window.strideW = narrow(sliding.stride[1]);
  window.padTop = narrow(axes[0].padFront);
  window.padLeft = narrow(axes[1].padFront);
  window.dilationH = narrow(sliding.dilation[0]);
  window.dilationW = narrow(sliding.dilation[1]);
  return window;
}

llvm::Error setSlidingShapes(Node &node, Shape in) {
  const Sliding &sliding = *node.sliding;
  const size_t rank = sliding.oneAxis ? 2 : 3;
  while (in.size() > rank && in.front() == 1)
    in.erase(in.begin());
  if (in.size() != rank)
    return wrong(node, DiagCode::WindowShape,
                 llvm::formatv("{0} '{1}' takes {2} but is fed the shape {3}", node.type, node.name,
                               sliding.oneAxis ? "[channels, width]" : "[channels, height, width]",
                               shapeText(in)));
  if (sliding.channels != 0 && in.front() != sliding.channels)
    return wrong(node, DiagCode::WeightShape,
                 llvm::formatv("{0} '{1}' takes {2} channels but is fed {3} (shape {4})", node.type,
                               node.name, sliding.channels, in.front(), shapeText(in)));
  Axis axes[2];
  for (size_t axis = sliding.oneAxis ? 1 : 0; axis < 2; ++axis) {
    llvm::Expected<Axis> found = slide(node, axis, in[sliding.oneAxis ? 1 : axis + 1]);
    if (!found)
      return found.takeError();
    axes[axis] = *found;
  }
  auto *conv = std::get_if<net::ConvWeights>(&node.map);
  Shape out{conv ? conv->outChannels : in.front()};
  if (!sliding.oneAxis)
    out.push_back(axes[0].out);
  out.push_back(axes[1].out);
  for (const Shape &side : {in, out})
    if (sizeOf(side) > net::kMaxElements)
      return wrong(node, DiagCode::TooManyElements,
                   llvm::formatv("{0} '{1}' makes {2} of {3}, more than {4} elements", node.type,
                                 node.name, shapeText(out), shapeText(in), net::kMaxElements));
  const net::Window window = windowOf(sliding, in, axes);
  if (conv) {
    conv->window = window;
  } else {
    auto &pool = std::get<net::PoolMap>(node.map);
    pool.window = window;
    pool.channels = static_cast<uint32_t>(in.front());
  }
  node.in = std::move(in);
  node.out = std::move(out);
  return llvm::Error::success();
}

} // namespace

Shape flattened(const Shape &shape, int64_t startDim, int64_t endDim) {
  const auto rank = static_cast<int64_t>(shape.size());
  const int64_t start = startDim < 0 ? startDim + rank : startDim;
  const int64_t end = endDim < 0 ? endDim + rank : endDim;
  if (start < 0 || end >= rank || start > end)
    return {};
  Shape out(shape.begin(), shape.begin() + start);
  out.push_back(sizeOf(Shape(shape.begin() + start, shape.begin() + end + 1)));
  out.insert(out.end(), shape.begin() + end + 1, shape.end());
  return out;
}

llvm::Error setShapes(Node &node, const Shape &in) {
  if (node.sliding)
    return setSlidingShapes(node, in);
  if (node.kind != Node::Kind::Flatten) {
    node.in = node.out = in;
    return llvm::Error::success();
  }
  Shape out = flattened(in, node.startDim, node.endDim);
  // One axis is flat already: start_dim 1 then means the batch axis in front, which is not there.
  if (out.empty() && in.size() == 1 && node.startDim == 1)
    out = in;
  if (out.empty())
    return wrong(node, DiagCode::ParamRange,
                 llvm::formatv("Flatten '{0}' joins the axes {1} to {2} but is fed the shape {3}",
                               node.name, node.startDim, node.endDim, shapeText(in)));
  node.in = in;
  node.out = std::move(out);
  return llvm::Error::success();
}

} // namespace snnc::compiler::nir
