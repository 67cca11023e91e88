#include "common/net/crossbar_net.h"
#include "tests/unit/support/expect_diag.h"

#include <gtest/gtest.h>

#include <functional>

using namespace snnc;
using net::CrossbarNet;

namespace {

// Two cores of 70 axons (two words a row), the bus, and an empty place.
CrossbarNet valid() {
  CrossbarNet net;
  net.name = "small";
  net.width = net.height = 2;
  net.axons = 70;
  net.neurons = 2;
  net.types = 3;
  net.ticks = 5;
  net.bus = {1, 1, 4};
  for (uint16_t x = 0; x < 2; ++x) {
    net::CrossbarCore core;
    core.x = x;
    core.axonTypes.assign(70, 2);
    core.neurons.resize(2);
    core.weights = {0, 0, 5, 1, 1, 1};
    core.crossbar = {1u << 3, 1u << 5, 0, 0};
    core.neurons[0].enabled = true;
    core.neurons[0].target = {static_cast<int16_t>(1 - x), 1, 3, 14};
    net.cores.push_back(core);
  }
  net.cores[1].neurons[1].enabled = true;
  net.cores[1].neurons[1].target = {-1, 1, 69, 0}; // the empty place
  net.packets = {{0, 0, 0, 69}, {2, 0, 1, 0}};
  return net;
}

std::string refusal(const std::function<void(CrossbarNet &)> &change) {
  CrossbarNet net = valid();
  change(net);
  const support::Diagnostic diagnostic = firstDiagnostic(verify(net));
  EXPECT_EQ(diagnostic.code, support::DiagCode::CrossbarInvalid);
  return diagnostic.loc.path + ": " + diagnostic.message;
}

} // namespace

TEST(CrossbarNet, ValidAndEqual) {
  EXPECT_FALSE(static_cast<bool>(verify(valid())));
  EXPECT_TRUE(valid() == valid());
  CrossbarNet other = valid();
  other.cores[1].crossbar[1] ^= 1;
  EXPECT_FALSE(other == valid());
  EXPECT_TRUE(valid().connected(valid().cores[0], 0, 69));
  EXPECT_FALSE(valid().connected(valid().cores[0], 0, 68));
}

