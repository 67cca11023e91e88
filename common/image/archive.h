// Little-endian bytes out of and into plain values. One `layout` function per struct (layout.h)
// serves both directions, so reader and writer cannot disagree. Private to common/image.
//
//   unsigned and signed integers, double   their bytes
//   bool, enum                             one byte, checked against the largest value
//   string, vector                         u32 count, then the elements
//   optional                               one byte 0 or 1, then the value if 1
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace snnc::image {

static_assert(std::endian::native == std::endian::little, "bytes are copied as they lie in memory");

// Largest enumerator of an enum that an image holds.
template <class Enum> inline constexpr uint8_t kLargest = 0;

// Elements copied in one go; everything else goes through its layout.
template <class T>
inline constexpr bool kRaw = (std::is_integral_v<T> ||
                              std::is_floating_point_v<T>)&&!std::is_same_v<T, bool>;

class Writer {
public:
  static constexpr bool kReading = false;

  template <class... Ts> void operator()(const Ts &...values) { (put(values), ...); }
  llvm::SmallVector<char, 0> bytes;

private:
  void raw(const void *from, size_t size) {
    const char *begin = static_cast<const char *>(from);
    bytes.append(begin, begin + size);
  }
  template <class T> void put(const T &value) {
    if constexpr (kRaw<T>)
      raw(&value, sizeof(T));
    else if constexpr (std::is_same_v<T, bool> || std::is_enum_v<T>)
      bytes.push_back(static_cast<char>(value));
    else
      layout(*this, value);
  }
  void put(const std::string &text) {
    put(static_cast<uint32_t>(text.size()));
    raw(text.data(), text.size());
  }
  template <size_t n> void put(const std::array<uint8_t, n> &value) { raw(value.data(), n); }
  template <class T> void put(const std::optional<T> &value) {
    put(value.has_value());
    if (value)
      put(*value);
  }
  template <class T> void put(const std::vector<T> &values) {
    put(static_cast<uint32_t>(values.size()));
    if constexpr (kRaw<T>)
      raw(values.data(), values.size() * sizeof(T));
    else
      for (const T &value : values)
        put(value);
  }
};

// Bytes of a value whose vectors, strings and optionals are empty: the least it can take.
template <class T> size_t smallestSize() {
  static const size_t size = [] {
    Writer writer;
    writer(T{});
    return writer.bytes.size();
  }();
  return size;
}

// After a failure every value reads as zero and every vector as empty; `failure` says why.
class Reader {
public:
  static constexpr bool kReading = true;

  explicit Reader(llvm::ArrayRef<char> bytes) : rest(bytes) {}
  template <class... Ts> void operator()(Ts &...values) { (get(values), ...); }
  bool atEnd() const { return rest.empty(); }
  size_t remaining() const { return rest.size(); }

  const char *failure = nullptr;

private:
  bool raw(void *to, size_t size) {
    if (failure == nullptr && size > rest.size())
      failure = "ends in the middle of a field";
    if (failure != nullptr)
      return false;
    if (size != 0)
      std::memcpy(to, rest.data(), size);
    rest = rest.drop_front(size);
    return true;
  }
  template <class T> void get(T &value) {
    if constexpr (kRaw<T>) {
      if (!raw(&value, sizeof(T)))
        value = T{};
    } else if constexpr (std::is_same_v<T, bool>) {
      value = small(1) != 0;
    } else if constexpr (std::is_enum_v<T>) {
      value = static_cast<T>(small(kLargest<T>));
    } else {
      layout(*this, value);
    }
  }
  uint8_t small(uint8_t largest) {
    uint8_t byte = 0;
    raw(&byte, 1);
    if (byte > largest && failure == nullptr)
      failure = "holds a flag or name that does not exist";
    return failure == nullptr ? byte : 0;
  }
  // A count of elements that the rest of the section can hold; checked before memory is taken.
  uint32_t count(size_t elementSize) {
    uint32_t n = 0;
    get(n);
    if (failure == nullptr && n > rest.size() / (elementSize == 0 ? 1 : elementSize))
      failure = "counts more elements than it has bytes for";
    return failure == nullptr ? n : 0;
  }
  void get(std::string &text) {
    text.resize(count(1));
    raw(text.data(), text.size());
  }
  template <size_t n> void get(std::array<uint8_t, n> &value) { raw(value.data(), n); }
  template <class T> void get(std::optional<T> &value) {
    bool present = false;
    get(present);
    value.reset();
    if (present)
      get(value.emplace());
  }
  template <class T> void get(std::vector<T> &values) {
    values.resize(count(smallestSize<T>()));
    if constexpr (kRaw<T>) {
      raw(values.data(), values.size() * sizeof(T));
    } else {
      for (T &value : values)
        get(value);
    }
  }

  llvm::ArrayRef<char> rest;
};

} // namespace snnc::image
