#include "common/data/idx.h"

#include "expect_diag.h"
#include "scratch.h"

#include <gtest/gtest.h>

#include <fstream>
#include <zlib.h>

using namespace snnc;
using support::DiagCode;

namespace {

// Two images of 1 x 3.
const std::string kImages("\0\0\10\3\0\0\0\2\0\0\0\1\0\0\0\3\1\2\3\4\5\377", 22);

std::string write(const std::string &path, const std::string &bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

std::string writeGz(const std::string &path, const std::string &bytes) {
  gzFile file = gzopen(path.c_str(), "wb");
  EXPECT_EQ(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())),
            static_cast<int>(bytes.size()));
  gzclose(file);
  return path;
}

std::string readBytes(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

support::Diagnostic failure(const std::string &path, uint32_t rank = 3) {
  return firstDiagnostic(data::readIdx(path, rank).takeError());
}

} // namespace

TEST(Idx, ReadsPlainAndGzip) {
  ScratchFolder folder;
  for (const std::string &path :
       {write(folder / "plain", kImages), writeGz(folder / "packed.gz", kImages)}) {
    auto array = data::readIdx(path, 3);
    ASSERT_TRUE(static_cast<bool>(array));
    EXPECT_EQ(array->shape, (std::vector<uint32_t>{2, 1, 3}));
    EXPECT_EQ(array->values, (std::vector<uint8_t>{1, 2, 3, 4, 5, 255}));
  }
}

TEST(Idx, MissingFile) {
  EXPECT_EQ(failure("/nonexistent/t10k").code, DiagCode::FileUnreadable);
}

TEST(Idx, TruncatedAtEveryByte) {
  ScratchFolder folder;
  for (size_t length = 0; length < kImages.size(); ++length) {
    const auto diag = failure(write(folder / "short", kImages.substr(0, length)));
    EXPECT_EQ(diag.code, DiagCode::IdxFormat) << length;
  }
  EXPECT_CONTAINS(failure(write(folder / "short", kImages.substr(0, 20))).message,
                  "4 elements of the 6");
  EXPECT_CONTAINS(failure(write(folder / "short", kImages.substr(0, 9))).message,
                  "ends after 9 bytes, its header has 16");
}

TEST(Idx, TrailingBytes) {
  ScratchFolder folder;
  EXPECT_CONTAINS(failure(write(folder / "long", kImages + "x")).message, "bytes follow");
}

TEST(Idx, WrongMagicTypeOrRank) {
  ScratchFolder folder;
  std::string png = kImages;
  png[0] = '\x89';
  EXPECT_CONTAINS(failure(write(folder / "png", png)).message, "0x89000803");
  std::string floats = kImages;
  floats[2] = '\x0D';
  EXPECT_CONTAINS(failure(write(folder / "floats", floats)).message, "0x00000d03");
  EXPECT_CONTAINS(failure(write(folder / "labels", kImages), 1).message, "0x00000801");
}

TEST(Idx, HugeExtentsAreRefusedBeforeMemoryIsTaken) {
  ScratchFolder folder;
  std::string huge = kImages;
  for (size_t byte = 4; byte < 16; ++byte)
    huge[byte] = '\xFF';
  EXPECT_CONTAINS(failure(write(folder / "huge", huge)).message, "more than 2147483648 elements");
}

TEST(Idx, DamagedGzip) {
  ScratchFolder folder;
  std::string packed = readBytes(writeGz(folder / "ok.gz", kImages + std::string(5000, '\7')));
  EXPECT_EQ(failure(write(folder / "cut.gz", packed.substr(0, packed.size() / 2))).code,
            DiagCode::IdxFormat);
  std::string exact = readBytes(writeGz(folder / "exact.gz", kImages));
  exact[exact.size() - 6] = static_cast<char>(exact[exact.size() - 6] ^ 1); // a bit of its checksum
  EXPECT_EQ(failure(write(folder / "flip.gz", exact)).code, DiagCode::IdxFormat);
}
