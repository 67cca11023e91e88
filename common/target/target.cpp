#include "common/target/target.h"

namespace snnc::target {

const char *nameOf(CoreKind kind) {
  return kind == CoreKind::Cuba ? "cuba" : "crossbar";
}

uint64_t BlockCost::axonBits(uint64_t synapses, uint32_t weightBits, bool dense) const {
  const uint64_t perSynapse = weightBits + delayBits + tagBits + (dense ? 0 : indexBits);
  auto block = [&](uint64_t n) {
    return wordBits * ((n * perSynapse + overheadBits + wordBits - 1) / wordBits);
  };
  const uint64_t full = synapses / blockSynapses, rest = synapses % blockSynapses;
  return full * block(blockSynapses) + (rest == 0 ? 0 : block(rest));
}

} // namespace snnc::target
