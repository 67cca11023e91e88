// IDX files, the format of MNIST: big-endian; two zero bytes, element type (8 = uint8), rank, one
// 32-bit extent per axis, elements. Source: http://yann.lecun.com/exdb/mnist, "the IDX file
// format".
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace snnc::data {

struct IdxArray {
  std::vector<uint32_t> shape;
  std::vector<uint8_t> values; // row-major
};

// Reads an uncompressed or gzip'ed file of uint8 elements and this rank. FileUnreadable (1001), or
// IdxFormat (6002): wrong magic, rank or type, truncated, trailing bytes, damaged gzip stream.
llvm::Expected<IdxArray> readIdx(llvm::StringRef path, uint32_t rank);

} // namespace snnc::data
