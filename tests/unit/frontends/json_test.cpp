#include "common/support/file_io.h"
#include "common/support/npy.h"
#include "tests/unit/frontends/json_read.h"

#include <cmath>

namespace snnc {
namespace {

using net::DenseWeights;
using net::SparseWeights;
using support::NpyArray;

// The example that docs/reference/model_json.md opens with.
std::string documentedModel() {
  auto page = support::readFile(SNNC_SOURCE_DIR "/docs/reference/model_json.md");
  if (!page) {
    ADD_FAILURE() << llvm::toString(page.takeError());
    return "";
  }
  const llvm::StringRef text = (*page)->getBuffer();
  return text.split("```json\n").second.split("```").first.str();
}

TEST(Json, DocumentedExample) {
  support::Warnings warnings;
  const net::Net net = modelOrFail(documentedModel(), warnings);
  EXPECT_TRUE(warnings.empty());
  EXPECT_EQ(net.name, "two_neurons");
  EXPECT_EQ(net.run.steps, 8u);
  EXPECT_EQ(net.profile.reset.value, net::ResetRule::Subtract);
  EXPECT_EQ(net.profile.reset.origin, net::Origin::Model);
  ASSERT_EQ(net.populations.size(), 3u);
  ASSERT_EQ(net.projections.size(), 3u);
  EXPECT_EQ(net.projections[0].name, "in_to_a");
  EXPECT_EQ(net.projections[1].name, "a_rec");
  EXPECT_EQ(net.projections[1].delay, 1u);
  EXPECT_EQ(net.projections[2].name, "a_to_b");
  EXPECT_EQ(net.projections[2].bias, std::vector<double>{0.125});
  EXPECT_EQ(std::get<DenseWeights>(net.projections[0].weights).values,
            (std::vector<float>{0.75f, 0.5f}));
  EXPECT_EQ(net.inputs, std::vector<uint32_t>{0});
  EXPECT_EQ(net.outputs, std::vector<uint32_t>{2});
  EXPECT_EQ(net.populations[1].loc.line, 8u);
  EXPECT_EQ(updateOf(net, 1).membraneDecay, 0.5);
  EXPECT_EQ(updateOf(net, 2).threshold, 2.0);
}

TEST(Json, NameDefaultsToTheFile) {
  EXPECT_EQ(modelOrFail(modelOf(R"({"name": "a", "model": "if", "size": 1})")).name, "snnc_model");
}

// beta and alpha mean decays under every integrator and unit, with gain 1.
TEST(Json, SimpleDecaysUnderEveryProfile) {
  for (const char *integrator : {"euler", "exp", "unit"})
    for (const char *unit : {"s", "ms", "steps"})
      for (const double beta : {0.0, 0.123456789, 0.9, 0.999, 1.0}) {
        const net::Net net = modelOrFail(
            modelOf(llvm::formatv(R"({{"name": "n", "model": "cubalif", "size": 2,
                          "params": {{"beta": [{0:f9}, 0.5], "alpha": {0:f9}} })",
                                  beta)
                        .str(),
                    llvm::formatv(R"("profile": {{"integrator": "{0}", "tau_unit": "{1}"})",
                                  integrator, unit)
                        .str()));
        SCOPED_TRACE(llvm::formatv("{0} {1} {2}", integrator, unit, beta).str());
        const net::NeuronUpdate update = updateOf(net, 1);
        EXPECT_NEAR(update.membraneDecay, beta, 1e-14);
        EXPECT_NEAR(update.currentDecay, beta, 1e-14);
        EXPECT_EQ(update.membraneGain, 1.0);
        EXPECT_EQ(update.currentGain, 1.0);
      }
}

TEST(Json, SimpleParameters) {
  const net::Net net = modelOrFail(modelOf(
      R"({"name": "n", "model": "lif", "size": 2, "params": {"beta": 0.5, "threshold": [1, 2],
          "reset": -0.5, "v_init": 0.25, "refractory_steps": 3}})"));
  auto updates = net::discretize(net.populations[1], net.profile);
  ASSERT_TRUE(static_cast<bool>(updates));
  EXPECT_EQ((*updates)[1].threshold, 2.0);
  EXPECT_EQ((*updates)[0].reset, -0.5);
  EXPECT_EQ((*updates)[0].vInit, 0.25);
  EXPECT_EQ((*updates)[0].refractorySteps, 3u);
}

