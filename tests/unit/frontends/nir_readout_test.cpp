// I, LI, CubaLI, Threshold, and Outputs that no layer of neurons feeds.
#include "tests/unit/frontends/nir_read.h"

namespace snnc {
namespace {

using net::NeuronKind;
using net::Readout;
using support::DiagCode;

void li(NirFile &file, const std::string &name, uint64_t size = 2) {
  file.neuron(name, "LI", {{"tau", 1e-3}, {"r", 10}, {"v_leak", 0}}, size);
}

TEST(NirReadout, MembranesAreReadOut) {
  for (auto [type, kind, readout] : {std::tuple("LI", NeuronKind::LI, Readout::Membrane),
                                     {"I", NeuronKind::I, Readout::Last},
                                     {"CubaLI", NeuronKind::CubaLI, Readout::Membrane}}) {
    NirFile file("readout");
    file.input("input", {2});
    file.neuron("n", type,
                {{"tau", 1e-3},
                 {"tau_syn", 1e-3},
                 {"tau_mem", 1e-3},
                 {"r", 10},
                 {"w_in", 10},
                 {"v_leak", 0}},
                2);
    file.output("output", {2});
    file.edges({"input", "n", "n", "output"});
    const Read read = readOrFail(file.path());
    EXPECT_EQ(read.population("n").kind, kind) << type;
    EXPECT_EQ(read.net.run.readout, readout) << type;
    EXPECT_EQ(read.net.outputs, std::vector<uint32_t>{1});
    // Nothing resets, so that there is no reset rule to guess.
    for (const support::Diagnostic &warning : read.warnings)
      EXPECT_FALSE(contains(warning.help, "--reset")) << warning.message;
  }
}

TEST(NirReadout, ThresholdBehindAMembraneMakesItANeuron) {
  for (auto [type, kind] :
       {std::pair("LI", NeuronKind::LIF), {"I", NeuronKind::IF}, {"CubaLI", NeuronKind::CubaLIF}}) {
    NirFile file("fold");
    file.input("input", {2});
    file.neuron("m", type,
                {{"tau", 1e-3}, {"tau_syn", 1e-3}, {"tau_mem", 2e-3}, {"r", 10}, {"v_leak", 0}}, 2);
    file.node("thr", "Threshold", "threshold", {0.5, 0.75}, {2});
    file.linear("fc", {1, 2}, 1, 2);
    file.lif("n", 1, 1e-3, 10, 0);
    file.output("output", {1});
    file.edges({"input", "m", "m", "thr", "thr", "fc", "fc", "n", "n", "output"});
    const Read read = readOrFail(file.path());
    ASSERT_EQ(read.net.populations.size(), 3u);
    const net::Population &folded = read.population("thr");
    EXPECT_EQ(folded.kind, kind);
    EXPECT_EQ(folded.reset, net::ResetRule::None);
    EXPECT_EQ(folded.params.vThreshold.values, (std::vector<double>{0.5, 0.75}));
    EXPECT_EQ(folded.params.r[0], 10.0);
    EXPECT_EQ(read.projection("fc").source, 1u);
  }
}

TEST(NirReadout, MembraneThatFeedsBothIsBoth) {
  NirFile file("both");
  file.input("input", {2});
  li(file, "m");
  file.node("thr", "Threshold", "threshold", {0.5}, {});
  file.output("o1", {2});
  file.output("o2", {2});
  file.edges({"input", "m", "m", "thr", "m", "o1", "thr", "o2"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.population("m").kind, NeuronKind::LI);
  EXPECT_EQ(read.population("thr").kind, NeuronKind::LIF);
  EXPECT_EQ(read.net.projections.size(), 2u);
  ASSERT_EQ(read.net.outputs.size(), 2u);
  EXPECT_EQ(read.net.populations[read.net.outputs[0]].name, "m");
}

TEST(NirReadout, ThresholdBehindMapsIsAPopulation) {
  NirFile file("threshold");
  file.input("input", {2});
  file.linear("fc", {1, 2, 3, 4}, 2, 2);
  file.node("thr", "Threshold", "threshold", {0.5}, {});
  file.output("output", {2});
  file.edges({"input", "fc", "fc", "thr", "thr", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.population("thr").kind, NeuronKind::Threshold);
  EXPECT_EQ(read.population("thr").params.vThreshold[0], 0.5);
  EXPECT_EQ(read.population("thr").size(), 2u);
}

TEST(NirReadout, OutputBehindMapsIsSummedUp) {
  NirFile file("output_sum");
  file.input("input", {2});
  file.lif("n", 2, 1e-3, 10, 0);
  file.linear("fc", {1, 2, 3, 4, 5, 6}, 3, 2);
  file.output("output", {3});
  file.edges({"input", "n", "n", "fc", "fc", "output"});
  const Read read = readOrFail(file.path());
  const net::Population &sum = read.population("output_sum");
  EXPECT_EQ(sum.kind, NeuronKind::I);
  EXPECT_EQ(sum.size(), 3u);
  EXPECT_EQ(sum.params.r[0], 1.0);
  EXPECT_EQ(read.net.run.readout, Readout::Last);
  EXPECT_EQ(read.count(DiagCode::NodeInserted), 1u);
  EXPECT_EQ(read.net.profile.dt.value, 1e-4); // the added one is no evidence
}

// An Output adds up what arrives, as every node does.
TEST(NirReadout, OutputOfTwoLayersIsTheirSum) {
  NirFile file("output_two");
  file.input("input", {2});
  file.lif("a", 2, 1e-3, 10, 0);
  file.lif("b", 2, 1e-3, 10, 0);
  file.output("output", {2});
  file.edges({"input", "a", "input", "b", "a", "output", "b", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.net.outputs.size(), 1u);
  EXPECT_EQ(read.net.projections.size(), 4u);
  EXPECT_EQ(read.projection("b_to_output_sum").delay, 0u);
}

TEST(NirReadout, OutputBehindFlattenIsTheLayer) {
  NirFile file("output_flat");
  file.input("input", {2, 2});
  file.lif("n", 0, 1e-3, 10, 0);
  file.string("/node/nodes/f/type", "Flatten");
  file.set("f", "start_dim", {0});
  file.output("output", {4});
  file.edges({"input", "n", "n", "f", "f", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.net.populations.size(), 2u);
  EXPECT_EQ(read.net.outputs, std::vector<uint32_t>{1});
}

// ---- refused

TEST(NirReadoutBad, MembraneThatFeedsWeights) {
  NirFile file("graded");
  file.input("input", {2});
  li(file, "m");
  file.linear("fc", {1, 2}, 1, 2);
  file.lif("n", 1, 1e-3, 10, 0);
  file.output("output", {1});
  file.edges({"input", "m", "m", "fc", "fc", "n", "n", "output"});
  const auto diag = errorsOf(file.path()).at(0);
  EXPECT_EQ(diag.code, DiagCode::GradedValue);
  EXPECT_CONTAINS(diag.message, "unsupported: the membrane of LI 'm' feeds Linear 'fc'");
  EXPECT_EQ(diag.notes.at(0).loc.path, "/node/nodes/m");
}

TEST(NirReadoutBad, MembraneInASum) {
  NirFile file("graded_sum");
  file.input("input", {2});
  li(file, "m");
  file.lif("n", 2, 1e-3, 10, 0);
  file.output("output", {2});
  file.edges({"input", "m", "input", "n", "m", "output", "n", "output"});
  const auto diag = errorsOf(file.path()).at(0);
  EXPECT_EQ(diag.code, DiagCode::GradedValue);
  EXPECT_CONTAINS(diag.message, "feeds Output 'output' together with something else");
}

TEST(NirReadoutBad, LoopOfThresholds) {
  NirFile file("threshold_loop");
  file.input("input", {1});
  file.node("a", "Threshold", "threshold", {0.5}, {1});
  file.linear("w", {0.3}, 1, 1);
  file.output("output", {1});
  file.edges({"input", "a", "a", "w", "w", "a", "a", "output"});
  const auto diag = errorsOf(file.path()).at(0);
  EXPECT_EQ(diag.code, DiagCode::StatelessCycle);
  EXPECT_CONTAINS(diag.message, "has only thresholds");
}

TEST(NirReadoutBad, OutputThatNothingFeeds) {
  NirFile file("output_alone");
  file.input("input", {1});
  file.lif("n", 1, 1e-3, 10, 0);
  file.output("o", {1});
  file.output("output", {1});
  file.edges({"input", "n", "n", "output"});
  const auto diag = errorsOf(file.path()).at(0);
  EXPECT_EQ(diag.code, DiagCode::UnsupportedGraph);
  EXPECT_CONTAINS(diag.message, "nothing feeds Output 'o'");
}

TEST(NirReadoutBad, EdgesOutOfAnOutput) {
  NirFile file("output_on");
  file.input("input", {1});
  file.lif("n", 1, 1e-3, 10, 0);
  file.output("output", {1});
  file.edges({"input", "n", "n", "output", "output", "n"});
  EXPECT_CONTAINS(errorsOf(file.path()).at(0).message, "an edge from Output 'output' to LIF 'n'");
}

} // namespace
} // namespace snnc
