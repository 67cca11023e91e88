// Builds an HDF5 file in memory: groups as needed, contiguous arrays, strings of variable length in
// UTF-8, no attributes and no times, so that the same calls give the same bytes. libhdf5's own
// error printing is silenced. Not thread-safe, as libhdf5 is not.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace snnc::compiler::export_nir {

class Hdf5Writer {
public:
  Hdf5Writer();
  ~Hdf5Writer();
  Hdf5Writer(const Hdf5Writer &) = delete;
  Hdf5Writer &operator=(const Hdf5Writer &) = delete;

  // Paths are absolute, each is written once; an empty shape is a scalar. The number of values is
  // the shape's (asserted). Failures show in finish().
  void group(const std::string &path);
  void floats(const std::string &path, llvm::ArrayRef<float> values,
              llvm::ArrayRef<uint64_t> shape);
  void doubles(const std::string &path, llvm::ArrayRef<double> values,
               llvm::ArrayRef<uint64_t> shape);
  void integers(const std::string &path, llvm::ArrayRef<int64_t> values,
                llvm::ArrayRef<uint64_t> shape);
  void string(const std::string &path, llvm::StringRef value);
  void strings(const std::string &path, llvm::ArrayRef<std::string> values,
               llvm::ArrayRef<uint64_t> shape);

  // The file. OutOfMemory (1212) naming the first path that libhdf5 did not take.
  llvm::Expected<std::vector<char>> finish();

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace snnc::compiler::export_nir
