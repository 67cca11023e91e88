#include "common/image/codec.h"

#include "common/image/layout.h"
#include "common/support/file_io.h"
#include "common/support/hash.h"
#include "crossbar_image.h"
#include "expect_diag.h"
#include "scratch.h"
#include "small_image.h"

#include <set>

using namespace snnc;
using namespace snnc::image;
using support::DiagCode;
using support::Diagnostic;

using Bytes = llvm::SmallVector<char, 0>;

static Diagnostic decodeError(llvm::ArrayRef<char> bytes) {
  return firstDiagnostic(decode(bytes, "x.snnimg").takeError());
}

static SectionEntry entryOf(const Bytes &bytes, size_t index) {
  SectionEntry entry;
  Reader(llvm::ArrayRef<char>(bytes).slice(kHeaderSize + index * kSectionEntrySize,
                                           kSectionEntrySize))(entry);
  return entry;
}

static uint32_t sectionCount(const Bytes &bytes) {
  FileHeader header;
  Reader(llvm::ArrayRef<char>(bytes).take_front(kHeaderSize))(header);
  return header.sections;
}

// Makes every checksum right again, as a forger would.
static void reseal(Bytes &bytes) {
  for (uint32_t i = 0; i < sectionCount(bytes); ++i) {
    const SectionEntry entry = entryOf(bytes, i);
    const uint32_t crc = support::crc32(
        support::bytesOf(llvm::ArrayRef<char>(bytes).slice(entry.offset, entry.size)));
    std::memcpy(bytes.data() + kHeaderSize + i * kSectionEntrySize + 4, &crc, sizeof(crc));
  }
  std::fill_n(bytes.begin() + kShaAt, kShaSize, '\0');
  const support::Sha256 digest = support::sha256(support::bytesOf(llvm::ArrayRef<char>(bytes)));
  std::copy(digest.begin(), digest.end(), bytes.begin() + kShaAt);
}

