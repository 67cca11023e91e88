// Whether the variable-length strings of an HDF5 file may be handed to libhdf5.
//
// A reference is {length u32, address of a heap collection u64, index u32}. libhdf5 1.10 copies
// what the collection says an object is long into a buffer of what the reference says, so one
// damaged byte crashes it. Format: HDF5 File Format Specification, III.E "Global Heap".
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace snnc::compiler::nir {

// `count` references stand at byte `at` of the file: each is empty, or names an object of exactly
// its length in a collection whose objects lie inside it; and all together are no longer than the
// file, as of strings that do not share bytes. For 8-byte addresses, no user block.
bool heapIsSound(llvm::StringRef file, uint64_t at, uint64_t count);

} // namespace snnc::compiler::nir
