#include "runtime/fast/neuron_store.h"

#include <algorithm>

namespace snnc::runtime::fast {

NeuronStore::NeuronStore(const image::Image &image, const Tables &tables)
    : words(tables.neurons / kWord), initial(tables.neurons), biasUnit(tables.neurons),
      toCurrent(tables.neurons) {
  for (uint32_t c = 0; c < image.cores.size(); ++c) {
    const image::CoreImage &core = image.cores[c];
    for (uint32_t i = 0; i < core.neurons.size(); ++i) {
      const net::NeuronConfig &config = core.neurons[i];
      const uint32_t n = tables.coreBase[c] + i;
      configure(words[n / kWord], n % kWord, config, config.du + core.duOffset, core.vmin);
      words[n / kWord].shift[n % kWord] = tables.shifts[n];
      initial[n] = config.vInit;
      biasUnit[n] = 1 << config.biasExp;
      toCurrent[n] = config.biasToCurrent ? -1 : 0;
      writeBias(n, config.biasMant);
    }
  }
  reset();
}

void NeuronStore::configure(NeuronWord &word, unsigned lane, const net::NeuronConfig &config,
                            uint32_t du, int32_t vmin) {
  word.keepU[lane] = static_cast<int32_t>(4096 - du);
  word.keepV[lane] = 4096 - config.dv;
  word.threshold[lane] = config.threshold - (config.compareGe ? 1 : 0);
  word.carry[lane] = config.resetSubtract ? -1 : 0;
  word.resetTerm[lane] = config.resetSubtract ? -config.reset : config.reset;
  word.resetFloor[lane] = config.resetSubtract ? vmin : INT32_MIN;
  word.period[lane] = config.refractory;
}

void NeuronStore::reset() {
  for (size_t word = 0; word < words.size(); ++word) {
    std::fill_n(words[word].u, kWord, 0);
    std::fill_n(words[word].refractory, kWord, 0);
    std::copy_n(&initial[word * kWord], kWord, words[word].v);
  }
}

void NeuronStore::writeBias(uint32_t first, llvm::ArrayRef<int16_t> mantissas) {
  while (!mantissas.empty()) {
    NeuronWord &word = words[first / kWord];
    const uint32_t lane = first % kWord;
    const auto count = static_cast<uint32_t>(std::min<size_t>(kWord - lane, mantissas.size()));
    for (uint32_t i = 0; i < count; ++i) {
      const int32_t bias = mantissas[i] * biasUnit[first + i], acts = toCurrent[first + i];
      word.biasCurrent[lane + i] = bias & acts;
      word.biasMembrane[lane + i] = bias & ~acts;
    }
    first += count;
    mantissas = mantissas.drop_front(count);
  }
}

void NeuronStore::read(uint32_t first, llvm::MutableArrayRef<NeuronState> out) const {
  for (size_t i = 0; i < out.size(); ++i) {
    const NeuronWord &word = words[(first + i) / kWord];
    const size_t lane = (first + i) % kWord;
    out[i] = {word.u[lane], word.v[lane], static_cast<uint8_t>(word.refractory[lane])};
  }
}

} // namespace snnc::runtime::fast
