#include "compiler/passes/lower/fold.h"

#include "compiler/pass/unroll.h"
#include "compiler/passes/lower/factors.h"

#include "common/net/synapses.h"

#include "llvm/ADT/STLExtras.h"

#include <optional>

namespace snnc::compiler::lower {
namespace {

using support::Diag;
using support::DiagCode;

using RealConv = net::ConvMap<double>; // kernels are small: rounded at the end

constexpr uint64_t kMaxProducts = uint64_t{1} << 30; // of two kernels: a second or two

bool isIdentity(const net::PoolMap &pool) {
  const net::Window &w = pool.window;
  return w.kernelSize() == 1 && w.strideH == 1 && w.strideW == 1 && w.padTop == 0 &&
         w.padLeft == 0 && w.inH == w.outH && w.inW == w.outW;
}

double weightOf(const net::PoolMap &pool) {
  return pool.average ? 1.0 / pool.window.kernelSize() : 1.0;
}

RealConv convOf(const net::PoolMap &pool) {
  RealConv conv;
  conv.inChannels = conv.outChannels = conv.groups = pool.channels;
  conv.window = pool.window;
  conv.kernel.assign(size_t{pool.channels} * pool.window.kernelSize(), weightOf(pool));
  return conv;
}

RealConv convOf(const net::ConvWeights &map) {
  return {map.inChannels,
          map.outChannels,
          map.groups,
          map.window,
          {map.kernel.begin(), map.kernel.end()}};
}

net::ConvWeights rounded(const RealConv &conv) {
  net::ConvWeights map{conv.inChannels, conv.outChannels, conv.groups, conv.window, {}};
  for (double value : conv.kernel)
    map.kernel.push_back(static_cast<float>(value));
  return map;
}

// One axis of a convolution and of the pool behind it as one window; false if there is none.
struct Axis {
  uint32_t in, out, kernel, stride, pad, dilation;
};
bool joinAxes(const Axis &conv, const Axis &pool, Axis &joined) {
  const uint64_t reach = uint64_t{pool.kernel - 1} * pool.dilation;
  if (pool.in != conv.out || pool.pad != 0 ||
      uint64_t{pool.out - 1} * pool.stride + reach >= pool.in)
    return false;
  const uint64_t kernel = uint64_t{conv.kernel - 1} * conv.dilation + reach * conv.stride + 1;
  const uint64_t stride = uint64_t{conv.stride} * pool.stride;
  if (kernel > net::kMaxElements || stride > net::kMaxElements)
    return false;
  joined = {conv.in,  pool.out, static_cast<uint32_t>(kernel), static_cast<uint32_t>(stride),
            conv.pad, 1};
  return true;
}

Axis rowsOf(const net::Window &w) {
  return {w.inH, w.outH, w.kernelH, w.strideH, w.padTop, w.dilationH};
}
Axis columnsOf(const net::Window &w) {
  return {w.inW, w.outW, w.kernelW, w.strideW, w.padLeft, w.dilationW};
}

// Adds the kernel once for every place of the pool's window, where that place sees it.
void spread(const double *kernel, const net::Window &conv, const net::PoolMap &pool,
            const net::Window &joined, double *sums) {
  const net::Window &p = pool.window;
  for (uint32_t i = 0; i < p.kernelH; ++i)
    for (uint32_t j = 0; j < p.kernelW; ++j)
      for (uint32_t u = 0; u < conv.kernelH; ++u)
        for (uint32_t v = 0; v < conv.kernelW; ++v) {
          const size_t y = size_t{i} * p.dilationH * conv.strideH + size_t{u} * conv.dilationH;
          const size_t x = size_t{j} * p.dilationW * conv.strideW + size_t{v} * conv.dilationW;
          sums[y * joined.kernelW + x] += weightOf(pool) * kernel[u * conv.kernelW + v];
        }
}

// A convolution and the pool behind it, as one convolution.
std::optional<RealConv> joined(const RealConv &conv, const net::PoolMap &pool) {
  Axis rows{}, columns{};
  if (pool.channels != conv.outChannels ||
      !joinAxes(rowsOf(conv.window), rowsOf(pool.window), rows) ||
      !joinAxes(columnsOf(conv.window), columnsOf(pool.window), columns))
    return std::nullopt;
  const uint64_t kernelSize = uint64_t{rows.kernel} * columns.kernel;
  const size_t kernels = conv.kernel.size() / conv.window.kernelSize();
  if (kernelSize > net::kMaxElements / kernels ||
      conv.kernel.size() > kMaxProducts / pool.window.kernelSize())
    return std::nullopt;
  RealConv both{conv.inChannels, conv.outChannels, conv.groups, {}, {}};
  both.window = {rows.in,     columns.in,     rows.out, columns.out, rows.kernel, columns.kernel,
                 rows.stride, columns.stride, rows.pad, columns.pad, 1,           1};
  both.kernel.assign(kernels * kernelSize, 0.0);
  for (size_t k = 0; k < kernels; ++k)
    spread(conv.kernel.data() + k * conv.window.kernelSize(), conv.window, pool, both.window,
           both.kernel.data() + k * kernelSize);
  return both;
}

void scale(net::DenseWeights &map, const Factors &in, const Factors &out) {
  for (size_t row = 0; row < map.rows; ++row)
    for (size_t col = 0; col < map.cols; ++col) {
      float &value = map.values[row * map.cols + col];
      value = static_cast<float>(in[col] * value * out[row]);
    }
}

void scale(net::SparseWeights &map, const Factors &in, const Factors &out) {
  for (uint32_t source = 0; source < map.pres; ++source)
    for (uint64_t i = map.rowStart[source]; i < map.rowStart[source + 1]; ++i)
      map.values[i] = static_cast<float>(in[source] * map.values[i] * out[map.columns[i]]);
}

// Both constant per channel.
void scale(RealConv &conv, const Factors &in, const Factors &out) {
  const uint32_t inGroup = conv.inChannels / conv.groups, outGroup = conv.outChannels / conv.groups;
  size_t at = 0;
  for (uint32_t o = 0; o < conv.outChannels; ++o)
    for (uint32_t c = 0; c < inGroup; ++c) {
      const uint64_t source = (uint64_t{o / outGroup} * inGroup + c) * conv.window.inSize();
      for (uint32_t k = 0; k < conv.window.kernelSize(); ++k, ++at)
        conv.kernel[at] *= in[source] * out[o * conv.window.outSize()];
    }
}

// Rows of words hold more weights than pairs of index and weight.
net::Weights densified(net::SparseWeights sparse) {
  if (sparse.values.size() < uint64_t{sparse.posts} * sparse.pres / 2)
    return sparse;
  net::DenseWeights dense{sparse.posts, sparse.pres, {}};
  dense.values.assign(size_t{dense.rows} * dense.cols, 0.0f);
  for (uint32_t source = 0; source < sparse.pres; ++source)
    for (uint64_t i = sparse.rowStart[source]; i < sparse.rowStart[source + 1]; ++i)
      dense.values[size_t{sparse.columns[i]} * dense.cols + source] = sparse.values[i];
  return dense;
}

class Folder {
public:
  Folder(net::Projection &projection, PassContext &context)
      : projection(projection), context(context), maps(std::move(projection.before)) {
    maps.push_back(std::move(projection.weights));
    projection.before.clear();
  }

