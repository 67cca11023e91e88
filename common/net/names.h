// Tables of enum names, private to common/net: one table serves nameOf and parse*.
#pragma once

#include <cassert>
#include <optional>
#include <string>

namespace snnc::net {

template <class Enum> struct Name {
  Enum value;
  const char *name;
};

template <class Enum, size_t n> const char *findName(const Name<Enum> (&names)[n], Enum value) {
  for (const Name<Enum> &entry : names)
    if (entry.value == value)
      return entry.name;
  assert(false && "every enumerator is in its table");
  return "";
}

template <class Enum, size_t n>
std::optional<Enum> findValue(const Name<Enum> (&names)[n], const std::string &name) {
  for (const Name<Enum> &entry : names)
    if (name == entry.name)
      return entry.value;
  return std::nullopt;
}

} // namespace snnc::net
