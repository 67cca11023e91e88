// Where a machine comes from: its key, its folders, and what a user is told when it cannot be built
// or loaded. Building itself: tests/cosim/machine_test.cpp.
#include "runtime/rtl/rtl_build.h"

#include "common/support/diag.h"
#include "common/support/file_io.h"
#include "runtime/rtl/rtl_library.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

using namespace snnc;
using namespace snnc::runtime::rtl;
namespace fs = std::filesystem;

namespace {

class RtlBuild : public ::testing::Test {
protected:
  void SetUp() override {
    llvm::SmallString<128> path;
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("snnc-rtl", path));
    folder = path.str().str();
    fs::copy(fs::path(SNNC_SOURCE_DIR) / "hw", folder / "hw", fs::copy_options::recursive);
  }
  void TearDown() override {
    for (const char *name : {"SNNC_HW", "XDG_CACHE_HOME"})
      unsetenv(name);
    setenv("PATH", pathBefore.c_str(), 1);
    fs::remove_all(folder);
  }
  void useCopy() { setenv("SNNC_HW", (folder / "hw").c_str(), 1); }
  std::string key(const target::Target &target, uint32_t width, uint32_t height) {
    return llvm::cantFail(machineId(target, width, height)).key;
  }
  // A program that stands for a tool.
  void fakeTool(const std::string &name, const std::string &script) {
    fs::create_directories(folder / "bin");
    std::ofstream(folder / "bin" / name) << "#!/bin/sh\n" << script << '\n';
    fs::permissions(folder / "bin" / name, fs::perms::owner_all);
  }

  fs::path folder;
  const std::string pathBefore = std::getenv("PATH");
  const target::Target tiny = llvm::cantFail(target::loadTarget("tiny"));
};

std::string textOf(llvm::Error error) {
  return llvm::toString(std::move(error));
}

} // namespace

TEST_F(RtlBuild, KeyNamesEverythingThatGoesIn) {
  const std::string before = key(tiny, 2, 1);
  EXPECT_EQ(before.size(), 32u);
  EXPECT_EQ(before, key(tiny, 2, 1));
  EXPECT_NE(before, key(tiny, 1, 2));
  EXPECT_NE(before, key(llvm::cantFail(target::loadTarget("loihi-like")), 2, 1));
  useCopy();
  EXPECT_EQ(before, key(tiny, 2, 1)) << "the same sources elsewhere";
  for (const char *file :
       {"rtl/snn_fifo.sv", "rtl/include/snn_assert.svh", "tb/rtl_model.cpp", "build_machine.sh"}) {
    const std::string unchanged = key(tiny, 2, 1);
    std::ofstream(folder / "hw" / file, std::ios::app) << "\n";
    EXPECT_NE(unchanged, key(tiny, 2, 1)) << file;
  }
}

TEST_F(RtlBuild, CacheFolder) {
  setenv("XDG_CACHE_HOME", "/somewhere", 1);
  EXPECT_EQ(cacheFolder(), "/somewhere/snnc");
  unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(cacheFolder(), std::string(std::getenv("HOME")) + "/.cache/snnc");
}

TEST_F(RtlBuild, WithoutHardwareSources) {
  setenv("SNNC_HW", "/nowhere", 1);
  auto id = machineId(tiny, 1, 1);
  ASSERT_FALSE(id);
  EXPECT_NE(textOf(id.takeError()).find("SNN1001"), std::string::npos);
}

TEST_F(RtlBuild, WithoutVerilator) {
  const MachineId id = llvm::cantFail(machineId(tiny, 1, 1));
  fakeTool("sh", "exit 1");
  setenv("PATH", (folder / "bin").c_str(), 1);
  auto path = buildMachine(id, folder.string(), llvm::nulls());
  ASSERT_FALSE(path);
  const std::string text = textOf(path.takeError());
  EXPECT_NE(text.find("SNN7201"), std::string::npos) << text;
  EXPECT_NE(text.find("install verilator"), std::string::npos) << text;
}

TEST_F(RtlBuild, AFailedBuildShowsItsReasonAndLeavesNoMachine) {
  const MachineId id = llvm::cantFail(machineId(tiny, 1, 1));
  fakeTool("verilator", "echo '%Error: no such module: flux_capacitor' >&2; exit 1");
  setenv("PATH", ((folder / "bin").string() + ":" + pathBefore).c_str(), 1);
  const fs::path out = folder / "out";
  auto path = buildMachine(id, out.string(), llvm::nulls());
  ASSERT_FALSE(path);
  const std::string text = textOf(path.takeError());
  EXPECT_NE(text.find("SNN7202"), std::string::npos) << text;
  EXPECT_NE(text.find("flux_capacitor"), std::string::npos) << text;
  EXPECT_FALSE(fs::exists(out / (id.key + ".so")));
  for (const auto &entry : fs::directory_iterator(out))
    EXPECT_EQ(entry.path().string().find(".tmp."), std::string::npos) << entry.path();
}

TEST_F(RtlBuild, AnotherFileIsNoMachine) {
  const fs::path file = folder / "machine.so";
  std::ofstream(file) << "not a shared object";
  auto library = RtlLibrary::open(file.string(), 1);
  ASSERT_FALSE(library);
  const std::string text = textOf(library.takeError());
  EXPECT_NE(text.find("SNN7203"), std::string::npos) << text;
  EXPECT_NE(text.find("delete the file"), std::string::npos) << text;
}
