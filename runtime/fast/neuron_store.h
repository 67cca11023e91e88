// State and registers of all neurons, an array of each.
#pragma once

#include "common/image/image.h"
#include "runtime/fast/tables.h"
#include "runtime/machine/aligned.h"
#include "runtime/machine/machine.h"

#include "llvm/ADT/ArrayRef.h"

namespace snnc::runtime::fast {

class NeuronStore {
public:
  NeuronStore() = default;
  NeuronStore(const image::Image &image, const Tables &tables);

  void reset(); // initial u, v and refractory state; biases stay
  void writeBias(uint32_t first, llvm::ArrayRef<int16_t> mantissas);
  void read(uint32_t first, llvm::MutableArrayRef<NeuronState> out) const;
  NeuronArrays arrays(const Tables &tables);

private:
  LineVector<int32_t> u, v, refractory, initial;
  LineVector<int32_t> biasCurrent, biasMembrane, biasUnit; // unit: 1 << biasExp
  LineVector<int32_t> toCurrent;                           // -1 or 0
  LineVector<int32_t> keepU, keepV, threshold, resetValue, period;
  std::vector<uint64_t> subtract;
};

} // namespace snnc::runtime::fast
