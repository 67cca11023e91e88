// What is written is read back as the same network, and what NIR cannot say is refused by name.
#include "compiler/export/nir/nir_writer.h"

#include "common/net/parse.h"
#include "common/net/verify.h"
#include "common/support/file_io.h"
#include "compiler/frontends/nir/nir_frontend.h"
#include "tests/support/random_float_net.h"
#include "tests/support/seeds.h"
#include "tests/unit/export/same_net.h"
#include "tests/unit/support/expect_diag.h"
#include "tests/unit/support/scratch.h"

namespace snnc::compiler {
namespace {

using support::DiagCode;

net::Net parsed(const std::string &text) {
  auto net = net::parse(text, "test.snn");
  if (!net) {
    ADD_FAILURE() << llvm::toString(net.takeError());
    return {};
  }
  return std::get<net::Net>(std::move(*net));
}

// Through a file and back.
net::Net reread(const net::Net &net, support::Warnings &warnings) {
  const ScratchFolder folder;
  const std::string path = folder / "net.nir";
  if (llvm::Error error = writeNir(net, path, warnings)) {
    ADD_FAILURE() << llvm::toString(std::move(error));
    return {};
  }
  EXPECT_EQ(folder.files(), 1u); // no temporary
  auto back = readNir(path, {}, warnings);
  if (!back) {
    ADD_FAILURE() << llvm::toString(back.takeError());
    return {};
  }
  return std::move(*back);
}

net::Net expectKept(const std::string &text) {
  const net::Net net = parsed(text);
  support::Warnings warnings;
  net::Net back = reread(net, warnings);
  test::expectSameNet(net, back);
  for (const support::Diagnostic &warning : warnings) // NIR has no node that makes maps of a vector
    EXPECT_EQ(warning.code, DiagCode::ShapeAdjusted) << warning.message;
  return back;
}

const net::Projection &projection(const net::Net &net, const std::string &name) {
  for (const net::Projection &each : net.projections)
    if (each.name == name)
      return each;
  ADD_FAILURE() << "no projection '" << name << "'";
  return net.projections.front();
}

DiagCode codeOf(const std::string &text, std::string *message = nullptr) {
  support::Warnings warnings;
  auto bytes = toNir(parsed(text), warnings);
  if (bytes) {
    ADD_FAILURE() << "it was written";
    return DiagCode::NirFile;
  }
  const support::Diagnostic first = firstDiagnostic(bytes.takeError());
  EXPECT_FALSE(first.help.empty());
  if (message != nullptr)
    *message = first.message;
  return first.code;
}

TEST(NirWriter, RandomNetworksComeBack) {
  test::forEachSeed(1, 150, [&](uint64_t, support::Rng &rng) {
    const net::Net net = test::randomFloatNet(rng, {});
    ASSERT_FALSE(static_cast<bool>(net::verify(net)));
    support::Warnings warnings;
    const net::Net back = reread(net, warnings);
    test::expectSameNet(net, back);
  });
}

TEST(NirWriter, SameNetworkSameBytes) {
  support::Rng rng(7);
  const net::Net net = test::randomFloatNet(rng, {});
  support::Warnings warnings;
  auto a = toNir(net, warnings), b = toNir(net, warnings);
  ASSERT_TRUE(static_cast<bool>(a));
  ASSERT_TRUE(static_cast<bool>(b));
  EXPECT_EQ(*a, *b);
}

TEST(NirWriter, FillsInWhatTheNetworkLeavesOut) {
  for (const char *integrator : {"euler", "exp", "unit"})
    for (const char *unit : {"s", "ms", "steps"})
      expectKept(std::string("net @n { profile { dt 0.5 tau_unit ") + unit + " integrator " +
                 integrator + R"( }
        population @in size 2 model input
        population @a size 2 model if {}
        population @b size 2 model lif {}
        population @c size 2 model cubalif { tau_mem 2000 }
        population @d size 2 model cubalif { tau_syn 1000 v_threshold [1 2] v_reset 0.5 }
        population @e size 2 model lif { tau [900 inf] v_init [0.25 0] refractory 0 }
        projection @in_to_a from @in to @a delay 0 dense 2x2 { [1 2] [3 4] }
        projection @p from @a to @b delay 0 dense 2x2 { [1 2] [3 4] }
        projection @q from @b to @c delay 0 dense 2x2 { [1 2] [3 4] bias [0.5 -1] }
        projection @r from @c to @d delay 0 dense 2x2 { [1 2] [3 4] }
        projection @s from @d to @e delay 0 dense 2x2 { [1 2] [3 4] }
        inputs @in outputs @e })");
}

// The edge that an importer finds closing a cycle has its step without a node; all others a Delay.
TEST(NirWriter, DelaysAndCycles) {
  const net::Net back = expectKept(R"(net @n {
      run steps 12 encode rate readout membrane range -1 2
      population @in size 2 model input
      population @a size 2 model lif { tau 0.002 r 20 }
      population @b size 2 model lif { tau 0.002 r 20 }
      projection @fc from @in to @a delay 3 dense 2x2 { [1 2] [3 4] bias [1 2] }
      projection @rec from @a to @a delay 1 dense 2x2 { [1 2] [3 4] }
      projection @late from @a to @a delay 2 dense 2x2 { [5 6] [7 8] }
      projection @up from @a to @b delay 0 dense 2x2 { [1 0] [0 4] }
      projection @down from @b to @a delay 1 dense 2x2 { [1 2] [0 4] }
      projection @skip from @in to @b delay 1 dense 2x2 { [1 2] [3 0] }
      inputs @in outputs @b })");
  for (const auto &[name, delay] :
       {std::pair("fc", 3u), {"rec", 1u}, {"late", 2u}, {"up", 0u}, {"down", 1u}, {"skip", 1u}})
    EXPECT_EQ(projection(back, name).delay, delay) << name;
  // Here the walk from the inputs takes @b first, so that the other edge would close the cycle.
  expectKept(R"(net @n {
      population @in size 1 model input
      population @a size 1 model if {}
      population @b size 1 model if {}
      projection @fc from @in to @b delay 0 dense 1x1 { [1] }
      projection @up from @a to @b delay 0 dense 1x1 { [2] }
      projection @down from @b to @a delay 1 dense 1x1 { [3] }
      inputs @in outputs @a })");
}

