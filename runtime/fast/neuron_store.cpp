#include "runtime/fast/neuron_store.h"

#include <algorithm>

namespace snnc::runtime::fast {

NeuronStore::NeuronStore(const image::Image &image, const Tables &tables)
    : subtract(tables.neurons / kWord) {
  const size_t size = tables.neurons + kSlack;
  for (LineVector<int32_t> *array :
       {&u, &v, &refractory, &initial, &biasCurrent, &biasMembrane, &biasUnit, &toCurrent, &keepU,
        &keepV, &threshold, &resetValue, &period})
    array->resize(size);
  for (uint32_t c = 0; c < image.cores.size(); ++c) {
    const image::CoreImage &core = image.cores[c];
    for (uint32_t i = 0; i < core.neurons.size(); ++i) {
      const net::NeuronConfig &config = core.neurons[i];
      const uint32_t n = tables.coreBase[c] + i;
      initial[n] = config.vInit;
      biasUnit[n] = 1 << config.biasExp;
      toCurrent[n] = config.biasToCurrent ? -1 : 0;
      keepU[n] = 4096 - (config.du + core.duOffset);
      keepV[n] = 4096 - config.dv;
      threshold[n] = config.threshold - (config.compareGe ? 1 : 0);
      resetValue[n] = config.reset;
      period[n] = config.refractory;
      subtract[n / kWord] |= uint64_t{config.resetSubtract} << (n % kWord);
      writeBias(n, config.biasMant);
    }
  }
  reset();
}

void NeuronStore::reset() {
  std::fill(u.begin(), u.end(), 0);
  std::fill(refractory.begin(), refractory.end(), 0);
  std::copy(initial.begin(), initial.end(), v.begin());
}

void NeuronStore::writeBias(uint32_t first, llvm::ArrayRef<int16_t> mantissas) {
  for (size_t i = 0; i < mantissas.size(); ++i) {
    const int32_t bias = mantissas[i] * biasUnit[first + i];
    biasCurrent[first + i] = bias & toCurrent[first + i];
    biasMembrane[first + i] = bias & ~toCurrent[first + i];
  }
}

void NeuronStore::read(uint32_t first, llvm::MutableArrayRef<NeuronState> out) const {
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = {u[first + i], v[first + i], static_cast<uint8_t>(refractory[first + i])};
}

NeuronArrays NeuronStore::arrays(const Tables &tables) {
  return {u.data(),
          v.data(),
          refractory.data(),
          biasCurrent.data(),
          biasMembrane.data(),
          keepU.data(),
          keepV.data(),
          threshold.data(),
          resetValue.data(),
          period.data(),
          tables.shifts.data(),
          subtract.data()};
}

} // namespace snnc::runtime::fast
