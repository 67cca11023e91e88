#include "common/net/equal_nets.h"

#include "tests/unit/compiler/nets.h"
#include "tests/unit/support/expect_diag.h"

#include <functional>

namespace snnc::net {
namespace {

using namespace compiler::test;

QuantNet sample() {
  QuantNet net = intOneLayer(3, 4);
  HostLayer host;
  host.name = "host";
  host.target = 1;
  host.weights = DenseInts{4, 3, std::vector<int16_t>(12, 2)};
  host.bias.assign(4, 0);
  host.shift.assign(4, 0);
  net.hostLayers = {host};
  return net;
}

void expectSeen(const std::function<void(QuantNet &)> &change, const std::string &text) {
  QuantNet other = sample();
  change(other);
  const std::optional<std::string> difference = firstDifference(sample(), other);
  ASSERT_TRUE(difference.has_value()) << text;
  EXPECT_CONTAINS(*difference, text);
}

TEST(EqualNets, StorageDoesNotMatter) {
  QuantNet sparse = sample();
  SparseInts ints{4, 3, {0}, {}, {}};
  for (uint32_t pre = 0; pre < 3; ++pre) {
    for (uint32_t post = 0; post < 4; ++post) {
      ints.columns.push_back(post);
      ints.values.push_back(1);
    }
    ints.rowStart.push_back(ints.columns.size());
  }
  sparse.projections[0].weights = ints;
  EXPECT_EQ(firstDifference(sample(), sparse), std::nullopt);
  std::get<SparseInts>(sparse.projections[0].weights).values[5] = 0;
  EXPECT_EQ(firstDifference(sample(), sparse), "projection 'w': synapse 1 -> 1 weighs 1 against 0");
}

TEST(EqualNets, EveryDifferenceIsSeen) {
  expectSeen([](QuantNet &n) { n.populations[1].neurons[2].threshold = 7; },
             "'hidden': neuron 2: threshold 1000 against 7");
  expectSeen([](QuantNet &n) { n.populations[1].neurons[3].biasToCurrent = true; },
             "bias_to_current");
  expectSeen(
      [](QuantNet &n) {
        n.populations[1].neurons.clear();
        n.populations[1].crossbar.resize(4);
      },
      "neurons 4 against 0");
  expectSeen([](QuantNet &n) { n.populations[1].vmax = 9; }, "vmax");
  expectSeen([](QuantNet &n) { n.populations[1].shape = {2, 2}; }, "shapes differ");
  expectSeen([](QuantNet &n) { n.populations.pop_back(); }, "populations 2 against 1");
  expectSeen([](QuantNet &n) { n.projections[0].delay = 1; }, "delay 0 against 1");
  expectSeen([](QuantNet &n) { n.projections[0].exponent = 2; }, "exponent 0 against 2");
  expectSeen([](QuantNet &n) { n.projections[0].weightBits = 4; }, "weight bits");
  expectSeen([](QuantNet &n) { std::get<DenseInts>(n.projections[0].weights).values[4] = -3; },
             "synapse 1 -> 1 weighs 1 against -3");
  expectSeen([](QuantNet &n) { std::get<DenseInts>(n.hostLayers[0].weights).values[0] = 0; },
             "host layer 'host': synapse 0 -> 0 weighs 2 against 0");
  expectSeen([](QuantNet &n) { n.hostLayers[0].shift[1] = 3; }, "registers differ");
  expectSeen([](QuantNet &n) { n.outputs = {}; }, "outputs");
}

TEST(EqualNets, ExponentOfNothingIsNothing) {
  QuantNet a = sample(), b = sample();
  for (QuantNet *net : {&a, &b})
    for (int16_t &value : std::get<DenseInts>(net->projections[0].weights).values)
      value = 0;
  b.projections[0].exponent = 5;
  EXPECT_EQ(firstDifference(a, b), std::nullopt);
}

} // namespace
} // namespace snnc::net
