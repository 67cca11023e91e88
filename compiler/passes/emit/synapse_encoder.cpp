#include "compiler/passes/emit/synapse_encoder.h"

#include "llvm/ADT/SmallVector.h"

#include <cassert>
#include <numeric>

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
  // By bank, in the order given within one: counted, not compared.
  llvm::SmallVector<uint32_t, 33> next(format.lanes + 1, 0);
  for (const LocalSynapse &synapse : synapses)
    ++next[synapse.local % format.lanes + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  llvm::SmallVector<LocalSynapse, 256> byBank(synapses.size());
  for (const LocalSynapse &synapse : synapses)
    byBank[next[synapse.local % format.lanes]++] = synapse;
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
