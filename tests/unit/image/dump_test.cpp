#include "common/image/codec.h"

#include "expect_diag.h"
#include "small_image.h"

using namespace snnc;
using namespace snnc::image;

static std::string dumped(const Image &image, bool full) {
  std::string text;
  llvm::raw_string_ostream os(text);
  dump(image, full, os);
  return os.str();
}

TEST(Dump, SummaryAndTables) {
  const std::string summary = dumped(smallImage(), false);
  EXPECT_CONTAINS(summary, "image of 'small'");
  EXPECT_CONTAINS(summary, "target 'tiny'");
  EXPECT_CONTAINS(summary, "reset        subtract           flag: asked for");
  EXPECT_CONTAINS(summary, "'b' 1x2 neurons, first tick 1");
  EXPECT_CONTAINS(summary, "core (1,0): 2/4 neurons, 3/16 axons, 0/16 slots, 3/64 words");
  EXPECT_CONTAINS(summary, "host layer 'host' in -> a, 3 x 2 weights");
  EXPECT_FALSE(contains(summary, "axon 0"));

  const std::string full = dumped(smallImage(), true);
  EXPECT_CONTAINS(full, "axon 0: dense, words 0..0, exponent 1, 'in_a' from 0: 0:10 1:-20 2:30\n");
  EXPECT_CONTAINS(full, "axon 1: sparse, words 1..1, exponent 1, 'in_a' from 1: 2:-7 0:5\n");
  EXPECT_CONTAINS(full,
                  "neuron 0: threshold > 100, reset 0, vInit 0, bias 0 << 0, du 4095, dv 410, "
                  "refractory 1, slots (0,0):2+0 (1,0):0+0\n");
  EXPECT_CONTAINS(full, "group 0..1 first tick 1\n");
}

TEST(Dump, SharedListsAreSeen) {
  const std::string full = dumped(sharingImage(), true);
  EXPECT_CONTAINS(full, "4/16384 words (7 without sharing), v ");
  EXPECT_CONTAINS(full, "axon 0: dense, words 0..0, exponent 0, 'w' from 0: 1:10 7:-20\n");
  EXPECT_CONTAINS(full, "axon 1: dense, words 0..0, exponent 0, 'w' from 1: 17:10 23:-20\n");
  EXPECT_CONTAINS(full, "axon 2: sparse, words 1..2, exponent 0, 'w' from 2: 0:1 9:2 15:3 8:4\n");
  EXPECT_CONTAINS(full, "axon 3: sparse, words 1..2, exponent 0, 'w' from 3: 8:1 17:2 23:3 16:4\n");
  EXPECT_FALSE(contains(dumped(smallImage(), true), "without sharing"));
  Image image = smallImage();
  image.hostLayers[0].weights = net::SparseInts{3, 2, {0, 1, 3}, {2, 0, 1}, {5, -6, 7}};
  EXPECT_CONTAINS(dumped(image, false), "host layer 'host' in -> a, 3 of 3 x 2 weights of");
}

TEST(Dump, ManySegmentsAreListedInFullOnly) {
  Image image = sharingImage();
  image.populations[1].segments.clear();
  for (uint32_t i = 0; i < 24; ++i)
    image.populations[1].segments.push_back({i, 1, 0, i});
  EXPECT_CONTAINS(dumped(image, false), "23..23 on core (0,0) from local 23\n");
  image.populations[1].segments.resize(40, {23, 1, 0, 23});
  EXPECT_CONTAINS(dumped(image, false), "    8 more\n");
  EXPECT_FALSE(contains(dumped(image, true), " more\n"));
}

static std::string differences(const Image &a, const Image &b, uint64_t expected) {
  std::string text;
  llvm::raw_string_ostream os(text);
  EXPECT_EQ(diff(a, b, os), expected);
  return os.str();
}

TEST(Diff, NamesWhatDiffers) {
  EXPECT_EQ(differences(smallImage(), smallImage(), 0), "");
  Image other = smallImage();
  other.netName = "other";
  other.cores[1].synapses[2] ^= 1;
  other.cores[0].neurons[1].threshold = 201;
  other.cores[0].x = 0;
  other.cores[0].outSlots.pop_back();
  const std::string text = differences(smallImage(), other, 4);
  EXPECT_EQ(text, "net: small and other\n"
                  "cores/0/neurons/1 differs\n"
                  "cores/0/outSlots (count): 4 and 3\n"
                  "cores/1/synapses/2 differs\n");
  Image moved = sharingImage();
  moved.cores[0].axons[3].baseRow = 0;
  EXPECT_EQ(differences(sharingImage(), moved, 1), "cores/0/axons/3 differs\n");
}

TEST(SynapseWords, FormatsOfTheTargets) {
  const WordFormat tiny = WordFormat::of(tinyTarget().core);
  EXPECT_EQ(tiny.lanes, 4u);
  EXPECT_EQ(tiny.indexBits, 2u);
  EXPECT_EQ(tiny.pairs, 3u);
  target::CoreSpec loihi;
  const WordFormat format = WordFormat::of(loihi);
  EXPECT_EQ(format.lanes, 8u);
  EXPECT_EQ(format.indexBits, 10u);
  EXPECT_EQ(format.pairs, 3u);
  for (const int32_t weight : {-128, -1, 0, 1, 127}) {
    for (uint32_t lane = 0; lane < format.lanes; ++lane)
      EXPECT_EQ(format.denseWeight(format.putDense(lane, weight), lane), weight);
    for (uint32_t pair = 0; pair < format.pairs; ++pair) {
      const uint64_t word = format.putPair(pair, 1023, weight);
      EXPECT_EQ(format.pairWeight(word, pair), weight);
      EXPECT_EQ(format.pairNeuron(word, pair), 1023u);
    }
  }
}
