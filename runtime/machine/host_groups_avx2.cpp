#include "runtime/machine/host_groups.h"

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
  static Register all(uint32_t pair) { return _mm256_set1_epi32(static_cast<int>(pair)); }
  static Register multiplyAdd(Register sum, Register weights, Register x) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(weights, x));
  }
};

} // namespace

const AddGroups kAddPairs256 = addGroups<Lanes, 8>;

} // namespace snnc::runtime
#else
namespace snnc::runtime {
const AddGroups kAddPairs256 = nullptr;
} // namespace snnc::runtime
#endif