TEST(NirWriter, SeveralInputsAndOutputs) {
  const net::Net back = expectKept(R"(net @n {
      population @in2 shape 2x1x2 model input
      population @in10 size 3 model input
      population @z size 2 model if {}
      population @a size 2 model li { tau 3 r 1 v_leak 0.5 }
      projection @p from @in2 to @z delay 0 dense 2x4 { [1 2 3 4] [5 6 7 8] }
      projection @q from @in10 to @z delay 0 dense 2x3 { [1 2 3] [5 6 7] }
      projection @r from @z to @a delay 0 dense 2x2 { [1 2] [5 6] }
      inputs @in2 @in10 outputs @z @a })");
  EXPECT_EQ(back.populations[back.outputs[0]].name, "z");
}

TEST(NirWriter, KeepsMapsSymbolic) {
  const net::Net back = expectKept(R"(net @n {
      population @in shape 2x5x6 model input
      population @c shape 3x3x3 model if {}
      population @d size 4 model if {}
      projection @conv from @in to @c delay 0 conv 3x3x3 of 2x5x6 kernel 3x3 stride 2x2 pad 1x1 {
        [1 2 3 4 5 6 7 8 9 9*1] [9*2 9*3] [9*4 9*-1]
        bias [9*1 9*-2 9*0.5] }
      projection @fc from @c to @d delay 0
        before sumpool 3x1x1 of 3x3x3 kernel 2x2 stride 2x2 { }
        dense 4x3 { [1 2 3] [4 5 6] [7 8 9] [1 0 1] }
      inputs @in outputs @d })");
  EXPECT_TRUE(std::holds_alternative<net::ConvWeights>(projection(back, "conv").weights));
  ASSERT_EQ(projection(back, "fc").before.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<net::PoolMap>(projection(back, "fc").before[0]));
}

// What has no node becomes a matrix.
TEST(NirWriter, UnrollsWhatNirHasNoNodeFor) {
  const net::Net back = expectKept(R"(net @n {
      population @in shape 2x3x3 model input
      population @flat size 9 model if {}
      population @c shape 1x3x3 model if {}
      projection @sparse from @in to @flat delay 0 sparse 9x18 { 0: 1=2 4=3
        17: 0=-1 8=1 bias [9*0.25] }
      projection @conv from @in to @c delay 0 conv 1x3x3 of 2x3x3 kernel 2x2 pad 1x1 {
        [1 2 3 4 5 6 7 8] bias [1 2 3 4 5 6 7 8 9] }
      projection @scale from @flat to @c delay 2 diagonal 9 { [1 2 3 4 5 6 7 8 9] bias [9*1] }
      inputs @in outputs @c })");
  for (const char *name : {"sparse", "conv", "scale"})
    EXPECT_TRUE(std::holds_alternative<net::DenseWeights>(projection(back, name).weights)) << name;
}

TEST(NirWriter, IdentityIsAnEdgeOnce) {
  const net::Net back = expectKept(R"(net @n {
      population @in size 3 model input
      population @a size 3 model if {}
      population @b size 3 model if {}
      projection @in_to_a from @in to @a delay 0 diagonal 3 { 1 }
      projection @again from @in to @a delay 0 sparse 3x3 { 0: 0=1
        1: 1=1
        2: 2=1 }
      projection @half from @a to @b delay 4 diagonal 3 { 0.5 grid bits 8 exponent 2 }
      projection @kept from @a to @b delay 0 diagonal 3 { 1 grid bits 6 exponent 1 }
      inputs @in outputs @b })");
  EXPECT_EQ(projection(back, "half").grid.exponent, 2);
  EXPECT_EQ(projection(back, "kept").grid.weightBits, 6);
}