TEST(Json, NirParameters) {
  support::Warnings warnings;
  const net::Net net = modelOrFail(
      modelOf(R"({"name": "n", "model": "cubalif", "size": 1, "params": {"tau_syn": "5 ms",
                  "tau_mem": 0.02, "r": 2, "w_in": 3, "v_leak": 0.5, "v_threshold": 1.5,
                  "v_reset": 0.1}})",
              R"("profile": {"dt": "1 ms"})"),
      warnings);
  EXPECT_TRUE(warnings.empty());
  EXPECT_EQ(net.profile.dt.value, 1e-3);
  const net::NeuronUpdate update = updateOf(net, 1);
  EXPECT_EQ(update.currentDecay, 0.8);
  EXPECT_DOUBLE_EQ(update.currentGain, 0.6);
  EXPECT_EQ(update.membraneDecay, 0.95);
  EXPECT_DOUBLE_EQ(update.membraneGain, 0.1);
  EXPECT_DOUBLE_EQ(update.leakTerm, 0.025);
  EXPECT_EQ(update.reset, 0.1);
}

TEST(Json, InfiniteTauIsAString) {
  const net::Net net =
      modelOrFail(modelOf(R"({"name": "n", "model": "lif", "size": 1, "params": {"tau": "inf"}})"));
  EXPECT_EQ(updateOf(net, 1).membraneDecay, 1.0);
}

TEST(Json, TimesWithoutDtAreAGuess) {
  const std::string layer = R"({"name": "n", "model": "lif", "size": 1, "params": {"tau": 20}})";
  support::Warnings warnings;
  modelOrFail(modelOf(layer, R"("profile": {"tau_unit": "steps"})"), warnings);
  EXPECT_TRUE(warnings.empty());
  modelOrFail(modelOf(layer), warnings);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0].code, support::DiagCode::ProfileGuess);
  EXPECT_CONTAINS(warnings[0].help, "--dt");
}

TEST(Json, FlagsWin) {
  support::Warnings warnings;
  net::ProfileFlags flags;
  flags.reset = net::ResetRule::None;
  flags.dt = 0.5;
  const net::Net net =
      modelOrFail(modelOf(R"({"name": "n", "model": "lif", "size": 1, "params": {"beta": 0.9}})",
                          R"("profile": {"reset": "subtract", "dt": 0.1})"),
                  warnings, flags);
  EXPECT_EQ(net.profile.reset.value, net::ResetRule::None);
  EXPECT_EQ(net.profile.reset.origin, net::Origin::Flag);
  EXPECT_EQ(net.profile.dt.value, 0.5);
  EXPECT_EQ(updateOf(net, 1).membraneDecay, 0.9);
}

TEST(Json, RunOptions) {
  const net::Net net =
      modelOrFail(modelOf(R"({"name": "n", "model": "if", "size": 1})",
                          R"("run": {"steps": 25, "encode": "direct", "readout": "membrane",
                         "input_range": [-1, 3]})"));
  EXPECT_EQ(net.run.steps, 25u);
  EXPECT_EQ(net.run.encode, net::Encoding::Direct);
  EXPECT_EQ(net.run.readout, net::Readout::Membrane);
  EXPECT_EQ(net.run.inputLow, -1.0);
  EXPECT_EQ(net.run.inputHigh, 3.0);
}

TEST(Json, ProjectionsAndOutputs) {
  const net::Net net = modelOrFail(modelOf(
      R"({"name": "a", "model": "if", "shape": [1, 2, 1], "weights": {"identity": 0.5}},
         {"name": "b", "model": "if", "size": 2, "weights": {"entries": [[1, 0, 3], [0, 1, 2]]}})",
      R"("outputs": ["b", "a"], "projections": [
          {"from": "b", "to": "a", "delay": 2, "weights": [[1, 2], [3, 4]], "name": "back"},
          {"from": "in", "to": "b", "weights": [[0, 0], [0, 1]], "bias": [0, 0.5]}])"));
  EXPECT_EQ(net.outputs, (std::vector<uint32_t>{2, 1}));
  EXPECT_EQ(net.populations[1].shape, (std::vector<uint32_t>{1, 2, 1}));
  EXPECT_EQ(std::get<SparseWeights>(net.projections[0].weights).values,
            (std::vector<float>{0.5f, 0.5f}));
  const auto &entries = std::get<SparseWeights>(net.projections[1].weights);
  EXPECT_EQ(entries.rowStart, (std::vector<uint64_t>{0, 1, 2}));
  EXPECT_EQ(entries.columns, (std::vector<uint32_t>{1, 0}));
  EXPECT_EQ(entries.values, (std::vector<float>{3, 2}));
  EXPECT_EQ(net.projections[2].name, "back");
  EXPECT_EQ(net.projections[2].delay, 2u);
  EXPECT_EQ(net.projections[3].name, "in_to_b");
  EXPECT_EQ(net.projections[3].bias, (std::vector<double>{0, 0.5}));
}

