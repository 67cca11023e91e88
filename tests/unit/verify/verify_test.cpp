// Requests that cannot be run. What verify finds is in tests/alarms.
#include "runtime/verify/verify.h"

#include "common/support/diag.h"
#include "runtime/cycle/cycle_machine.h"
#include "tests/support/image_builder.h"
#include "tests/support/random_net.h"
#include "tests/unit/support/expect_diag.h"

#include <gtest/gtest.h>

using namespace snnc;
using namespace snnc::runtime;

namespace {

struct Subject {
  support::Rng rng{7};
  target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  net::QuantNet net = test::randomQuantNet(rng, target.core, {.hostLayer = 0});
  image::Image image = *test::layOut(net, target, {}, rng);

  llvm::Expected<verify::VerifyReport> run(const net::QuantNet *network, size_t engines,
                                           uint32_t width) {
    std::vector<verify::EngineSpec> specs = {
        {"cycle",
         [](const image::Image &) -> llvm::Expected<std::unique_ptr<Machine>> {
           return cycle::createCycleMachine();
         }},
        {"quant", {}}};
    specs.resize(engines);
    return verify::verifyEngines(
        {.image = image,
         .network = network,
         .core = target.core,
         .engines = specs,
         .firstSample = 3,
         .samples = 2,
         .sampleAt = [this, width](uint64_t sample) -> llvm::Expected<data::EncodedSample> {
           asked.push_back(sample);
           // Every sample has other steps: the machine is loaded anew.
           const auto steps = static_cast<uint32_t>(sample);
           return data::EncodedSample{steps, width, std::vector<uint8_t>(steps * width, 1), {}};
         },
         .command = {},
         .progress = [this](uint64_t done,
                            uint64_t total) { progress.emplace_back(done, total); }});
  }
  uint32_t width() const { return net.populations[0].size(); }

  std::vector<uint64_t> asked;
  std::vector<std::pair<uint64_t, uint64_t>> progress;
};

} // namespace

TEST(Verify, AsksForSamplesAndReports) {
  Subject subject;
  auto report = subject.run(&subject.net, 2, subject.width());
  ASSERT_TRUE(static_cast<bool>(report)) << llvm::toString(report.takeError());
  EXPECT_TRUE(report->pass);
  EXPECT_EQ(report->samples, 2u);
  EXPECT_EQ(report->ticks, 3 + 4 + 2 * subject.image.maxSkew());
  EXPECT_EQ(report->coresUsed, subject.image.cores.size());
  EXPECT_EQ(subject.asked, (std::vector<uint64_t>{3, 4}));
  EXPECT_EQ(subject.progress, (std::vector<std::pair<uint64_t, uint64_t>>{{1, 2}, {2, 2}}));
}

// An image alone: the network in double comes from the image, and there is nothing to prove it
// with.
TEST(Verify, ImageWithoutItsNetwork) {
  Subject subject;
  auto report = subject.run(nullptr, 2, subject.width());
  ASSERT_TRUE(static_cast<bool>(report)) << llvm::toString(report.takeError());
  EXPECT_TRUE(report->pass);
  EXPECT_FALSE(report->imageEqualsNetwork);
}

TEST(Verify, NeedsTwoEngines) {
  Subject subject;
  auto report = subject.run(&subject.net, 1, subject.width());
  const auto diag = firstDiagnostic(report.takeError());
  EXPECT_EQ(diag.code, support::DiagCode::EnginesTooFew);
  EXPECT_EQ(diag.message, "1 engine to compare, at least 2 are needed");
}

TEST(Verify, SampleThatDoesNotFit) {
  Subject subject;
  auto report = subject.run(&subject.net, 2, subject.width() + 1);
  EXPECT_EQ(firstDiagnostic(report.takeError()).code, support::DiagCode::SampleMismatch);
}
