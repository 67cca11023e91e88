// What lies between populations: chains of maps, sums over several ways, biases, delays.
#include "tests/unit/frontends/nir_read.h"

#include <cmath>

namespace snnc {
namespace {

using net::DenseWeights;
using net::DiagonalWeights;
using support::DiagCode;
using Values = std::vector<float>;

void writeEnds(NirFile &file, int64_t inputs = 2, int64_t outputs = 2) {
  file.input("input", {inputs});
  file.lif("n", 0, 1e-3, 10, 0);
  file.output("output", {outputs});
}

TEST(NirChain, LinearBehindLinear) {
  NirFile file("chain");
  writeEnds(file, 2, 1);
  file.linear("a", {1, 2, 3, 4, 5, 6}, 3, 2);
  file.node("s", "Scale", "scale", {1, 2, 3}, {3});
  file.linear("b", {1, 1, 1}, 1, 3);
  file.edges({"input", "a", "a", "s", "s", "b", "b", "n", "n", "output"});
  const Read read = readOrFail(file.path());
  const net::Projection &b = read.projection("b");
  ASSERT_EQ(b.before.size(), 2u);
  EXPECT_EQ(std::get<DenseWeights>(b.before[0]).values, (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(std::get<DiagonalWeights>(b.before[1]), (DiagonalWeights{3, {1, 2, 3}}));
  EXPECT_EQ(std::get<DenseWeights>(b.weights).values, (Values{1, 1, 1}));
}

TEST(NirChain, ScaleOfOneValue) {
  NirFile file("scale1");
  writeEnds(file);
  file.node("s", "Scale", "scale", {0.5}, {});
  file.edges({"input", "s", "s", "n", "n", "output"});
  EXPECT_EQ(std::get<DiagonalWeights>(readOrFail(file.path()).projection("s").weights),
            (DiagonalWeights{2, {0.5f}}));
}

// input -> a -> (c, d) -> n, input -> b -> n: three ways, each a projection.
TEST(NirChain, SumsOverSeveralWays) {
  NirFile file("ways");
  writeEnds(file, 1, 1);
  for (auto [name, weight] : {std::pair("a", 2.0), {"b", 3.0}, {"c", 5.0}, {"d", 7.0}})
    file.linear(name, {weight}, 1, 1);
  file.edges({"input", "a", "input", "b", "a", "c", "a", "d", "c", "n", "d", "n", "b", "n", "n",
              "output"});
  const Read read = readOrFail(file.path());
  ASSERT_EQ(read.net.projections.size(), 3u);
  EXPECT_EQ(std::get<DenseWeights>(read.projection("c").before.at(0)).values, Values{2});
  EXPECT_EQ(std::get<DenseWeights>(read.projection("d").before.at(0)).values, Values{2});
  EXPECT_TRUE(read.projection("b").before.empty());
}

// y = B (A x + a) + b: the bias that arrives is B a + b, and is given once.
TEST(NirChain, BiasesAreCarriedThroughTheMapsBehindThem) {
  NirFile file("bias_chain");
  writeEnds(file, 1, 2);
  file.affine("A", {1, 1}, 2, 1, {10, 20});
  file.affine("B", {1, 2, 3, 4}, 2, 2, {0.5, 0});
  file.affine("C", {1, 0}, 2, 1, {0.25, 0.25}); // also into B
  file.edges({"input", "A", "A", "B", "input", "C", "C", "B", "B", "n", "n", "output"});
  const Read read = readOrFail(file.path());
  ASSERT_EQ(read.net.projections.size(), 2u);
  std::vector<double> sum(2);
  for (const net::Projection &projection : read.net.projections)
    for (size_t i = 0; i < projection.bias.size(); ++i)
      sum[i] += projection.bias[i];
  EXPECT_EQ(sum, (std::vector<double>{51.25, 111.75}));
  EXPECT_NE(read.net.projections[0].bias.empty(), read.net.projections[1].bias.empty());
}

// Through pool (mean of the biases it sees, padding counted) and convolution.
TEST(NirChain, BiasesThroughPoolsAndConvolutions) {
  NirFile file("bias_conv");
  file.input("input", {1, 4, 4});
  file.conv2d("c1", {1, 1, 1, 1});
  file.numbers("/node/nodes/c1/bias", {8}, {1});
  file.pool("p", "AvgPool2d", 2, 2);
  file.conv2d("c2", {1, 1, 2, 2}); // 1/8 .. 4/8
  file.set("c2", "padding", {1});
  file.lif("n", 0, 1e-3, 10, 0);
  file.output("output", {1, 3, 3});
  file.edges({"input", "c1", "c1", "p", "p", "c2", "c2", "n", "n", "output"});
  const std::vector<double> bias = readOrFail(file.path()).projection("c2").bias;
  // The corner sees one of four (kernel entry 4/8), the centre all: 8 * (1+2+3+4)/8.
  ASSERT_EQ(bias.size(), 9u);
  EXPECT_EQ(bias[0], 4.0);
  EXPECT_EQ(bias[4], 10.0);
  EXPECT_EQ(bias[8], 1.0);
}

TEST(NirChain, TwoWaysWithoutMaps) {
  NirFile file("twice_flat");
  writeEnds(file);
  for (const char *name : {"f1", "f2"}) {
    file.string(std::string("/node/nodes/") + name + "/type", "Flatten");
    file.set(name, "start_dim", {0});
  }
  file.edges({"input", "f1", "input", "f2", "f1", "n", "f2", "n", "n", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.net.projections.size(), 2u); // adds up to twice the input
  EXPECT_EQ(read.projection("input_to_n_2").delay, 0u);
}

// ---- delays

TEST(NirDelay, UniformDelayIsTheProjections) {
  NirFile file("delay");
  writeEnds(file);
  file.node("d", "Delay", "delay", {3e-4, 3e-4}, {2});
  file.linear("w", {1, 2, 3, 4}, 2, 2);
  file.edges({"input", "d", "d", "w", "w", "n", "n", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.projection("w").delay, 3u);
  EXPECT_TRUE(read.projection("w").before.empty());
  EXPECT_EQ(read.count(DiagCode::DelayRounded), 0u);
}

// In steps of the profile, whatever settles that.
TEST(NirDelay, UnitAndStepAreTheProfiles) {
  NirFile file("delay_unit");
  writeEnds(file);
  file.node("d", "Delay", "delay", {0.6}, {});
  file.edges({"input", "d", "d", "n", "n", "output"});
  net::ProfileFlags flags;
  flags.tauUnit = net::TauUnit::Milliseconds;
  flags.integrator = net::Integrator::Exp;
  flags.dt = 2e-4;
  EXPECT_EQ(readOrFail(file.path(), flags).projection("input_to_n").delay, 3u);
}

TEST(NirDelay, ElementsThatDifferMakeAProjectionEach) {
  for (const bool before : {true, false}) {
    NirFile file("delay_mask");
    writeEnds(file, 3, 3);
    file.node("d", "Delay", "delay", {2e-4, 0, 2e-4}, {3});
    file.linear("w", {1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3);
    if (before)
      file.edges({"input", "d", "d", "w", "w", "n", "n", "output"});
    else
      file.edges({"input", "w", "w", "d", "d", "n", "n", "output"});
    const Read read = readOrFail(file.path());
    ASSERT_EQ(read.net.projections.size(), 2u);
    for (auto [name, delay, mask] :
         {std::tuple("w.d0", 0u, Values{0, 1, 0}), std::tuple("w.d2", 2u, Values{1, 0, 1})}) {
      const net::Projection &projection = read.projection(name);
      EXPECT_EQ(projection.delay, delay);
      ASSERT_EQ(projection.before.size(), 1u);
      const net::Weights &map = before ? projection.before[0] : projection.weights;
      EXPECT_EQ(std::get<DiagonalWeights>(map), (DiagonalWeights{3, mask}));
    }
  }
}

TEST(NirDelay, DelaysInARowAddUp) {
  NirFile file("delay_row");
  writeEnds(file);
  file.node("d1", "Delay", "delay", {1e-4, 2e-4}, {2});
  file.node("d2", "Delay", "delay", {2e-4, 1e-4}, {2});
  file.edges({"input", "d1", "d1", "d2", "d2", "n", "n", "output"});
  const Read read = readOrFail(file.path());
  ASSERT_EQ(read.net.projections.size(), 1u);
  EXPECT_EQ(read.net.projections[0].delay, 3u);
}

TEST(NirDelay, FractionsOfAStepAreRoundedWithAWarning) {
  NirFile file("delay_round");
  writeEnds(file);
  file.node("d", "Delay", "delay", {2.4e-4}, {});
  file.edges({"input", "d", "d", "n", "n", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.projection("input_to_n").delay, 2u);
  ASSERT_EQ(read.count(DiagCode::DelayRounded), 1u);
}

// A loop with a delay of its own is not broken: its steps are those that the file says.
TEST(NirDelay, LoopWithADelayNeedsNoBreaking) {
  for (const double delay : {2e-4, 1e-4, 0.0}) {
    NirFile file("delay_loop");
    writeEnds(file);
    file.node("d", "Delay", "delay", {delay}, {});
    file.linear("w", {1, 2, 3, 4}, 2, 2);
    file.edges({"input", "n", "n", "w", "w", "d", "d", "n", "n", "output"});
    EXPECT_EQ(readOrFail(file.path()).projection("w").delay, delay == 2e-4 ? 2u : 1u) << delay;
  }
}

TEST(NirDelay, LayersBehindADelayRunBehindTheirSources) {
  NirFile file("delay_order");
  file.input("input", {1});
  file.lif("a", 1, 1e-3, 10, 0);
  file.lif("z", 1, 1e-3, 10, 0);
  file.node("d", "Delay", "delay", {1e-4}, {});
  file.output("output", {1});
  file.edges({"input", "z", "z", "d", "d", "a", "a", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.net.populations[1].name, "z");
}

TEST(NirDelay, BiasInFrontIsRefused) {
  NirFile file("delay_bias");
  writeEnds(file);
  file.affine("w", {1, 2, 3, 4}, 2, 2, {0, 1});
  file.node("d", "Delay", "delay", {1e-4}, {});
  file.edges({"input", "w", "w", "d", "d", "n", "n", "output"});
  const auto diag = errorsOf(file.path()).at(0);
  EXPECT_EQ(diag.code, DiagCode::DelayedBias);
  EXPECT_CONTAINS(diag.message, "Delay 'd'");
}

TEST(NirDelay, BadDelays) {
  for (auto [delay, code] : {std::pair(-1.0, DiagCode::ParamRange),
                             {1e9, DiagCode::ParamRange},
                             {HUGE_VAL, DiagCode::NotFinite}}) {
    NirFile file("delay_bad");
    writeEnds(file);
    file.node("d", "Delay", "delay", {delay}, {});
    file.edges({"input", "d", "d", "n", "n", "output"});
    const auto diag = errorsOf(file.path()).at(0);
    EXPECT_EQ(diag.code, code);
    EXPECT_EQ(diag.loc.path, "/node/nodes/d/delay");
  }
}

} // namespace
} // namespace snnc
