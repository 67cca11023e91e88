// Files to images and back. A reader never trusts a file: every offset, count and index is checked
// before use; a flipped byte is found by a CRC-32 per section and a SHA-256 over the whole.
#pragma once

#include "common/image/image.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace snnc::image {

// The bytes of an image; equal images give equal bytes.
llvm::SmallVector<char, 0> encode(const Image &image);
llvm::Expected<Image> decode(llvm::ArrayRef<char> bytes, llvm::StringRef file);

// True if the bytes start with an image's magic.
bool isImage(llvm::ArrayRef<char> bytes);

// Writes to a temporary beside `path` and renames: an interrupted write leaves no half file.
llvm::Error writeFile(const Image &image, llvm::StringRef path);
llvm::Expected<Image> readFile(llvm::StringRef path);

std::string sha256Hex(llvm::ArrayRef<char> bytes);

// Human-readable listing. `full` prints every neuron, axon, slot and synapse; else a summary.
// The image has passed verify().
void dump(const Image &image, bool full, llvm::raw_ostream &os);

// What differs between two images, one line each (the first few of a table); returns how many.
uint64_t diff(const Image &a, const Image &b, llvm::raw_ostream &os);

// Checks all that the engines rely on: ranges, groups, pointers, axon entries, coordinates; and
// that the network's segments, inputs, host layers and axon sources fit the cores. ImageInvalid
// (5004) for the first problems, ImageTarget (5005). decode() has called it.
llvm::Error verify(const Image &image);

// The network that an image encodes, rebuilt only from the cores' tables (image_equals_net):
// nonzero synapses as SparseInts, 2^28 at most. Every one is reached by its source neuron's slots
// or routes, once and in time, or ImageNotANetwork (5006).
llvm::Expected<net::QuantNet> toNetwork(const Image &image);

} // namespace snnc::image
