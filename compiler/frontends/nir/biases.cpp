#include "compiler/frontends/nir/biases.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

using Values = std::vector<double>;

// ---- y = M x

Values applied(const net::DenseWeights &map, const Values &x) {
  Values y(map.rows, 0.0);
  for (size_t row = 0; row < map.rows; ++row)
    for (size_t col = 0; col < map.cols; ++col)
      y[row] += static_cast<double>(map.values[row * map.cols + col]) * x[col];
  return y;
}

Values applied(const net::SparseWeights &map, const Values &x) {
  Values y(map.posts, 0.0);
  for (size_t source = 0; source < map.pres; ++source)
    for (uint64_t at = map.rowStart[source]; at < map.rowStart[source + 1]; ++at)
      y[map.columns[at]] += static_cast<double>(map.values[at]) * x[source];
  return y;
}

Values applied(const net::DiagonalWeights &map, const Values &x) {
  Values y = x;
  for (uint32_t i = 0; i < map.size; ++i)
    y[i] *= static_cast<double>(map[i]);
  return y;
}

// Calls f(input place, kernel entry) for what the window at (outY, outX) sees.
template <class F> void forWindow(const net::Window &window, uint32_t outY, uint32_t outX, F f) {
  for (uint32_t u = 0; u < window.kernelH; ++u)
    for (uint32_t v = 0; v < window.kernelW; ++v) {
      const int64_t y =
          int64_t{outY} * window.strideH - window.padTop + int64_t{u} * window.dilationH;
      const int64_t x =
          int64_t{outX} * window.strideW - window.padLeft + int64_t{v} * window.dilationW;
      if (y >= 0 && y < window.inH && x >= 0 && x < window.inW)
        f(static_cast<size_t>(y) * window.inW + static_cast<size_t>(x),
          size_t{u} * window.kernelW + v);
    }
}

Values applied(const net::ConvWeights &map, const Values &x) {
  const net::Window &window = map.window;
  const size_t perGroup = map.inChannels / map.groups, outs = map.outChannels / map.groups;
  Values y(map.rows(), 0.0);
  for (size_t o = 0; o < map.outChannels; ++o)
    for (uint32_t outY = 0; outY < window.outH; ++outY)
      for (uint32_t outX = 0; outX < window.outW; ++outX) {
        double &sum = y[o * window.outSize() + size_t{outY} * window.outW + outX];
        forWindow(window, outY, outX, [&](size_t place, size_t entry) {
          for (size_t c = 0; c < perGroup; ++c)
            sum +=
                static_cast<double>(map.kernel[(o * perGroup + c) * window.kernelSize() + entry]) *
                x[(o / outs * perGroup + c) * window.inSize() + place];
        });
      }
  return y;
}

Values applied(const net::PoolMap &map, const Values &x) {
  const net::Window &window = map.window;
  const double factor = map.average ? 1.0 / window.kernelSize() : 1.0;
  Values y(map.rows(), 0.0);
  for (size_t c = 0; c < map.channels; ++c)
    for (uint32_t outY = 0; outY < window.outH; ++outY)
      for (uint32_t outX = 0; outX < window.outW; ++outX)
        forWindow(window, outY, outX, [&](size_t place, size_t) {
          y[c * window.outSize() + size_t{outY} * window.outW + outX] +=
              factor * x[c * window.inSize() + place];
        });
  return y;
}

// ---- their cost

uint64_t work(const net::DenseWeights &map) {
  return map.values.size();
}
uint64_t work(const net::SparseWeights &map) {
  return map.pres + map.values.size();
}
uint64_t work(const net::DiagonalWeights &map) {
  return map.size;
}
// Saturates: every factor but the last is below 2^27.
uint64_t work(const net::ConvWeights &map) {
  uint64_t product = 0;
  const uint64_t perOutput = uint64_t{map.window.kernelSize()} * (map.inChannels / map.groups);
  return __builtin_mul_overflow(uint64_t{map.rows()}, perOutput, &product) ? UINT64_MAX : product;
}
uint64_t work(const net::PoolMap &map) {
  const uint64_t kernel = uint64_t{map.window.kernelH} * map.window.kernelW;
  uint64_t product = 0;
  return __builtin_mul_overflow(uint64_t{map.rows()}, kernel, &product) ? UINT64_MAX : product;
}

// ---- along the graph

