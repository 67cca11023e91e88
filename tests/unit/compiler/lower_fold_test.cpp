// Folding changes the form of a projection and not one synapse: what it unrolls to stays the same.
#include "compiler/passes/lower/fold.h"

#include "common/net/synapses.h"
#include "compiler/pass/unroll.h"
#include "tests/support/seeds.h"
#include "tests/unit/compiler/nets.h"
#include "tests/unit/support/expect_diag.h"

namespace snnc::compiler {
namespace {

using namespace test;
using support::DiagCode;

net::Window windowOf(uint32_t in, uint32_t kernel, uint32_t stride, uint32_t pad = 0,
                     uint32_t dilation = 1) {
  const uint32_t out = (in + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
  return {in, in, out, out, kernel, kernel, stride, stride, pad, pad, dilation, dilation};
}

net::PoolMap poolOf(uint32_t channels, net::Window window, bool average = false) {
  return {channels, window, average};
}

// Dyadic weights, so that products and sums are exact in any order.
net::ConvWeights convOf(support::Rng &rng, uint32_t in, uint32_t out, net::Window window,
                        uint32_t groups = 1) {
  net::ConvWeights conv{in, out, groups, window, {}};
  for (size_t i = 0; i < size_t{out} * (in / groups) * window.kernelSize(); ++i)
    conv.kernel.push_back(static_cast<float>(rng.between(-8, 8)) / 8);
  return conv;
}

net::DenseWeights dyadicDense(support::Rng &rng, uint32_t rows, uint32_t cols) {
  net::DenseWeights dense{rows, cols, {}};
  for (size_t i = 0; i < size_t{rows} * cols; ++i)
    dense.values.push_back(static_cast<float>(rng.between(-8, 8)) / 8);
  return dense;
}

net::DiagonalWeights diagonalOf(support::Rng &rng, uint32_t size, uint32_t inner) {
  net::DiagonalWeights diagonal{size, {}};
  for (uint32_t i = 0; i < size; ++i)
    diagonal.values.push_back(i % inner == 0 ? static_cast<float>(rng.between(1, 8)) / 4
                                             : diagonal.values.back());
  return diagonal;
}

net::Projection chainOf(std::vector<net::Weights> maps) {
  net::Projection projection;
  projection.name = "chain";
  projection.weights = std::move(maps.back());
  maps.pop_back();
  projection.before = std::move(maps);
  return projection;
}

struct Folded {
  net::Projection projection;
  support::Warnings warnings;
};

// Folds, and expects the same synapses as before, times the gains.
Folded folded(net::Projection projection, const std::vector<double> &gains = {}) {
  net::SparseWeights expected = net::unroll(projection);
  for (size_t i = 0; i < expected.values.size() && !gains.empty(); ++i)
    expected.values[i] =
        static_cast<float>(expected.values[i] * gains[gains.size() == 1 ? 0 : expected.columns[i]]);
  const target::Target target = targetNamed("loihi-like");
  Folded result;
  PassContext context{target, result.warnings};
  if (llvm::Error error = lower::fold(projection, gains, context))
    ADD_FAILURE() << llvm::toString(std::move(error));
  EXPECT_EQ(net::unroll(projection), expected);
  for (const net::Weights &map : projection.before) {
    const auto *pool = std::get_if<net::PoolMap>(&map);
    EXPECT_TRUE(pool != nullptr && !pool->average && pool->window.disjoint());
  }
  EXPECT_FALSE(std::holds_alternative<net::PoolMap>(projection.weights));
  result.projection = std::move(projection);
  return result;
}

template <class Map> bool is(const Folded &result) {
  return std::holds_alternative<Map>(result.projection.weights);
}

TEST(Fold, PlainWeightsStayAsTheyAre) {
  support::Rng rng(1);
  const Folded dense = folded(chainOf({dyadicDense(rng, 3, 4)}));
  EXPECT_TRUE(is<net::DenseWeights>(dense));
  const Folded conv = folded(chainOf({convOf(rng, 2, 4, windowOf(6, 3, 1, 1))}));
  EXPECT_TRUE(is<net::ConvWeights>(conv));
}

TEST(Fold, AveragePoolsBecomeSumsAndAFactor) {
  support::Rng rng(2);
  const Folded conv = folded(
      chainOf({poolOf(2, windowOf(8, 2, 2), true), convOf(rng, 2, 3, windowOf(4, 3, 1, 1))}));
  ASSERT_TRUE(is<net::ConvWeights>(conv));
  EXPECT_EQ(conv.projection.before.size(), 1u);
  const Folded dense =
      folded(chainOf({poolOf(2, windowOf(8, 4, 4), true), dyadicDense(rng, 5, 8)}));
  EXPECT_TRUE(is<net::DenseWeights>(dense));
  EXPECT_EQ(dense.projection.before.size(), 1u);
  // A ninth is rounded once, with the weight.
  const Folded ninth =
      folded(chainOf({poolOf(1, windowOf(9, 3, 3), true), dyadicDense(rng, 5, 9)}));
  EXPECT_TRUE(is<net::DenseWeights>(ninth));
}

TEST(Fold, TwoPoolsInARowStay) {
  support::Rng rng(3);
  const Folded both = folded(chainOf(
      {poolOf(3, windowOf(8, 2, 2)), poolOf(3, windowOf(4, 2, 2), true), dyadicDense(rng, 2, 12)}));
  EXPECT_TRUE(is<net::DenseWeights>(both));
  EXPECT_EQ(both.projection.before.size(), 2u);
}

TEST(Fold, PoolIntoNeuronsIsADepthwiseConvolution) {
  const Folded last =
      folded(chainOf({poolOf(3, windowOf(8, 2, 2)), poolOf(3, windowOf(4, 2, 2), true)}));
  ASSERT_TRUE(is<net::ConvWeights>(last));
  EXPECT_EQ(last.projection.before.size(), 1u);
  const auto &conv = std::get<net::ConvWeights>(last.projection.weights);
  EXPECT_EQ(conv.groups, 3u);
  EXPECT_EQ(conv.kernel, std::vector<float>(12, 0.25f));
  const Folded overlapping = folded(chainOf({poolOf(2, windowOf(7, 3, 2))}));
  EXPECT_TRUE(is<net::ConvWeights>(overlapping));
  EXPECT_TRUE(overlapping.projection.before.empty());
}

TEST(Fold, DiagonalsGoIntoNeighbours) {
  support::Rng rng(4);
  const Folded in =
      folded(chainOf({diagonalOf(rng, 32, 16), convOf(rng, 2, 3, windowOf(4, 3, 1, 1))}));
  EXPECT_TRUE(is<net::ConvWeights>(in)) << "one factor per input channel";
  const Folded out =
      folded(chainOf({convOf(rng, 2, 3, windowOf(4, 3, 1, 1)), diagonalOf(rng, 48, 16)}));
  EXPECT_TRUE(is<net::ConvWeights>(out)) << "one factor per output channel";
  const Folded groups =
      folded(chainOf({diagonalOf(rng, 64, 16), convOf(rng, 4, 6, windowOf(4, 3, 1, 1), 2),
                      diagonalOf(rng, 96, 16)}));
  EXPECT_TRUE(is<net::ConvWeights>(groups));
  const Folded dense =
      folded(chainOf({diagonalOf(rng, 5, 1), dyadicDense(rng, 4, 5), diagonalOf(rng, 4, 1)}));
  EXPECT_TRUE(is<net::DenseWeights>(dense));
  const Folded sparse = folded(chainOf(
      {diagonalOf(rng, 2, 1), net::SparseWeights{2, 2, {0, 2, 3}, {0, 1, 1}, {1.f, 2.f, 0.5f}},
       diagonalOf(rng, 2, 1)}));
  EXPECT_TRUE(is<net::SparseWeights>(sparse));
  const Folded pooled = folded(chainOf({diagonalOf(rng, 128, 64), poolOf(2, windowOf(8, 2, 2)),
                                        convOf(rng, 2, 1, windowOf(4, 3, 1))}));
  EXPECT_TRUE(is<net::ConvWeights>(pooled)) << "a factor per channel goes through a pool";
  EXPECT_EQ(pooled.projection.before.size(), 1u);
}

TEST(Fold, DiagonalsAloneAreOne) {
  support::Rng rng(5);
  const Folded alone = folded(chainOf({diagonalOf(rng, 6, 1), diagonalOf(rng, 6, 2)}));
  ASSERT_TRUE(is<net::DiagonalWeights>(alone));
  EXPECT_TRUE(alone.projection.before.empty());
  const Folded identity =
      folded(chainOf({net::DiagonalWeights{6, {1.0f}}, net::DiagonalWeights{6, {1.0f}}}));
  EXPECT_EQ(std::get<net::DiagonalWeights>(identity.projection.weights).values,
            std::vector<float>{1.0f});
  const Folded behindPool = folded(chainOf({poolOf(1, windowOf(4, 2, 2)), diagonalOf(rng, 4, 1)}));
  EXPECT_TRUE(is<net::DiagonalWeights>(behindPool));
}

TEST(Fold, ConvolutionThenPoolIsOneConvolution) {
  support::Rng rng(6);
  const Folded two = folded(
      chainOf({convOf(rng, 2, 4, windowOf(9, 3, 1, 1), 2), poolOf(4, windowOf(9, 3, 2), true)}));
  ASSERT_TRUE(is<net::ConvWeights>(two));
  EXPECT_EQ(std::get<net::ConvWeights>(two.projection.weights).window.kernelH, 5u);
  const Folded strided =
      folded(chainOf({poolOf(1, windowOf(24, 2, 2)), convOf(rng, 1, 2, windowOf(12, 3, 2, 2, 2)),
                      diagonalOf(rng, 72, 36), poolOf(2, windowOf(6, 2, 2, 0, 2))}));
  EXPECT_TRUE(is<net::ConvWeights>(strided));
  EXPECT_EQ(strided.projection.before.size(), 1u);
  // Padding of the pool is not padding of the convolution.
  const Folded padded =
      folded(chainOf({convOf(rng, 1, 2, windowOf(6, 3, 1)), poolOf(2, windowOf(4, 2, 2, 1))}));
  EXPECT_FALSE(is<net::ConvWeights>(padded));
}

TEST(Fold, TheRestIsUnrolled) {
  support::Rng rng(7);
  const Folded two =
      folded(chainOf({poolOf(1, windowOf(8, 2, 2)), convOf(rng, 1, 2, windowOf(4, 3, 1)),
                      convOf(rng, 2, 2, windowOf(2, 2, 1))}));
  EXPECT_FALSE(is<net::ConvWeights>(two));
  EXPECT_EQ(two.projection.before.size(), 1u) << "pools in front stay";
  const Folded mask =
      folded(chainOf({diagonalOf(rng, 64, 1), convOf(rng, 1, 1, windowOf(8, 3, 2))}));
  EXPECT_TRUE(is<net::SparseWeights>(mask));
  const Folded pool = folded(chainOf({diagonalOf(rng, 64, 1), poolOf(1, windowOf(8, 2, 2))}));
  EXPECT_TRUE(is<net::SparseWeights>(pool));
  const Folded linear = folded(chainOf({dyadicDense(rng, 4, 5), dyadicDense(rng, 3, 4)}));
  EXPECT_TRUE(is<net::DenseWeights>(linear));
}

TEST(Fold, GainsGoIntoTheWeights) {
  support::Rng rng(8);
  std::vector<double> channels, neurons;
  for (int j = 0; j < 48; ++j) {
    channels.push_back(0.5 * (1 + j / 16));
    neurons.push_back(0.25 * (1 + j));
  }
  const net::Projection conv = chainOf({convOf(rng, 2, 3, windowOf(4, 3, 1, 1))});
  EXPECT_TRUE(is<net::ConvWeights>(folded(conv, {0.5})));
  EXPECT_TRUE(is<net::ConvWeights>(folded(conv, channels)));
  EXPECT_FALSE(is<net::ConvWeights>(folded(conv, neurons)));
  const net::Projection diagonal = chainOf({net::DiagonalWeights{48, {1.0f}}});
  EXPECT_TRUE(is<net::DiagonalWeights>(folded(diagonal, neurons)));
  const net::Projection pool = chainOf({poolOf(3, windowOf(8, 2, 2))});
  EXPECT_TRUE(is<net::ConvWeights>(folded(pool, channels)));
  EXPECT_TRUE(is<net::DiagonalWeights>(folded(pool, neurons)));
}

// Chains of anything, drawn with dyadic weights: exact whatever the order of sums.
TEST(Fold, RandomChains) {
  uint64_t forms[5] = {};
  snnc::test::forEachSeed(1, 300, [&](uint64_t, support::Rng &rng) {
    uint32_t channels = static_cast<uint32_t>(rng.between(1, 3)), side = 12;
    std::vector<net::Weights> maps;
    for (uint64_t left = rng.below(4) + 1; left > 0 && side > 2; --left) {
      const uint32_t size = channels * side * side;
      const auto kernel = static_cast<uint32_t>(rng.between(1, 3));
      switch (rng.below(5)) {
      case 0: {
        const net::Window window = windowOf(side, kernel, static_cast<uint32_t>(rng.between(1, 3)),
                                            static_cast<uint32_t>(rng.below(kernel)));
        maps.push_back(poolOf(channels, window, kernel == 2 && rng.below(2) != 0));
        side = window.outH;
        break;
      }
      case 1: {
        const auto out = static_cast<uint32_t>(rng.between(1, 3));
        const net::Window window = windowOf(side, kernel, static_cast<uint32_t>(rng.between(1, 2)),
                                            static_cast<uint32_t>(rng.below(2)));
        maps.push_back(convOf(rng, channels, out, window));
        channels = out;
        side = window.outH;
        break;
      }
      case 2:
        maps.push_back(diagonalOf(rng, size, rng.below(2) != 0 ? 1 : side * side));
        break;
      case 3:
        maps.push_back(net::DiagonalWeights{size, {0.5f}});
        break;
      default:
        if (left == 1) {
          maps.push_back(dyadicDense(rng, 4, size));
          channels = 4;
          side = 1;
        } else {
          maps.push_back(poolOf(channels, windowOf(side, 2, 2)));
          side /= 2;
        }
        break;
      }
    }
    ++forms[folded(chainOf(std::move(maps))).projection.weights.index()];
  });
  for (size_t form : {0, 1, 2, 4})
    EXPECT_GT(forms[form], 10u) << form;
}

TEST(Fold, WhatIsTooLargeToUnrollIsRefusedByName) {
  support::Rng rng(9);
  const target::Target target = targetNamed("loihi-like");
  support::Warnings warnings;
  PassContext context{target, warnings};
  net::Projection large = chainOf(
      {convOf(rng, 1, 64, windowOf(256, 5, 1, 2)), convOf(rng, 64, 8, windowOf(256, 5, 1, 2))});
  const support::Diagnostic diag = firstDiagnostic(lower::fold(large, {}, context));
  EXPECT_EQ(diag.code, DiagCode::UnrollTooLarge);
  EXPECT_CONTAINS(diag.message, "'chain' cannot stay symbolic (no neurons between its maps)");
  EXPECT_CONTAINS(diag.message, "more than 268435456");
  net::Projection dense =
      chainOf({net::DenseWeights{2100, 2100, std::vector<float>(4410000, 1.f)},
               net::DenseWeights{2100, 2100, std::vector<float>(4410000, 1.f)}});
  EXPECT_CONTAINS(firstDiagnostic(lower::fold(dense, {}, context)).message,
                  "products of two weights");
  EXPECT_TRUE(warnings.empty());
}

// A pool stores no weights: a line of text asks for any number of them.
TEST(Fold, PoolsWithTooManyWeightsAreRefusedByName) {
  const target::Target target = targetNamed("loihi-like");
  support::Warnings warnings;
  PassContext context{target, warnings};
  const auto refusal = [&](net::Window window, std::vector<net::Weights> behind) {
    behind.insert(behind.begin(), poolOf(64, window));
    net::Projection projection = chainOf(std::move(behind));
    return firstDiagnostic(lower::fold(projection, {}, context));
  };
  const net::Window disjoint{2, 2, 1, 1, 8192, 8192, 8192, 8192, 4096, 4096, 1, 1};
  const net::Window overlapping{2, 2, 2, 2, 8192, 8192, 1, 1, 4096, 4096, 1, 1};
  for (const support::Diagnostic &diag :
       {refusal(disjoint, {}), refusal(overlapping, {}),
        refusal(overlapping, {net::DiagonalWeights{256, {0.5f}}})}) {
    EXPECT_EQ(diag.code, DiagCode::UnrollTooLarge);
    EXPECT_CONTAINS(diag.message, "a pool of 'chain' with 64 channels and kernel 8192x8192 becomes "
                                  "a convolution of 4294967296 weights, more than 67108864");
    EXPECT_CONTAINS(diag.help, "no larger than its input");
  }
}

// Two kernels that both fit, and whose products take hours.
TEST(Fold, KernelsTooLargeToJoinAreRefused) {
  const target::Target target = targetNamed("loihi-like");
  support::Warnings warnings;
  PassContext context{target, warnings};
  net::Projection projection =
      chainOf({poolOf(1, windowOf(8190, 4095, 1)), poolOf(1, windowOf(4096, 4095, 1))});
  EXPECT_EQ(firstDiagnostic(lower::fold(projection, {}, context)).code, DiagCode::UnrollTooLarge);
}

TEST(Fold, WarnsOfManyUnrolledSynapses) {
  support::Rng rng(10);
  const Folded many =
      folded(chainOf({diagonalOf(rng, 64 * 64 * 4, 1), convOf(rng, 4, 8, windowOf(64, 3, 1, 1))}));
  ASSERT_EQ(many.warnings.size(), 1u);
  EXPECT_EQ(many.warnings[0].code, DiagCode::Unrolled);
  EXPECT_CONTAINS(many.warnings[0].message, "factors that differ within a channel");
}

} // namespace
} // namespace snnc::compiler
