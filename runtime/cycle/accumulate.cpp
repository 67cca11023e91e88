#include "runtime/cycle/accumulate.h"

#include "runtime/cycle/neuron.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__)
#define SNNC_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SNNC_CLONES
#endif

namespace snnc::runtime::cycle {

SNNC_CLONES
uint32_t accumulateList(int32_t *sums, const int16_t *weights, uint32_t count, int shift) {
  uint32_t wraps = 0;
  for (uint32_t i = 0; i < count; ++i)
    wraps += accumulate(sums[i], weights[i] * (1 << shift));
  return wraps;
}

} // namespace snnc::runtime::cycle
