#include "common/data/idx.h"

#include "common/support/diag.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <zlib.h>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::data {
namespace {

constexpr unsigned kChunk = 1u << 20; // bytes a read; memory grows with the file, not its header
constexpr uint32_t kTypeUint8 = 8;
constexpr uint64_t kMaxElements = 1u << 31;

struct CloseGz {
  void operator()(gzFile_s *file) const { gzclose_r(file); }
};

// A file that is read from its start to its end.
class Reader {
public:
  Reader(llvm::StringRef path) : path(path.str()), file(gzopen(this->path.c_str(), "rb")) {}
  bool isOpen() const { return file != nullptr; }

  // Appends up to `count` bytes; fewer at the end of the file.
  llvm::Error read(uint64_t count, std::vector<uint8_t> &out) {
    while (count > 0) {
      const auto want = static_cast<unsigned>(std::min<uint64_t>(count, kChunk));
      const size_t before = out.size();
      out.resize(before + want);
      const int got = gzread(file.get(), out.data() + before, want);
      out.resize(before + static_cast<size_t>(std::max(got, 0)));
      int code = Z_OK;
      const char *reason = gzerror(file.get(), &code);
      if (got < 0 || (code != Z_OK && code != Z_STREAM_END))
        return bad(formatv("gzip stream is damaged: {0}", reason));
      if (static_cast<unsigned>(got) < want)
        return llvm::Error::success();
      count -= want;
    }
    return llvm::Error::success();
  }
  llvm::Error bad(const llvm::Twine &message) const {
    return Diag(DiagCode::IdxFormat, {path, 0, {}}, message)
        .help("download the file again; IDX files are those of MNIST and its relatives")
        .take();
  }

private:
  std::string path;
  std::unique_ptr<gzFile_s, CloseGz> file;
};

uint32_t bigEndian(const uint8_t *bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

} // namespace

llvm::Expected<IdxArray> readIdx(llvm::StringRef path, uint32_t rank) {
  Reader reader(path);
  if (!reader.isOpen())
    return Diag(DiagCode::FileUnreadable, {path.str(), 0, {}},
                formatv("cannot read the file: {0}", std::strerror(errno)))
        .take();
  const size_t headerBytes = 4 + size_t{4} * rank;
  std::vector<uint8_t> header;
  if (llvm::Error error = reader.read(headerBytes, header))
    return error;
  if (header.size() < headerBytes)
    return reader.bad(
        formatv("file ends after {0} bytes, its header has {1}", header.size(), headerBytes));
  const uint32_t magic = bigEndian(header.data()), expected = kTypeUint8 << 8 | rank;
  if (magic != expected)
    return reader.bad(formatv("first four bytes are {0:x+8}, an IDX file of {1} axes of uint8 has "
                              "{2:x+8}",
                              magic, rank, expected));
  IdxArray array;
  uint64_t elements = 1; // at most 2^31 times the next 32-bit extent: no overflow
  for (uint32_t axis = 0; axis < rank; ++axis) {
    array.shape.push_back(bigEndian(&header[4 + size_t{4} * axis]));
    elements *= array.shape.back();
    if (elements > kMaxElements)
      return reader.bad(formatv("header announces more than {0} elements", kMaxElements));
  }
  if (llvm::Error error = reader.read(elements + 1, array.values))
    return error;
  if (array.values.size() < elements)
    return reader.bad(
        formatv("file is truncated: {0} elements of the {1} that its header announces",
                array.values.size(), elements));
  if (array.values.size() > elements)
    return reader.bad(
        formatv("bytes follow after the {0} elements that the header announces", elements));
  return array;
}

} // namespace snnc::data
