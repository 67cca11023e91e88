// Nested graphs: names, ports, repairs, depth; and files older than graphs of named nodes.
#include "tests/unit/frontends/nir_read.h"

namespace snnc {
namespace {

using support::DiagCode;

// "cell" = {input, neuron <-> w_rec, output}, as recurrent layers are exported.
void writeCell(NirFile &file, const std::string &cell, const std::string &neuron,
               const std::string &named, const std::string &input = "input") {
  file.graph(cell);
  file.input(cell + "/nodes/" + input, {2});
  file.lif(cell + "/nodes/" + neuron, 2, 1e-3, 10, 0);
  file.linear(cell + "/nodes/w_rec", {1, 2, 3, 4}, 2, 2);
  file.output(cell + "/nodes/output", {2});
  file.edges({input, named, named, "w_rec", "w_rec", named, named, "output"},
             "/node/nodes/" + cell);
}

void expectCell(const Read &read, const std::string &neuron) {
  ASSERT_EQ(read.net.populations.size(), 2u);
  EXPECT_EQ(read.net.populations[1].name, neuron);
  EXPECT_EQ(read.projection("cell.w_rec").delay, 1u);
  EXPECT_EQ(read.projection("fc").delay, 0u);
  EXPECT_EQ(read.net.outputs, std::vector<uint32_t>{1});
}

void writeAround(NirFile &file, const std::string &in, const std::string &out) {
  file.input("input", {2});
  file.linear("fc", {1, 2, 3, 4}, 2, 2);
  file.output("output", {2});
  file.edges({"input", "fc", "fc", in, out, "output"});
}

TEST(NirNested, CellIsInlinedWithItsName) {
  NirFile file("nested");
  writeCell(file, "cell", "lif", "lif");
  writeAround(file, "cell", "cell");
  const Read read = readOrFail(file.path());
  expectCell(read, "cell.lif");
  EXPECT_EQ(read.count(DiagCode::EdgeRepaired), 0u);
}

TEST(NirNested, PortsByName) {
  NirFile file("ports");
  writeCell(file, "cell", "lif", "lif");
  writeAround(file, "cell.input", "cell.output");
  expectCell(readOrFail(file.path()), "cell.lif");
}

// The two hand-made Braille files: the neuron is called lif1, their edges say lif.
TEST(NirNested, OneUnknownNameAndOneUnusedNodeAreTheSame) {
  NirFile file("repair");
  writeCell(file, "cell", "lif1", "lif");
  writeAround(file, "cell", "cell");
  const Read read = readOrFail(file.path());
  expectCell(read, "cell.lif1");
  ASSERT_EQ(read.count(DiagCode::EdgeRepaired), 1u);
  for (const support::Diagnostic &warning : read.warnings)
    if (warning.code == DiagCode::EdgeRepaired) {
      EXPECT_CONTAINS(warning.message, "refer to the node 'lif', which it does not have; 'lif1'");
      EXPECT_EQ(warning.loc.path, "/node/nodes/cell/edges");
    }
}

TEST(NirNested, TwoUnknownNamesAreAnError) {
  NirFile file("norepair");
  file.graph("cell");
  file.lif("cell/nodes/a", 2, 1e-3, 10, 0);
  file.edges({"x", "a", "y", "a"}, "/node/nodes/cell");
  writeAround(file, "cell", "cell");
  const auto errors = errorsOf(file.path());
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0].code, DiagCode::UnknownName);
  EXPECT_CONTAINS(errors[0].message, "refers to the node 'x', which graph 'cell' does not have");
}

TEST(NirNested, SuffixesThatExportersLeaveOut) {
  NirFile file("suffix");
  file.input("net.input", {1});
  file.lif("n", 1, 1e-3, 10, 0);
  file.output("net.output", {1});
  file.edges({"net.input", "n", "n", "net.output"});
  EXPECT_EQ(readOrFail(file.path()).net.projections.size(), 1u);
  NirFile shortened("suffix2");
  shortened.input("a.output", {1}); // found as the source "a"
  shortened.lif("b.input", 1, 1e-3, 10, 0);
  shortened.output("output", {1});
  shortened.edges({"a", "b", "b.input", "output"});
  EXPECT_EQ(readOrFail(shortened.path()).net.projections.at(0).name, "a.output_to_b.input");
}

