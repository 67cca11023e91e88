#include "compiler/passes/partition/load_model.h"

#include "compiler/core_ir/axon_cost.h"
#include "compiler/core_ir/shared_lists.h"

#include "common/net/synapses.h"
#include "common/support/rng.h"

#include <cmath>

namespace snnc::compiler::partition {

using namespace core_ir;

namespace {

// [count]: expected size of the fullest of `lanes` banks, of targets that fall into them at random.
std::vector<double> fullestBanks(uint32_t lanes, uint32_t most) {
  constexpr uint32_t kTrials = 64;
  std::vector<double> mean(size_t{most} + 1, 0.0);
  support::Rng rng(1);
  std::vector<uint32_t> banks(lanes);
  for (uint32_t trial = 0; trial < kTrials; ++trial) {
    std::fill(banks.begin(), banks.end(), 0u);
    uint32_t fullest = 0;
    for (uint32_t count = 1; count <= most; ++count) {
      fullest = std::max(fullest, ++banks[rng.below(lanes)]);
      mean[count] += static_cast<double>(fullest) / kTrials;
    }
  }
  return mean;
}

} // namespace

LoadModel::LoadModel(const Problem &problem) {
  const uint32_t most = problem.target.core.neurons;
  const uint32_t lanes = problem.target.core.lanes();
  const uint32_t pairs = image::WordFormat::of(problem.target.core).pairs;
  const std::vector<double> fullest = fullestBanks(lanes, most);
  for (const net::QuantProjection &projection : problem.net.projections) {
    Table &table = tables.emplace_back();
    table.words.assign(size_t{most} + 1, 0.0f);
    table.blockBits.assign(size_t{most} + 1, 0.0f);
    if (sharesLists(projection))
      continue;
    const double pairsOfNeurons =
        static_cast<double>(preCount(projection)) * static_cast<double>(postCount(projection));
    const double density = std::max(static_cast<double>(net::synapseCount(projection)), 1.0) /
                           std::max(pairsOfNeurons, 1.0);
    constexpr double kDense = 0.9;
    anySparse = anySparse || density < kDense;
    for (uint32_t count = 1; count <= most; ++count) {
      // Of a dense list the zeros between are stored too.
      const double stored = std::min<double>(most, std::ceil(count / density));
      const double dense = std::ceil(stored / lanes);
      const double sparse = std::max<double>((count + pairs - 1) / pairs, fullest[count]);
      const bool isSparse = sparse < dense;
      table.words[count] = static_cast<float>(isSparse ? sparse : dense);
      if (problem.target.blockCost)
        table.blockBits[count] = static_cast<float>(problem.target.blockCost->axonBits(
            isSparse ? count : static_cast<uint64_t>(stored), projection.weightBits, !isSparse));
    }
  }
}

} // namespace snnc::compiler::partition
