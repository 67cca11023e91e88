// Translation validation against an independent oracle: toNetwork() and firstDifference().
#include "common/image/match_network.h"

#include "common/image/codec.h"
#include "common/net/equal_nets.h"
#include "tests/support/image_builder.h"
#include "tests/support/random_net.h"
#include "tests/support/seeds.h"

#include "expect_diag.h"

using namespace snnc;
using namespace snnc::image;
using support::DiagCode;

namespace {

std::string messageOf(llvm::Error error) {
  if (!error)
    return "";
  return firstDiagnostic(std::move(error)).message;
}

// One thing in the tables that is another, or nothing that a network is made of.
void breakSomething(Image &image, support::Rng &rng) {
  CoreImage &core = image.cores[rng.below(image.cores.size())];
  std::vector<AxonSource> &sources = image.axonSources[&core - image.cores.data()];
  switch (rng.below(6)) {
  case 0:
    if (!core.synapses.empty())
      core.synapses[rng.below(core.synapses.size())] ^= uint64_t{1} << rng.below(64);
    return;
  case 1:
    if (!core.outSlots.empty())
      core.outSlots[rng.below(core.outSlots.size())].delay ^= 1;
    return;
  case 2:
    if (!core.axons.empty())
      core.axons[rng.below(core.axons.size())].exponent ^= 1;
    return;
  case 3:
    core.outPointers[rng.below(core.outPointers.size())].count /= 2;
    return;
  case 4:
    core.neurons[rng.below(core.neurons.size())].threshold ^= 4;
    return;
  case 5:
    if (!sources.empty())
      sources[rng.below(sources.size())].source ^= 1;
    return;
  }
}

} // namespace

TEST(MatchNetwork, FindsWhatTheOracleFinds) {
  auto target = target::loadTarget("loihi-like");
  ASSERT_TRUE(static_cast<bool>(target)) << llvm::toString(target.takeError());
  uint64_t images = 0, wrong = 0, right = 0;
  test::forEachSeed(900, 150, [&](uint64_t seed, support::Rng &rng) {
    test::RandomNetOptions options;
    options.maxSize = 100;
    options.maxInputs = 60;
    const net::QuantNet net = test::randomQuantNet(rng, target->core, options);
    test::LayoutOptions layout;
    layout.neuronsPerCore = 64;
    layout.shuffle = seed % 4 != 0;
    std::optional<Image> image = test::layOut(net, *target, layout, rng);
    if (!image)
      return;
    ++images;
    ASSERT_EQ(messageOf(matchNetwork(*image, net)), "");
    for (int k = 0; k < 8; ++k) {
      Image broken = *image;
      breakSomething(broken, rng);
      if (llvm::errorToBool(verify(broken)))
        continue;
      auto back = toNetwork(broken);
      const bool same = back && !net::firstDifference(net, *back);
      llvm::consumeError(back.takeError());
      const std::string message = messageOf(matchNetwork(broken, net));
      EXPECT_EQ(message.empty(), same) << message;
      EXPECT_EQ(messageOf(matchNetwork(broken, net, 3)), message);
      ++(same ? right : wrong);
    }
  });
  if (std::getenv("SNNC_SEED") != nullptr)
    return;
  EXPECT_GT(images, 50u);
  EXPECT_GT(wrong, 200u);
  EXPECT_GT(right, 10u);
}

// 20,000 sources in several chunks, two differences: always the first, whatever the threads.
TEST(MatchNetwork, TheFirstDifferenceForAnyNumberOfThreads) {
  auto target = target::loadTarget("loihi-like");
  ASSERT_TRUE(static_cast<bool>(target)) << llvm::toString(target.takeError());
  constexpr uint32_t kInputs = 20000;
  net::QuantNet net;
  net.name = "wide";
  net.populations.push_back(
      {.name = "in", .shape = {kInputs}, .isInput = true, .neurons = {}, .scale = {}});
  net::NeuronConfig neuron;
  neuron.threshold = 100;
  net.populations.push_back({.name = "a", .shape = {40}, .neurons = {40, neuron}, .scale = {}});
  net::SparseInts weights{40, kInputs, {0}, {}, {}};
  for (uint32_t source = 0; source < kInputs; ++source) {
    weights.columns.push_back(source % 40);
    weights.values.push_back(5);
    weights.rowStart.push_back(source + 1);
  }
  net.projections.push_back({.name = "w", .source = 0, .target = 1, .weights = weights});
  net.inputs = {0};
  net.outputs = {1};
  support::Rng rng(1);
  const std::optional<Image> image =
      test::layOut(net, *target, {.neuronsPerCore = 4, .meshWidth = 10, .meshHeight = 1}, rng);
  ASSERT_TRUE(image);
  std::get<net::SparseInts>(net.projections[0].weights).values[9001] = 6;
  std::get<net::SparseInts>(net.projections[0].weights).values[17000] = 6;
  for (unsigned threads : {1u, 2u, 3u, 16u})
    EXPECT_CONTAINS(messageOf(matchNetwork(*image, net, threads)),
                    "projection 'w': synapse 9001 -> 1 weighs 5 in the image, 6 in the network");
}
