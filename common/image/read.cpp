// Outside in: the frame, then each section's CRC-32 (which says what is damaged), the SHA-256 of
// the whole, the fields, and at last `verify`. Nothing is used before it has been checked.
#include "common/image/codec.h"
#include "common/image/layout.h"
#include "common/support/diag.h"
#include "common/support/file_io.h"
#include "common/support/hash.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace snnc::image {

using support::Diag;
using support::DiagCode;

static llvm::Error damaged(llvm::StringRef file, DiagCode code, const llvm::Twine &message) {
  return Diag(code, {file.str(), 0, ""}, message)
      .help("compile the model again; the image cannot be repaired")
      .take();
}

static const char *nameOf(SectionKind kind) {
  switch (kind) {
  case SectionKind::Target:
    return "target";
  case SectionKind::Net:
    return "net";
  case SectionKind::Populations:
    return "populations";
  case SectionKind::Inputs:
    return "inputs";
  case SectionKind::HostLayers:
    return "host layers";
  case SectionKind::Core:
    return "core";
  case SectionKind::AxonSources:
    return "axon sources";
  case SectionKind::CrossbarCore:
    return "crossbar core";
  case SectionKind::Copies:
    return "copies";
  case SectionKind::Bus:
    return "bus";
  }
  return "unknown";
}

bool isImage(llvm::ArrayRef<char> bytes) {
  return bytes.size() >= sizeof(kMagic) &&
         std::equal(std::begin(kMagic), std::end(kMagic), bytes.begin());
}

static llvm::Expected<FileHeader> readHeader(llvm::ArrayRef<char> bytes, llvm::StringRef file) {
  if (!isImage(bytes))
    return Diag(DiagCode::ImageFormat, {file.str(), 0, ""}, "not an image: the magic is missing")
        .help("`snnc compile` writes images")
        .take();
  if (bytes.size() < kHeaderSize)
    return damaged(file, DiagCode::ImageFormat,
                   llvm::formatv("the image is truncated: {0} bytes, its header has {1}",
                                 bytes.size(), kHeaderSize));
  FileHeader header;
  Reader(bytes.take_front(kHeaderSize))(header);
  if (header.version != kVersion)
    return Diag(DiagCode::ImageVersion, {file.str(), 0, ""},
                llvm::formatv("image version {0}, this snnc reads version {1}", header.version,
                              kVersion))
        .help("compile the model again")
        .take();
  if (header.fileSize != bytes.size())
    return damaged(file, DiagCode::ImageFormat,
                   llvm::formatv("the image has {0} bytes, its header says {1}", bytes.size(),
                                 header.fileSize));
  return header;
}

// The table and the sections' places: in order, back to back, to the end of the file.
static llvm::Expected<std::vector<SectionEntry>>
readTable(const FileHeader &header, llvm::ArrayRef<char> bytes, llvm::StringRef file) {
  const uint64_t tableEnd = kHeaderSize + uint64_t{header.sections} * kSectionEntrySize;
  if (tableEnd > bytes.size())
    return damaged(
        file, DiagCode::ImageFormat,
        llvm::formatv("{0} sections do not fit {1} bytes", header.sections, bytes.size()));
  std::vector<SectionEntry> table(header.sections);
  Reader reader(bytes.slice(kHeaderSize, tableEnd - kHeaderSize));
  uint64_t at = tableEnd;
  for (size_t i = 0; i < table.size(); ++i) {
    reader(table[i]);
    at = llvm::alignTo(at, kSectionAlignment);
    if (table[i].offset != at || at > bytes.size() || table[i].size > bytes.size() - at)
      return damaged(file, DiagCode::ImageFormat,
                     llvm::formatv("section {0} is not where it should be", i));
    at += table[i].size;
  }
  if (at != bytes.size())
    return damaged(file, DiagCode::ImageFormat, "bytes follow the last section");
  return table;
}

