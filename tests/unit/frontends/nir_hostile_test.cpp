// Files that ask for unbounded time or memory: refused by name before either is spent.
#include "tests/unit/frontends/nir_read.h"

#include <hdf5.h>

namespace snnc {
namespace {

using support::DiagCode;

support::Diagnostic firstError(const std::string &path) {
  const auto errors = errorsOf(path);
  if (!errors.empty())
    return errors.front();
  ADD_FAILURE() << "expected an error";
  return {DiagCode::NirFile, {}, "", {}, ""};
}

std::string indexed(const char *name, int i) {
  return name + std::to_string(i);
}

TEST(NirHostile, TenThousandNestedGraphs) {
  H5dont_atexit();
  const std::string path = testing::TempDir() + "snnc_nested10000.nir";
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, 0, 0);
  const hid_t text = H5Tcopy(H5T_C_S1), scalar = H5Screate(H5S_SCALAR);
  H5Tset_size(text, 8);
  hid_t at = H5Gcreate2(file, "node", 0, 0, 0);
  for (int i = 0; i < 10000; ++i) {
    const hid_t type = H5Dcreate2(at, "type", text, scalar, 0, 0, 0);
    H5Dwrite(type, text, H5S_ALL, H5S_ALL, 0, "NIRGraph");
    H5Dclose(type);
    const hid_t nodes = H5Gcreate2(at, "nodes", 0, 0, 0);
    const hid_t next = H5Gcreate2(nodes, "g", 0, 0, 0);
    H5Gclose(nodes);
    H5Gclose(at);
    at = next;
  }
  H5Gclose(at);
  H5Sclose(scalar);
  H5Tclose(text);
  H5Fclose(file);
  const auto diag = firstError(path);
  EXPECT_EQ(diag.code, DiagCode::GraphTooLarge);
  EXPECT_CONTAINS(diag.message, "graphs are nested more than 64 deep");
}

TEST(NirHostile, GraphThatContainsItself) {
  NirFile file("cyclic");
  file.graph("a");
  file.graph("a/nodes/b");
  file.edges({}, "/node/nodes/a");
  file.edges({}, "/node/nodes/a/nodes/b");
  file.link("/node/nodes/a", "/node/nodes/a/nodes/b/nodes/c");
  file.edges({});
  const auto diag = firstError(file.path());
  EXPECT_EQ(diag.code, DiagCode::GraphInItself);
  EXPECT_CONTAINS(diag.message, "graph 'a.b.c' is 'a' again");
}

// Each level has the next one twice: 2^40 graphs by links alone.
TEST(NirHostile, GraphsThatShareGraphs) {
  NirFile file("shared_graphs");
  std::string path;
  for (int i = 0; i < 40; ++i) {
    const std::string group = path + (i ? "/nodes/" : "") + "x";
    file.graph(group);
    if (i)
      file.link("/node/nodes/" + group, "/node/nodes/" + path + "/nodes/y");
    path = group;
  }
  const auto diag = firstError(file.path());
  EXPECT_EQ(diag.code, DiagCode::GraphTooLarge);
  EXPECT_CONTAINS(diag.message, "at most 16384 are read");
}

TEST(NirHostile, VeryManyNodes) {
  NirFile file("many_nodes");
  for (int i = 0; i < 20000; ++i)
    file.group(indexed("/node/nodes/n", i));
  file.edges({});
  const auto diag = firstError(file.path());
  EXPECT_EQ(diag.code, DiagCode::GraphTooLarge);
  EXPECT_CONTAINS(diag.message, "the graph has 20000 nodes");
}

TEST(NirHostile, ShapeOfABillionElements) {
  for (const std::vector<int64_t> &shape :
       {std::vector<int64_t>{1000, 1000, 1000}, {1 << 30, 1 << 30, 1 << 30, 1 << 30}}) {
    NirFile file("billion");
    file.input("input", shape);
    file.lif("n", 0, 1e-3, 10, 0);
    file.edges({"input", "n"});
    const auto diag = firstError(file.path());
    EXPECT_EQ(diag.code, DiagCode::TooManyElements);
    EXPECT_EQ(diag.loc.path, "/node/nodes/input/shape");
  }
}

TEST(NirHostile, ConvolutionThatMakesTooMuch) {
  NirFile file("conv_big");
  file.input("input", {1, 8000, 8000});
  file.conv2d("c", {2, 1, 1, 1});
  file.lif("n", 0, 1e-3, 10, 0);
  file.edges({"input", "c", "c", "n"});
  const auto diag = firstError(file.path());
  EXPECT_EQ(diag.code, DiagCode::TooManyElements);
  EXPECT_CONTAINS(diag.message, "Conv2d 'c' makes [2, 8000, 8000] of [1, 8000, 8000]");
}

TEST(NirHostile, LayersThatAreTooMuchTogether) {
  NirFile file("layers_big");
  file.input("input", {8000, 8000});
  file.lif("n", 0, 1e-3, 10, 0);
  file.edges({"input", "n"});
  const auto diag = firstError(file.path());
  EXPECT_EQ(diag.code, DiagCode::TooManyElements);
  EXPECT_CONTAINS(diag.message, "with 'n' the network has more than 67108864 neurons and inputs");
}

// One stored array under many names.
TEST(NirHostile, ValuesThatAreReadOverAndOver) {
  NirFile file("shared_values");
  file.gzip = true;
  file.numbers("/pool", std::vector<double>(1 << 20, 1.0), {1 << 20});
  for (int i = 0; i < 200; ++i) {
    const std::string name = indexed("n", i);
    file.string("/node/nodes/" + name + "/type", "IF");
    file.link("/pool", "/node/nodes/" + name + "/r");
    file.link("/pool", "/node/nodes/" + name + "/v_threshold");
  }
  file.edges({});
  const auto diag = firstError(file.path());
  EXPECT_EQ(diag.code, DiagCode::TooManyElements);
  EXPECT_CONTAINS(diag.message, "that are read of a file");
}

// input -> {a0, b0} -> j0 -> {a1, b1} -> ...: 2^40 ways.
TEST(NirHostile, WaysThatDouble) {
  NirFile file("diamonds");
  std::string from = "input";
  std::vector<std::string> edges;
  file.input("input", {1});
  for (int i = 0; i < 40; ++i) {
    const std::string a = indexed("a", i), b = indexed("b", i), join = indexed("j", i);
    for (const std::string &name : {a, b, join})
      file.node(name, "Scale", "scale", {0.5}, {1});
    edges.insert(edges.end(), {from, a, from, b, a, join, b, join});
    from = join;
  }
  file.lif("n", 1, 1e-3, 10, 0);
  file.output("output", {1});
  edges.insert(edges.end(), {from, "n", "n", "output"});
  file.edges(edges);
  const auto diag = firstError(file.path());
  EXPECT_EQ(diag.code, DiagCode::GraphTooLarge);
  EXPECT_CONTAINS(diag.message, "from 'input' and what comes before it lead more than 65536 ways");
}

TEST(NirHostile, DelaysWhoseChoicesMultiply) {
  NirFile file("delays");
  std::vector<double> delays(300), weights(300 * 300, 0.5);
  for (size_t i = 0; i < 300; ++i)
    delays[i] = static_cast<double>(i) * 1e-4;
  file.input("input", {300});
  file.node("d1", "Delay", "delay", delays, {300});
  file.linear("w", weights, 300, 300);
  file.node("d2", "Delay", "delay", delays, {300});
  file.lif("n", 300, 1e-3, 10, 0);
  file.output("output", {300});
  file.edges({"input", "d1", "d1", "w", "w", "d2", "d2", "n", "n", "output"});
  const auto diag = firstError(file.path());
  EXPECT_EQ(diag.code, DiagCode::GraphTooLarge);
  EXPECT_CONTAINS(diag.message, "make more than 65536 projections");
}

TEST(NirHostile, WeightsThatRepeatOnEveryWay) {
  NirFile file("copies");
  std::vector<std::string> edges;
  file.gzip = true;
  file.input("input", {1000});
  file.linear("w", std::vector<double>(1000 * 1000, 0.5), 1000, 1000);
  for (int i = 0; i < 100; ++i) {
    const std::string name = indexed("s", i);
    file.node(name, "Scale", "scale", {0.5}, {1});
    edges.insert(edges.end(), {"input", name, name, "w"});
  }
  file.lif("n", 0, 1e-3, 10, 0);
  file.output("output", {1000});
  edges.insert(edges.end(), {"w", "n", "n", "output"});
  file.edges(edges);
  EXPECT_EQ(firstError(file.path()).code, DiagCode::GraphTooLarge);
}

TEST(NirHostile, BiasThatTakesForeverToCarry) {
  NirFile file("bias_work");
  file.input("input", {1, 1100, 1100});
  file.conv2d("c1", {1, 1, 1, 1});
  file.numbers("/node/nodes/c1/bias", {1}, {1});
  file.conv2d("c2", {1, 1, 64, 64});
  file.lif("n", 0, 1e-3, 10, 0);
  file.output("output", {1, 1037, 1037});
  file.edges({"input", "c1", "c1", "c2", "c2", "n", "n", "output"});
  const auto diag = firstError(file.path());
  EXPECT_EQ(diag.code, DiagCode::GraphTooLarge);
  EXPECT_CONTAINS(diag.message, "carrying biases through 'c2'");
}

// Unknown names are listed up to a number, each once.
TEST(NirHostile, VeryManyUnknownEdges) {
  NirFile file("unknown_edges");
  file.input("input", {1});
  std::vector<std::string> edges;
  for (int i = 0; i < 5000; ++i)
    edges.insert(edges.end(), {"input", indexed("nowhere", i % 500)});
  file.edges(edges);
  const auto errors = errorsOf(file.path());
  EXPECT_EQ(errors.size(), 10u);
  EXPECT_EQ(errors.at(0).code, DiagCode::UnknownName);
}

// A chain as long as nodes are read: nothing recurses.
TEST(NirHostile, LongChain) {
  NirFile file("long_chain");
  std::vector<std::string> edges;
  file.input("input", {1});
  std::string from = "input";
  for (int i = 0; i < 3000; ++i) {
    const std::string name = indexed("s", i);
    file.node(name, "Scale", "scale", {1}, {});
    edges.insert(edges.end(), {from, name});
    from = name;
  }
  file.lif("n", 1, 1e-3, 10, 0);
  file.output("output", {1});
  edges.insert(edges.end(), {from, "n", "n", "output"});
  file.edges(edges);
  EXPECT_EQ(readOrFail(file.path()).net.projections.at(0).before.size(), 2999u);
}

} // namespace
} // namespace snnc
