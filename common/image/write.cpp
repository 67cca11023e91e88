#include "common/image/codec.h"
#include "common/image/layout.h"
#include "common/support/file_io.h"
#include "common/support/hash.h"

#include "llvm/Support/MathExtras.h"

namespace snnc::image {

namespace {
struct Section {
  SectionKind kind;
  llvm::SmallVector<char, 0> bytes;
};
} // namespace

template <class... Ts> static Section section(SectionKind kind, const Ts &...values) {
  Writer writer;
  writer(values...);
  return {kind, std::move(writer.bytes)};
}

static Section coreSection(const CoreImage &core) {
  if (core.crossbar == CrossbarTables{})
    return section(SectionKind::Core, core);
  Writer writer;
  layoutCrossbar(writer, core);
  return {SectionKind::CrossbarCore, std::move(writer.bytes)};
}

static std::vector<Section> sectionsOf(const Image &image) {
  std::vector<Section> sections;
  sections.push_back(section(SectionKind::Target, image.targetJson, image.targetFingerprint));
  Writer net;
  layoutNet(net, image);
  sections.push_back({SectionKind::Net, std::move(net.bytes)});
  sections.push_back(section(SectionKind::Populations, image.populations));
  sections.push_back(section(SectionKind::Inputs, image.inputs));
  sections.push_back(section(SectionKind::HostLayers, image.hostLayers));
  for (const CoreImage &core : image.cores)
    sections.push_back(coreSection(core));
  sections.push_back(section(SectionKind::AxonSources, image.axonSources));
  if (!image.copies.empty())
    sections.push_back(section(SectionKind::Copies, image.copies));
  if (image.busColumns != 0)
    sections.push_back(section(SectionKind::Bus, image.busColumns, image.bus));
  return sections;
}

llvm::SmallVector<char, 0> encode(const Image &image) {
  const std::vector<Section> sections = sectionsOf(image);
  FileHeader header;
  std::copy(std::begin(kMagic), std::end(kMagic), header.magic.begin());
  header.sections = static_cast<uint32_t>(sections.size());
  std::vector<SectionEntry> table;
  uint64_t at = kHeaderSize + sections.size() * kSectionEntrySize;
  for (const Section &section : sections) {
    at = llvm::alignTo(at, kSectionAlignment);
    table.push_back(
        {section.kind, support::crc32(support::bytesOf(section.bytes)), at, section.bytes.size()});
    at += section.bytes.size();
  }
  header.fileSize = at;

  Writer out;
  out.bytes.reserve(at);
  out(header);
  for (const SectionEntry &entry : table)
    out(entry);
  for (size_t i = 0; i < sections.size(); ++i) {
    out.bytes.resize(table[i].offset, '\0');
    out.bytes.append(sections[i].bytes.begin(), sections[i].bytes.end());
  }
  // The digest's own bytes are zero while it is computed.
  const support::Sha256 digest = support::sha256(support::bytesOf(out.bytes));
  std::copy(digest.begin(), digest.end(), out.bytes.begin() + kShaAt);
  return std::move(out.bytes);
}

llvm::Error writeFile(const Image &image, llvm::StringRef path) {
  return support::writeFile(path, llvm::ArrayRef<char>(encode(image)));
}

std::string sha256Hex(llvm::ArrayRef<char> bytes) {
  return support::hex(support::sha256(support::bytesOf(bytes)));
}

} // namespace snnc::image
