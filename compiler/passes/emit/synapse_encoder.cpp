#include "compiler/passes/emit/synapse_encoder.h"

#include <algorithm>
#include <cassert>

namespace snnc::compiler::emit {

static void appendDense(const core_ir::Axon &axon, llvm::ArrayRef<LocalSynapse> synapses,
                        const image::WordFormat &format, std::vector<uint64_t> &words) {
  const size_t start = words.size();
  words.resize(start + axon.words, 0);
  for (const LocalSynapse &synapse : synapses) {
    const uint32_t row = synapse.local / format.lanes - axon.baseRow;
    assert(row < axon.words && "route counted the rows");
    words[start + row] |= format.putDense(synapse.local % format.lanes, synapse.weight);
  }
}

static void appendSparse(const core_ir::Axon &axon, llvm::ArrayRef<LocalSynapse> synapses,
                         const image::WordFormat &format, std::vector<uint64_t> &words) {
  std::vector<LocalSynapse> byBank(synapses.begin(), synapses.end());
  std::stable_sort(byBank.begin(), byBank.end(), [&](const LocalSynapse &a, const LocalSynapse &b) {
    return a.local % format.lanes < b.local % format.lanes;
  });
  const size_t start = words.size();
  words.resize(start + axon.words, 0);
  for (size_t i = 0; i < byBank.size(); ++i) {
    const auto pair = static_cast<uint32_t>(i / axon.words);
    assert(pair < format.pairs && "route counted the pairs");
    words[start + i % axon.words] |=
        format.putPair(pair, byBank[i].local - axon.baseRow * format.lanes, byBank[i].weight);
  }
}

void appendWords(const core_ir::Axon &axon, llvm::ArrayRef<LocalSynapse> synapses,
                 const image::WordFormat &format, std::vector<uint64_t> &words) {
  if (axon.sparse)
    appendSparse(axon, synapses, format, words);
  else
    appendDense(axon, synapses, format, words);
}

} // namespace snnc::compiler::emit
