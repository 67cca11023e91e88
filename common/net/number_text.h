// Numbers as shortest decimals that read back to the same bits, independent of the locale.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <charconv>
#include <optional>
#include <string>

namespace snnc::net {

// "0.1", "1e-04", "inf", "-inf", "nan". T: float, double or an integer.
template <class T> void writeNumber(llvm::raw_ostream &os, T value) {
  char buffer[40];
  const std::to_chars_result result = std::to_chars(buffer, buffer + sizeof buffer, value);
  os.write(buffer, static_cast<size_t>(result.ptr - buffer));
}

template <class T> std::string numberText(T value) {
  char buffer[40];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

// The whole of `text` as a T; empty if it is none or out of T's range.
template <class T> std::optional<T> readNumber(llvm::StringRef text) {
  T value{};
  const std::from_chars_result result = std::from_chars(text.begin(), text.end(), value);
  if (result.ec != std::errc() || result.ptr != text.end())
    return std::nullopt;
  return value;
}

} // namespace snnc::net