TEST(NirWriter, NamesThatNirMisreadsAreChangedOrRefused) {
  const net::Net net = parsed(R"(net @n {
      population @in size 1 model input
      population @fc size 1 model if {}
      projection @fc from @in to @fc delay 0 dense 1x1 { [2] }
      projection @"a/b" from @fc to @fc delay 1 dense 1x1 { [3] }
      inputs @in outputs @fc })");
  support::Warnings warnings;
  const net::Net back = reread(net, warnings);
  test::expectSameNet(net, back);
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_EQ(warnings[0].code, DiagCode::ExportChanged);
  EXPECT_EQ(warnings[0].message, "'fc' is called 'fc_' in the file");
  EXPECT_EQ(warnings[1].message, "'a/b' is called 'a_b' in the file");
  std::string message;
  EXPECT_EQ(codeOf("net @n { population @in size 1 model input population @. size 1 model if {}"
                   "projection @p from @in to @. delay 0 dense 1x1 { [2] } inputs @in outputs @. }",
                   &message),
            DiagCode::ExportForm);
  EXPECT_CONTAINS(message, "'.' is no name of a NIR node");
}

TEST(NirWriter, RefusesWhatNirCannotSay) {
  std::string message;
  EXPECT_EQ(codeOf(R"(net @n { population @b size 1 model input population @a size 1 model input
      population @x size 1 model if {}
      projection @p from @a to @x delay 0 dense 1x1 { [2] }
      projection @q from @b to @x delay 0 dense 1x1 { [2] } inputs @b @a outputs @x })",
                   &message),
            DiagCode::ExportForm);
  EXPECT_CONTAINS(message, "input 'a' comes after 'b'");
  EXPECT_EQ(codeOf(R"(net @n { population @in size 1 model input population @x size 1 model if {}
      inputs @in outputs @x })",
                   &message),
            DiagCode::ExportForm);
  EXPECT_CONTAINS(message, "nothing feeds 'x'");
  EXPECT_EQ(codeOf(R"(net @n { profile { integrator unit }
      population @in size 1 model input
      population @x size 1 model cubalif { w_in 2 }
      projection @p from @in to @x delay 0 dense 1x1 { [2] } inputs @in outputs @x })",
                   &message),
            DiagCode::ExportForm);
  EXPECT_CONTAINS(message, "'x' has a w_in without tau_syn");
}

TEST(NirWriter, RefusesMatricesThatAreTooLarge) {
  net::Net net = parsed(R"(net @n { population @in size 1 model input
      population @x size 1 model if {}
      projection @p from @in to @x delay 0 sparse 1x1 { 0: 0=1 bias [1] } inputs @in outputs @x })");
  constexpr uint32_t kSide = 10000;
  for (net::Population &population : net.populations)
    population.shape = {kSide};
  net.projections[0].weights =
      net::SparseWeights{kSide, kSide, std::vector<uint64_t>(kSide + 1, 0), {}, {}};
  net.projections[0].bias.assign(kSide, 1.0);
  support::Warnings warnings;
  auto bytes = toNir(net, warnings);
  ASSERT_FALSE(static_cast<bool>(bytes));
  const support::Diagnostic first = firstDiagnostic(bytes.takeError());
  EXPECT_EQ(first.code, DiagCode::ExportTooLarge);
  EXPECT_CONTAINS(first.message, "'p' is only a matrix in a .nir file");
}

TEST(NirWriter, UnreadLayersBecomeOutputs) {
  const net::Net net = parsed(R"(net @n { population @in size 1 model input
      population @x size 1 model if {} population @y size 1 model if {}
      projection @p from @in to @x delay 0 dense 1x1 { [2] }
      projection @q from @in to @y delay 0 dense 1x1 { [2] } inputs @in outputs @x })");
  support::Warnings warnings;
  const net::Net back = reread(net, warnings);
  ASSERT_EQ(back.outputs.size(), 2u);
  EXPECT_EQ(back.populations[back.outputs[0]].name, "x");
  ASSERT_FALSE(warnings.empty());
  EXPECT_EQ(warnings[0].code, DiagCode::ExportChanged);
}

TEST(NirWriter, LeavesAnOldFileWhereItCannotWrite) {
  const ScratchFolder folder;
  const std::string path = folder / "net.nir";
  ASSERT_FALSE(static_cast<bool>(support::writeFile(path, llvm::StringRef("old"))));
  support::Warnings warnings;
  const net::Net net = parsed("net @n { population @in size 1 model input population @x size 1 "
                              "model if {} inputs @in outputs @x }");
  EXPECT_EQ(firstDiagnostic(writeNir(net, path, warnings)).code, DiagCode::ExportForm);
  auto old = support::readFile(path);
  ASSERT_TRUE(static_cast<bool>(old));
  EXPECT_EQ((*old)->getBuffer(), "old");
  EXPECT_EQ(folder.files(), 1u);
}

} // namespace
} // namespace snnc::compiler
