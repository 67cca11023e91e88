// snn_mul, the module that the proof of the neuron cuts out (hw/formal/neuron.sv): every product at
// a reduced width; at full width all corners and random operands, against C++'s multiplication.
#include "Vmul_full.h"
#include "Vmul_small.h"
#include "verilated.h"

#include "tests/support/seeds.h"

#include <type_traits>
#include <vector>

using namespace snnc;

namespace {

template <class Top> uint64_t product(Top &top, uint64_t a, uint64_t b) {
  top.a_i = static_cast<std::remove_reference_t<decltype(top.a_i)>>(a);
  top.b_i = static_cast<std::remove_reference_t<decltype(top.b_i)>>(b);
  top.eval();
  return top.product_o;
}

constexpr unsigned kA = 24, kB = 13; // as in snn_decay

// Every power of two, its neighbours, and the ends.
std::vector<uint64_t> corners(unsigned bits) {
  std::vector<uint64_t> values = {0, (uint64_t{1} << bits) - 1};
  for (unsigned i = 0; i < bits; ++i)
    for (uint64_t x : {(uint64_t{1} << i) - 1, uint64_t{1} << i, (uint64_t{1} << i) + 1})
      if (x >> bits == 0)
        values.push_back(x);
  return values;
}

} // namespace

TEST(Mul, EveryProductOfFewBits) {
  Vmul_small top;
  for (uint64_t a = 0; a < 1u << 9; ++a)
    for (uint64_t b = 0; b < 1u << 6; ++b)
      ASSERT_EQ(product(top, a, b), a * b) << a << " * " << b;
}

TEST(Mul, CornersOfFullWidth) {
  Vmul_full top;
  for (uint64_t a : corners(kA))
    for (uint64_t b : corners(kB))
      ASSERT_EQ(product(top, a, b), a * b) << a << " * " << b;
}

TEST(Mul, RandomOperandsOfFullWidth) {
  const char *count = std::getenv("SNNC_CASES");
  const uint64_t cases = count != nullptr ? std::strtoull(count, nullptr, 0) : 100'000'000;
  const char *only = std::getenv("SNNC_SEED");
  const uint64_t seed = only != nullptr ? std::strtoull(only, nullptr, 0) : 1;
  ASSERT_GT(cases, 0u);
  std::cout << "[   SEED   ] " << seed << ", " << cases << " pairs\n";
  support::Rng rng(seed);
  Vmul_full top;
  for (uint64_t i = 0; i < cases; ++i) {
    const uint64_t bits = rng.next();
    const uint64_t a = bits & ((1u << kA) - 1), b = bits >> 40 & ((1u << kB) - 1);
    ASSERT_EQ(product(top, a, b), a * b) << a << " * " << b << ", SNNC_SEED=" << seed;
  }
}
