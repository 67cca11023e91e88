// Checksums of bytes: CRC-32 (the zip polynomial) and SHA-256.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <array>
#include <cstdint>
#include <string>

namespace snnc::support {

using Sha256 = std::array<uint8_t, 32>;

uint32_t crc32(llvm::ArrayRef<uint8_t> bytes);
Sha256 sha256(llvm::ArrayRef<uint8_t> bytes);
std::string hex(llvm::ArrayRef<uint8_t> bytes); // lower case, two digits a byte

inline llvm::ArrayRef<uint8_t> bytesOf(llvm::StringRef text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}
inline llvm::ArrayRef<uint8_t> bytesOf(llvm::ArrayRef<char> bytes) {
  return {reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()};
}

} // namespace snnc::support
