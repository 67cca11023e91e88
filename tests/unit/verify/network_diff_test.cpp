// Every part of a network that an image could get wrong is compared.
#include "runtime/verify/verify.h"

#include "tests/support/image_builder.h"
#include "tests/support/random_net.h"

#include <gtest/gtest.h>

#include <functional>

using namespace snnc;

namespace {

net::QuantNet small() {
  net::QuantNet net;
  net.populations.resize(2);
  net.populations[0].name = "in";
  net.populations[0].shape = {2};
  net.populations[0].isInput = true;
  net.populations[1].name = "a";
  net.populations[1].shape = {3};
  net.populations[1].neurons.resize(3);
  net.projections.resize(1);
  net.projections[0].name = "in_a";
  net.projections[0].target = 1;
  net.projections[0].exponent = 2;
  net.projections[0].weights = net::DenseInts{3, 2, {1, 0, -2, 3, 0, 4}};
  net::HostLayer host;
  host.name = "host";
  host.target = 1;
  host.weights = net::DenseInts{3, 2, {1, 2, 3, 4, 5, 6}};
  host.bias = {1, 2, 3};
  host.shift = {0, 1, 2};
  net.hostLayers = {host};
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

std::string difference(const image::Image &image, const net::QuantNet &net) {
  auto text = runtime::verify::compareImageWithNetwork(image, net);
  if (text)
    return *text;
  return llvm::toString(text.takeError());
}

} // namespace

TEST(NetworkDiff, NamesWhatDiffers) {
  const net::QuantNet net = small();
  support::Rng rng(1);
  const auto image = test::layOut(net, llvm::cantFail(target::loadTarget("tiny")), {}, rng);
  ASSERT_TRUE(image);
  EXPECT_EQ(difference(*image, net), "");

  const std::vector<std::pair<std::string, std::function<void(net::QuantNet &)>>> changes = {
      {"another name", [](auto &n) { n.populations[1].name = "b"; }},
      {"another name, shape or kind",
       [](auto &n) {
         n.populations[0].shape = {1, 2};
       }},
      {"vmin", [](auto &n) { n.populations[1].vmin = 0; }},
      {"vmax", [](auto &n) { n.populations[1].vmax = 5; }},
      {"duOffset", [](auto &n) { n.populations[1].duOffset = 0; }},
      {"neuron 2 of 'a' has other registers", [](auto &n) { n.populations[1].neurons[2].dv = 1; }},
      {"projection 'x'", [](auto &n) { n.projections[0].name = "x"; }},
      {"delay", [](auto &n) { n.projections[0].delay = 1; }},
      {"synapse 1 -> 1 of 'in_a' weighs 12 in the image and 20 in the network",
       [](auto &n) { std::get<net::DenseInts>(n.projections[0].weights).values[3] = 5; }},
      {"synapse 1 -> 0 of 'in_a' weighs 0 in the image and 4 in the network",
       [](auto &n) { std::get<net::DenseInts>(n.projections[0].weights).values[1] = 1; }},
      {"weighs 4 in the image and 2 in the network",
       [](auto &n) { n.projections[0].exponent = 1; }},
      {"projections", [](auto &n) { n.projections.clear(); }},
      {"synapse 1 -> 2 of 'host' weighs 6 in the image and 7 in the network",
       [](auto &n) { std::get<net::DenseInts>(n.hostLayers[0].weights).values[5] = 7; }},
      {"'host' has 2 sources in the image and 1 in the network",
       [](auto &n) {
         n.hostLayers[0].weights = net::DenseInts{3, 1, {1, 3, 5}};
       }},
      {"host layer 'host'", [](auto &n) { n.hostLayers[0].bias[0] = 7; }},
      {"host layer 'host'", [](auto &n) { n.hostLayers[0].shift[0] = 7; }},
      {"host layer 'host'", [](auto &n) { n.hostLayers[0].inputScale = 7; }},
      {"host layers", [](auto &n) { n.hostLayers.clear(); }},
      {"inputs or outputs", [](auto &n) { n.outputs = {}; }},
  };
  for (const auto &[expected, change] : changes) {
    net::QuantNet changed = net;
    change(changed);
    const std::string text = difference(*image, changed);
    EXPECT_NE(text.find(expected), std::string::npos) << "'" << text << "' for " << expected;
  }
}

// Other forms of the same synapses are the same network.
TEST(NetworkDiff, FormsDoNotMatter) {
  const net::QuantNet net = small();
  support::Rng rng(1);
  const auto image = test::layOut(net, llvm::cantFail(target::loadTarget("tiny")), {}, rng);
  ASSERT_TRUE(image);
  net::QuantNet other = net;
  other.projections[0].weights =
      net::SparseInts{3, 2, {0, 3, 5}, {0, 1, 2, 1, 2}, {1, -2, 0, 3, 4}};
  other.hostLayers[0].weights =
      net::SparseInts{3, 2, {0, 3, 6}, {0, 1, 2, 0, 1, 2}, {1, 3, 5, 2, 4, 6}};
  EXPECT_EQ(difference(*image, other), "");
}

// A convolution behind a pool is compared synapse by synapse.
TEST(NetworkDiff, ConvolutionsAndPools) {
  net::QuantNet net = small();
  net.hostLayers.clear();
  net.populations[0].shape = {1, 1, 4};
  net.populations[1].shape = {1, 1, 2};
  net.populations[1].neurons.resize(2);
  net.projections[0].pools = {{1, {1, 4, 1, 2, 1, 2, 1, 2}, false}};
  net.projections[0].weights = net::ConvInts{1, 1, 1, {1, 2, 1, 2, 1, 3, 1, 1, 0, 1}, {7, 5, 3}};
  support::Rng rng(1);
  const auto image = test::layOut(net, llvm::cantFail(target::loadTarget("tiny")), {}, rng);
  ASSERT_TRUE(image);
  EXPECT_EQ(difference(*image, net), "");
  net::QuantNet changed = net;
  std::get<net::ConvInts>(changed.projections[0].weights).kernel[2] = 4;
  // Pooled element 1 (sources 2 and 3) lies on kernel entry 2 of neuron 0.
  EXPECT_EQ(difference(*image, changed),
            "synapse 2 -> 0 of 'in_a' weighs 12 in the image and 16 in the network");
  changed = net;
  changed.projections[0].pools[0].window = {1, 4, 1, 2, 1, 1, 1, 2};
  EXPECT_EQ(difference(*image, changed),
            "synapse 1 -> 0 of 'in_a' weighs 20 in the image and 0 in the network");
}
