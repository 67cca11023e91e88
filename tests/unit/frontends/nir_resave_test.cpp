// Other people's models in every form that they may be stored in: the same network.
#include "tests/unit/frontends/nir_resave.h"

#include "common/net/print.h"
#include "tests/unit/frontends/nir_read.h"

#include <cstdlib>
#include <filesystem>

namespace snnc {
namespace {

std::string textOf(const std::string &path) {
  Read read = readOrFail(path);
  read.net.name = "model";
  std::string text;
  llvm::raw_string_ostream stream(text);
  net::print(read.net, stream);
  EXPECT_GT(text.size(), 500u);
  for (const support::Diagnostic &warning : read.warnings)
    stream << warning.message << "\n";
  return text;
}

const char *const kModels[] = {"mnist_mlp_snntorch", "mnist_mlp_rate_snntorch",
                               "nir/braille_noDelay_bias_zero", "nir/cnn_sinabs", "nir/lif_norse"};

TEST(NirResave, SameNetworkInEveryForm) {
  const char *shared = std::getenv("SNNC_SHARED");
  const std::string folder =
      std::string(shared ? shared : SNNC_SOURCE_DIR "/../shared") + "/models/";
  if (!std::filesystem::exists(folder))
    GTEST_SKIP() << "NOT TESTED: " << folder << " is absent; set SNNC_SHARED";
  support::Rng rng(20);
  for (const char *model : kModels) {
    const std::string from = folder + model + ".nir";
    const std::string wanted = textOf(from);
    for (int form = 1; form < 8; ++form) {
      const ResaveOptions options{(form & 1) != 0, (form & 2) != 0, (form & 4) != 0};
      const std::string path = resave(from, "resaved", options, rng);
      EXPECT_TRUE(textOf(path) == wanted) << model << ", form " << form; // too long to print
    }
  }
}

} // namespace
} // namespace snnc
