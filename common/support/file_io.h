// Whole files in and out. A file is written to a temporary beside it and renamed, so that an error
// or Ctrl-C leaves either the old file or the new one and no temporary. A symlink stays and its
// target is replaced. A device or FIFO is written straight to.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>

namespace snnc::support {

// FileUnreadable (1001) if there is no such file, it is a folder, or it cannot be read.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readFile(llvm::StringRef path);

// Calls `write` with a stream; its error, or FileUnwritable (1002), leaves `path` as it was.
// Temporaries are removed on SIGINT, SIGTERM and SIGHUP too (llvm::sys::RemoveFileOnSignal).
llvm::Error writeFile(llvm::StringRef path,
                      llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write);
llvm::Error writeFile(llvm::StringRef path, llvm::StringRef bytes);
llvm::Error writeFile(llvm::StringRef path, llvm::ArrayRef<char> bytes);

} // namespace snnc::support