  llvm::Error run(llvm::ArrayRef<double> gains) {
    takePools();
    if (next == maps.size())
      return withoutWeights(gains);
    if (const auto *pool = std::get_if<net::PoolMap>(&maps[next]))
      if (llvm::Error error = checkKernel(*pool))
        return error;
    takeLast(gains);
    Factors within;
    if (const std::optional<RealConv> conv = foldConv(within)) {
      within.multiply(out.values());
      if (foldInto(*conv, within))
        return llvm::Error::success();
    } else if (maps.size() - next == 1 && foldInto(maps[next])) {
      return llvm::Error::success();
    }
    return unrollRest();
  }

private:
  // Disjoint pools and diagonals in front: sums, and one diagonal behind them.
  void takePools() {
    for (; next < maps.size(); ++next) {
      if (const auto *diagonal = std::get_if<net::DiagonalWeights>(&maps[next])) {
        in.multiply(diagonal->values);
        continue;
      }
      const auto *pool = std::get_if<net::PoolMap>(&maps[next]);
      if (pool == nullptr || !pool->window.disjoint() || !in.constantOver(pool->window.inSize()))
        return;
      if (isIdentity(*pool))
        continue;
      in.rescale(pool->window.inSize(), pool->window.outSize());
      in.multiply(weightOf(*pool));
      pools.push_back(*pool);
      pools.back().average = false;
    }
  }

  // Diagonals behind the last other map, and the gains.
  void takeLast(llvm::ArrayRef<double> gains) {
    for (; maps.size() - next > 1; maps.pop_back()) {
      const auto *diagonal = std::get_if<net::DiagonalWeights>(&maps.back());
      if (diagonal == nullptr)
        break;
      out.multiply(diagonal->values);
    }
    out.multiply(gains);
  }

