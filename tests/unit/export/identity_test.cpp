// The law of `snnc export`: integers -> real numbers -> lower, quantize -> the same integers, with
// or without a file between.
#include "common/net/dequantize.h"

#include "common/net/equal_nets.h"
#include "common/net/verify.h"
#include "compiler/export/nir/nir_writer.h"
#include "compiler/frontends/nir/nir_frontend.h"
#include "compiler/pipeline/compile.h"
#include "tests/support/random_float_net.h"
#include "tests/support/seeds.h"
#include "tests/unit/export/same_net.h"
#include "tests/unit/support/expect_diag.h"
#include "tests/unit/support/scratch.h"

namespace snnc::compiler {
namespace {

target::Target targetNamed(const char *name) {
  auto target = target::loadTarget(std::string(SNNC_SOURCE_DIR) + "/targets/" + name + ".json");
  if (!target) {
    ADD_FAILURE() << llvm::toString(target.takeError());
    return {};
  }
  return *target;
}

// The integers that a network becomes; empty if the target cannot hold it.
std::optional<net::QuantNet> quantised(const net::Net &net, const target::Target &target,
                                       uint32_t weightBits) {
  CompileOptions options;
  options.weightBits = weightBits;
  options.stopAfter = "quantize";
  support::Warnings warnings;
  auto result = compile(net, target, options, warnings);
  if (result)
    return std::move(result->quant);
  for (const support::Diagnostic &error : diagnosticsOf(result.takeError()))
    EXPECT_EQ(support::info(error.code).exitCode, 1) << error.message; // does not fit
  return std::nullopt;
}

std::optional<net::Net> throughFile(const net::Net &net) {
  const ScratchFolder folder;
  support::Warnings warnings;
  if (llvm::Error error = writeNir(net, folder / "net.nir", warnings)) {
    ADD_FAILURE() << llvm::toString(std::move(error));
    return std::nullopt;
  }
  auto back = readNir(folder / "net.nir", {}, warnings);
  if (!back) {
    ADD_FAILURE() << llvm::toString(back.takeError());
    return std::nullopt;
  }
  return std::move(*back);
}

TEST(ExportIdentity, IntegersComeBack) {
  uint64_t taken = 0;
  test::forEachSeed(1, 150, [&](uint64_t seed, support::Rng &rng) {
    const net::Net net = test::randomFloatNet(rng, {});
    const target::Target target = targetNamed(seed % 2 ? "loihi-like" : "wide");
    const uint32_t bits = seed % 2 ? 2 + seed % 7 : 2 + seed % 15;
    const auto first = quantised(net, target, bits);
    if (!first)
      return;
    ++taken;
    auto real = net::dequantize(*first);
    ASSERT_TRUE(static_cast<bool>(real)) << llvm::toString(real.takeError());
    ASSERT_FALSE(static_cast<bool>(net::verify(*real)));
    // The weight bits of the file win over the usual ones.
    const auto again = quantised(*real, target, 8);
    ASSERT_TRUE(again.has_value());
    ASSERT_EQ(net::firstDifference(*first, test::inOrderOf(*first, *again)), std::nullopt);
    const auto read = throughFile(*real);
    ASSERT_TRUE(read.has_value());
    const auto filed = quantised(*read, target, 8);
    ASSERT_TRUE(filed.has_value());
    ASSERT_EQ(net::firstDifference(*first, test::inOrderOf(*first, *filed)), std::nullopt);
  });
  if (std::getenv("SNNC_SEED") == nullptr) {
    EXPECT_GT(taken, 50u);
  }
}

} // namespace
} // namespace snnc::compiler
