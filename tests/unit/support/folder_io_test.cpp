#include "common/support/folder_io.h"

#include "common/support/file_io.h"
#include "expect_diag.h"
#include "scratch.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

using namespace snnc;
using namespace snnc::support;

static constexpr const char *kMarker = "made.json";

static llvm::Error write(const std::string &path, const std::string &text) {
  return writeFolder(path, kMarker, [&](FolderWriter &folder) -> llvm::Error {
    if (llvm::Error error = folder.add(kMarker, "{}"))
      return error;
    return folder.add("a/b/text", text);
  });
}

static std::string contents(const std::string &path) {
  auto buffer = readFile(path);
  if (!buffer)
    return "<" + llvm::toString(buffer.takeError()) + ">";
  return (*buffer)->getBuffer().str();
}

TEST(FolderIo, WritesAndReplacesItsOwn) {
  ScratchFolder scratch;
  ASSERT_FALSE(write(scratch / "out", "old"));
  std::ofstream(scratch / "out/left_over") << "by a build";
  ASSERT_FALSE(write(scratch / "out/", "new"));
  EXPECT_EQ(contents(scratch / "out/a/b/text"), "new");
  EXPECT_FALSE(std::filesystem::exists(scratch / "out/left_over"));
  EXPECT_EQ(scratch.files(), 1u);
}

TEST(FolderIo, AnEmptyFolderIsTaken) {
  ScratchFolder scratch;
  std::filesystem::create_directory(scratch / "out");
  ASSERT_FALSE(write(scratch / "out", "text"));
  EXPECT_EQ(contents(scratch / "out/a/b/text"), "text");
}

TEST(FolderIo, OtherThingsStay) {
  ScratchFolder scratch;
  std::filesystem::create_directory(scratch / "out");
  std::ofstream(scratch / "out/thesis") << "years";
  EXPECT_EQ(firstDiagnostic(write(scratch / "out", "text")).code, DiagCode::FolderNotOurs);
  EXPECT_EQ(contents(scratch / "out/thesis"), "years");
  EXPECT_EQ(firstDiagnostic(write(scratch / "out/thesis", "text")).code, DiagCode::FolderNotOurs);
  EXPECT_EQ(firstDiagnostic(write(scratch / "no/such", "text")).code, DiagCode::FileUnwritable);
  EXPECT_EQ(firstDiagnostic(write("", "text")).code, DiagCode::FileUnwritable);
  EXPECT_EQ(scratch.files(), 1u);
}

TEST(FolderIo, AnErrorLeavesWhatWasThere) {
  ScratchFolder scratch;
  ASSERT_FALSE(write(scratch / "out", "old"));
  llvm::Error error = writeFolder(scratch / "out", kMarker, [](FolderWriter &folder) {
    llvm::consumeError(folder.add("half", "text"));
    return Diag(DiagCode::FileUnwritable, {}, "stop").take();
  });
  EXPECT_EQ(firstDiagnostic(std::move(error)).message, "stop");
  EXPECT_EQ(contents(scratch / "out/a/b/text"), "old");
  EXPECT_EQ(scratch.files(), 1u);
}

// Ctrl-C half-way: nothing is left, the old folder stays.
TEST(FolderIo, AnInterruptLeavesNothing) {
  ScratchFolder scratch;
  ASSERT_FALSE(write(scratch / "out", "old"));
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    llvm::consumeError(writeFolder(scratch / "out", kMarker, [](FolderWriter &folder) {
      llvm::Error error =
          llvm::joinErrors(folder.add("one", "text"), folder.add("a/b/two", "text"));
      raise(SIGINT);
      return error;
    }));
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 128 + SIGINT);
  EXPECT_EQ(contents(scratch / "out/a/b/text"), "old");
  EXPECT_EQ(scratch.files(), 1u);
}
