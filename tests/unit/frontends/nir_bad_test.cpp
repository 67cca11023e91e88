// Files with a fault: one message each with place, numbers and a way out; and no crash.
#include "common/support/file_io.h"
#include "common/support/rng.h"
#include "tests/unit/frontends/nir_read.h"

#include <cmath>
#include <cstdlib>

namespace snnc {
namespace {

using support::DiagCode;

support::Diagnostic onlyError(const std::string &path) {
  const auto errors = errorsOf(path);
  EXPECT_EQ(errors.size(), 1u);
  return errors.empty() ? support::Diagnostic{DiagCode::NirFile, {}, "", {}, ""} : errors.front();
}

std::string bytesOf(const std::string &path) {
  auto buffer = support::readFile(path);
  EXPECT_TRUE(static_cast<bool>(buffer));
  return (*buffer)->getBuffer().str();
}

std::string writeBytes(const std::string &name, llvm::StringRef bytes) {
  const std::string path = testing::TempDir() + "snnc_" + name + ".nir";
  EXPECT_FALSE(static_cast<bool>(support::writeFile(path, bytes)));
  return path;
}

TEST(NirBad, NotThere) {
  EXPECT_EQ(onlyError("/nonexistent/model.nir").code, DiagCode::FileUnreadable);
}

TEST(NirBad, NotHdf5) {
  for (const char *text : {"", "hello", "\x89HDF"}) {
    const auto diag = onlyError(writeBytes("text", text));
    EXPECT_EQ(diag.code, DiagCode::NirFile);
    EXPECT_CONTAINS(diag.message, "is not an HDF5 file");
    EXPECT_CONTAINS(diag.help, "nir.write");
  }
}

TEST(NirBad, Truncated) {
  NirFile file("whole");
  writeSmall(file);
  const std::string bytes = bytesOf(file.path());
  const auto diag = onlyError(writeBytes("cut", llvm::StringRef(bytes).drop_back(1000)));
  EXPECT_EQ(diag.code, DiagCode::NirFile);
  EXPECT_EQ(diag.message, llvm::formatv("is truncated: it has {0} bytes, its header says {1}",
                                        bytes.size() - 1000, bytes.size())
                              .str());
}

// Damage anywhere is an error or does not matter; it never crashes or allocates without bound.
TEST(NirBad, FlippedBytes) {
  NirFile file("flip");
  file.gzip = true;
  writeSmall(file);
  const std::string bytes = bytesOf(file.path());
  const char *replay = std::getenv("SNNC_SEED");
  const uint64_t seed = replay ? std::strtoull(replay, nullptr, 0) : 7;
  std::printf("SNNC_SEED=%llu\n", static_cast<unsigned long long>(seed));
  support::Rng rng(seed);
  size_t failed = 0;
  for (int i = 0; i < 400; ++i) {
    std::string damaged = bytes;
    damaged[rng.below(bytes.size())] = static_cast<char>(rng.next());
    const std::string path = writeBytes("flipped", damaged);
    support::Warnings warnings;
    auto net = compiler::readNir(path, {}, warnings);
    failed += !net;
    llvm::consumeError(net.takeError());
  }
  EXPECT_GT(failed, 0u);
}

TEST(NirBad, BrokenNodesAreAllNamed) {
  NirFile file("conv");
  file.input("input", {1});
  file.string("/node/nodes/c1/type", "Conv2d");
  file.string("/node/nodes/c2/type", "Izhikevich");
  file.edges({"input", "c1"});
  const auto errors = errorsOf(file.path());
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0].message, "node 'c1' of type 'Conv2d' has no 'weight'");
  EXPECT_EQ(errors[0].loc.path, "/node/nodes/c1");
  EXPECT_EQ(errors[1].code, DiagCode::UnsupportedNode);
  EXPECT_CONTAINS(errors[1].help, "CubaLIF");
}

TEST(NirBad, UnknownType) {
  NirFile file("type");
  file.string("/node/nodes/x/type", "Izhikevich");
  file.edges({});
  EXPECT_EQ(onlyError(file.path()).message,
            "node 'x' has the type 'Izhikevich', which NIR does not have");
}

TEST(NirBad, NameWithSlash) {
  NirFile file("slash");
  file.input("block/input", {1});
  file.edges({});
  const auto diag = onlyError(file.path());
  EXPECT_CONTAINS(diag.message, "node 'block' has no 'type'");
  EXPECT_CONTAINS(diag.help, "'/'");
}

