#include "tests/support/random_conv.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace snnc::test {

namespace {

using support::Rng;

uint32_t randomDivisor(Rng &rng, uint32_t n) {
  std::vector<uint32_t> divisors;
  for (uint32_t d = 1; d <= n; ++d)
    if (n % d == 0)
      divisors.push_back(d);
  return divisors[rng.below(divisors.size())];
}

uint32_t upTo(Rng &rng, uint32_t most) {
  return static_cast<uint32_t>(rng.between(1, most));
}

struct Shape {
  uint32_t channels, height, width;
};
Shape randomShape(Rng &rng, uint32_t elements) {
  Shape shape{};
  shape.channels = randomDivisor(rng, elements);
  shape.height = randomDivisor(rng, elements / shape.channels);
  shape.width = elements / shape.channels / shape.height;
  return shape;
}

// Of a few pairs, the one whose maps grow least.
std::pair<Shape, Shape> randomShapes(Rng &rng, uint32_t pres, uint32_t posts) {
  std::pair<Shape, Shape> best;
  uint32_t least = UINT32_MAX;
  for (int attempt = 0; attempt < 4; ++attempt) {
    const Shape in = randomShape(rng, pres), out = randomShape(rng, posts);
    const uint32_t growth = (out.height > in.height ? out.height - in.height : 0) +
                            (out.width > in.width ? out.width - in.width : 0);
    if (growth < least) {
      least = growth;
      best = {in, out};
    }
  }
  return best;
}

// Padding ahead of `in` inputs that lets windows reach `out` places: what the verifier of maps
// asks.
uint32_t padFor(uint32_t in, uint32_t out, uint32_t stride, uint32_t wanted) {
  const uint32_t reached = (out - 1) * stride + 1;
  return std::max(wanted, reached > in ? reached - in : 0);
}

} // namespace

net::ConvInts randomConv(Rng &rng, uint32_t pres, uint32_t posts, unsigned bits) {
  const auto [in, out] = randomShapes(rng, pres, posts);
  net::ConvInts conv;
  conv.inChannels = in.channels;
  conv.outChannels = out.channels;
  conv.groups = randomDivisor(rng, in.channels);
  if (out.channels % conv.groups != 0)
    conv.groups = 1;
  net::Window &w = conv.window;
  w.inH = in.height;
  w.inW = in.width;
  w.outH = out.height;
  w.outW = out.width;
  w.kernelH = upTo(rng, 3);
  w.kernelW = upTo(rng, 3);
  w.strideH = in.height < 2 * out.height ? 1 : upTo(rng, 2);
  w.strideW = in.width < 2 * out.width ? 1 : upTo(rng, 2);
  w.padTop = padFor(w.inH, w.outH, w.strideH, static_cast<uint32_t>(rng.below(w.kernelH)));
  w.padLeft = padFor(w.inW, w.outW, w.strideW, static_cast<uint32_t>(rng.below(w.kernelW)));
  w.dilationH = upTo(rng, 2);
  w.dilationW = upTo(rng, 2);
  conv.kernel.resize(size_t{out.channels} * (in.channels / conv.groups) * w.kernelSize());
  const int64_t bound = int64_t{1} << (bits - 1);
  for (int16_t &weight : conv.kernel)
    weight = rng.below(4) == 0 ? int16_t{0} : static_cast<int16_t>(rng.between(-bound, bound - 1));
  return conv;
}

net::PoolMap randomPool(Rng &rng, uint32_t pres) {
  const Shape in = randomShape(rng, pres);
  net::PoolMap pool;
  pool.channels = in.channels;
  net::Window &w = pool.window;
  w.inH = in.height;
  w.inW = in.width;
  w.kernelH = upTo(rng, 2);
  w.kernelW = upTo(rng, 3);
  w.strideH = w.kernelH + static_cast<uint32_t>(rng.below(2));
  w.strideW = w.kernelW + static_cast<uint32_t>(rng.below(4) == 0);
  w.padTop = static_cast<uint32_t>(rng.below(w.kernelH));
  w.padLeft = static_cast<uint32_t>(rng.below(w.kernelW));
  w.outH = (w.inH + w.padTop + w.strideH - 1) / w.strideH;
  w.outW = (w.inW + w.padLeft + w.strideW - 1) / w.strideW;
  return pool;
}

} // namespace snnc::test
