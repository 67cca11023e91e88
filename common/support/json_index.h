// Where the values of a JSON text stand. nlohmann/json 3.11 keeps no positions, so a second pass
// over a text that is known to be valid notes the byte of every object member and of every object
// or array inside an array (not of single numbers in an array: weights would drown the index).
#pragma once

#include "llvm/ADT/StringRef.h"

#include <map>
#include <string>

namespace snnc::support {

struct JsonIndex {
  std::map<std::string, size_t> offsets; // JSON pointer -> byte of the value
  std::string problem;                   // a key twice, or too deep; empty if fine
  size_t problemAt = 0;                  // its byte
};
// `text` is JSON that a parser has accepted.
JsonIndex indexJson(llvm::StringRef text);

// Byte of element `position` of the array that starts at `arrayAt`.
size_t elementOffset(llvm::StringRef text, size_t arrayAt, size_t position);

// "a/b" -> "a~1b", as RFC 6901 writes a key inside a pointer.
std::string escapePointer(llvm::StringRef key);

} // namespace snnc::support
