// Reads what NIR keeps in HDF5: groups, numeric arrays, strings. Nothing else of HDF5 is followed:
// soft and external links count as absent, attributes are ignored.
//
// A file is not trusted: an array may claim at most 1032 times the bytes of its file (the most that
// deflate can expand), and all arrays read from a file together kMostValues values, before memory
// for them is taken. libhdf5's own error printing is silenced. Not thread-safe, as libhdf5 is not.
#pragma once

#include "common/support/diag.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace snnc::compiler::nir {

// Row-major; rank 0 (a scalar) has an empty shape and one value.
template <class T> struct Array {
  std::vector<uint64_t> shape;
  std::vector<T> values;
};

// Of numbers and strings, over all reads of one file: 512 MiB as float.
inline constexpr uint64_t kMostValues = uint64_t{1} << 27;
inline constexpr uint64_t kMostStrings = uint64_t{1} << 19;

class Hdf5File {
public:
  enum class Kind { Absent, Group, Dataset };

  // FileUnreadable (1001), or NirFile (2001) if it is not HDF5 or is truncated.
  static llvm::Expected<Hdf5File> open(llvm::StringRef path);
  Hdf5File(Hdf5File &&) noexcept;
  ~Hdf5File();

  // Paths are absolute, "/node/nodes/lif1/tau". All failures are NirFile with that path, or
  // TooManyElements (2016) where a bound above is passed.
  Kind kindOf(const std::string &path) const;
  // What stands at `path` in words: "a group", "an external link", ...; empty if nothing does.
  std::string describe(const std::string &path) const;
  // The same for the same object, however many links lead to it; empty if there is none.
  std::string identity(const std::string &path) const;
  uint64_t memberCount(const std::string &path) const; // of a group; 0 if it cannot be read
  // Names of a group's members, sorted bytewise.
  llvm::Expected<std::vector<std::string>> members(const std::string &path) const;
  // Any integer or float type, any byte order, as the type asked for. `rounded` is set if the
  // stored type is wider than float and a value is not a float.
  llvm::Expected<Array<double>> doubles(const std::string &path) const;
  llvm::Expected<Array<float>> floats(const std::string &path, bool &rounded) const;
  // Variable or fixed length, any padding and character set. Integers become decimal strings; an
  // empty array of any type is an empty array of strings.
  llvm::Expected<Array<std::string>> strings(const std::string &path) const;
  // A scalar or one-element string.
  llvm::Expected<std::string> string(const std::string &path) const;

  support::SourceLoc loc(const std::string &path) const { return {file, 0, path}; }

private:
  struct Impl;
  Hdf5File(std::string file, std::unique_ptr<Impl> impl);
  llvm::Error fail(const std::string &path, const llvm::Twine &what) const;
  llvm::Error tooMany(const std::string &path, const std::vector<uint64_t> &shape) const;

  std::string file; // as the user wrote it
  std::unique_ptr<Impl> impl;
};

} // namespace snnc::compiler::nir