TEST(CrossbarNet, EveryRuleIsChecked) {
  const auto expect = [](const std::string &message, void (*change)(CrossbarNet &)) {
    EXPECT_EQ(refusal(change), message);
  };
  expect(": the mesh's width is 257, not in 1 .. 256", [](CrossbarNet &n) { n.width = 257; });
  expect(": the mesh's height is 0, not in 1 .. 256", [](CrossbarNet &n) { n.height = 0; });
  expect(": the number of axons is 4097, not in 1 .. 4096", [](CrossbarNet &n) { n.axons = 4097; });
  expect(": the number of neurons is 0, not in 1 .. 4096", [](CrossbarNet &n) { n.neurons = 0; });
  expect(": the number of axon types is 17, not in 1 .. 16", [](CrossbarNet &n) { n.types = 17; });
  expect(": the number of outputs is 0, not in 1 .. 65536",
         [](CrossbarNet &n) { n.bus->outputs = 0; });
  expect(": the output bus (1, 2) is outside the 2 x 2 mesh", [](CrossbarNet &n) { n.bus->y = 2; });
  expect(": 1048577 ticks are more than 1048576", [](CrossbarNet &n) { n.ticks = 1048577; });
  expect("core (1, 2): it is outside the 2 x 2 mesh", [](CrossbarNet &n) { n.cores[1].y = 2; });
  expect("core (1, 1): it is where the output bus is", [](CrossbarNet &n) { n.cores[1].y = 1; });
  expect("core (0, 0): cores do not ascend by row and column",
         [](CrossbarNet &n) { n.cores[1].x = 0; });
  expect("core (0, 0): 69 axon types instead of 70",
         [](CrossbarNet &n) { n.cores[0].axonTypes.pop_back(); });
  expect("core (0, 0): 3 neurons instead of 2",
         [](CrossbarNet &n) { n.cores[0].neurons.emplace_back(); });
  expect("core (0, 0): 5 weights instead of 6",
         [](CrossbarNet &n) { n.cores[0].weights.pop_back(); });
  expect("core (0, 0): 3 crossbar words instead of 4",
         [](CrossbarNet &n) { n.cores[0].crossbar.pop_back(); });
  expect("core (1, 0): axon 7 is of type 3 of 3",
         [](CrossbarNet &n) { n.cores[1].axonTypes[7] = 3; });
  expect("core (0, 0) neuron 1: its crossbar joins an axon above 69",
         [](CrossbarNet &n) { n.cores[0].crossbar[3] = 64; });
  expect("core (0, 0) neuron 0: its target (2, 1) is outside the 2 x 2 mesh",
         [](CrossbarNet &n) { n.cores[0].neurons[0].target.dx = 2; });
  expect("core (0, 0) neuron 0: its target (1, -1) is outside the 2 x 2 mesh",
         [](CrossbarNet &n) { n.cores[0].neurons[0].target.dy = -1; });
  expect("core (0, 0) neuron 0: its target is axon 4 of 4",
         [](CrossbarNet &n) { n.cores[0].neurons[0].target.axon = 4; });
  expect("core (1, 0) neuron 1: its target is axon 70 of 70",
         [](CrossbarNet &n) { n.cores[1].neurons[1].target.axon = 70; });
  expect("core (0, 0) neuron 0: its delay is 15, not in 0 .. 14",
         [](CrossbarNet &n) { n.cores[0].neurons[0].target.delay = 15; });
  expect("packet 1: tick 0 comes after tick 1", [](CrossbarNet &n) {
    n.packets[0].tick = 1;
    n.packets[1].tick = 0;
  });
  expect("packet 0: (2, 0) is outside the 2 x 2 mesh", [](CrossbarNet &n) { n.packets[0].x = 2; });
  expect("packet 0: it goes to the output bus",
         [](CrossbarNet &n) { n.packets[0].x = n.packets[0].y = 1; });
  expect("packet 0: it is for axon 70 of 70", [](CrossbarNet &n) { n.packets[0].axon = 70; });
}

// Twenty errors, not one for each of a million neurons.
TEST(CrossbarNet, ErrorsAreBounded) {
  CrossbarNet net = valid();
  net.neurons = 4096;
  for (net::CrossbarCore &core : net.cores) {
    core.neurons.assign(4096, core.neurons[0]);
    core.weights.assign(4096 * 3, 0);
    core.crossbar.assign(4096 * 2, ~uint64_t{0});
  }
  EXPECT_EQ(diagnosticsOf(verify(net)).size(), 20u);
}

TEST(CrossbarNet, Summary) {
  EXPECT_EQ(summary(valid()),
            "crossbar network 'small': 2 x 2 mesh, cores of 70 axons (3 types) x 2 neurons\n"
            "  cores     2\n"
            "  neurons   3 of 4\n"
            "  synapses  4 on 4 axons\n"
            "  targets   0 to cores, 2 to the output bus, 1 lost\n"
            "  bus       (1, 1), 4 outputs\n"
            "  input     2 packets in 5 ticks, 1 lost\n");
  // A weight of 0 is no synapse, nor is the crossbar of a neuron that is not enabled.
  CrossbarNet net = valid();
  net.cores[0].weights[2] = 0;
  net.cores[1].neurons[1].enabled = false;
  net.cores[1].crossbar[2] = 1;
  const net::CrossbarStats stats = statsOf(net);
  EXPECT_EQ(stats.synapses, 2u);
  EXPECT_EQ(stats.axons, 2u);
  EXPECT_EQ(stats.neurons, 2u);
  EXPECT_EQ(stats.lost, 0u);
}
