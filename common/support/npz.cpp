// The archive half of npy.h, over libzip. Archives are read from and built in memory, so that a
// write goes through the same temporary-and-rename as every other file.
#include "common/support/diag.h"
#include "common/support/file_io.h"
#include "common/support/npy.h"

#include <zip.h>

#include <algorithm>
#include <list>

namespace snnc::support {

namespace {

struct ErrorText {
  zip_error_t error{};
  ErrorText() { zip_error_init(&error); }
  ~ErrorText() { zip_error_fini(&error); }
  std::string text() { return zip_error_strerror(&error); }
};

struct DiscardArchive {
  void operator()(zip_t *archive) const { zip_discard(archive); }
};
struct CloseFile {
  void operator()(zip_file_t *file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, DiscardArchive>;
using Member = std::unique_ptr<zip_file_t, CloseFile>;

llvm::Error badArchive(llvm::StringRef path, const llvm::Twine &why) {
  return Diag(DiagCode::NpzFormat, {path.str(), 0, ""}, "not a .npz archive: " + why).take();
}

// Grows as it reads: a damaged archive may claim any size.
llvm::Expected<std::vector<char>> readMember(zip_t *archive, zip_uint64_t index,
                                             llvm::StringRef path) {
  Member member(zip_fopen_index(archive, index, 0));
  if (!member)
    return badArchive(path, zip_strerror(archive));
  constexpr size_t kChunk = size_t{1} << 20;
  std::vector<char> bytes;
  for (size_t used = 0;;) {
    bytes.resize(used + kChunk);
    const zip_int64_t got = zip_fread(member.get(), bytes.data() + used, kChunk);
    if (got < 0)
      return badArchive(path, zip_file_strerror(member.get()));
    used += static_cast<size_t>(got);
    bytes.resize(used);
    if (got == 0)
      return bytes;
  }
}

} // namespace

llvm::Expected<NpyArrays> readNpz(llvm::StringRef path, llvm::ArrayRef<std::string> only) {
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  const llvm::StringRef text = (*buffer)->getBuffer();
  if (text.empty()) // libzip takes it for an archive without members
    return badArchive(path, "the file is empty");
  ErrorText error;
  zip_source_t *source = zip_source_buffer_create(text.data(), text.size(), 0, &error.error);
  if (source == nullptr)
    return badArchive(path, error.text());
  Archive archive(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error.error));
  if (!archive) {
    zip_source_free(source);
    return badArchive(path, error.text());
  }
  NpyArrays arrays;
  const zip_int64_t members = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < members; ++i) {
    const zip_uint64_t index = static_cast<zip_uint64_t>(i);
    const char *raw = zip_get_name(archive.get(), index, 0);
    llvm::StringRef name = raw == nullptr ? "" : raw;
    if (!name.consume_back(".npy"))
      return badArchive(path, "member '" + name + "' is not a .npy array");
    if (!only.empty() && std::find(only.begin(), only.end(), name.str()) == only.end())
      continue;
    auto bytes = readMember(archive.get(), index, path);
    if (!bytes)
      return bytes.takeError();
    auto array = parseNpy(*bytes, (path + ":" + name).str());
    if (!array)
      return array.takeError();
    arrays.emplace(name.str(), std::move(*array));
  }
  return arrays;
}

static bool addMember(zip_t *archive, const std::string &name, const std::vector<char> &bytes) {
  zip_source_t *source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
  if (source == nullptr)
    return false;
  const zip_int64_t at = zip_file_add(archive, (name + ".npy").c_str(), source, ZIP_FL_ENC_UTF_8);
  if (at < 0) {
    zip_source_free(source);
    return false;
  }
  const zip_uint64_t index = static_cast<zip_uint64_t>(at);
  // 1980-01-01 00:00: the clock must not change the bytes.
  return zip_file_set_dostime(archive, index, 0, 0x21, 0) == 0 &&
         zip_set_file_compression(archive, index, ZIP_CM_DEFLATE, 1) == 0;
}

static llvm::Error unwritable(llvm::StringRef path, const llvm::Twine &why) {
  return Diag(DiagCode::FileUnwritable, {path.str(), 0, ""}, "cannot write '" + path + "': " + why)
      .take();
}

llvm::Error writeNpz(const NpyArrays &arrays, llvm::StringRef path) {
  ErrorText error;
  std::unique_ptr<zip_source_t, void (*)(zip_source_t *)> target(
      zip_source_buffer_create(nullptr, 0, 0, &error.error), zip_source_free);
  if (!target)
    return unwritable(path, error.text());
  zip_source_keep(target.get()); // closing the archive drops its reference; ours holds the bytes
  Archive archive(zip_open_from_source(target.get(), ZIP_TRUNCATE, &error.error));
  if (!archive) {
    zip_source_free(target.get());
    return unwritable(path, error.text());
  }
  std::list<std::vector<char>> members; // libzip reads them when the archive is closed
  for (const auto &[name, array] : arrays) {
    members.push_back(encodeNpy(array));
    if (!addMember(archive.get(), name, members.back()))
      return unwritable(path, zip_strerror(archive.get()));
  }
  if (zip_close(archive.get()) != 0)
    return unwritable(path, zip_strerror(archive.get()));
  archive.release();
  if (zip_source_open(target.get()) != 0)
    return unwritable(path, "the archive cannot be read back");
  llvm::Error written = writeFile(path, [&](llvm::raw_ostream &os) -> llvm::Error {
    std::vector<char> chunk(size_t{1} << 20);
    zip_int64_t got = 0;
    while ((got = zip_source_read(target.get(), chunk.data(), chunk.size())) > 0)
      os.write(chunk.data(), static_cast<size_t>(got));
    return got == 0 ? llvm::Error::success() : unwritable(path, "the archive cannot be read back");
  });
  zip_source_close(target.get());
  return written;
}

} // namespace snnc::support
