// A folder of files written as one: beside its place first, renamed when complete. An error or
// Ctrl-C leaves what was there before and no half-written folder.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace snnc::support {

class FolderWriter {
public:
  // `name` is relative, with `/`; folders on the way are made. FileUnwritable.
  llvm::Error add(llvm::StringRef name, llvm::StringRef bytes);

private:
  friend llvm::Error writeFolder(llvm::StringRef, llvm::StringRef,
                                 llvm::function_ref<llvm::Error(FolderWriter &)>);
  explicit FolderWriter(std::string root) : root(std::move(root)) {}
  std::string root;
};

// Calls `write`, whose files become the folder `path`. What may be replaced: nothing, an empty
// folder, or a folder that holds a file `marker`; anything else is FolderNotOurs (1010). One call
// at a time in a process.
llvm::Error writeFolder(llvm::StringRef path, llvm::StringRef marker,
                        llvm::function_ref<llvm::Error(FolderWriter &)> write);

} // namespace snnc::support
