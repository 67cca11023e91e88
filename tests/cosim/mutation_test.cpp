// Faults that other people's open cores have, put into ours one at a time: the lockstep test must
// find each. A suite that lets one through is not worth its name.
//
// Each mutant is a copy of hw/ with one text replaced, built and run in a process of its own, since
// an assertion of the RTL ends the process (and counts as finding it).
#include "common/support/file_io.h"
#include "tests/cosim/lockstep.h"
#include "tests/cosim/mutants.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iostream>

using namespace snnc;
namespace fs = std::filesystem;

namespace {

using test::Cores;
using test::Mutant;

class Mutation : public ::testing::TestWithParam<Mutant> {};

// 1 at the first difference, 0 if the machines agree on everything.
[[noreturn]] void runLockstep(Cores cores) {
  // Several rows of neurons and a ring of more than two slots: enough to show every fault.
  const target::Target target =
      cores == Cores::Cuba
          ? test::tinyWith({{"core/neurons", 8}, {"core/delay_slots", 4}, {"core/input_axons", 8}})
          : test::crossbarWith({{"core/neurons", 16},
                                {"core/input_axons", 64},
                                {"core/weight_bits", 5},
                                {"core/leak_bits", 5},
                                {"core/threshold_bits", 8},
                                {"core/membrane_bits", 9},
                                {"core/groups", 4},
                                {"core/delay_slots", 4}});
  // Both directions of the mesh for cuba cores; routers that stall in every third image.
  const test::RandomImageOptions options = {.meshWidth = 2,
                                            .meshHeight = cores == Cores::Cuba ? 2u : 1u};
  test::LockstepCoverage coverage;
  for (uint64_t seed = 1; seed <= 1500; ++seed) {
    support::Rng rng(seed);
    const runtime::rtl::RouterStalls stalls = {seed, seed % 3 == 0 ? 64u : 0u};
    if (const auto difference = test::cycleAgainstRtl(rng, target, options, coverage, stalls)) {
      std::cerr << "seed " << seed << ": " << *difference << '\n';
      std::exit(1);
    }
  }
  std::exit(0);
}

} // namespace

TEST_P(Mutation, IsFound) {
  GTEST_FLAG_SET(death_test_style, "fast");
  llvm::SmallString<128> path;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("snnc-mutant", path));
  const fs::path folder = path.str().str();
  fs::copy(fs::path(SNNC_SOURCE_DIR) / "hw", folder / "hw", fs::copy_options::recursive);
  const fs::path file = folder / "hw/rtl" / GetParam().file;
  std::string text = llvm::cantFail(support::readFile(file.string()))->getBuffer().str();
  const size_t at = text.find(GetParam().from);
  ASSERT_NE(at, std::string::npos) << "the RTL changed: write the mutant anew";
  text.replace(at, std::string(GetParam().from).size(), GetParam().to);
  std::ofstream(file) << text;

  setenv("SNNC_HW", (folder / "hw").c_str(), 1);
  setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  setenv("SNNC_RTL_OPT", "-O0", 1);
  EXPECT_DEATH(runLockstep(GetParam().cores), "seed|assertion failed");
  unsetenv("SNNC_HW");
  unsetenv("SNNC_RTL_OPT");
  // A mutant that does not build would "differ" as well.
  EXPECT_FALSE(fs::is_empty(folder / "snnc"));
  bool built = false;
  for (const auto &entry : fs::directory_iterator(folder / "snnc"))
    built |= entry.path().extension() == ".so";
  EXPECT_TRUE(built) << "the mutant does not build";
  fs::remove_all(folder);
}

static std::vector<Mutant> mutants(bool quick) {
  std::vector<Mutant> chosen;
  for (const Mutant &mutant : test::kMutants)
    if (mutant.quick == quick)
      chosen.push_back(mutant);
  return chosen;
}
static std::string nameOf(const ::testing::TestParamInfo<Mutant> &info) {
  return info.param.name;
}

// ./check runs Quick, ./check --long both.
INSTANTIATE_TEST_SUITE_P(Quick, Mutation, ::testing::ValuesIn(mutants(true)), nameOf);
INSTANTIATE_TEST_SUITE_P(Rest, Mutation, ::testing::ValuesIn(mutants(false)), nameOf);
