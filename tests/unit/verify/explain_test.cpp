// What verify says about the synapses behind a difference.
#include "runtime/verify/explain.h"

#include "runtime/cycle/cycle_machine.h"
#include "runtime/verify/verify.h"
#include "tests/support/image_builder.h"

#include <gtest/gtest.h>

using namespace snnc;
using namespace snnc::runtime;
using verify::dueSynapses;

namespace {

// input [1,2,4] -> pool 1 x 2 -> [1,2,2] -> conv 1 x 2, padded on the left -> "a" [2,2,2], and
// input -> "a" dense with delay 1.
net::QuantNet convNet() {
  net::QuantNet net;
  net.populations.resize(2);
  net.populations[0].name = "in";
  net.populations[0].shape = {1, 2, 4};
  net.populations[0].isInput = true;
  net.populations[1].name = "a";
  net.populations[1].shape = {2, 2, 2};
  net::NeuronConfig neuron;
  neuron.du = 4095;
  neuron.threshold = 1 << 20;
  net.populations[1].neurons.assign(8, neuron);
  net.projections.resize(2);
  net::QuantProjection &conv = net.projections[0];
  conv.name = "conv";
  conv.target = 1;
  conv.exponent = 1;
  conv.pools = {{1, {2, 4, 2, 2, 1, 2, 1, 2}, false}};
  conv.weights = net::ConvInts{1, 2, 1, {2, 2, 2, 2, 1, 2, 1, 1, 0, 1}, {1, 2, 3, -4}};
  net::QuantProjection &dense = net.projections[1];
  dense.name = "fc";
  dense.target = 1;
  dense.delay = 1;
  dense.weights = net::DenseInts{8, 8, std::vector<int16_t>(64, 5)};
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

trace::SampleTrace spikesOf(std::vector<uint8_t> spikes) {
  trace::SampleTrace trace;
  trace.steps = static_cast<uint32_t>(spikes.size() / 8);
  trace.populations.resize(2);
  trace.populations[0] = {"in", 8, std::move(spikes), {}, {}, {}};
  return trace;
}

} // namespace

TEST(Explain, NamesSourceAndKernelEntry) {
  // Neuron [1,1,1] sees pooled elements [1,0] by kernel entry 0 and [1,1] by entry 1.
  EXPECT_EQ(dueSynapses(convNet(), {}, 1, 7, 0, spikesOf({1, 0, 0, 0, 0, 1, 1, 0})),
            "due: 'conv' from [0,1,1] by kernel [1,0,0,0]: 3 << 7; "
            "'conv' from [0,1,2] by kernel [1,0,0,1]: -4 << 7");
  // Neuron [1,1,0] has padding under entry 0.
  EXPECT_EQ(dueSynapses(convNet(), {}, 1, 6, 0, spikesOf({0, 0, 0, 0, 1, 0, 1, 0})),
            "due: 'conv' from [0,1,0] by kernel [1,0,0,1]: -4 << 7");
  EXPECT_EQ(dueSynapses(convNet(), {}, 1, 6, 0, spikesOf({1, 1, 1, 1, 0, 0, 1, 1})),
            "due: no synapse");
}

TEST(Explain, DelaysAndTheRestCounted) {
  const std::string text = dueSynapses(convNet(), {}, 1, 0, 1,
                                       spikesOf({1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(text.substr(0, 36), "due: 'fc' from [0,0,0]: 5 << 6; 'fc'");
  EXPECT_EQ(text.substr(text.size() - 8), "; 2 more");
}

// The image of another kernel: verify finds the first wrong current and what should have come.
TEST(Explain, IsPartOfTheFirstDifference) {
  const net::QuantNet net = convNet();
  net::QuantNet wrong = net;
  std::get<net::ConvInts>(wrong.projections[0].weights).kernel[3] = -5;
  support::Rng rng(1);
  const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  const auto image = test::layOut(wrong, target, {}, rng);
  ASSERT_TRUE(image);
  auto report = verify::verifyEngines(
      {.image = *image,
       .network = &net,
       .core = target.core,
       .engines = {{"quant", {}},
                   {"cycle",
                    [](const image::Image &) -> llvm::Expected<std::unique_ptr<Machine>> {
                      return cycle::createCycleMachine();
                    }}},
       .firstSample = 0,
       .samples = 1,
       .sampleAt = [](uint64_t) -> llvm::Expected<data::EncodedSample> {
         return data::EncodedSample{1, 8, {0, 0, 0, 0, 0, 0, 0, 1}, {}};
       },
       .command = {},
       .progress = {}});
  ASSERT_TRUE(static_cast<bool>(report)) << llvm::toString(report.takeError());
  EXPECT_FALSE(report->pass);
  EXPECT_EQ(report->imageDifference,
            "synapse 0 -> 4 of 'conv' weighs -10 in the image and -8 in the network");
  ASSERT_TRUE(report->pairs[0].first);
  EXPECT_EQ(report->pairs[0].first->neuron, 7u);
  EXPECT_NE(report->pairs[0].first->operation.find(
                "due: 'conv' from [0,1,3] by kernel [1,0,0,1]: -4 << 7"),
            std::string::npos)
      << report->pairs[0].first->operation;
}
