// A direct-coded first layer as the host computes it, in integers: the formula is HostLayer's in
// common/net/quant_net.h. Zero inputs are skipped, as their products are not executed.
#pragma once

#include "common/image/image.h"
#include "runtime/machine/aligned.h"
#include "runtime/machine/host_driver.h"
#include "runtime/machine/host_sums.h"

#include <cstdint>
#include <vector>

namespace snnc::runtime {

class HostLayerRunner {
public:
  // `layer` outlives the runner.
  explicit HostLayerRunner(const net::HostLayer &layer,
                           const HostKernels &kernels = usableHostKernels().back());

  // Bias mantissas of the target's neurons for one step's `values` of the source population.
  // Valid until the next call. Adds to macs and to the saturations of `stats`.
  llvm::ArrayRef<int16_t> evaluate(llvm::ArrayRef<float> values, HostStats &stats);

private:
  bool fitsInt32() const;
  bool fitsBytes() const;
  template <class Weight> void makeGroups(LineVector<Weight> &byGroup, const GroupKernels &kernels);
  llvm::ArrayRef<int16_t> evaluateNarrow(llvm::ArrayRef<float> values, HostStats &stats);
  void add(uint32_t source, int64_t x); // x times the source's weights into `currents`

  const net::HostLayer &layer;
  const net::SparseInts *sparse;        // the layer's weights if they are
  LineVector<int16_t> bySource;         // [source][target] if they are dense and not in groups
  std::vector<uint32_t> nonzeroWeights; // [source]
  std::vector<int64_t> currents;        // I, in units of input times weight
  std::vector<int16_t> mantissas;
  // Where the weights are dense, inputs have 16 bits and no sum can leave 32.
  GroupKernels kernels;
  LineVector<int16_t> byPair; // [source / 2][target, padded][source % 2]
  LineVector<int8_t> byQuad;  // or, where they fit, [source / 4][target, padded][source % 4]
  LineVector<int32_t> biases, shifts, sums;
  std::vector<uint32_t> activeGroups, activeInputs; // ActiveGroups
};

// Consecutive neurons of one core whose biases are written in one burst.
struct BiasBurst {
  uint32_t core = 0, first = 0;  // local neuron
  std::vector<uint32_t> neurons; // of the population, in local order
};
// As few as there are runs of consecutive local neurons, sorted by (core, first).
std::vector<BiasBurst> biasBursts(const image::PopulationMap &population);

} // namespace snnc::runtime