TEST(Codec, RoundTrips) {
  const Image image = smallImage();
  const Bytes bytes = encode(image);
  auto back = decode(bytes, "x.snnimg");
  ASSERT_TRUE(static_cast<bool>(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(encode(*back), bytes);
  EXPECT_EQ(back->cores, image.cores);
  EXPECT_EQ(back->netName, "small");
  EXPECT_EQ(back->profile.reset.value, net::ResetRule::Subtract);
  EXPECT_EQ(back->profile.reset.origin, net::Origin::Flag);
  EXPECT_EQ(back->profile.reset.reason, "asked for");
  EXPECT_EQ(back->run.steps, 5u);
  EXPECT_EQ(back->populations[2].shape, (std::vector<uint32_t>{1, 2}));
  EXPECT_TRUE(back->hostLayers[0].weights == image.hostLayers[0].weights);
  EXPECT_EQ(back->hostLayers[0].bias, image.hostLayers[0].bias);
  EXPECT_EQ(back->axonSources[0][2].projection, 2u);
}

TEST(Codec, SparseHostLayersRoundTrip) {
  Image image = smallImage();
  image.hostLayers[0].weights = net::SparseInts{3, 2, {0, 1, 3}, {2, 0, 1}, {5, -6, 7}};
  const Bytes bytes = encode(image);
  auto back = decode(bytes, "x.snnimg");
  ASSERT_TRUE(static_cast<bool>(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(encode(*back), bytes);
  EXPECT_TRUE(back->hostLayers[0].weights == image.hostLayers[0].weights);
}

TEST(Codec, SharedListsRoundTrip) {
  auto back = decode(encode(sharingImage()), "x.snnimg");
  ASSERT_TRUE(static_cast<bool>(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(back->cores, sharingImage().cores);
}

TEST(Codec, CrossbarCoresRoundTrip) {
  const Image image = crossbarImage();
  const Bytes bytes = encode(image);
  auto back = decode(bytes, "x.snnimg");
  ASSERT_TRUE(static_cast<bool>(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(encode(*back), bytes);
  EXPECT_EQ(back->cores, image.cores);
  EXPECT_EQ(back->copies, image.copies);
  EXPECT_EQ(back->bus, image.bus);
  EXPECT_EQ(back->busColumns, 3u);
}

// Axons alone make it a crossbar core: their sources count on them.
TEST(Codec, ACrossbarCoreWithoutNeuronsKeepsItsAxons) {
  Image image = crossbarImage();
  image::CoreImage &idle = image.cores.emplace_back();
  idle.y = 1;
  idle.crossbar.axonTypes = {1, 2};
  image.meshHeight = 2;
  image.axonSources.push_back({{1, 0}, {1, 1}});
  auto back = decode(encode(image), "x.snnimg");
  ASSERT_TRUE(static_cast<bool>(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(back->cores, image.cores);
}

TEST(Codec, FilesAndTheirDigest) {
  ScratchFolder scratch;
  const Image image = smallImage();
  ASSERT_FALSE(image::writeFile(image, scratch / "a.snnimg"));
  auto back = image::readFile(scratch / "a.snnimg");
  ASSERT_TRUE(static_cast<bool>(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(encode(*back), encode(image));
  EXPECT_EQ(firstDiagnostic(image::readFile(scratch / "b").takeError()).code,
            DiagCode::FileUnreadable);
  EXPECT_EQ(sha256Hex(encode(image)),
            support::hex(support::sha256(support::bytesOf(llvm::ArrayRef<char>(encode(image))))));
}

TEST(Codec, AnotherFileIsNotAnImage) {
  for (const llvm::StringRef text : {"", "{\"schema\": 1}", "SNNCIM"}) {
    const Diagnostic diagnostic = decodeError({text.data(), text.size()});
    EXPECT_EQ(diagnostic.code, DiagCode::ImageFormat);
    EXPECT_CONTAINS(diagnostic.message, "not an image");
  }
  Bytes bytes = encode(smallImage());
  bytes[8] = 1;
  EXPECT_EQ(decodeError(bytes).code, DiagCode::ImageVersion);
}

TEST(Codec, EveryTruncationIsAnError) {
  for (const Image &image : {smallImage(), crossbarImage()}) {
    const Bytes bytes = encode(image);
    for (size_t n = 0; n < bytes.size(); ++n)
      ASSERT_EQ(decodeError(llvm::ArrayRef<char>(bytes).take_front(n)).code, DiagCode::ImageFormat)
          << n;
    Bytes longer = bytes;
    longer.push_back('\0');
    EXPECT_EQ(decodeError(longer).code, DiagCode::ImageFormat);
  }
}

TEST(Codec, EveryFlippedByteIsAnError) {
  for (const Image &sound : {smallImage(), crossbarImage()}) {
    const Bytes bytes = encode(sound);
    for (size_t at = 0; at < bytes.size(); ++at)
      for (const char flip : {'\x01', '\x80'}) {
        Bytes flipped = bytes;
        flipped[at] = static_cast<char>(flipped[at] ^ flip);
        auto image = decode(flipped, "x");
        ASSERT_FALSE(static_cast<bool>(image)) << at;
        llvm::consumeError(image.takeError());
      }
  }
}

static std::set<std::string> damagedSections(const Image &image) {
  const Bytes bytes = encode(image);
  std::set<std::string> named;
  for (uint32_t i = 0; i < sectionCount(bytes); ++i) {
    Bytes damaged = bytes;
    damaged[entryOf(bytes, i).offset] ^= 1;
    const Diagnostic diagnostic = decodeError(damaged);
    EXPECT_EQ(diagnostic.code, DiagCode::ImageChecksum);
    EXPECT_CONTAINS(diagnostic.message, "section " + std::to_string(i));
    named.insert(diagnostic.message.substr(0, diagnostic.message.find(" is")));
  }
  return named;
}

TEST(Codec, ADamagedSectionIsNamed) {
  const std::set<std::string> cuba = damagedSections(smallImage());
  EXPECT_TRUE(cuba.count("section 2 (populations)")) << *cuba.begin();
  EXPECT_TRUE(cuba.count("section 6 (core)"));
  const std::set<std::string> crossbar = damagedSections(crossbarImage());
  for (const char *name : {"section 6 (crossbar core)", "section 8 (copies)", "section 9 (bus)"})
    EXPECT_TRUE(crossbar.count(name)) << name;
}

// Right checksums do not make a section sound: whatever a byte says, the reader refuses it or gives
// an image that passes verify. Run under the address sanitizer in the long suite.
static void forge(const Image &sound) {
  const Bytes bytes = encode(sound);
  uint64_t refused = 0, accepted = 0;
  for (uint32_t i = 1; i < sectionCount(bytes); ++i) {
    const SectionEntry entry = entryOf(bytes, i);
    for (size_t at = entry.offset; at < entry.offset + entry.size; ++at)
      for (const int value : {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
        Bytes forged = bytes;
        forged[at] = static_cast<char>(value);
        reseal(forged);
        auto image = decode(forged, "x");
        if (image) {
          ++accepted;
          auto network = toNetwork(*image);
          if (!network)
            llvm::consumeError(network.takeError());
        } else {
          ++refused;
          llvm::consumeError(image.takeError());
        }
      }
  }
  EXPECT_GT(refused, 1000u);
  EXPECT_GT(accepted, 1000u);
}

TEST(Codec, ForgedBytesNeverGetPastTheChecks) {
  forge(smallImage());
  forge(crossbarImage());
}

TEST(Codec, SectionsOutOfOrderAreAnError) {
  Bytes bytes = encode(smallImage());
  bytes[kHeaderSize + kSectionEntrySize] = 3; // the second section calls itself populations
  reseal(bytes);
  EXPECT_CONTAINS(decodeError(bytes).message, "out of order");
  bytes = encode(crossbarImage());
  bytes[kHeaderSize + 8 * kSectionEntrySize] = 10; // copies call themselves the bus
  reseal(bytes);
  EXPECT_CONTAINS(decodeError(bytes).message, "out of order");
  bytes = encode(smallImage());
  bytes[kHeaderSize + kSectionEntrySize] = 99;
  reseal(bytes);
  EXPECT_EQ(decodeError(bytes).code, DiagCode::ImageFormat);
}

TEST(Codec, CountsBeyondTheSectionTakeNoMemory) {
  Bytes bytes = encode(smallImage());
  const SectionEntry populations = entryOf(bytes, 2);
  const uint32_t huge = 0xFFFFFFFF;
  std::memcpy(bytes.data() + populations.offset, &huge, sizeof(huge));
  reseal(bytes);
  EXPECT_CONTAINS(decodeError(bytes).message, "counts more elements");
}

TEST(Codec, AnotherTargetIsAnError) {
  Image image = smallImage();
  image.targetFingerprint[0] ^= 1;
  EXPECT_EQ(decodeError(encode(image)).code, DiagCode::ImageTarget);
  image.targetJson = "{}";
  const support::Sha256 digest =
      support::sha256(support::bytesOf(llvm::StringRef(image.targetJson)));
  image.targetFingerprint = digest;
  EXPECT_EQ(decodeError(encode(image)).code, DiagCode::JsonMissingKey);
}

TEST(Codec, ErrorsOfVerifyNameTheFile) {
  Image image = smallImage();
  image.cores[0].neurons[0].refractory = 0;
  const Diagnostic diagnostic = decodeError(encode(image));
  EXPECT_EQ(diagnostic.code, DiagCode::ImageInvalid);
  EXPECT_EQ(diagnostic.loc.file, "x.snnimg");
  EXPECT_EQ(diagnostic.loc.path, "cores/0/neurons/0");
}