TEST(NirBad, NoNodeGroup) {
  NirFile file("legacy", false);
  file.integers("/edges", {0, 1}, {1, 2});
  EXPECT_CONTAINS(onlyError(file.path()).message, "no group 'node'");
}

TEST(NirBad, NoEdges) {
  NirFile file("noedgeset");
  file.input("input", {1});
  EXPECT_CONTAINS(onlyError(file.path()).message, "no 'edges'");
}

TEST(NirBad, MissingParameter) {
  NirFile file("missing");
  file.neuron("n", "LIF", {{"tau", 1e-3}, {"r", 1}, {"v_threshold", 1}}, 1);
  file.edges({});
  EXPECT_EQ(onlyError(file.path()).message, "node 'n' of type 'LIF' has no 'v_leak'");
}

TEST(NirBad, WeightsThatAreNotFinite) {
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    NirFile file("nan");
    file.input("input", {2});
    file.linear("fc", {1, 2, 3, 4, bad, 6}, 3, 2);
    file.edges({"input", "fc"});
    const auto diag = onlyError(file.path());
    EXPECT_EQ(diag.code, DiagCode::NotFinite);
    EXPECT_EQ(diag.loc.path, "/node/nodes/fc/weight");
    EXPECT_CONTAINS(diag.message, "'weight[2, 0]' of node 'fc' is ");
  }
}

// A float64 that float32 cannot hold becomes infinite.
TEST(NirBad, WeightsTooLargeForFloat) {
  NirFile file("huge");
  file.narrow = false;
  file.linear("fc", {1e300}, 1, 1);
  file.edges({});
  EXPECT_EQ(onlyError(file.path()).code, DiagCode::NotFinite);
}

TEST(NirBad, ParameterThatIsNotFinite) {
  NirFile file("nanparam");
  file.neuron("n", "IF", {{"r", 1}, {"v_threshold", std::nan("")}}, 2);
  file.edges({});
  const auto diag = onlyError(file.path());
  EXPECT_EQ(diag.code, DiagCode::NotFinite);
  EXPECT_CONTAINS(diag.message, "'v_threshold[0]' of node 'n' is nan");
}

TEST(NirBad, ParametersOfDifferentSize) {
  NirFile file("sizes");
  file.string("/node/nodes/n/type", "IF");
  file.numbers("/node/nodes/n/r", {1, 1, 1}, {3});
  file.numbers("/node/nodes/n/v_threshold", {1, 1}, {2});
  file.edges({});
  const auto diag = onlyError(file.path());
  EXPECT_EQ(diag.code, DiagCode::ParamShape);
  EXPECT_CONTAINS(diag.message, "'v_threshold' of node 'n' has shape [2]");
  EXPECT_CONTAINS(diag.message, "[3]");
}

TEST(NirBad, WeightsThatDoNotFit) {
  NirFile file("shape");
  file.input("input", {4});
  file.linear("fc", {1, 2, 3, 4, 5, 6}, 3, 2);
  file.lif("n", 5, 1e-3, 10, 0);
  file.output("output", {5});
  file.edges({"input", "fc", "fc", "n", "n", "output"});
  const auto errors = errorsOf(file.path());
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0].code, DiagCode::WeightShape);
  EXPECT_EQ(errors[0].message, "weights of 'fc' have 2 columns but 'input' has 4 elements");
  EXPECT_EQ(errors[0].loc.path, "/node/nodes/fc/weight");
  EXPECT_EQ(errors[0].notes.at(0).loc.path, "/node/nodes/input");
  EXPECT_CONTAINS(errors[0].help, "transposed");
  EXPECT_EQ(errors[1].message, "weights of 'fc' have 3 rows but 'n' has 5 neurons");
}

TEST(NirBad, OutputThatDoesNotFit) {
  NirFile file("output");
  file.input("input", {3});
  file.lif("n", 3, 1e-3, 10, 0);
  file.output("output", {4});
  file.edges({"input", "n", "n", "output"});
  EXPECT_CONTAINS(onlyError(file.path()).message,
                  "Output 'output' has the shape [4] but 'n', which feeds it, has 3 neurons");
}

TEST(NirBad, IdentityThatDoesNotFit) {
  NirFile file("identity_bad");
  file.input("input", {2});
  file.lif("n", 3, 1e-3, 10, 0);
  file.output("output", {3});
  file.edges({"input", "n", "n", "output"});
  EXPECT_CONTAINS(onlyError(file.path()).message, "'input' has 2 values but 'n'");
}

