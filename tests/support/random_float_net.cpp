#include "tests/support/random_float_net.h"

#include <algorithm>
#include <cmath>

namespace snnc::test {

namespace {

using support::Rng;

bool chance(Rng &rng, double p) {
  return rng.uniform() < p;
}

net::Profile randomProfile(Rng &rng) {
  static constexpr net::ResetRule kResets[] = {net::ResetRule::Zero, net::ResetRule::Subtract,
                                               net::ResetRule::SubtractDelayed};
  static constexpr net::Integrator kIntegrators[] = {net::Integrator::Euler, net::Integrator::Exp,
                                                     net::Integrator::Unit};
  net::Profile profile;
  profile.dt.value = 1.0;
  profile.tauUnit.value = net::TauUnit::Steps;
  profile.reset.value = kResets[rng.below(3)];
  profile.integrator.value = kIntegrators[rng.below(3)];
  profile.compare.value = chance(rng, 0.5) ? net::Compare::Gt : net::Compare::Ge;
  return profile;
}

// One value for all, or one each.
template <class Draw> net::Param param(Rng &rng, uint32_t size, Draw draw) {
  net::Param param;
  const uint32_t count = chance(rng, 0.5) ? 1 : size;
  for (uint32_t i = 0; i < count; ++i)
    param.values.push_back(draw());
  return param;
}

using Shape = std::vector<uint32_t>;

uint32_t sizeOf(const Shape &shape) {
  uint32_t size = 1;
  for (uint32_t extent : shape)
    size *= extent;
  return size;
}

uint32_t upTo(Rng &rng, uint32_t most) {
  return static_cast<uint32_t>(rng.between(1, most));
}

// A vector, or maps of at most `maxSize` elements in all.
Shape randomShape(Rng &rng, uint32_t maxSize) {
  if (maxSize < 8 || chance(rng, 0.5))
    return {upTo(rng, maxSize)};
  const uint32_t channels = upTo(rng, 2), height = upTo(rng, std::min(5u, maxSize / channels));
  return {channels, height, upTo(rng, std::min(5u, maxSize / channels / height))};
}

net::Population randomPopulation(Rng &rng, uint32_t index, Shape shape, bool readout) {
  net::Population population;
  population.name = "p" + std::to_string(index);
  population.shape = std::move(shape);
  const uint32_t size = population.size();
  const auto tau = [&] { return 2.0 + 18.0 * rng.uniform(); };
  net::NeuronParams &params = population.params;
  switch (rng.below(3)) {
  case 0:
    population.kind = readout ? net::NeuronKind::I : net::NeuronKind::IF;
    break;
  case 1:
    population.kind = readout ? net::NeuronKind::LI : net::NeuronKind::LIF;
    params.tau = param(rng, size, tau);
    params.vLeak = net::Param(0.0);
    break;
  default:
    population.kind = readout ? net::NeuronKind::CubaLI : net::NeuronKind::CubaLIF;
    params.tauMem = param(rng, size, tau);
    params.tauSyn = param(rng, size, tau);
    params.wIn = net::Param(1.0);
    params.vLeak = net::Param(0.0);
    break;
  }
  params.r = net::Param(1.0);
  if (!readout)
    params.vThreshold = param(rng, size, [&] { return 0.3 + rng.uniform(); });
  return population;
}

net::Weights denseOrSparse(Rng &rng, uint32_t posts, uint32_t pres) {
  const double scale = 2.0 / std::sqrt(pres);
  if (chance(rng, 0.6)) {
    net::DenseWeights dense;
    dense.rows = posts;
    dense.cols = pres;
    for (size_t i = 0; i < size_t{posts} * pres; ++i)
      dense.values.push_back(static_cast<float>(scale * (rng.normal() + 0.3)));
    return dense;
  }
  net::SparseWeights sparse;
  sparse.posts = posts;
  sparse.pres = pres;
  sparse.rowStart.push_back(0);
  for (uint32_t pre = 0; pre < pres; ++pre) {
    for (uint32_t post = 0; post < posts; ++post)
      if (chance(rng, 0.4)) {
        sparse.columns.push_back(post);
        sparse.values.push_back(static_cast<float>(scale * (rng.normal() + 0.5)));
      }
    sparse.rowStart.push_back(sparse.values.size());
  }
  return sparse;
}

net::DiagonalWeights diagonal(Rng &rng, uint32_t size) {
  net::DiagonalWeights map;
  map.size = size;
  if (chance(rng, 0.3))
    map.values = {1.0f};
  else
    for (uint32_t i = 0; i < size; ++i)
      map.values.push_back(static_cast<float>(rng.normal()));
  return map;
}

// Windows of 1 to 3 elements, strides of 1 to 3, sometimes padding and dilation, where they fit.
net::Window randomWindow(Rng &rng, const Shape &maps, bool dilated) {
  net::Window window;
  const auto axis = [&](uint32_t in, uint32_t &out, uint32_t &kernel, uint32_t &stride,
                        uint32_t &pad, uint32_t &dilation) {
    kernel = upTo(rng, std::min(3u, in));
    stride = upTo(rng, 3);
    pad = static_cast<uint32_t>(rng.below(kernel / 2 + 1));
    dilation = dilated && chance(rng, 0.2) && 2 * (kernel - 1) < in ? 2 : 1;
    out = (in + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
  };
  window.inH = maps[1];
  window.inW = maps[2];
  axis(window.inH, window.outH, window.kernelH, window.strideH, window.padTop, window.dilationH);
  axis(window.inW, window.outW, window.kernelW, window.strideW, window.padLeft, window.dilationW);
  return window;
}

net::ConvWeights convolution(Rng &rng, const Shape &maps) {
  net::ConvWeights conv;
  conv.inChannels = maps[0];
  conv.groups = chance(rng, 0.3) ? maps[0] : 1;
  conv.outChannels = conv.groups * upTo(rng, 2);
  conv.window = randomWindow(rng, maps, true);
  const uint32_t fanIn = conv.inChannels / conv.groups * conv.window.kernelSize();
  for (size_t i = 0; i < size_t{conv.outChannels} * fanIn; ++i)
    conv.kernel.push_back(static_cast<float>(2.0 / std::sqrt(fanIn) * (rng.normal() + 0.3)));
  return conv;
}

net::PoolMap pool(Rng &rng, const Shape &maps) {
  return {maps[0], randomWindow(rng, maps, false), chance(rng, 0.4)};
}

Shape mapsAfter(uint32_t channels, const net::Window &window) {
  return {channels, window.outH, window.outW};
}

// A projection with any maps and the shape that it makes, of at most `maxSize` elements.
struct Step {
  std::vector<net::Weights> before;
  net::Weights weights;
  Shape shape;
};

Step randomStep(Rng &rng, Shape shape, uint32_t maxSize) {
  Step step;
  if (shape.size() == 3 && chance(rng, 0.3)) {
    const net::PoolMap map = pool(rng, shape);
    shape = mapsAfter(map.channels, map.window);
    step.before.push_back(map);
  }
  if (chance(rng, 0.1))
    step.before.push_back(diagonal(rng, sizeOf(shape)));
  if (shape.size() == 3 && chance(rng, 0.7)) {
    if (chance(rng, 0.8)) {
      const net::ConvWeights conv = convolution(rng, shape);
      step.shape = mapsAfter(conv.outChannels, conv.window);
      step.weights = conv;
    } else {
      const net::PoolMap map = pool(rng, shape);
      step.shape = mapsAfter(map.channels, map.window);
      step.weights = map;
    }
  } else if (chance(rng, 0.15)) {
    step.shape = shape;
    step.weights = diagonal(rng, sizeOf(shape));
  }
  if (step.shape.empty() || sizeOf(step.shape) > maxSize) {
    step.shape = randomShape(rng, maxSize);
    step.weights = denseOrSparse(rng, sizeOf(step.shape), sizeOf(shape));
  }
  return step;
}

void connect(Rng &rng, net::Net &net, uint32_t source, uint32_t target, uint32_t delay,
             std::vector<net::Weights> before, net::Weights weights) {
  net::Projection projection;
  projection.name = net.populations[source].name + "_" + net.populations[target].name + "_" +
                    std::to_string(net.projections.size());
  projection.source = source;
  projection.target = target;
  projection.delay = delay;
  projection.before = std::move(before);
  projection.weights = std::move(weights);
  if (chance(rng, 0.4))
    for (uint32_t post = 0; post < net.populations[target].size(); ++post)
      projection.bias.push_back(0.1 * rng.normal());
  net.projections.push_back(std::move(projection));
}

// Dense or sparse: joins any two populations.
void connect(Rng &rng, net::Net &net, uint32_t source, uint32_t target, uint32_t delay) {
  connect(rng, net, source, target, delay, {},
          denseOrSparse(rng, net.populations[target].size(), net.populations[source].size()));
}

} // namespace

net::Net randomFloatNet(Rng &rng, const RandomFloatNetOptions &options) {
  net::Net net;
  net.name = "random";
  net.profile = randomProfile(rng);
  net::Population input;
  input.name = "input";
  input.shape = randomShape(rng, options.maxInputs);
  net.populations.push_back(input);
  const uint32_t count = upTo(rng, options.maxPopulations);
  const bool readout = chance(rng, 0.25);
  for (uint32_t p = 1; p <= count; ++p) {
    Step step = randomStep(rng, net.populations[p - 1].shape, options.maxSize);
    net.populations.push_back(randomPopulation(rng, p, step.shape, readout && p == count));
    connect(rng, net, p - 1, p, 0, std::move(step.before), std::move(step.weights));
  }
  if (count > 1 && chance(rng, 0.3)) // a skip edge
    connect(rng, net, 1, count, 0);
  const uint32_t spiking = count - (readout ? 1 : 0); // the last that does
  if (spiking > 0 && chance(rng, 0.4)) {              // a loop
    const auto target = upTo(rng, spiking);
    const auto source = static_cast<uint32_t>(rng.between(target, spiking));
    connect(rng, net, source, target, source - target + 1);
  }
  if (chance(rng, 0.3))
    net.run.encode = net::Encoding::Direct;
  net.inputs = {0};
  net.outputs = {count};
  return net;
}

} // namespace snnc::test