class Carrier {
public:
  explicit Carrier(const Graph &graph)
      : graph(graph), predecessors(predecessorsOf(graph)), uses(graph.nodes.size()),
        values(graph.nodes.size()) {
    for (auto [from, to] : graph.edges)
      uses[from] +=
          isPopulation(graph.nodes[to]) || graph.nodes[to].kind == Node::Kind::Output ? kKept : 1;
  }

  llvm::Error visit(uint32_t node);
  std::map<uint32_t, Values> take();

private:
  static constexpr uint64_t kKept = uint64_t{1} << 32; // a use that is never over

  llvm::Error pass(const Node &node, Values &x);
  llvm::Error tooMuch(const Node &node) const;
  static void addOwn(const Node &node, Values &x);

  const Graph &graph;
  const std::vector<std::vector<uint32_t>> predecessors;
  std::vector<uint64_t> uses; // of values, that are still to come
  std::vector<Values> values; // by node; empty: all 0
  uint64_t done = 0, held = 0;
};

llvm::Error Carrier::tooMuch(const Node &node) const {
  return Diag(DiagCode::GraphTooLarge, node.loc,
              llvm::formatv("carrying biases through '{0}' takes more than {1} multiplications or "
                            "{2} values",
                            node.name, kMostBiasWork, kMostBiasValues))
      .help("put a neuron between the layers, or give the biases to the last one")
      .take();
}

llvm::Error Carrier::pass(const Node &node, Values &x) {
  if (node.kind == Node::Kind::Delay)
    for (size_t i = 0; i < x.size(); ++i)
      if (x[i] != 0.0 && node.delay[node.delay.size() == 1 ? 0 : i] > 0.0)
        return Diag(DiagCode::DelayedBias, node.loc,
                    llvm::formatv("unsupported: a bias in front of Delay '{0}' would reach its "
                                  "neurons late",
                                  node.name))
            .help("move the bias behind the delay, into the neuron's v_leak for example")
            .take();
  if (node.kind != Node::Kind::Map)
    return llvm::Error::success();
  const uint64_t cost = std::visit([](const auto &map) { return work(map); }, node.map);
  if (cost > kMostBiasWork - done)
    return tooMuch(node);
  done += cost;
  x = std::visit([&](const auto &map) { return applied(map, x); }, node.map);
  return llvm::Error::success();
}

void Carrier::addOwn(const Node &node, Values &x) {
  if (node.bias.empty())
    return;
  x.resize(sizeOf(node.out), 0.0);
  const size_t share = x.size() / node.bias.size(); // a convolution's bias is per channel
  for (size_t i = 0; i < x.size(); ++i)
    x[i] += node.bias[i / share];
}

llvm::Error Carrier::visit(uint32_t at) {
  const Node &node = graph.nodes[at];
  if (node.kind == Node::Kind::Output)
    return llvm::Error::success();
  Values x;
  for (uint32_t before : predecessors[at]) {
    if (values[before].empty())
      continue;
    x.resize(sizeOf(node.in), 0.0);
    if (x.size() > kMostBiasWork - done)
      return tooMuch(node);
    done += x.size();
    for (size_t i = 0; i < x.size(); ++i)
      x[i] += values[before][i];
    if (--uses[before] == 0) {
      held -= values[before].size();
      values[before] = {};
    }
  }
  if (x.empty() && node.bias.empty())
    return llvm::Error::success();
  if (held + sizeOf(node.out) > kMostBiasValues)
    return tooMuch(node);
  if (!x.empty())
    if (llvm::Error error = pass(node, x))
      return error;
  addOwn(node, x);
  for (double value : x)
    if (!(std::abs(value) <= 1e300))
      return Diag(DiagCode::NotFinite, node.loc,
                  llvm::formatv("biases carried through '{0}' are not finite", node.name))
          .take();
  if (llvm::all_of(x, [](double value) { return value == 0.0; }))
    return llvm::Error::success();
  held += x.size();
  values[at] = std::move(x);
  return llvm::Error::success();
}

std::map<uint32_t, Values> Carrier::take() {
  std::map<uint32_t, Values> kept;
  for (uint32_t at = 0; at < values.size(); ++at)
    if (!values[at].empty() && uses[at] >= kKept)
      kept.emplace(at, std::move(values[at]));
  return kept;
}

} // namespace

llvm::Expected<std::map<uint32_t, std::vector<double>>>
carryBiases(const Graph &graph, const std::vector<uint32_t> &order) {
  Carrier carrier(graph);
  for (uint32_t node : order)
    if (llvm::Error error = carrier.visit(node))
      return error;
  return carrier.take();
}

} // namespace snnc::compiler::nir
