// String helpers. StringRef's own startswith/starts_with changed names between LLVM 14 and 19.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace snnc::support {

inline bool startsWith(llvm::StringRef text, llvm::StringRef prefix) {
  return text.take_front(prefix.size()) == prefix;
}
inline bool endsWith(llvm::StringRef text, llvm::StringRef suffix) {
  return text.take_back(suffix.size()) == suffix;
}

// The candidate that `word` was probably meant to be: at most a third of its letters differ.
// Empty if none is that near; the first of equally near ones.
std::string nearest(llvm::StringRef word, llvm::ArrayRef<std::string> candidates);

// Digits compare as numbers: "2" < "10", "fc2" < "fc10". Total: ties are broken bytewise.
bool naturalLess(llvm::StringRef a, llvm::StringRef b);

// "a, b, c".
std::string joinNames(llvm::ArrayRef<std::string> names);

} // namespace snnc::support
