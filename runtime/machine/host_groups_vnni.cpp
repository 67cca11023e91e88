#include "runtime/machine/host_groups.h"

#ifdef __AVX512VNNI__
#include <immintrin.h>

namespace snnc::runtime {
namespace {

struct Lanes {
  static constexpr unsigned kLanes = 16;
  using Register = __m512i;
  static Register load(const void *p) { return _mm512_loadu_si512(p); }
  static void store(void *p, Register x) { _mm512_storeu_si512(p, x); }
  static Register all(uint32_t quad) { return _mm512_set1_epi32(static_cast<int>(quad)); }
  static Register multiplyAdd(Register sum, Register weights, Register x) {
    return _mm512_dpbusd_epi32(sum, x, weights); // does not saturate
  }
};

} // namespace

const AddGroups kAddQuadsVnni = addGroups<Lanes, 16>;

} // namespace snnc::runtime
#else
namespace snnc::runtime {
const AddGroups kAddQuadsVnni = nullptr;
} // namespace snnc::runtime
#endif
