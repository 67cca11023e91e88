#include "runtime/machine/host_pairs.h"

#ifdef __AVX512BW__
#include <immintrin.h>

namespace snnc::runtime {
namespace {

struct Lanes {
  static constexpr unsigned kLanes = 16;
  using Register = __m512i;
  static Register load(const void *p) {
    return _mm512_loadu_si512(static_cast<const Register *>(p));
  }
  static void store(void *p, Register x) { _mm512_storeu_si512(static_cast<Register *>(p), x); }
  static Register both(uint32_t pair) { return _mm512_set1_epi32(static_cast<int>(pair)); }
  static Register add(Register a, Register b) { return _mm512_add_epi32(a, b); }
  static Register multiply(Register a, Register b) { return _mm512_madd_epi16(a, b); }
};

} // namespace

const AddPairs kAddPairs512 = addPairsIn<Lanes>;

} // namespace snnc::runtime
#else
namespace snnc::runtime {
const AddPairs kAddPairs512 = nullptr;
} // namespace snnc::runtime
#endif
