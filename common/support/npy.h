// NumPy's .npy arrays and .npz archives (zip files of them), read and written without Python.
// Format: NEP 1, versions 1.0 to 3.0. Bytes written are the same for the same arrays.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/ErrorHandling.h"

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace snnc::support {

enum class NpyType : uint8_t { Bool, U8, I8, U16, I16, U32, I32, U64, I64, F32, F64 };
const char *nameOf(NpyType type); // numpy's: "uint8", "float32", ...
size_t sizeOf(NpyType type);      // bytes of an element

// The type of an array of Ts; other Ts do not compile.
template <class T> extern const NpyType kNpyType;
template <> inline constexpr NpyType kNpyType<bool> = NpyType::Bool;
template <> inline constexpr NpyType kNpyType<uint8_t> = NpyType::U8;
template <> inline constexpr NpyType kNpyType<int8_t> = NpyType::I8;
template <> inline constexpr NpyType kNpyType<uint16_t> = NpyType::U16;
template <> inline constexpr NpyType kNpyType<int16_t> = NpyType::I16;
template <> inline constexpr NpyType kNpyType<uint32_t> = NpyType::U32;
template <> inline constexpr NpyType kNpyType<int32_t> = NpyType::I32;
template <> inline constexpr NpyType kNpyType<uint64_t> = NpyType::U64;
template <> inline constexpr NpyType kNpyType<int64_t> = NpyType::I64;
template <> inline constexpr NpyType kNpyType<float> = NpyType::F32;
template <> inline constexpr NpyType kNpyType<double> = NpyType::F64;

struct NpyArray {
  NpyType type = NpyType::F32;
  std::vector<uint64_t> shape; // empty: a scalar
  std::vector<char> bytes;     // row-major, little-endian: count() * sizeOf(type)

  uint64_t count() const; // elements
  bool isFloat() const { return type == NpyType::F32 || type == NpyType::F64; }
  // Elements converted as static_cast does; 64-bit integers lose bits beyond 2^53.
  std::vector<double> toDoubles() const;
  std::vector<float> toFloats() const;
  std::vector<int64_t> toIntegers() const; // !isFloat() only

  // values.size() is the product of `shape`.
  template <class T> static NpyArray of(std::vector<uint64_t> shape, llvm::ArrayRef<T> values) {
    NpyArray array{kNpyType<T>, std::move(shape), {}};
    array.bytes.resize(values.size() * sizeof(T));
    if (!values.empty())
      std::memcpy(array.bytes.data(), values.data(), array.bytes.size());
    return array;
  }
};
using NpyArrays = std::map<std::string, NpyArray>;

// Elements as they lie in an array, which need not be aligned for them.
template <class T> class NpyElements {
public:
  explicit NpyElements(const NpyArray &array)
      : data(array.bytes.data()), count(array.bytes.size() / sizeof(T)) {}
  size_t size() const { return count; }
  T operator[](size_t i) const {
    T value;
    std::memcpy(&value, data + i * sizeof(T), sizeof(T));
    return value;
  }

private:
  const char *data;
  size_t count;
};

// f(NpyElements<T>) with the array's own type: nothing is copied. Bools are bytes.
template <class F> decltype(auto) visit(const NpyArray &array, F f) {
  switch (array.type) {
  case NpyType::Bool:
  case NpyType::U8:
    return f(NpyElements<uint8_t>(array));
  case NpyType::I8:
    return f(NpyElements<int8_t>(array));
  case NpyType::U16:
    return f(NpyElements<uint16_t>(array));
  case NpyType::I16:
    return f(NpyElements<int16_t>(array));
  case NpyType::U32:
    return f(NpyElements<uint32_t>(array));
  case NpyType::I32:
    return f(NpyElements<int32_t>(array));
  case NpyType::U64:
    return f(NpyElements<uint64_t>(array));
  case NpyType::I64:
    return f(NpyElements<int64_t>(array));
  case NpyType::F32:
    return f(NpyElements<float>(array));
  case NpyType::F64:
    return f(NpyElements<double>(array));
  }
  llvm_unreachable("every type is listed");
}

// Reading: Fortran order and big-endian come back row-major and little-endian. NpyFormat (1008)
// for damaged files and "unsupported:" types, NpzFormat (1009) for damaged archives.
llvm::Expected<NpyArray> readNpy(llvm::StringRef path);
llvm::Expected<NpyArray> parseNpy(llvm::ArrayRef<char> bytes, llvm::StringRef file);
// Members named in `only`, or all if it is empty. A name that the archive lacks is not an error.
llvm::Expected<NpyArrays> readNpz(llvm::StringRef path, llvm::ArrayRef<std::string> only = {});

std::vector<char> encodeNpy(const NpyArray &array);
llvm::Error writeNpy(const NpyArray &array, llvm::StringRef path);
// Compressed; members in the order of their names.
llvm::Error writeNpz(const NpyArrays &arrays, llvm::StringRef path);

} // namespace snnc::support
