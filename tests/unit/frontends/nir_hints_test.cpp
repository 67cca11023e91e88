// metadata/: what of it is read, and that unusable entries do no harm.
#include "tests/unit/frontends/nir_read.h"

#include <cmath>

namespace snnc {
namespace {

using support::DiagCode;

const char *const kNeuron = "/node/nodes/lif/metadata/";
const char *const kWeights = "/node/nodes/fc/metadata/";
const char *const kRoot = "/node/metadata/";

TEST(NirHints, NeuronsAndWeights) {
  NirFile file("hints");
  file.narrow = false;
  writeSmall(file);
  const std::string neuron = kNeuron, weights = kWeights;
  file.string(neuron + "reset", "subtract");
  file.numbers(neuron + "refractory", {2e-4}, {1});
  file.numbers(neuron + "v_init", {0, 0.5, 1}, {3});
  file.numbers(neuron + "snnc_scale", {64, 128, 256}, {3});
  file.integers(neuron + "snnc_bias_exp", {3}, {1});
  file.integers(neuron + "snnc_du_offset", {0}, {1});
  file.integers(weights + "snnc_weight_bits", {8}, {1});
  file.integers(weights + "snnc_exponent", {2}, {1});
  file.integers(weights + "snnc_host_shift", {1, 2, 3}, {3});
  const Read read = readOrFail(file.path());
  const net::Population &lif = read.population("lif");
  EXPECT_EQ(lif.reset, net::ResetRule::Subtract);
  EXPECT_EQ(lif.params.refractory.values, std::vector<double>{2e-4});
  EXPECT_EQ(lif.params.vInit.values, (std::vector<double>{0, 0.5, 1}));
  EXPECT_EQ(lif.grid.scale.values, (std::vector<double>{64, 128, 256}));
  EXPECT_EQ(lif.grid.biasExp, std::vector<uint8_t>{3});
  EXPECT_EQ(lif.grid.duOffset, 0);
  const net::ProjectionGrid &grid = read.projection("fc").grid;
  EXPECT_EQ(grid.weightBits, 8);
  EXPECT_EQ(grid.exponent, 2);
  EXPECT_EQ(grid.hostShift, (std::vector<uint8_t>{1, 2, 3}));
  EXPECT_EQ(read.count(DiagCode::UnknownDataset), 0u);
  EXPECT_EQ(read.count(DiagCode::ProfileGuess), 0u); // its one neuron has a rule
}

TEST(NirHints, UnusableOnesWarnAndAreIgnored) {
  NirFile file("hints_bad");
  writeSmall(file);
  const std::string neuron = kNeuron, weights = kWeights;
  file.string(neuron + "reset", "sometimes");
  file.string(neuron + "refractory", "long");
  file.numbers(neuron + "v_init", {1, 2}, {2}); // of three neurons
  file.numbers(neuron + "snnc_scale", {-1}, {1});
  file.integers(neuron + "snnc_bias_exp", {9}, {1});
  file.integers(neuron + "snnc_du_offset", {0, 1}, {2});
  file.integers(weights + "snnc_weight_bits", {17}, {1});
  file.numbers(weights + "snnc_exponent", {1.5}, {1});
  file.numbers(weights + "snnc_host_shift", {std::nan("")}, {1});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.count(DiagCode::UnknownDataset), 9u);
  const net::Population &lif = read.population("lif");
  EXPECT_FALSE(lif.reset);
  EXPECT_TRUE(lif.params.refractory.empty());
  EXPECT_TRUE(lif.params.vInit.empty());
  EXPECT_TRUE(lif.grid.scale.empty());
  EXPECT_TRUE(lif.grid.biasExp.empty());
  EXPECT_EQ(lif.grid.duOffset, 1);
  EXPECT_EQ(read.projection("fc").grid.weightBits, 0);
  EXPECT_EQ(read.projection("fc").grid.exponent, 0);
  EXPECT_TRUE(read.projection("fc").grid.hostShift.empty());
}

TEST(NirHints, HowToRun) {
  NirFile file("hints_run");
  writeSmall(file);
  const std::string root = kRoot;
  file.integers(root + "steps", {25}, {});
  file.string(root + "encode", "direct");
  file.string(root + "readout", "membrane");
  file.numbers(root + "input_low", {-1}, {});
  file.numbers(root + "input_high", {2}, {});
  const net::RunOptions run = readOrFail(file.path()).net.run;
  EXPECT_EQ(run.steps, 25u);
  EXPECT_EQ(run.encode, net::Encoding::Direct);
  EXPECT_EQ(run.readout, net::Readout::Membrane);
  EXPECT_EQ(run.inputLow, -1.0);
  EXPECT_EQ(run.inputHigh, 2.0);
}

TEST(NirHints, UnusableRunOptions) {
  NirFile file("hints_norun");
  writeSmall(file);
  const std::string root = kRoot;
  file.numbers(root + "steps", {2.5}, {});
  file.string(root + "encode", "morse");
  file.string(root + "readout", "aloud");
  file.numbers(root + "input_low", {1}, {});
  file.numbers(root + "input_high", {0}, {});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.count(DiagCode::UnknownDataset), 4u);
  EXPECT_FALSE(read.net.run.steps);
  EXPECT_EQ(read.net.run.readout, net::Readout::Count);
  EXPECT_EQ(read.net.run.inputLow, 0.0);
  EXPECT_EQ(read.net.run.inputHigh, 1.0);
}

} // namespace
} // namespace snnc
