// The nonzero synapses of a quantised projection, seen from its target neurons.
#pragma once

#include "common/net/quant_net.h"

#include <cstdint>
#include <vector>

namespace snnc::compiler::core_ir {

// Refers to `projection`, which must outlive it. Sparse weights are transposed once, zeros dropped:
// 6 bytes a synapse. O(1) to build for dense weights.
class ByTarget {
public:
  explicit ByTarget(const net::QuantProjection &projection);

  // f(source, weight) for every nonzero weight into `target`, ascending source.
  template <class F> void forEach(uint32_t target, F f) const {
    if (dense != nullptr) {
      const int16_t *row = dense->values.data() + size_t{target} * dense->cols;
      for (uint32_t source = 0; source < dense->cols; ++source)
        if (row[source] != 0)
          f(source, row[source]);
      return;
    }
    for (uint64_t i = start[target]; i < start[target + 1]; ++i)
      f(sources[i], values[i]);
  }

private:
  const net::DenseInts *dense = nullptr;
  std::vector<uint64_t> start;
  std::vector<uint32_t> sources;
  std::vector<int16_t> values;
};

// One entry per projection of the net.
std::vector<ByTarget> allByTarget(const net::QuantNet &net);

// Projections into each population, ascending.
std::vector<std::vector<uint32_t>> projectionsInto(const net::QuantNet &net);

uint32_t preCount(const net::QuantProjection &projection);

} // namespace snnc::compiler::core_ir