TEST(NirNested, SeveralPortsNeedTheirNames) {
  NirFile file("twoports");
  file.graph("cell");
  file.input("cell/nodes/in1", {1});
  file.input("cell/nodes/in2", {1});
  file.linear("cell/nodes/w", {0.3}, 1, 1);
  file.lif("cell/nodes/n", 1, 1e-3, 10, 0);
  file.output("cell/nodes/out", {1});
  file.edges({"in1", "w", "in2", "n", "w", "n", "n", "out"}, "/node/nodes/cell");
  file.input("x", {1});
  file.input("y", {1});
  file.output("output", {1});
  file.edges({"x", "cell.in1", "y", "cell.in2", "cell", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.net.inputs.size(), 2u);
  EXPECT_EQ(read.net.populations[read.projection("cell.w").source].name, "x");
  EXPECT_EQ(read.net.populations[read.projection("y_to_cell.n").source].name, "y");
}

TEST(NirNested, AmbiguousPort) {
  NirFile file("ambiguous");
  file.graph("cell");
  file.input("cell/nodes/in1", {1});
  file.input("cell/nodes/in2", {1});
  file.lif("cell/nodes/n", 1, 1e-3, 10, 0);
  file.edges({"in1", "n", "in2", "n"}, "/node/nodes/cell");
  file.input("x", {1});
  file.edges({"x", "cell"});
  const auto diag = errorsOf(file.path()).at(0);
  EXPECT_EQ(diag.code, DiagCode::AmbiguousPort);
  EXPECT_CONTAINS(diag.message, "an edge names graph 'cell', which has 2 inputs");
  EXPECT_CONTAINS(diag.help, "'cell.in1'");
}

// No Input and no Output inside: the only node without a source, and without a destination.
TEST(NirNested, GraphWithoutEnds) {
  NirFile file("noends");
  file.graph("cell");
  file.lif("cell/nodes/a", 2, 1e-3, 10, 0);
  file.lif("cell/nodes/b", 2, 1e-3, 10, 0);
  file.edges({"a", "b"}, "/node/nodes/cell");
  writeAround(file, "cell", "cell");
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.net.populations.size(), 3u);
  EXPECT_EQ(read.count(DiagCode::NodeInserted), 0u);
}

TEST(NirNested, GraphsInGraphs) {
  NirFile file("deep");
  std::string name = "g";
  for (int level = 0; level < 8; ++level) {
    file.graph(name);
    file.input(name + "/nodes/input", {2});
    file.output(name + "/nodes/output", {2});
    file.edges({"input", "g", "g", "output"}, "/node/nodes/" + name);
    name += "/nodes/g";
  }
  file.lif(name, 2, 1e-3, 10, 0);
  writeAround(file, "g", "g");
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.net.populations.at(1).name, "g.g.g.g.g.g.g.g.g");
  EXPECT_EQ(read.net.projections.size(), 1u);
}

// A top-level node may have the name that an inlined one gets.
TEST(NirNested, NamesStayUnique) {
  NirFile file("unique");
  file.graph("cell");
  file.lif("cell/nodes/lif", 2, 1e-3, 10, 0);
  file.edges({}, "/node/nodes/cell");
  file.lif("cell.lif", 2, 1e-3, 10, 0);
  file.input("input", {2});
  file.output("output", {2});
  file.edges({"input", "cell", "cell", "cell.lif", "cell.lif", "output"});
  const Read read = readOrFail(file.path());
  ASSERT_EQ(read.net.populations.size(), 3u);
  EXPECT_NE(read.net.populations[1].name, read.net.populations[2].name);
}

// nir 0.0.x: numbers for names, integer edges, "weights" with a bias, "theta".
TEST(NirNested, FilesOlderThanNamedNodes) {
  NirFile file("legacy", false);
  const std::string nodes = "/nodes/";
  file.string(nodes + "0/type", "Input");
  file.integers(nodes + "0/shape", {2}, {1});
  file.string(nodes + "1/type", "Linear");
  file.numbers(nodes + "1/weights", {1, 2, 3, 4, 5, 6.3}, {3, 2});
  file.numbers(nodes + "1/bias", {1, 0, 0}, {3});
  file.string(nodes + "2/type", "LIF");
  for (auto [key, value] : {std::pair("tau", 1e-3), {"r", 10.0}, {"v_leak", 0.0}, {"theta", 1.0}})
    file.numbers(nodes + "2/" + key, {value, value, value}, {3});
  file.string(nodes + "3/type", "Output");
  file.integers(nodes + "3/shape", {3}, {1});
  file.integers("/edges", {0, 1, 1, 2, 2, 3}, {3, 2});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.population("2").params.vThreshold[0], 1.0);
  EXPECT_EQ(read.projection("1").bias, (std::vector<double>{1, 0, 0}));
  EXPECT_EQ(read.count(DiagCode::UnknownDataset), 0u);
}

} // namespace
} // namespace snnc
