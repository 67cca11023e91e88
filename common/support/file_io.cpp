#include "common/support/file_io.h"

#include "common/support/diag.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace snnc::support {

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readFile(llvm::StringRef path) {
  auto fail = [&](std::error_code error) {
    return Diag(DiagCode::FileUnreadable, {path.str(), 0, ""},
                "cannot read '" + path + "': " + error.message())
        .take();
  };
  if (llvm::sys::fs::is_directory(path))
    return Diag(DiagCode::FileUnreadable, {path.str(), 0, ""},
                "cannot read '" + path + "': it is a folder")
        .help("name a file in it")
        .take();
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return fail(buffer.getError());
  return std::move(*buffer);
}

static llvm::Error unwritable(llvm::StringRef path, const llvm::Twine &why) {
  return Diag(DiagCode::FileUnwritable, {path.str(), 0, ""}, "cannot write '" + path + "': " + why)
      .help("choose another place with -o")
      .take();
}

// Runs `write` on an open file and reports what the disk said.
static llvm::Error writeTo(int descriptor, bool close, llvm::StringRef path,
                           llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write) {
  llvm::raw_fd_ostream os(descriptor, close);
  llvm::Error failure = write(os);
  os.flush();
  if (os.has_error()) {
    failure = llvm::joinErrors(std::move(failure), unwritable(path, os.error().message()));
    os.clear_error();
  }
  return failure;
}

// A device or FIFO has no content to replace: it takes the bytes as they come.
static llvm::Error writeStraight(llvm::StringRef path,
                                 llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write) {
  int descriptor = -1;
  if (std::error_code error = llvm::sys::fs::openFileForWrite(
          path, descriptor, llvm::sys::fs::CD_OpenExisting, llvm::sys::fs::OF_None))
    return unwritable(path, error.message());
  return writeTo(descriptor, /*close=*/true, path, write);
}

llvm::Error writeFile(llvm::StringRef path,
                      llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write) {
  if (path.empty())
    return unwritable(path, "the name is empty");
  if (llvm::sys::fs::is_directory(path))
    return unwritable(path, "it is a folder");
  if (llvm::sys::fs::exists(path) && !llvm::sys::fs::is_regular_file(path))
    return writeStraight(path, write);
  llvm::SmallString<128> target(path); // behind symlinks, so that the links stay
  if (llvm::sys::fs::exists(path) && llvm::sys::fs::real_path(path, target))
    target = path;
  auto temporary = llvm::sys::fs::TempFile::create(target + ".%%%%%%%%.tmp");
  if (!temporary)
    return unwritable(path, llvm::toString(temporary.takeError()));
  if (llvm::Error failure = writeTo(temporary->FD, /*close=*/false, path, write))
    return llvm::joinErrors(std::move(failure), temporary->discard());
  if (llvm::Error kept = temporary->keep(target)) {
    llvm::consumeError(temporary->discard());
    return unwritable(path, llvm::toString(std::move(kept)));
  }
  return llvm::Error::success();
}

llvm::Error writeFile(llvm::StringRef path, llvm::StringRef bytes) {
  return writeFile(path, [&](llvm::raw_ostream &os) {
    os << bytes;
    return llvm::Error::success();
  });
}

llvm::Error writeFile(llvm::StringRef path, llvm::ArrayRef<char> bytes) {
  return writeFile(path, llvm::StringRef(bytes.data(), bytes.size()));
}

} // namespace snnc::support
