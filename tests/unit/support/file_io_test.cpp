#include "common/support/file_io.h"

#include "expect_diag.h"
#include "scratch.h"

#include <csignal>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace snnc;
using namespace snnc::support;

static std::string contents(const std::string &path) {
  auto buffer = readFile(path);
  if (!buffer)
    return "<" + llvm::toString(buffer.takeError()) + ">";
  return (*buffer)->getBuffer().str();
}

TEST(FileIo, WritesAndReadsBack) {
  ScratchFolder scratch;
  ASSERT_FALSE(writeFile(scratch / "a", llvm::StringRef("old")));
  ASSERT_FALSE(writeFile(scratch / "a", llvm::StringRef(std::string("n\0w", 3))));
  EXPECT_EQ(contents(scratch / "a"), std::string("n\0w", 3));
  EXPECT_EQ(scratch.files(), 1u);
}

TEST(FileIo, MissingFileAndFolderAreUnreadable) {
  ScratchFolder scratch;
  const Diagnostic missing = firstDiagnostic(readFile(scratch / "nothing").takeError());
  EXPECT_EQ(missing.code, DiagCode::FileUnreadable);
  EXPECT_CONTAINS(missing.message, "nothing");
  const Diagnostic folder = firstDiagnostic(readFile(scratch / "").takeError());
  EXPECT_EQ(folder.code, DiagCode::FileUnreadable);
}

TEST(FileIo, UnwritablePlaceLeavesNothing) {
  ScratchFolder scratch;
  const Diagnostic noFolder =
      firstDiagnostic(writeFile(scratch / "no/such/file", llvm::StringRef("x")));
  EXPECT_EQ(noFolder.code, DiagCode::FileUnwritable);
  EXPECT_EQ(firstDiagnostic(writeFile(scratch / "", llvm::StringRef("x"))).code,
            DiagCode::FileUnwritable);
  EXPECT_EQ(scratch.files(), 0u);
}

TEST(FileIo, AnErrorWhileWritingKeepsTheOldFile) {
  ScratchFolder scratch;
  ASSERT_FALSE(writeFile(scratch / "a", llvm::StringRef("old")));
  const Diagnostic diagnostic = firstDiagnostic(writeFile(scratch / "a", [](llvm::raw_ostream &os) {
    os << "half";
    return Diag(DiagCode::JsonRange, {}, "gave up").take();
  }));
  EXPECT_EQ(diagnostic.code, DiagCode::JsonRange);
  EXPECT_EQ(contents(scratch / "a"), "old");
  EXPECT_EQ(scratch.files(), 1u);
}

// Ctrl-C in the middle of a write: the temporary goes, the old file stays.
TEST(FileIo, AnInterruptLeavesNoTemporary) {
  ScratchFolder scratch;
  ASSERT_FALSE(writeFile(scratch / "a", llvm::StringRef("old")));
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    llvm::consumeError(writeFile(scratch / "a", [](llvm::raw_ostream &os) {
      os << "half";
      os.flush();
      raise(SIGINT);
      return llvm::Error::success();
    }));
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(contents(scratch / "a"), "old");
  EXPECT_EQ(scratch.files(), 1u);
}

TEST(FileIo, ASymlinkStaysAndItsTargetIsReplaced) {
  ScratchFolder scratch;
  ASSERT_FALSE(writeFile(scratch / "a", llvm::StringRef("old")));
  std::filesystem::create_symlink(scratch / "a", scratch / "link");
  ASSERT_FALSE(writeFile(scratch / "link", llvm::StringRef("new")));
  EXPECT_TRUE(std::filesystem::is_symlink(scratch / "link"));
  EXPECT_EQ(contents(scratch / "a"), "new");
  EXPECT_EQ(scratch.files(), 2u);
}

TEST(FileIo, AFifoIsWrittenTo) {
  ScratchFolder scratch;
  const std::string fifo = scratch / "fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] { std::getline(std::ifstream(fifo), got); });
  EXPECT_FALSE(writeFile(fifo, llvm::StringRef("bytes\n")));
  reader.join();
  EXPECT_EQ(got, "bytes");
  EXPECT_TRUE(std::filesystem::is_fifo(fifo));
}

TEST(FileIo, AnEmptyNameIsUnwritable) {
  EXPECT_EQ(firstDiagnostic(writeFile("", llvm::StringRef("x"))).code, DiagCode::FileUnwritable);
}
