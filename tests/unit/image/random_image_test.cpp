// The images that tests of the engines are run on: legal, the network that they were made of, and
// with everything in them that the format allows.
#include "common/image/codec.h"
#include "common/net/equal_nets.h"
#include "tests/support/image_builder.h"
#include "tests/support/random_net.h"
#include "tests/support/seeds.h"

#include "small_image.h"

#include <set>
#include <tuple>

using namespace snnc;
using namespace snnc::image;

TEST(RandomImage, IsItsNetworkAndSharesLists) {
  auto target = target::loadTarget("loihi-like");
  ASSERT_TRUE(static_cast<bool>(target)) << llvm::toString(target.takeError());
  uint64_t images = 0, shared = 0, sharedSparse = 0, sparseRows = 0, copies = 0, indicesBeyond = 0;
  test::forEachSeed(500, 100, [&](uint64_t seed, support::Rng &rng) {
    test::RandomNetOptions options;
    options.maxSize = 100;
    options.maxInputs = 60;
    const net::QuantNet net = test::randomQuantNet(rng, target->core, options);
    test::LayoutOptions layout;
    layout.neuronsPerCore = 64;
    layout.shuffle = seed % 4 != 0;
    const std::optional<Image> image = test::layOut(net, *target, layout, rng);
    if (!image)
      return;
    ++images;
    auto back = toNetwork(*image);
    ASSERT_TRUE(static_cast<bool>(back)) << llvm::toString(back.takeError());
    EXPECT_EQ(net::firstDifference(net, *back), std::nullopt);
    for (const CoreImage &core : image->cores) {
      std::set<uint32_t> lists;
      for (const AxonEntry &axon : core.axons) {
        const bool isNew = lists.insert(axon.address).second;
        shared += !isNew;
        sharedSparse += !isNew && axon.sparse;
        sparseRows += axon.sparse && axon.baseRow != 0;
      }
      if (core.synapses.size() > 1)
        copies += std::set<uint64_t>(core.synapses.begin(), core.synapses.end()).size() <
                  core.synapses.size();
      const WordFormat format = WordFormat::of(target->core);
      for (const AxonEntry &axon : core.axons)
        if (axon.sparse)
          indicesBeyond += format.pairNeuron(core.synapses[axon.address], 0) >=
                           format.lanes; // not the first row
    }
  });
  if (std::getenv("SNNC_SEED") != nullptr)
    return;
  EXPECT_GT(images, 30u);
  EXPECT_GT(shared, 100u);
  EXPECT_GT(sharedSparse, 30u);
  EXPECT_GT(sparseRows, 100u);
  EXPECT_GT(copies, 10u);
  EXPECT_GT(indicesBeyond, 20u);
}