TEST(NirBad, BiasThatDoesNotFit) {
  NirFile file("bias_bad");
  file.affine("fc", {1, 2}, 2, 1, {1, 2, 3});
  file.edges({});
  EXPECT_EQ(onlyError(file.path()).message,
            "bias of node 'fc' has 3 values but its weight has 2 rows");
}

TEST(NirBad, UnknownEdge) {
  NirFile file("edge");
  file.input("input", {1});
  file.lif("lif1", 1, 1e-3, 10, 0);
  file.edges({"input", "lif"});
  const auto diag = onlyError(file.path());
  EXPECT_EQ(diag.code, DiagCode::UnknownName);
  EXPECT_CONTAINS(diag.message, "refers to the node 'lif'");
  EXPECT_CONTAINS(diag.help, "did you mean 'lif1'?");
}

TEST(NirBad, CycleWithoutNeuron) {
  NirFile file("stateless");
  file.input("input", {1});
  file.linear("a", {1}, 1, 1);
  file.linear("b", {1}, 1, 1);
  file.edges({"input", "a", "a", "b", "b", "a"});
  const auto diag = onlyError(file.path());
  EXPECT_EQ(diag.code, DiagCode::StatelessCycle);
  EXPECT_CONTAINS(diag.message, "'b' -> 'a'");
}

// A shape that the file's bytes cannot hold is refused before memory is taken.
TEST(NirBad, AbsurdShape) {
  NirFile file("absurd");
  file.string("/node/nodes/fc/type", "Linear");
  file.bytes("/node/nodes/fc/weight", {1u << 20, 1u << 20});
  file.edges({});
  const auto diag = onlyError(file.path());
  EXPECT_EQ(diag.code, DiagCode::NirFile);
  EXPECT_CONTAINS(diag.message, "shape [1048576, 1048576] does not fit into a file of");
}

TEST(NirBad, InputShape) {
  NirFile file("inputshape");
  file.input("input", {3, 0});
  file.edges({});
  EXPECT_CONTAINS(onlyError(file.path()).message, "shape of node 'input' has the extent 0");
}

TEST(NirBad, WrongDatatypes) {
  NirFile file("datatypes");
  file.string("/node/nodes/fc/type", "Linear");
  file.string("/node/nodes/fc/weight", "many");
  file.edges({});
  EXPECT_CONTAINS(onlyError(file.path()).message, "expected numbers, found another type");
}

TEST(NirBad, AGroupWhereAWeightShouldBe) {
  NirFile file("weight_group");
  file.string("/node/nodes/fc/type", "Linear");
  file.string("/node/nodes/fc/weight/inner", "x");
  file.edges({});
  const auto diag = onlyError(file.path());
  EXPECT_EQ(diag.loc.path, "/node/nodes/fc/weight");
  EXPECT_CONTAINS(diag.message, "'weight' of node 'fc' is a group, expected a dataset");
}

TEST(NirBad, NodesWithoutEdges) {
  NirFile file("no_edges");
  file.input("input", {2});
  file.linear("fc", {1, 2, 3, 4}, 2, 2);
  file.lif("lif", 2, 0.02, 1);
  file.edges({});
  const auto diag = onlyError(file.path());
  EXPECT_EQ(diag.code, DiagCode::UnsupportedGraph);
  EXPECT_CONTAINS(diag.message, "the graph has 3 nodes but no edges");
}

TEST(NirBad, NamesThatNoTraceCanHave) {
  NirFile file("names");
  file.input("in\nput", {2});
  file.edges({});
  EXPECT_CONTAINS(onlyError(file.path()).message, "'in\\nput' has a control character");
}

TEST(NirBad, StepLongerThanTau) {
  NirFile file("dt");
  writeSmall(file);
  support::Warnings warnings;
  net::ProfileFlags flags;
  flags.dt = 1e-2;
  const auto diag = firstDiagnostic(compiler::readNir(file.path(), flags, warnings).takeError());
  EXPECT_EQ(diag.code, DiagCode::DtTooLarge);
  EXPECT_EQ(diag.loc.path, "/node/nodes/lif/tau");
  EXPECT_CONTAINS(diag.help, "--integrator exp");
}

TEST(NirBad, NothingIn) {
  NirFile file("empty");
  file.edges({});
  const auto diag = onlyError(file.path());
  EXPECT_EQ(diag.code, DiagCode::UnsupportedGraph);
  EXPECT_CONTAINS(diag.message, "0 inputs and 0 outputs");
}

} // namespace
} // namespace snnc
