// How files may be stored: every form reads to the same net.
#include "tests/unit/frontends/nir_read.h"

#include <limits>

namespace snnc {
namespace {

using net::DenseWeights;

void expectSmall(const Read &read) {
  ASSERT_EQ(read.net.populations.size(), 2u);
  EXPECT_EQ(read.net.populations[0].name, "input");
  EXPECT_EQ(read.net.populations[0].kind, net::NeuronKind::Input);
  EXPECT_EQ(read.net.populations[0].shape, std::vector<uint32_t>{2});
  EXPECT_EQ(read.net.populations[1].name, "lif");
  EXPECT_EQ(read.net.populations[1].shape, std::vector<uint32_t>{3});
  ASSERT_EQ(read.net.projections.size(), 1u);
  const net::Projection &fc = read.net.projections[0];
  EXPECT_EQ(fc.name, "fc");
  EXPECT_EQ(fc.delay, 0u);
  EXPECT_TRUE(fc.bias.empty());
  const auto &weights = std::get<DenseWeights>(fc.weights);
  EXPECT_EQ(weights.rows, 3u);
  EXPECT_EQ(weights.cols, 2u);
  EXPECT_EQ(weights.values, (std::vector<float>{1, 2, 3, 4, 5, 6.3f}));
  EXPECT_EQ(read.net.inputs, std::vector<uint32_t>{0});
  EXPECT_EQ(read.net.outputs, std::vector<uint32_t>{1});
  EXPECT_EQ(read.net.profile.dt.value, 1e-4);
  auto updates = net::discretize(read.net.populations[1], read.net.profile);
  ASSERT_TRUE(static_cast<bool>(updates));
  EXPECT_EQ(updates->front().membraneDecay, 0.9);
  EXPECT_EQ(updates->front().membraneGain, 1.0);
}

TEST(NirRead, Plain) {
  NirFile file("plain");
  writeSmall(file);
  const Read read = readOrFail(file.path());
  expectSmall(read);
  EXPECT_EQ(read.net.name, "snnc_plain");
  ASSERT_EQ(read.warnings.size(), 1u);
  EXPECT_EQ(read.warnings[0].code, support::DiagCode::ProfileGuess);
}

TEST(NirRead, Gzip) {
  NirFile file("gzip");
  file.gzip = true;
  writeSmall(file);
  expectSmall(readOrFail(file.path()));
}

TEST(NirRead, FixedLengthStrings) {
  NirFile file("fixed");
  file.strings = NirFile::Strings::Fixed;
  writeSmall(file);
  expectSmall(readOrFail(file.path()));
}

TEST(NirRead, AsciiStrings) {
  NirFile file("ascii");
  file.strings = NirFile::Strings::VariableAscii;
  writeSmall(file);
  expectSmall(readOrFail(file.path()));
}

TEST(NirRead, NoVersion) {
  NirFile file("noversion", false);
  file.string("/node/type", "NIRGraph");
  writeSmall(file);
  expectSmall(readOrFail(file.path()));
}

TEST(NirRead, ScalarParametersTakeTheWidthOfTheirNeighbours) {
  NirFile file("scalar");
  file.input("input", {2});
  file.linear("fc", {1, 2, 3, 4, 5, 6.3}, 3, 2);
  file.lif("lif", 0, 1e-3, 10, 0);
  file.output("output", {3});
  file.edges({"input", "fc", "fc", "lif", "lif", "output"});
  expectSmall(readOrFail(file.path()));
}

// tau [1], r [] as in a historic lif_norse.nir.
TEST(NirRead, ParametersOfDifferentRank) {
  NirFile file("ranks");
  file.input("input", {2});
  file.linear("fc", {1, 2, 3, 4, 5, 6.3}, 3, 2);
  file.string("/node/nodes/lif/type", "LIF");
  file.numbers("/node/nodes/lif/tau", {1e-3}, {1});
  file.numbers("/node/nodes/lif/r", {10}, {});
  file.numbers("/node/nodes/lif/v_leak", {0, 0, 0}, {3});
  file.integers("/node/nodes/lif/v_threshold", {1}, {});
  file.output("output", {3});
  file.edges({"input", "fc", "fc", "lif", "lif", "output"});
  expectSmall(readOrFail(file.path()));
}

TEST(NirRead, LeadingOnesAreDropped) {
  NirFile file("ones");
  file.input("input", {1, 2});
  file.string("/node/nodes/fc/type", "Linear");
  file.numbers("/node/nodes/fc/weight", {1, 2, 3, 4, 5, 6.3}, {1, 3, 2});
  file.string("/node/nodes/lif/type", "LIF");
  for (auto [key, value] :
       {std::pair("tau", 1e-3), {"r", 10.0}, {"v_leak", 0.0}, {"v_threshold", 1.0}})
    file.numbers(std::string("/node/nodes/lif/") + key, {value, value, value}, {1, 3});
  file.output("output", {1, 1, 3});
  file.edges({"input", "fc", "fc", "lif", "lif", "output"});
  const Read read = readOrFail(file.path());
  expectSmall(read);
  EXPECT_EQ(read.count(support::DiagCode::ShapeAdjusted), 4u);
}

// A picture in front of a Linear keeps its shape: data of rank 3 fit it.
TEST(NirRead, InputKeepsAShapeThatOnesDoNotExplain) {
  NirFile file("picture");
  file.input("input", {1, 2, 2});
  file.linear("fc", {1, 2, 3, 4}, 1, 4);
  file.lif("lif", 1, 1e-3, 10, 0);
  file.output("output", {1});
  file.edges({"input", "fc", "fc", "lif", "lif", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.population("input").shape, (std::vector<uint32_t>{1, 2, 2}));
  EXPECT_EQ(read.count(support::DiagCode::ShapeAdjusted), 1u);
}

TEST(NirRead, BiasesOfZeroAreNone) {
  for (const double bias : {0.0, 0.5}) {
    NirFile file("bias");
    file.input("input", {2});
    file.affine("fc", {1, 2, 3, 4}, 2, 2, {0, bias});
    file.lif("lif", 2, 1e-3, 10, 0);
    file.output("output", {2});
    file.edges({"input", "fc", "fc", "lif", "lif", "output"});
    EXPECT_EQ(readOrFail(file.path()).projection("fc").bias,
              bias == 0 ? std::vector<double>{} : (std::vector<double>{0, 0.5}));
  }
}

TEST(NirRead, MissingWInIsOne) {
  NirFile file("cuba");
  file.input("input", {1});
  file.neuron("n", "CubaLIF",
              {{"tau_syn", 2e-4}, {"tau_mem", 1e-3}, {"r", 1}, {"v_leak", 0}, {"v_threshold", 1}},
              1);
  file.output("output", {1});
  file.edges({"input", "n", "n", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.population("n").params.wIn[0], 1.0);
  EXPECT_TRUE(read.population("n").params.vReset.empty());
}

TEST(NirRead, Float64WeightsAreRoundedWithAWarning) {
  NirFile file("double");
  file.narrow = false;
  writeSmall(file);
  const Read read = readOrFail(file.path());
  expectSmall(read);
  EXPECT_EQ(read.count(support::DiagCode::RoundedWeights), 1u);
}

TEST(NirRead, UnknownDatasetsAreNoted) {
  NirFile file("unknown");
  writeSmall(file);
  file.numbers("/node/nodes/lif/colour", {3}, {});
  file.string("/node/nodes/lif/metadata/author", "me");
  const Read read = readOrFail(file.path());
  expectSmall(read);
  ASSERT_EQ(read.count(support::DiagCode::UnknownDataset), 1u);
  EXPECT_CONTAINS(read.warnings[0].message, "'colour' of node 'lif' is not part of type 'LIF'");
  EXPECT_EQ(read.warnings[0].loc.path, "/node/nodes/lif/colour");
}

TEST(NirRead, BareNodeAsRoot) {
  NirFile file("bare", false);
  file.string("/node/type", "LIF");
  for (auto [key, value] :
       {std::pair("tau", 1e-3), {"r", 10.0}, {"v_leak", 0.0}, {"v_threshold", 1.0}})
    file.numbers(std::string("/node/") + key, {value, value}, {2});
  const Read read = readOrFail(file.path());
  ASSERT_EQ(read.net.populations.size(), 2u);
  EXPECT_EQ(read.net.populations[0].name, "input_node");
  EXPECT_EQ(read.net.populations[0].size(), 2u);
  EXPECT_EQ(read.net.projections[0].name, "input_node_to_node");
  EXPECT_EQ(read.count(support::DiagCode::NodeInserted), 2u);
}

// beta = 1 is exported as tau = r = inf.
TEST(NirRead, InfiniteTau) {
  NirFile file("inf");
  const double inf = std::numeric_limits<double>::infinity();
  file.input("input", {1});
  file.lif("a", 1, inf, inf, 0);
  file.lif("b", 1, 1e-3, 10, 0);
  file.output("output", {1});
  file.edges({"input", "a", "a", "b", "b", "output"});
  const Read read = readOrFail(file.path());
  auto updates = net::discretize(read.population("a"), read.net.profile);
  ASSERT_TRUE(static_cast<bool>(updates));
  EXPECT_EQ(updates->front().membraneDecay, 1.0);
  EXPECT_EQ(updates->front().membraneGain, 1.0);
  EXPECT_EQ(read.net.profile.dt.value, 1e-4);
}

} // namespace
} // namespace snnc
