// A crossbar network onto a crossbar target, field by field, and every limit. What such images do:
// tests/property/crossbar_cores_test.cpp, tests/acceptance/ranc.py.
#include "compiler/crossbar/crossbar_image.h"

#include "common/image/codec.h"
#include "tests/unit/support/expect_diag.h"

#include <functional>

using namespace snnc;
using net::CrossbarNet;
using support::DiagCode;

namespace {

target::Target chip() {
  return llvm::cantFail(target::loadTarget("truenorth-like"));
}

// Cores at (0,0) and (2,1), the bus at (1,0); 70 axons, two words a row; three types.
CrossbarNet twoCores() {
  CrossbarNet net;
  net.name = "two";
  net.width = 3;
  net.height = 2;
  net.axons = 70;
  net.neurons = 3;
  net.types = 3;
  net.bus = {1, 0, 5};
  for (const auto &[x, y] : {std::pair(0, 0), std::pair(2, 1)}) {
    net::CrossbarCore &core = net.cores.emplace_back();
    core.x = static_cast<uint16_t>(x);
    core.y = static_cast<uint16_t>(y);
    core.axonTypes.assign(70, 0);
    core.axonTypes[69] = 2;
    core.neurons.resize(3);
    core.weights = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    core.crossbar = {1, 0, 0, uint64_t{1} << 5, 3, 3};
  }
  std::vector<net::CrossbarNeuron> &neurons = net.cores[0].neurons;
  neurons[0] = {true, net::CrossbarReset::Linear, true, -5, 100, -20, 3, 17, {2, 1, 69, 14}};
  neurons[1] = {true, net::CrossbarReset::Hard, false, 5, 200, -40, 6, -17, {1, 0, 4, 9}};
  neurons[2].vInit = -7; // not enabled
  net.cores[1].neurons[0] = {true, net::CrossbarReset::Hard, false, 0, 1, 0, 0, 0, {-1, 0, 0, 0}};
  net.packets = {{0, 0, 0, 1}, {0, 1, 1, 1}, {0, 2, 1, 69}, {3, 2, 1, 0}};
  return net;
}

// Tables of the sizes that the network now has.
void resize(CrossbarNet &net) {
  for (net::CrossbarCore &core : net.cores) {
    core.axonTypes.resize(net.axons);
    core.neurons.resize(net.neurons);
    core.weights.resize(size_t{net.neurons} * net.types);
    core.crossbar.assign(size_t{net.neurons} * net.rowWords(), 0);
  }
  net.width = std::max(net.width, net.cores[1].x + 1u);
  net.height = std::max(net.height, net.cores[1].y + 1u);
}

} // namespace

TEST(CrossbarImage, EveryFieldInItsPlace) {
  ASSERT_TRUE(diagnosticsOf(net::verify(twoCores())).empty());
  auto made = compiler::toImage(twoCores(), chip());
  ASSERT_TRUE(static_cast<bool>(made)) << llvm::toString(made.takeError());
  const image::Image &image = *made;
  EXPECT_TRUE(diagnosticsOf(image::verify(image)).empty());
  EXPECT_EQ(image.netName, "two");
  EXPECT_EQ(image.meshWidth, 3u);
  EXPECT_EQ(image.meshHeight, 2u);
  ASSERT_EQ(image.cores.size(), 2u);
  EXPECT_EQ(image.cores[1].x, 2u);
  EXPECT_EQ(image.cores[1].y, 1u);
  EXPECT_EQ(image.populations[1].name, "core_2_1");
  EXPECT_EQ(image.populations[1].segments, (std::vector<image::Segment>{{0, 3, 1, 0}}));
  const image::CoreImage &core = image.cores[0];
  EXPECT_EQ(core.groups, (std::vector<image::Group>{{0, 3, 0}}));
  const image::CrossbarTables &tables = core.crossbar;
  EXPECT_EQ(tables.axonTypes.size(), 70u);
  EXPECT_EQ(tables.axonTypes[69], 2u);
  EXPECT_EQ(tables.enabled, (std::vector<uint8_t>{1, 1, 0}));
  EXPECT_EQ(tables.neurons[0], (net::CrossbarConfig{-5, 100, -20, 3, 17, true, true}));
  EXPECT_EQ(tables.neurons[1], (net::CrossbarConfig{5, 200, -40, 6, -17, false, false}));
  EXPECT_EQ(tables.neurons[2], (net::CrossbarConfig{0, 0, 0, 0, -7, false, false}));
  // Four types and four words of the target; weights of a neuron that is off are 0.
  EXPECT_EQ(tables.weights, (std::vector<int16_t>{1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0, 0}));
  EXPECT_EQ(tables.rows, (std::vector<uint64_t>{1, 0, 0, 0, 0, 32, 0, 0, 3, 3, 0, 0}));
  // To the other core; to the bus; nowhere.
  EXPECT_EQ(core.outSlots, (std::vector<image::OutSlot>{{2, 1, 14, 69}}));
  EXPECT_EQ(core.outPointers, (std::vector<image::OutPointer>{{0, 1}, {1, 0}, {1, 0}}));
  EXPECT_EQ(image.bus, (std::vector<image::BusOutput>{{0, 1, 4}}));
  EXPECT_EQ(image.busColumns, 5u);
  // (1,1) has no core: the spikes of (2,1) are lost.
  EXPECT_TRUE(image.cores[1].outSlots.empty());
}