  // Pools and diagonals straight into the neurons.
  llvm::Error withoutWeights(llvm::ArrayRef<double> gains) {
    in.multiply(gains);
    if (!pools.empty() && in.constantOver(pools.back().window.outSize())) {
      if (llvm::Error error = checkKernel(pools.back()))
        return error;
      RealConv conv = convOf(pools.back());
      scale(conv, Factors(), in);
      pools.pop_back();
      put(rounded(conv));
      return llvm::Error::success();
    }
    const uint32_t size = net::postCount(maps.back());
    net::DiagonalWeights diagonal{size, {}};
    for (double value : in.isOne() ? std::vector<double>{1.0} : in.values())
      diagonal.values.push_back(static_cast<float>(value));
    put(std::move(diagonal));
    return llvm::Error::success();
  }

  // A pool stores no weights, but the convolution that it becomes does.
  llvm::Error checkKernel(const net::PoolMap &pool) const {
    const uint64_t weights = uint64_t{pool.channels} * pool.window.kernelSize();
    if (weights <= net::kMaxElements)
      return llvm::Error::success();
    return Diag(DiagCode::UnrollTooLarge, projection.loc,
                llvm::formatv("a pool of '{0}' with {1} channels and kernel {2}x{3} becomes a "
                              "convolution of {4} weights, more than {5}",
                              projection.name, pool.channels, pool.window.kernelH,
                              pool.window.kernelW, weights, net::kMaxElements))
        .help("make the kernel of the pool no larger than its input, or pool in several steps")
        .take();
  }

  // The rest as one convolution with `within` behind it; empty if it is none.
  std::optional<RealConv> foldConv(Factors &within) const {
    std::optional<RealConv> conv;
    if (const auto *pool = std::get_if<net::PoolMap>(&maps[next]))
      conv = convOf(*pool);
    else if (const auto *map = std::get_if<net::ConvWeights>(&maps[next]))
      conv = convOf(*map);
    for (size_t m = next + 1; m < maps.size() && conv; ++m) {
      const uint64_t places = conv->window.outSize();
      const auto *pool = std::get_if<net::PoolMap>(&maps[m]);
      if (const auto *diagonal = std::get_if<net::DiagonalWeights>(&maps[m])) {
        within.multiply(diagonal->values);
      } else if (pool != nullptr && within.constantOver(places)) {
        conv = joined(*conv, *pool);
        if (conv)
          within.rescale(places, conv->window.outSize());
      } else {
        conv.reset();
      }
    }
    return conv;
  }

  bool foldInto(RealConv conv, const Factors &behind) {
    if (!in.constantOver(conv.window.inSize()) || !behind.constantOver(conv.window.outSize()))
      return false;
    if (!in.isOne() || !behind.isOne())
      scale(conv, in, behind);
    put(rounded(conv));
    return true;
  }

  bool foldInto(net::Weights &map) {
    const bool scaled = !in.isOne() || !out.isOne();
    if (auto *dense = std::get_if<net::DenseWeights>(&map)) {
      if (scaled)
        scale(*dense, in, out);
    } else if (auto *sparse = std::get_if<net::SparseWeights>(&map)) {
      if (scaled)
        scale(*sparse, in, out);
    } else {
      return false;
    }
    put(std::move(map));
    return true;
  }

  const char *reason() const {
    const auto weighs = [](const net::Weights &map) {
      return !std::holds_alternative<net::DiagonalWeights>(map);
    };
    const auto rest = llvm::ArrayRef<net::Weights>(maps).drop_front(next);
    return llvm::count_if(rest, weighs) > 1 ? "no neurons between its maps"
                                            : "factors that differ within a channel";
  }

  llvm::Error unrollRest() {
    net::Projection chain;
    chain.name = projection.name;
    chain.loc = projection.loc;
    chain.before.assign(std::make_move_iterator(maps.begin() + static_cast<ptrdiff_t>(next)),
                        std::make_move_iterator(maps.end() - 1));
    const char *const why = reason();
    chain.weights = std::move(maps.back());
    llvm::Expected<net::SparseWeights> sparse = unrollBounded(
        chain, why, "put a neuron layer between the maps, or merge them in the framework", context);
    if (!sparse)
      return sparse.takeError();
    scale(*sparse, in, out);
    put(densified(std::move(*sparse)));
    return llvm::Error::success();
  }

  void put(net::Weights weights) {
    projection.before.assign(pools.begin(), pools.end());
    projection.weights = std::move(weights);
  }

  net::Projection &projection;
  PassContext &context;
  std::vector<net::Weights> maps; // in order of application
  size_t next = 0;                // the first that `pools` and `in` do not have
  std::vector<net::PoolMap> pools;
  Factors in, out; // behind the pools; behind all maps
};

} // namespace

llvm::Error fold(net::Projection &projection, llvm::ArrayRef<double> gains, PassContext &context) {
  const bool plain = projection.before.empty() && gains.empty() &&
                     !std::holds_alternative<net::PoolMap>(projection.weights);
  return plain ? llvm::Error::success() : Folder(projection, context).run(gains);
}

} // namespace snnc::compiler::lower