static llvm::Error checkSums(const FileHeader &header, llvm::ArrayRef<SectionEntry> table,
                             llvm::ArrayRef<char> bytes, llvm::StringRef file) {
  for (size_t i = 0; i < table.size(); ++i) {
    const uint32_t crc =
        support::crc32(support::bytesOf(bytes.slice(table[i].offset, table[i].size)));
    if (crc != table[i].crc)
      return damaged(file, DiagCode::ImageChecksum,
                     llvm::formatv("section {0} ({1}) is damaged: CRC-32 {2:x8}, expected {3:x8}",
                                   i, nameOf(table[i].kind), crc, table[i].crc));
  }
  llvm::SmallVector<char, 0> copy(bytes.begin(), bytes.end());
  std::fill_n(copy.begin() + kShaAt, kShaSize, '\0');
  const support::Sha256 digest = support::sha256(support::bytesOf(copy));
  if (digest != header.sha256)
    return damaged(file, DiagCode::ImageChecksum,
                   "the image is damaged: SHA-256 " + support::hex(digest) + ", expected " +
                       support::hex(header.sha256));
  return llvm::Error::success();
}

static void readSection(SectionKind kind, Reader &reader, Image &image) {
  switch (kind) {
  case SectionKind::Target:
    return reader(image.targetJson, image.targetFingerprint);
  case SectionKind::Net:
    return layoutNet(reader, image);
  case SectionKind::Populations:
    return reader(image.populations);
  case SectionKind::Inputs:
    return reader(image.inputs);
  case SectionKind::HostLayers:
    return reader(image.hostLayers);
  case SectionKind::Core:
    return reader(image.cores.emplace_back());
  case SectionKind::AxonSources:
    return reader(image.axonSources);
  case SectionKind::CrossbarCore:
    return layoutCrossbar(reader, image.cores.emplace_back());
  case SectionKind::Copies:
    return reader(image.copies);
  case SectionKind::Bus:
    return reader(image.busColumns, image.bus);
  }
}

// Each kind in its place, and as often as it may be.
static bool inOrder(llvm::ArrayRef<SectionEntry> table) {
  struct Rule {
    SectionKind kind, orElse;
    size_t least, most;
  };
  constexpr size_t kMany = ~size_t{0};
  using enum SectionKind;
  static constexpr Rule kOrder[] = {
      {Target, Target, 1, 1},
      {Net, Net, 1, 1},
      {Populations, Populations, 1, 1},
      {Inputs, Inputs, 1, 1},
      {HostLayers, HostLayers, 1, 1},
      {Core, CrossbarCore, 0, kMany},
      {AxonSources, AxonSources, 1, 1},
      {Copies, Copies, 0, 1},
      {Bus, Bus, 0, 1},
  };
  size_t at = 0;
  for (const Rule &rule : kOrder) {
    size_t count = 0;
    while (at < table.size() && count < rule.most &&
           (table[at].kind == rule.kind || table[at].kind == rule.orElse)) {
      ++at;
      ++count;
    }
    if (count < rule.least)
      return false;
  }
  return at == table.size();
}

// verify() does not know the file; its user does.
static llvm::Error inFile(llvm::Error error, llvm::StringRef file) {
  llvm::Error all = llvm::Error::success();
  llvm::handleAllErrors(std::move(error), [&](support::DiagError &problem) {
    if (problem.diagnostic.loc.file.empty())
      problem.diagnostic.loc.file = file.str();
    all = llvm::joinErrors(std::move(all),
                           llvm::make_error<support::DiagError>(std::move(problem.diagnostic)));
  });
  return all;
}

llvm::Expected<Image> decode(llvm::ArrayRef<char> bytes, llvm::StringRef file) {
  auto header = readHeader(bytes, file);
  if (!header)
    return header.takeError();
  auto table = readTable(*header, bytes, file);
  if (!table)
    return table.takeError();
  if (llvm::Error error = checkSums(*header, *table, bytes, file))
    return error;
  if (!inOrder(*table) || header->reserved != 0)
    return damaged(file, DiagCode::ImageFormat, "a section is missing, twice or out of order");
  Image image;
  for (const SectionEntry &entry : *table) {
    Reader reader(bytes.slice(entry.offset, entry.size));
    readSection(entry.kind, reader, image);
    if (reader.failure == nullptr && !reader.atEnd())
      reader.failure = "has bytes left over";
    if (reader.failure != nullptr)
      return damaged(file, DiagCode::ImageFormat,
                     llvm::Twine("section '") + nameOf(entry.kind) + "' " + reader.failure);
  }
  if (llvm::Error error = verify(image))
    return inFile(std::move(error), file);
  return image;
}

llvm::Expected<Image> readFile(llvm::StringRef path) {
  auto buffer = support::readFile(path);
  if (!buffer)
    return buffer.takeError();
  const llvm::StringRef text = (*buffer)->getBuffer();
  return decode({text.data(), text.size()}, path);
}

} // namespace snnc::image
