#include "compiler/pass/unroll.h"

#include "common/net/synapses.h"

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler {
namespace {

constexpr uint64_t kMaxWork = uint64_t{1} << 33; // products of two weights: about a minute

llvm::Error refused(const net::Projection &chain, llvm::StringRef why, llvm::StringRef help,
                    const net::WalkCost &cost) {
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
  const net::WalkCost cost = net::walkCost(chain);
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
