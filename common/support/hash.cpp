#include "common/support/hash.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CRC.h"
#include "llvm/Support/SHA256.h"

namespace snnc::support {

uint32_t crc32(llvm::ArrayRef<uint8_t> bytes) {
  return llvm::crc32(bytes);
}
Sha256 sha256(llvm::ArrayRef<uint8_t> bytes) {
  return llvm::SHA256::hash(bytes);
}
std::string hex(llvm::ArrayRef<uint8_t> bytes) {
  return llvm::toHex(bytes, /*LowerCase=*/true);
}

} // namespace snnc::support
