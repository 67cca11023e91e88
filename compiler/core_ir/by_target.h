// The nonzero synapses of a quantised projection, seen from its target neurons.
#pragma once

#include "common/net/synapses.h"
#include "common/net/turn_over.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace snnc::compiler::core_ir {

// Refers to `projection`, which must outlive it. As net::IncomingInts, but without a call through a
// pointer for every synapse of matrices that no pool comes before: mapping walks 100 M of them.
// Sparse weights are transposed once, zeros dropped: 6 bytes a synapse.
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
    if (any)
      return any->forEach(target, f);
    for (uint64_t i = turned.start[target]; i < turned.start[target + 1]; ++i)
      f(turned.index[i], turned.values[i]);
  }

  // False where a walk keeps scratch memory: then forEach is not for two threads at a time.
  bool isPlain() const { return !any; }

private:
  void transpose(const net::SparseInts &sparse);

  const net::DenseInts *dense = nullptr;
  std::optional<net::IncomingInts> any;
  net::Compressed<int16_t> turned; // by target
};

// One entry per projection of the net.
std::vector<ByTarget> allByTarget(const net::QuantNet &net);

// Projections into each population, ascending.
std::vector<std::vector<uint32_t>> projectionsInto(const net::QuantNet &net);

} // namespace snnc::compiler::core_ir
