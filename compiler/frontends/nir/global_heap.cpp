#include "compiler/frontends/nir/global_heap.h"

#include "llvm/Support/Endian.h"

#include <map>
#include <optional>

namespace snnc::compiler::nir {
namespace {

using llvm::support::endian::read16le;
using llvm::support::endian::read32le;
using llvm::support::endian::read64le;

constexpr uint64_t kReferenceBytes = 16;
constexpr uint64_t kHeaderBytes = 16; // of a collection and of an object

using Objects = std::map<uint32_t, uint64_t>; // index -> length

// The objects of the collection at `at`; empty if it is damaged.
std::optional<Objects> objectsAt(llvm::StringRef file, uint64_t at) {
  if (at > file.size() || file.size() - at < kHeaderBytes ||
      file.substr(at, 4) != llvm::StringRef("GCOL"))
    return std::nullopt;
  const uint64_t size = read64le(file.data() + at + 8);
  if (size < kHeaderBytes || size > file.size() - at)
    return std::nullopt;
  const llvm::StringRef heap = file.substr(at, size);
  Objects objects;
  uint64_t next = kHeaderBytes;
  while (size - next >= kHeaderBytes) {
    const uint32_t index = read16le(heap.data() + next);
    const uint64_t length = read64le(heap.data() + next + 8);
    if (length > size)
      return std::nullopt;
    // Index 0 is the free space; its length counts its own header.
    const uint64_t need = index == 0 ? length : kHeaderBytes + (length + 7) / 8 * 8;
    if (need < kHeaderBytes || need > size - next)
      return std::nullopt;
    objects[index] = length;
    next += need;
  }
  return objects;
}

} // namespace

bool heapIsSound(llvm::StringRef file, uint64_t at, uint64_t count) {
  if (at > file.size() || count > (file.size() - at) / kReferenceBytes)
    return false;
  std::map<uint64_t, std::optional<Objects>> collections;
  uint64_t strings = 0, heaps = 0; // bytes; collections do not overlap in a sound file
  for (uint64_t i = 0; i < count; ++i) {
    const char *reference = file.data() + at + i * kReferenceBytes;
    const uint32_t length = read32le(reference);
    const uint64_t address = read64le(reference + 4);
    const uint32_t index = read32le(reference + 12);
    if (length == 0 || address == 0)
      continue;
    const auto [known, isNew] = collections.try_emplace(address);
    if (isNew) {
      if (address < file.size() - kReferenceBytes)
        heaps += read64le(file.data() + address + 8);
      if (heaps > file.size())
        return false;
      known->second = objectsAt(file, address);
    }
    if (!known->second)
      return false;
    const auto object = known->second->find(index);
    if (index == 0 || object == known->second->end() || object->second != length)
      return false;
    strings += length;
    if (strings > file.size())
      return false;
  }
  return true;
}

} // namespace snnc::compiler::nir
