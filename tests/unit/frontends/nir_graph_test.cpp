// Graphs: order, identities, sums, cycles, missing ends.
#include "tests/unit/frontends/nir_read.h"

namespace snnc {
namespace {

std::vector<std::string> namesOf(const net::Net &net) {
  std::vector<std::string> names;
  for (const net::Population &population : net.populations)
    names.push_back(population.name);
  return names;
}

TEST(NirGraph, OrderFollowsExecutionNotNamesOrEdges) {
  NirFile file("order");
  file.input("z", {1});
  file.lif("10", 1, 1e-3, 10, 0);
  file.lif("9", 1, 1e-3, 10, 0);
  file.lif("a", 1, 1e-3, 10, 0);
  file.output("out", {1});
  file.edges({"9", "10", "a", "9", "10", "out", "z", "a"});
  EXPECT_EQ(namesOf(readOrFail(file.path()).net), (std::vector<std::string>{"z", "a", "9", "10"}));
}

TEST(NirGraph, EdgeWithoutWeightsIsAnIdentity) {
  NirFile file("identity");
  file.input("in", {3});
  file.lif("n", 3, 1e-3, 10, 0);
  file.output("out", {3});
  file.edges({"in", "n", "n", "out"});
  const Read read = readOrFail(file.path());
  const net::Projection &projection = read.projection("in_to_n");
  EXPECT_EQ(std::get<net::DiagonalWeights>(projection.weights), (net::DiagonalWeights{3, {1.0f}}));
}

// snnTorch's recurrent cell as nirtorch flattens it: the loop's projection has delay 1.
TEST(NirGraph, SelfLoopHasDelayOne) {
  NirFile file("loop");
  file.input("input", {2});
  file.linear("fc", {1, 2, 3, 4}, 2, 2);
  file.lif("lif1.lif", 2, 1e-3, 10, 0);
  file.affine("lif1.w_rec", {1, 2, 3, 4}, 2, 2, {1, 2});
  file.output("output", {2});
  file.edges({"lif1.w_rec", "lif1.lif", "input", "fc", "fc", "lif1.lif", "lif1.lif", "lif1.w_rec",
              "lif1.lif", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.projection("fc").delay, 0u);
  EXPECT_EQ(read.projection("lif1.w_rec").delay, 1u);
  EXPECT_EQ(read.projection("lif1.w_rec").source, read.projection("lif1.w_rec").target);
  EXPECT_EQ(read.projection("lif1.w_rec").bias, (std::vector<double>{1, 2}));
}

TEST(NirGraph, CycleOverTwoLayersIsBrokenWhereItCloses) {
  NirFile file("cycle2");
  file.input("input", {1});
  for (const char *name : {"up", "across", "back"})
    file.linear(name, {0.3}, 1, 1);
  file.lif("a", 1, 1e-3, 10, 0);
  file.lif("b", 1, 1e-3, 10, 0);
  file.output("output", {1});
  file.edges({"back", "a", "b", "back", "input", "up", "up", "a", "a", "across", "across", "b", "b",
              "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(namesOf(read.net), (std::vector<std::string>{"input", "a", "b"}));
  EXPECT_EQ(read.projection("across").delay, 0u);
  EXPECT_EQ(read.projection("back").delay, 1u);
}

TEST(NirGraph, SeveralEdgesIntoANeuronAddUp) {
  NirFile file("sum");
  file.input("input", {1});
  file.linear("fc1", {1.1}, 1, 1);
  file.linear("fc2", {2.2}, 1, 1);
  file.lif("n", 1, 1e-3, 10, 0);
  file.output("output", {1});
  file.edges({"input", "fc1", "input", "fc2", "fc1", "n", "fc2", "n", "n", "output", "input", "n"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.net.projections.size(), 3u);
  for (const char *name : {"fc1", "fc2", "input_to_n"})
    EXPECT_EQ(read.projection(name).delay, 0u) << name;
}

// One Linear that sums two sources: two projections with its weights, its bias once.
TEST(NirGraph, LinearWithTwoSources) {
  NirFile file("shared");
  file.input("input", {1});
  file.lif("a", 1, 1e-3, 10, 0);
  file.affine("fc", {0.7}, 1, 1, {0.5});
  file.lif("b", 1, 1e-3, 10, 0);
  file.output("output", {1});
  file.edges({"input", "a", "input", "fc", "a", "fc", "fc", "b", "b", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.projection("fc.input").bias.size() + read.projection("fc.a").bias.size(), 1u);
  EXPECT_EQ(std::get<net::DenseWeights>(read.projection("fc.a").weights).values,
            std::vector<float>{0.7f});
}

TEST(NirGraph, DuplicateEdgesAreTakenOnce) {
  NirFile file("twice");
  file.input("input", {1});
  file.lif("n", 1, 1e-3, 10, 0);
  file.output("output", {1});
  file.edges({"input", "n", "n", "output", "input", "n", "input", "n"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.net.projections.size(), 1u);
  EXPECT_EQ(read.count(support::DiagCode::DuplicateEdge), 1u);
}

TEST(NirGraph, MissingEndsAreAdded) {
  NirFile file("ends");
  file.linear("fc", {1, 2, 3, 4, 5, 6}, 2, 3);
  file.lif("n", 2, 1e-3, 10, 0);
  file.edges({"fc", "n"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.population("input_fc").size(), 3u);
  EXPECT_EQ(read.net.outputs, std::vector<uint32_t>{1});
  EXPECT_EQ(read.count(support::DiagCode::NodeInserted), 2u);
}

// h5py writes no edges as float64 of shape [0].
TEST(NirGraph, EmptyEdges) {
  NirFile file("noedges");
  file.lif("n", 2, 1e-3, 10, 0);
  file.edges({});
  EXPECT_EQ(readOrFail(file.path()).net.projections.size(), 1u);
}

TEST(NirGraph, IntegerEdges) {
  NirFile file("intedges");
  file.input("0", {2});
  file.linear("1", {1, 2}, 1, 2);
  file.lif("2", 1, 1e-3, 10, 0);
  file.output("3", {1});
  file.integers("/node/edges", {0, 1, 1, 2, 2, 3}, {3, 2});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.projection("1").source, 0u);
}

TEST(NirGraph, TwoOutputs) {
  NirFile file("outputs");
  file.input("input", {1});
  file.lif("a", 1, 1e-3, 10, 0);
  file.lif("b", 1, 1e-3, 10, 0);
  file.output("o1", {1});
  file.output("o2", {1});
  file.edges({"input", "a", "a", "b", "b", "o1", "a", "o2"});
  EXPECT_EQ(readOrFail(file.path()).net.outputs, (std::vector<uint32_t>{2, 1}));
}

} // namespace
} // namespace snnc
