// Every instruction set's kernels against plain loops, at lengths that end inside their vectors.
#include "runtime/fast/fast_machine.h"
#include "runtime/fast/kernels.h"
#include "tests/support/seeds.h"

#include <gtest/gtest.h>

using namespace snnc;
using namespace snnc::runtime;

namespace {

// Rows anywhere in the weights, some picked twice; sums that are not 0 before, and wrap.
template <class Weight, class AddRows>
void expectSums(support::Rng &rng, const char *name, AddRows addRows) {
  const auto count = static_cast<uint32_t>(rng.between(1, 600));
  const auto shift = static_cast<uint32_t>(rng.between(0, 6));
  std::vector<uint32_t> offsets(static_cast<size_t>(rng.between(1, 20)));
  std::vector<uint16_t> picked(static_cast<size_t>(rng.between(0, 40)));
  for (uint32_t &offset : offsets)
    offset = static_cast<uint32_t>(rng.between(0, 1000));
  for (uint16_t &row : picked)
    row = static_cast<uint16_t>(rng.below(offsets.size()));
  std::vector<Weight> weights(1000 + count + fast::kSlack);
  for (Weight &weight : weights)
    weight = static_cast<Weight>(rng.below(3) == 0 ? -1 << (8 * sizeof(Weight) - 1)
                                                   : rng.between(-32768, 32767));
  std::vector<int16_t> sums(count + fast::kSlack);
  for (int16_t &sum : sums)
    sum = static_cast<int16_t>(rng.between(-32768, 32767));
  std::vector<int16_t> expected = sums;
  for (const uint16_t row : picked)
    for (uint32_t i = 0; i < count; ++i)
      expected[i] = static_cast<int16_t>(expected[i] + weights[offsets[row] + i] * (1 << shift));
  addRows(sums.data(), count, weights.data(),
          {offsets.data(), picked.data(), static_cast<uint32_t>(picked.size())}, shift);
  EXPECT_EQ(sums, expected) << name << ": " << count << " weights of " << 8 * sizeof(Weight)
                            << " bits, " << picked.size() << " rows, shift " << shift;
}

} // namespace

TEST(FastKernels, RowsOfAnyLength) {
  test::forEachSeed(1, 300, [](uint64_t, support::Rng &rng) {
    for (const fast::Path path : fast::kPaths) {
      if (!fast::isUsable(path))
        continue;
      const fast::Kernels kernels = fast::kernelsOf(path);
      expectSums<int8_t>(rng, kernels.name, kernels.addRows8);
      expectSums<int16_t>(rng, kernels.name, kernels.addRows16);
    }
  });
}
