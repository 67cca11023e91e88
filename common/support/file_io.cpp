#include "common/support/file_io.h"

#include "common/support/diag.h"

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
    return fail(std::make_error_code(std::errc::is_a_directory));
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

llvm::Error writeFile(llvm::StringRef path,
                      llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write) {
  if (llvm::sys::fs::is_directory(path))
    return unwritable(path, "it is a folder");
  auto temporary = llvm::sys::fs::TempFile::create(path + ".%%%%%%%%.tmp");
  if (!temporary)
    return unwritable(path, llvm::toString(temporary.takeError()));
  llvm::Error failure = llvm::Error::success();
  {
    llvm::raw_fd_ostream os(temporary->FD, /*shouldClose=*/false);
    failure = llvm::joinErrors(std::move(failure), write(os));
    os.flush();
    if (os.has_error()) {
      failure = llvm::joinErrors(std::move(failure), unwritable(path, os.error().message()));
      os.clear_error();
    }
  }
  if (failure)
    return llvm::joinErrors(std::move(failure), temporary->discard());
  if (llvm::Error kept = temporary->keep(path)) {
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