TEST(CrossbarImage, PacketsOfATick) {
  const CrossbarNet net = twoCores();
  size_t next = 0;
  const auto first = compiler::packetsOf(net, 0, next);
  ASSERT_EQ(first.size(), 2u); // that for (1,1) is lost
  EXPECT_EQ(first[1].x, 2u);
  EXPECT_EQ(first[1].y, 1u);
  EXPECT_EQ(first[1].axon, 69u);
  EXPECT_TRUE(compiler::packetsOf(net, 1, next).empty());
  EXPECT_TRUE(compiler::packetsOf(net, 2, next).empty());
  EXPECT_EQ(compiler::packetsOf(net, 3, next).size(), 1u);
  EXPECT_EQ(next, net.packets.size());
}

TEST(CrossbarImage, EveryLimitIsChecked) {
  const struct {
    const char *message;
    std::function<void(CrossbarNet &)> change;
  } cases[] = {
      {"'two' needs 257 axons per core, target 'truenorth-like' has 256",
       [](CrossbarNet &n) { n.axons = 257; }},
      {"needs 257 neurons per core", [](CrossbarNet &n) { n.neurons = 257; }},
      {"needs 5 axon types, target 'truenorth-like' has 4", [](CrossbarNet &n) { n.types = 5; }},
      {"needs 66 columns of cores", [](CrossbarNet &n) { n.cores[1].x = 65; }},
      {"needs 65 rows of cores", [](CrossbarNet &n) { n.cores[1].y = 64; }},
      {"core (0,0) neuron 1: leak 256, target 'truenorth-like' has -256..255",
       [](CrossbarNet &n) { n.cores[0].neurons[1].leak = 256; }},
      {"leak -257", [](CrossbarNet &n) { n.cores[0].neurons[1].leak = -257; }},
      {"threshold 131072", [](CrossbarNet &n) { n.cores[0].neurons[1].threshold = 131072; }},
      {"floor -131073", [](CrossbarNet &n) { n.cores[0].neurons[1].floor = -131073; }},
      {"reset 131072", [](CrossbarNet &n) { n.cores[0].neurons[1].reset = 131072; }},
      {"potential 524288", [](CrossbarNet &n) { n.cores[0].neurons[1].vInit = 524288; }},
      {"neuron 2: potential -524289",
       [](CrossbarNet &n) { n.cores[0].neurons[2].vInit = -524289; }},
      {"weight 256", [](CrossbarNet &n) { n.cores[0].weights[5] = 256; }},
      {"weight -257", [](CrossbarNet &n) { n.cores[0].weights[3] = -257; }},
  };
  for (const auto &limit : cases) {
    CrossbarNet net = twoCores();
    limit.change(net);
    resize(net);
    ASSERT_TRUE(diagnosticsOf(net::verify(net)).empty()) << limit.message;
    const std::vector<support::Diagnostic> all =
        diagnosticsOf(compiler::toImage(net, chip()).takeError());
    ASSERT_EQ(all.size(), 1u) << limit.message;
    EXPECT_EQ(all[0].code, DiagCode::CrossbarLimit);
    EXPECT_CONTAINS(all[0].message, limit.message);
  }
}

// The other ends of the ranges, and what is not looked at: registers of a neuron that is off.
TEST(CrossbarImage, TheLastValuesThatFit) {
  CrossbarNet net = twoCores();
  net.cores[0].neurons[0] = {
      true, net::CrossbarReset::Hard, false, -256, 131071, -131072, 131071, -524288, {0, 0, 0, 14}};
  net.cores[0].weights = {255, -256, 0, 0, 0, 0, 1 << 20, 0, 0};
  net.cores[0].neurons[2].leak = 1 << 20;
  auto image = compiler::toImage(net, chip());
  ASSERT_TRUE(static_cast<bool>(image)) << llvm::toString(image.takeError());
  EXPECT_TRUE(diagnosticsOf(image::verify(*image)).empty());
}

TEST(CrossbarImage, AllViolationsAtOnceAndTheRestCounted) {
  CrossbarNet net = twoCores();
  net.types = 5;
  resize(net);
  for (net::CrossbarCore &core : net.cores) {
    core.weights.assign(15, 1000);
    for (net::CrossbarNeuron &neuron : core.neurons) {
      neuron.enabled = true;
      neuron.leak = 1000;
    }
  }
  const std::vector<support::Diagnostic> all =
      diagnosticsOf(compiler::toImage(net, chip()).takeError());
  EXPECT_EQ(all.size(), 20u);
  EXPECT_CONTAINS(all[0].message, "axon types");
  EXPECT_CONTAINS(all[1].message, "leak 1000");
  EXPECT_EQ(all.back().help, "17 more follow"); // 1 + 6 * (1 + 5) - 20
}

TEST(CrossbarImage, CubaCoresAreNotForIt) {
  const support::Diagnostic diagnostic = firstDiagnostic(
      compiler::toImage(twoCores(), llvm::cantFail(target::loadTarget("loihi-like"))).takeError());
  EXPECT_EQ(diagnostic.code, DiagCode::TargetKind);
  EXPECT_CONTAINS(diagnostic.help, "truenorth-like");
}
