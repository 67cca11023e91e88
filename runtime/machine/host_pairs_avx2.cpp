#include "runtime/machine/host_pairs.h"

#ifdef __AVX2__
#include <immintrin.h>

namespace snnc::runtime {
namespace {

struct Lanes {
  static constexpr unsigned kLanes = 8;
  using Register = __m256i;
  static Register load(const void *p) {
    return _mm256_loadu_si256(static_cast<const Register *>(p));
  }
  static void store(void *p, Register x) { _mm256_storeu_si256(static_cast<Register *>(p), x); }
  static Register both(uint32_t pair) { return _mm256_set1_epi32(static_cast<int>(pair)); }
  static Register add(Register a, Register b) { return _mm256_add_epi32(a, b); }
  static Register multiply(Register a, Register b) { return _mm256_madd_epi16(a, b); }
};

} // namespace

const AddPairs kAddPairs256 = addPairsIn<Lanes>;

} // namespace snnc::runtime
#else
namespace snnc::runtime {
const AddPairs kAddPairs256 = nullptr;
} // namespace snnc::runtime
#endif
