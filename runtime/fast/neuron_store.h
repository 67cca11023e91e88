// State and registers of all neurons.
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
  NeuronWord *data() { return words.data(); }

private:
  void configure(NeuronWord &word, unsigned lane, const net::NeuronConfig &config, uint32_t du,
                 int32_t vmin);

  LineVector<NeuronWord> words;
  // [neuron] first v; 1 << biasExp; -1 where the bias acts on u, else 0
  LineVector<int32_t> initial, biasUnit, toCurrent;
};

} // namespace snnc::runtime::fast
