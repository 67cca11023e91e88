#include "common/support/folder_io.h"

#include "common/support/diag.h"
#include "common/support/file_io.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"

#include <cassert>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

namespace snnc::support {

// What an interrupt removes: paths of the folder being written, deepest last, in a form that a
// signal handler may read. Files go first, by llvm::sys::RemoveFileOnSignal.
static constexpr unsigned kMaxFolders = 16;
static char *folders[kMaxFolders];
static volatile std::sig_atomic_t folderCount = 0;

static void removeFolders() {
  for (int i = folderCount; i > 0; --i)
    rmdir(folders[i - 1]);
}

// Async-signal-safe. The default action that this replaces would end the process too.
static void interrupted() {
  removeFolders();
  _exit(128 + SIGINT);
}

static llvm::Error unwritable(llvm::StringRef path, std::error_code error) {
  return Diag(DiagCode::FileUnwritable, {path.str(), 0, ""},
              "cannot write '" + path + "': " + error.message())
      .help("choose another place with -o")
      .take();
}

static llvm::Error makeFolder(llvm::StringRef path) {
  if (llvm::sys::fs::is_directory(path))
    return llvm::Error::success();
  if (std::error_code error = llvm::sys::fs::create_directory(path))
    return unwritable(path, error);
  assert(folderCount < int(kMaxFolders) && "an export has few folders");
  folders[folderCount] = strdup(path.str().c_str());
  folderCount = folderCount + 1;
  return llvm::Error::success();
}

llvm::Error FolderWriter::add(llvm::StringRef name, llvm::StringRef bytes) {
  for (size_t slash = name.find('/'); slash != llvm::StringRef::npos;
       slash = name.find('/', slash + 1))
    if (llvm::Error error = makeFolder(root + "/" + name.take_front(slash).str()))
      return error;
  const std::string path = root + "/" + name.str();
  llvm::sys::RemoveFileOnSignal(path);
  return writeFile(path, bytes);
}

static llvm::Error checkReplaceable(llvm::StringRef path, llvm::StringRef marker) {
  if (path.empty())
    return unwritable(path, std::make_error_code(std::errc::no_such_file_or_directory));
  if (!llvm::sys::fs::exists(path) || llvm::sys::fs::exists(path + "/" + marker))
    return llvm::Error::success();
  std::error_code error;
  const bool folder = llvm::sys::fs::is_directory(path);
  if (folder &&
      llvm::sys::fs::directory_iterator(path, error) == llvm::sys::fs::directory_iterator())
    return error ? unwritable(path, error) : llvm::Error::success();
  return Diag(DiagCode::FolderNotOurs, {path.str(), 0, ""},
              "'" + path + "' is " + (folder ? "a folder with other things in it" : "not a folder"))
      .help("name a folder that is new, empty, or an earlier result (it holds " + marker + ")")
      .take();
}

// The old folder steps aside for the new one and is removed then.
static llvm::Error replace(llvm::StringRef path, llvm::StringRef made) {
  const std::string old = made.str() + ".old";
  const bool exists = llvm::sys::fs::exists(path);
  if (exists)
    if (std::error_code error = llvm::sys::fs::rename(path, old))
      return unwritable(path, error);
  if (std::error_code error = llvm::sys::fs::rename(made, path)) {
    if (exists)
      llvm::sys::fs::rename(old, path);
    return unwritable(path, error);
  }
  if (exists)
    llvm::sys::fs::remove_directories(old);
  return llvm::Error::success();
}

llvm::Error writeFolder(llvm::StringRef path, llvm::StringRef marker,
                        llvm::function_ref<llvm::Error(FolderWriter &)> write) {
  path = path.rtrim('/');
  if (llvm::Error error = checkReplaceable(path, marker))
    return error;
  llvm::SmallString<128> root;
  llvm::sys::fs::createUniquePath(path + ".%%%%%%%%.tmp", root, /*MakeAbsolute=*/true);
  llvm::sys::SetInterruptFunction(interrupted);
  llvm::Error failure = makeFolder(root);
  if (!failure) {
    FolderWriter writer(root.str().str());
    failure = write(writer);
  }
  if (!failure)
    failure = replace(path, root);
  if (failure)
    llvm::sys::fs::remove_directories(root);
  llvm::sys::SetInterruptFunction(nullptr);
  for (int i = 0; i < folderCount; ++i)
    free(folders[i]);
  folderCount = 0;
  return failure;
}

} // namespace snnc::support
