// 500 random networks, 50 for each kind of core on each of five meshes: the network in double, the
// cycle engine and the RTL agree in every spike and state, the last two in every cycle and counter,
// and the image decodes into the network it came from.
#include "compiler/pipeline/compile.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/rtl/rtl_machine.h"
#include "runtime/verify/verify.h"
#include "tests/cosim/lockstep.h"
#include "tests/support/image_builder.h"
#include "tests/support/random_crossbar_net.h"
#include "tests/support/random_net.h"
#include "tests/support/seeds.h"

#include "llvm/Support/raw_ostream.h"

using namespace snnc;
using namespace snnc::runtime;

namespace {

struct Mesh {
  uint32_t width, height;
};

struct Case {
  image::Image image;
  net::QuantNet network;
};

// Empty if this network does not fit: another will.
using MakeCase = std::function<std::optional<Case>(support::Rng &rng, Mesh mesh)>;

class Campaign : public ::testing::TestWithParam<Mesh> {
protected:
  static constexpr uint64_t kNetworks = 50;

  void run(const target::Target &target, uint64_t base, const MakeCase &make) {
    uint64_t agreed = 0, ticks = 0, tried = 0;
    test::forEachSeed(base, 20 * kNetworks, [&](uint64_t, support::Rng &rng) {
      if (agreed == kNetworks)
        return;
      ++tried;
      std::optional<Case> made = make(rng, GetParam());
      if (!made)
        return;
      // The whole mesh, though not every core may be used.
      made->image.meshWidth = GetParam().width;
      made->image.meshHeight = GetParam().height;
      expectAgreement(*made, target, rng, ticks);
      ++agreed;
    });
    if (std::getenv("SNNC_SEED") != nullptr)
      return;
    std::cout << agreed << " of " << tried << " networks fit, " << ticks << " ticks\n";
    EXPECT_EQ(agreed, kNetworks);
    EXPECT_GT(ticks, 3 * kNetworks);
  }

  static void expectAgreement(const Case &made, const target::Target &target, support::Rng &rng,
                              uint64_t &ticks) {
    const auto steps = static_cast<uint32_t>(rng.between(1, 12));
    const data::EncodedSample sample = test::randomSample(rng, made.network, steps);
    auto report = verify::verifyEngines(
        {.image = made.image,
         .network = &made.network,
         .core = target.core,
         .engines = {{"quant", {}},
                     {"cycle",
                      [](const image::Image &) -> llvm::Expected<std::unique_ptr<Machine>> {
                        return cycle::createCycleMachine();
                      }},
                     {"rtl", [](const image::Image &
                                    image) { return rtl::createRtlMachine(image, llvm::errs()); }}},
         .firstSample = 0,
         .samples = 1,
         .sampleAt = [&](uint64_t) { return sample; },
         .command = {},
         .progress = {}});
    ASSERT_TRUE(static_cast<bool>(report)) << llvm::toString(report.takeError());
    EXPECT_EQ(report->imageDifference, "");
    EXPECT_EQ(report->pairs.size(), 3u);
    for (const verify::PairReport &pair : report->pairs) {
      EXPECT_EQ(pair.cycleMismatches.has_value(), pair.a != "quant");
      EXPECT_TRUE(pair.equal()) << pair.a << " and " << pair.b << ": " << pair.first->text();
    }
    EXPECT_TRUE(report->pass);
    ticks += report->ticks;
  }
};

} // namespace

TEST_P(Campaign, CubaCores) {
  const target::Target target = test::tinyWith({{"core/neurons", 16},
                                                {"core/input_axons", 64},
                                                {"core/output_slots", 64},
                                                {"core/synapse_words", 256},
                                                {"core/delay_slots", 4},
                                                {"mesh/width", 4},
                                                {"mesh/height", 4}});
  run(target, 50000, [&](support::Rng &rng, Mesh mesh) -> std::optional<Case> {
    Case made;
    made.network = test::randomQuantNet(rng, target.core,
                                        {.maxPopulations = 4, .maxSize = 14, .maxInputs = 12});
    auto image = test::layOut(made.network, target,
                              {.neuronsPerCore = static_cast<uint32_t>(rng.between(4, 16)),
                               .meshWidth = mesh.width,
                               .meshHeight = mesh.height,
                               .shuffle = true},
                              rng);
    if (!image)
      return std::nullopt;
    made.image = std::move(*image);
    return made;
  });
}

TEST_P(Campaign, CrossbarCores) {
  const target::Target target = test::crossbarTarget(64, 16, 4);
  run(target, 60000, [&](support::Rng &rng, Mesh mesh) -> std::optional<Case> {
    const bool one = mesh.width * mesh.height == 1;
    const net::Net net = test::randomCrossbarNet(
        rng, {.maxPopulations = one ? 1u : 3u, .maxSize = one ? 6u : 12u, .maxInputs = 10});
    compiler::CompileOptions options;
    options.meshWidth = mesh.width;
    options.meshHeight = mesh.height;
    support::Warnings warnings;
    auto compiled = compiler::compile(net, target, options, warnings);
    if (!compiled) {
      llvm::consumeError(compiled.takeError());
      return std::nullopt;
    }
    return Case{std::move(*compiled->image), std::move(*compiled->quant)};
  });
}

INSTANTIATE_TEST_SUITE_P(
    Meshes, Campaign, ::testing::Values(Mesh{1, 1}, Mesh{2, 1}, Mesh{1, 3}, Mesh{2, 2}, Mesh{4, 4}),
    [](const auto &info) {
      return "Mesh" + std::to_string(info.param.width) + "x" + std::to_string(info.param.height);
    });