void writeArray(const std::string &name, const NpyArray &array) {
  llvm::Error error = support::writeNpy(array, testing::TempDir() + name);
  ASSERT_FALSE(static_cast<bool>(error));
}

TEST(Json, ArraysInFiles) {
  writeArray("w.npy", NpyArray::of<float>({3, 2}, {1, 2, 3, 4, 5, 6.5f}));
  writeArray("b.npy", NpyArray::of<double>({3}, {0.1, 0.2, 0.3}));
  writeArray("t.npy", NpyArray::of<float>({3}, {1, 2, 4}));
  support::Warnings warnings;
  const net::Net net = modelOrFail(
      modelOf(
          R"({"name": "n", "model": "lif", "params": {"beta": 0.5, "threshold": {"npy": "t.npy"}},
                  "weights": {"npy": "w.npy"}, "bias": {"npy": "b.npy"}})"),
      warnings);
  EXPECT_TRUE(warnings.empty());
  EXPECT_EQ(net.populations[1].size(), 3u);
  EXPECT_EQ(net.populations[1].params.vThreshold.values, (std::vector<double>{1, 2, 4}));
  EXPECT_EQ(std::get<DenseWeights>(net.projections[0].weights).values,
            (std::vector<float>{1, 2, 3, 4, 5, 6.5f}));
  EXPECT_EQ(net.projections[0].bias, (std::vector<double>{0.1, 0.2, 0.3}));
}

TEST(Json, Float64WeightsAreRoundedWithAWarning) {
  writeArray("w64.npy", NpyArray::of<double>({1, 2}, {0.1, 0.5}));
  support::Warnings warnings;
  const net::Net net = modelOrFail(
      modelOf(R"({"name": "n", "model": "if", "weights": {"npy": "w64.npy"}})"), warnings);
  EXPECT_EQ(std::get<DenseWeights>(net.projections[0].weights).values,
            (std::vector<float>{0.1f, 0.5f}));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0].code, support::DiagCode::RoundedWeights);
}

// scipy.sparse.csr_matrix([[0, 7], [8, 9], [0, 0]])
TEST(Json, CompressedSparseRows) {
  writeArray("p.npy", NpyArray::of<int32_t>({4}, {0, 1, 3, 3}));
  writeArray("i.npy", NpyArray::of<int32_t>({3}, {1, 0, 1}));
  writeArray("d.npy", NpyArray::of<float>({3}, {7, 8, 9}));
  const net::Net net = modelOrFail(modelOf(
      R"({"name": "n", "model": "if", "size": 3, "weights":
          {"csr": {"indptr": "p.npy", "indices": "i.npy", "data": "d.npy"}}})"));
  const auto &weights = std::get<SparseWeights>(net.projections[0].weights);
  EXPECT_EQ(weights.posts, 3u);
  EXPECT_EQ(weights.rowStart, (std::vector<uint64_t>{0, 1, 3}));
  EXPECT_EQ(weights.columns, (std::vector<uint32_t>{1, 0, 1}));
  EXPECT_EQ(weights.values, (std::vector<float>{8, 7, 9}));
}

// Every integer type, and columns in any order: the same weights.
TEST(Json, CompressedSparseRowsOfOtherTypes) {
  writeArray("p.npy", NpyArray::of<uint8_t>({4}, {0, 1, 3, 3}));
  writeArray("i.npy", NpyArray::of<int64_t>({3}, {1, 1, 0}));
  writeArray("d.npy", NpyArray::of<int16_t>({3}, {7, 9, 8}));
  const net::Net net = modelOrFail(modelOf(
      R"({"name": "n", "model": "if", "size": 3, "weights":
          {"csr": {"indptr": "p.npy", "indices": "i.npy", "data": "d.npy"}}})"));
  const auto &weights = std::get<SparseWeights>(net.projections[0].weights);
  EXPECT_EQ(weights.rowStart, (std::vector<uint64_t>{0, 1, 3}));
  EXPECT_EQ(weights.columns, (std::vector<uint32_t>{1, 0, 1}));
  EXPECT_EQ(weights.values, (std::vector<float>{8, 7, 9}));
}

TEST(Json, BiasOfZeroIsNone) {
  const net::Net net =
      modelOrFail(modelOf(R"({"name": "n", "model": "if", "weights": [[1, 2]], "bias": [0]})"));
  EXPECT_TRUE(net.projections[0].bias.empty());
}

} // namespace
} // namespace snnc
