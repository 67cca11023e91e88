#include "compiler/pass/unroll.h"

#include "common/net/synapses.h"

#include <algorithm>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler {
namespace {

constexpr uint64_t kMaxWork = uint64_t{1} << 33; // products of two weights: about a minute

uint64_t ceilDiv(uint64_t a, uint64_t b) {
  return (a + b - 1) / b;
}

// Places of a window that see one input, at most.
uint64_t placesOf(const net::Window &window) {
  const uint64_t rows =
      ceilDiv(uint64_t{window.kernelH - 1} * window.dilationH + 1, window.strideH);
  const uint64_t columns =
      ceilDiv(uint64_t{window.kernelW - 1} * window.dilationW + 1, window.strideW);
  return std::min<uint64_t>(rows, window.kernelH) * std::min<uint64_t>(columns, window.kernelW);
}

// Targets of one source, at most.
struct FanOut {
  uint64_t operator()(const net::DenseWeights &map) const { return map.rows; }
  uint64_t operator()(const net::SparseWeights &map) const {
    uint64_t most = 0;
    for (uint32_t source = 0; source < map.pres; ++source)
      most = std::max(most, map.rowStart[source + 1] - map.rowStart[source]);
    return most;
  }
  uint64_t operator()(const net::ConvWeights &map) const {
    return map.outChannels / map.groups * placesOf(map.window);
  }
  uint64_t operator()(const net::PoolMap &map) const { return placesOf(map.window); }
  uint64_t operator()(const net::DiagonalWeights &) const { return 1; }
};

struct Cost {
  uint64_t synapses = 0, work = 0; // upper bounds
};

Cost costOf(const net::Projection &chain) {
  const uint64_t sources = net::preCount(chain);
  Cost cost;
  uint64_t reached = 1; // from one source
  const auto pass = [&](const net::Weights &map) {
    const uint64_t paths = reached * std::visit(FanOut(), map); // < 2^26 * 2^32
    cost.work += paths;
    reached = std::min<uint64_t>(paths, net::postCount(map));
  };
  for (const net::Weights &map : chain.before)
    pass(map);
  pass(chain.weights);
  cost.synapses = chain.before.empty() ? net::synapseCount(chain) : sources * reached;
  cost.work = cost.work > kMaxWork ? cost.work : sources * cost.work; // 2^26 * 2^33
  return cost;
}

llvm::Error refused(const net::Projection &chain, llvm::StringRef why, llvm::StringRef help,
                    const Cost &cost) {
  const std::string much =
      cost.synapses > kMaxUnrolled
          ? formatv("up to {0} synapses, more than {1}", cost.synapses, kMaxUnrolled).str()
          : formatv("{0} products of two weights, more than {1}", cost.work, kMaxWork).str();
  return Diag(DiagCode::UnrollTooLarge, chain.loc,
              formatv("'{0}' cannot stay symbolic ({1}), and unrolled it has {2}", chain.name, why,
                      much))
      .help(help)
      .take();
}

} // namespace

llvm::Expected<net::SparseWeights> unrollBounded(const net::Projection &chain, llvm::StringRef why,
                                                 llvm::StringRef help, PassContext &context) {
  const Cost cost = costOf(chain);
  if (cost.synapses > kMaxUnrolled || cost.work > kMaxWork)
    return refused(chain, why, help, cost);
  net::SparseWeights sparse = net::unroll(chain);
  if (sparse.values.size() > kManyUnrolled)
    context.warnings.push_back(Diag(DiagCode::Unrolled, chain.loc,
                                    formatv("'{0}' is unrolled to {1} synapses: {2}", chain.name,
                                            sparse.values.size(), why))
                                   .help(help)
                                   .data());
  return sparse;
}

} // namespace snnc::compiler
