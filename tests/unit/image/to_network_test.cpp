#include "common/image/codec.h"

#include "expect_diag.h"
#include "small_image.h"

#include <functional>
#include <map>

using namespace snnc;
using namespace snnc::image;
using support::DiagCode;

using Edges = std::map<std::pair<uint32_t, uint32_t>, int>; // (source, target) -> weight

static Edges edgesOf(const net::QuantProjection &projection) {
  const auto &sparse = std::get<net::SparseInts>(projection.weights);
  Edges edges;
  for (uint32_t source = 0; source < sparse.pres; ++source)
    for (uint64_t k = sparse.rowStart[source]; k < sparse.rowStart[source + 1]; ++k)
      edges[{source, sparse.columns[k]}] = sparse.values[k];
  return edges;
}

TEST(ToNetwork, RebuildsWhatTheTablesSay) {
  auto net = toNetwork(smallImage());
  ASSERT_TRUE(static_cast<bool>(net)) << llvm::toString(net.takeError());
  EXPECT_EQ(net->name, "small");
  ASSERT_EQ(net->populations.size(), 3u);
  EXPECT_TRUE(net->populations[0].isInput);
  EXPECT_EQ(net->populations[1].neurons, (std::vector{neuron(100), neuron(200), neuron(300)}));
  EXPECT_EQ(net->populations[1].vmin, -8388607);
  EXPECT_EQ(net->populations[2].neurons, (std::vector{neuron(400), neuron(500)}));
  ASSERT_EQ(net->projections.size(), 3u);
  EXPECT_EQ(edgesOf(net->projections[0]),
            (Edges{{{0, 0}, 10}, {{0, 1}, -20}, {{0, 2}, 30}, {{1, 2}, -7}, {{1, 0}, 5}}));
  EXPECT_EQ(net->projections[0].exponent, 1);
  EXPECT_EQ(edgesOf(net->projections[1]),
            (Edges{{{0, 0}, 1}, {{0, 1}, 2}, {{1, 1}, 3}, {{2, 0}, -4}}));
  EXPECT_EQ(net->projections[1].exponent, 2);
  EXPECT_EQ(edgesOf(net->projections[2]), (Edges{{{0, 0}, -1}}));
  EXPECT_EQ(net->projections[2].delay, 1u);
  EXPECT_EQ(net->inputs, std::vector<uint32_t>{0});
  EXPECT_EQ(net->outputs, std::vector<uint32_t>{2});
  EXPECT_EQ(net->hostLayers.size(), 1u);
  EXPECT_EQ(net::firstTicks(*net), (std::vector<uint32_t>{0, 0, 1}));
}

TEST(ToNetwork, AxonsThatShareAListHaveTheirOwnRows) {
  auto net = toNetwork(sharingImage());
  ASSERT_TRUE(static_cast<bool>(net)) << llvm::toString(net.takeError());
  EXPECT_EQ(edgesOf(net->projections.at(0)), (Edges{{{0, 1}, 10},
                                                    {{0, 7}, -20},
                                                    {{1, 17}, 10},
                                                    {{1, 23}, -20},
                                                    {{2, 0}, 1},
                                                    {{2, 9}, 2},
                                                    {{2, 15}, 3},
                                                    {{2, 8}, 4},
                                                    {{3, 8}, 1},
                                                    {{3, 17}, 2},
                                                    {{3, 23}, 3},
                                                    {{3, 16}, 4},
                                                    {{4, 23}, -5}}));
}

// The debug section is not believed where a table can be followed instead.
TEST(ToNetwork, EveryWrongTurnIsFound) {
  const struct {
    const char *message;
    std::function<void(Image &)> damage;
  } cases[] = {
      {"stripped", [](Image &i) { i.axonSources.clear(); }},
      {"reaches axon 1 of core 1, which stands for neuron 1",
       [](Image &i) { i.cores[0].outSlots[1].axon = 1; }},
      {"delay 1 to 'a_b', its window asks for 0",
       [](Image &i) { i.cores[0].outSlots[1].delay = 1; }},
      {"reaches it 0 times", [](Image &i) { i.cores[0].outPointers[0].count = 1; }},
      {"reaches it 2 times",
       [](Image &i) {
         i.cores[0].outPointers[1] = {2, 2};
       }},
      {"delay 1 to 'in_a', its window asks for 0",
       [](Image &i) { i.inputs[0].routes[0].offset = 1; }},
      {"reaches it 0 times", [](Image &i) { i.inputs[0].routes.pop_back(); }},
      {"differ in their exponent", [](Image &i) { i.cores[1].axons[1].exponent = 3; }},
      {"which stands for neuron",
       [](Image &i) { std::swap(i.axonSources[1][0], i.axonSources[1][1]); }},
      {"which is not of 'b'",
       [](Image &i) {
         i.cores[0].axons[2].words = 1, i.axonSources[0][2] = {1, 0};
       }},
      {"weight 10 is wider than the 4 bits", [](Image &i) { i.projections[0].weightBits = 4; }},
      {"delay 0 to 'a_a', its window asks for 1", [](Image &i) { i.projections[2].delay = 2; }},
      {"two synapses from 1 to 2",
       [](Image &i) {
         i.cores[0].synapses[1] = WordFormat::of(tinyTarget().core).putPair(0, 2, -7);
         i.cores[0].synapses.push_back(i.cores[0].synapses[1]);
         i.cores[0].axons[1] = {3, 1, 0, 1, true};
         i.cores[0].axons.push_back({1, 1, 0, 1, true});
         i.axonSources[0].push_back({0, 1});
         i.inputs[0].routes.push_back({1, 0, 3, 0});
       }},
  };
  for (const auto &damaged : cases) {
    Image image = smallImage();
    damaged.damage(image);
    bool found = false;
    std::string said;
    for (const support::Diagnostic &diagnostic : diagnosticsOf(toNetwork(image).takeError())) {
      EXPECT_EQ(diagnostic.code, DiagCode::ImageNotANetwork);
      found |= contains(diagnostic.message, damaged.message);
      said += diagnostic.message + "\n";
    }
    EXPECT_TRUE(found) << damaged.message << "\nsaid\n" << said;
  }
}

// 25 synapses of one source for 24 neurons; found before any is stored.
TEST(ToNetwork, AListLongerThanTheCoreIsRefused) {
  Image image = sharingImage();
  CoreImage &core = image.cores[0];
  const WordFormat format = WordFormat::of(target::CoreSpec());
  core.axons[4] = {static_cast<uint32_t>(core.synapses.size()), 25, 0, 0, true};
  for (uint32_t k = 0; k < 25; ++k)
    core.synapses.push_back(format.putPair(0, 5, 1));
  const auto all = diagnosticsOf(toNetwork(image).takeError());
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all[0].code, DiagCode::ImageNotANetwork);
  EXPECT_CONTAINS(all[0].message, "more synapses than the core has neurons");
}

TEST(ToNetwork, CoresOfOnePopulationMustAgree) {
  Image image = smallImage();
  // b split over both cores: its second neuron moves to core 0.
  image.populations[2].segments = {{0, 1, 1, 0}, {1, 1, 0, 3}};
  image.cores[0].neurons.push_back(neuron(500));
  image.cores[0].outPointers.push_back({0, 0});
  image.cores[0].groups.push_back({3, 1, 1});
  image.cores[0].vmin = 0;
  const auto all = diagnosticsOf(toNetwork(image).takeError());
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all[0].message, "its cores differ in vmin, vmax or duOffset");
}
