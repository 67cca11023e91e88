#include "compiler/frontends/nir/hdf5_reader.h"

#include "compiler/frontends/nir/global_heap.h"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include "common/support/file_io.h"

#include <hdf5.h>

#include <algorithm>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

constexpr uint64_t kDeflateRatio = 1032;  // RFC 1951's best case
constexpr uint64_t kSlackBytes = 1 << 20; // fill values of small arrays need no bytes in the file

// Owns one HDF5 identifier.
class Handle {
public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id(id), close(close) {}
  Handle(const Handle &) = delete;
  Handle &operator=(const Handle &) = delete;
  ~Handle() {
    if (id >= 0)
      close(id);
  }
  bool ok() const { return id >= 0; }
  operator hid_t() const { return id; }

private:
  hid_t id;
  herr_t (*close)(hid_t);
};

// libhdf5 prints its error stack unless told not to.
class Silence {
public:
  Silence() {
    H5Eget_auto2(H5E_DEFAULT, &function, &data);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~Silence() { H5Eset_auto2(H5E_DEFAULT, function, data); }

private:
  H5E_auto2_t function = nullptr;
  void *data = nullptr;
};

// The file length that the superblock states; 0 if there is no superblock that we know.
uint64_t statedLength(llvm::StringRef bytes) {
  if (bytes.size() < 52)
    return 0;
  const uint8_t version = static_cast<uint8_t>(bytes[8]);
  const size_t at = version == 0 ? 40 : version == 1 ? 44 : version <= 3 ? 28 : 0;
  return at == 0 ? 0 : llvm::support::endian::read64le(bytes.data() + at);
}

llvm::Error whyNotOpen(llvm::StringRef path) {
  auto buffer = support::readFile(path);
  if (!buffer)
    return buffer.takeError();
  const llvm::StringRef bytes = (*buffer)->getBuffer();
  const uint64_t stated = statedLength(bytes);
  const support::SourceLoc loc{path.str(), 0, ""};
  if (bytes.take_front(8) != llvm::StringRef("\x89HDF\r\n\x1a\n", 8))
    return Diag(DiagCode::NirFile, loc, "is not an HDF5 file, and every .nir file is one")
        .help("was it written with nir.write()?")
        .take();
  if (stated > bytes.size())
    return Diag(DiagCode::NirFile, loc,
                llvm::formatv("is truncated: it has {0} bytes, its header says {1}", bytes.size(),
                              stated))
        .help("copy or download it again")
        .take();
  return Diag(DiagCode::NirFile, loc, "is a damaged HDF5 file")
      .help("copy or download it again")
      .take();
}

struct Dataset {
  Handle set, type, space;
  std::vector<uint64_t> shape;
  uint64_t count = 0;

  Dataset(hid_t file, const std::string &path)
      : set(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose),
        type(set.ok() ? H5Dget_type(set) : H5I_INVALID_HID, H5Tclose),
        space(set.ok() ? H5Dget_space(set) : H5I_INVALID_HID, H5Sclose) {}

  bool ok() const { return set.ok() && type.ok() && space.ok(); }

  // False if the shape overflows or is more than `limit` values.
  bool readShape(uint64_t limit) {
    if (H5Sget_simple_extent_type(space) == H5S_NULL) {
      shape = {0};
      return true;
    }
    const int rank = H5Sget_simple_extent_ndims(space);
    if (rank < 0)
      return false;
    std::vector<hsize_t> extents(static_cast<size_t>(rank));
    H5Sget_simple_extent_dims(space, extents.data(), nullptr);
    shape.assign(extents.begin(), extents.end());
    if (std::find(shape.begin(), shape.end(), 0u) != shape.end())
      return true; // count stays 0
    count = 1;
    for (uint64_t extent : shape) {
      if (extent > limit / count)
        return false;
      count *= extent;
    }
    return count <= limit;
  }
};

std::string shapeText(const std::vector<uint64_t> &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

std::string trimmed(llvm::StringRef text, H5T_str_t padding) {
  if (padding == H5T_STR_SPACEPAD)
    return text.rtrim(' ').str();
  return text.take_until([](char c) { return c == '\0'; }).str();
}

bool readFixedStrings(const Dataset &dataset, std::vector<std::string> &out) {
  const size_t size = H5Tget_size(dataset.type);
  const H5T_str_t padding = H5Tget_strpad(dataset.type);
  std::vector<char> bytes(size * dataset.count);
  if (H5Dread(dataset.set, dataset.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0)
    return false;
  for (uint64_t i = 0; i < dataset.count; ++i)
    out.push_back(trimmed({bytes.data() + i * size, size}, padding));
  return true;
}

bool readVariableStrings(const Dataset &dataset, std::vector<std::string> &out) {
  Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(memory, H5T_VARIABLE);
  H5Tset_cset(memory, H5Tget_cset(dataset.type)); // libhdf5 does not convert between sets
  std::vector<char *> pointers(dataset.count, nullptr);
  const bool read =
      H5Dread(dataset.set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) >= 0;
  for (char *pointer : pointers)
    out.push_back(read && pointer ? pointer : "");
  if (read)
    H5Dvlen_reclaim(memory, dataset.space, H5P_DEFAULT, pointers.data());
  return read;
}

bool readIntegerStrings(const Dataset &dataset, std::vector<std::string> &out) {
  std::vector<int64_t> numbers(dataset.count);
  if (H5Dread(dataset.set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()) < 0)
    return false;
  for (int64_t number : numbers)
    out.push_back(std::to_string(number));
  return true;
}

bool isNumeric(hid_t type) {
  const H5T_class_t kind = H5Tget_class(type);
  return kind == H5T_INTEGER || kind == H5T_FLOAT;
}

} // namespace

struct Hdf5File::Impl {
  Impl(hid_t id, uint64_t bytes) : file(id, H5Fclose), bytes(bytes) {
    Handle created(H5Fget_create_plist(id), H5Pclose);
    size_t addressBytes = 0, lengthBytes = 0;
    hsize_t userBlock = 0;
    usualLayout = H5Pget_sizes(created, &addressBytes, &lengthBytes) >= 0 &&
                  H5Pget_userblock(created, &userBlock) >= 0 && addressBytes == 8 &&
                  lengthBytes == 8 && userBlock == 0;
  }
  Handle file;
  bool usualLayout = false; // 8-byte addresses, no user block: what every NIR writer makes
  uint64_t bytes;           // length of the file

  // False where libhdf5 would crash on the references of a variable-length string dataset.
  bool mayReadVariable(const Dataset &dataset, llvm::StringRef path) const {
    const haddr_t at = H5Dget_offset(dataset.set);
    if (at == HADDR_UNDEF || !usualLayout)
      return true; // compact or chunked: not as NIR writers store strings
    auto buffer = llvm::MemoryBuffer::getFile(path, false, false);
    return buffer && heapIsSound((*buffer)->getBuffer(), at, dataset.count);
  }
  uint64_t mostValues(size_t valueSize) const {
    return (bytes * kDeflateRatio + kSlackBytes) / std::max<size_t>(valueSize, 1);
  }
  // Takes `count` from what may still be read; false if that is not left.
  bool take(uint64_t count, uint64_t &left) {
    if (count > left)
      return false;
    left -= count;
    return true;
  }
  uint64_t valuesLeft = kMostValues, stringsLeft = kMostStrings;
};

Hdf5File::Hdf5File(std::string file, std::unique_ptr<Impl> impl)
    : file(std::move(file)), impl(std::move(impl)) {}
Hdf5File::Hdf5File(Hdf5File &&) noexcept = default;
Hdf5File::~Hdf5File() = default;

llvm::Expected<Hdf5File> Hdf5File::open(llvm::StringRef path) {
  H5dont_atexit(); // damaged files make its clean-up print; nothing is ever written here
  Silence silence;
  uint64_t bytes = 0;
  if (llvm::sys::fs::file_size(path, bytes))
    return whyNotOpen(path);
  const hid_t id = H5Fopen(path.str().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  if (id < 0)
    return whyNotOpen(path);
  return Hdf5File(path.str(), std::make_unique<Impl>(id, bytes));
}

llvm::Error Hdf5File::fail(const std::string &path, const llvm::Twine &what) const {
  return Diag(DiagCode::NirFile, loc(path), what).take();
}

llvm::Error Hdf5File::tooMany(const std::string &path, const std::vector<uint64_t> &shape) const {
  return Diag(DiagCode::TooManyElements, loc(path),
              llvm::formatv("shape {0} is more than the {1} numbers and {2} strings that are read "
                            "of a file",
                            shapeText(shape), kMostValues, kMostStrings))
      .help("no target holds a network of that size")
      .take();
}

Hdf5File::Kind Hdf5File::kindOf(const std::string &path) const {
  Silence silence;
  H5L_info_t link;
  if (H5Lexists(impl->file, path.c_str(), H5P_DEFAULT) <= 0 ||
      H5Lget_info(impl->file, path.c_str(), &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD)
    return Kind::Absent;
  Handle object(H5Oopen(impl->file, path.c_str(), H5P_DEFAULT), H5Oclose);
  if (!object.ok())
    return Kind::Absent;
  const H5I_type_t type = H5Iget_type(object);
  return type == H5I_GROUP ? Kind::Group : type == H5I_DATASET ? Kind::Dataset : Kind::Absent;
}

std::string Hdf5File::describe(const std::string &path) const {
  Silence silence;
  H5L_info_t link;
  if (H5Lexists(impl->file, path.c_str(), H5P_DEFAULT) <= 0 ||
      H5Lget_info(impl->file, path.c_str(), &link, H5P_DEFAULT) < 0)
    return "";
  if (link.type == H5L_TYPE_EXTERNAL)
    return "an external link";
  if (link.type != H5L_TYPE_HARD)
    return "a link";
  const Kind kind = kindOf(path);
  return kind == Kind::Group     ? "a group"
         : kind == Kind::Dataset ? "a dataset"
                                 : "an object that is not a dataset";
}

std::string Hdf5File::identity(const std::string &path) const {
  Silence silence;
  Handle object(H5Oopen(impl->file, path.c_str(), H5P_DEFAULT), H5Oclose);
  H5O_info_t info;
#if H5_VERSION_GE(1, 12, 0)
  if (!object.ok() || H5Oget_info(object, &info, H5O_INFO_BASIC) < 0)
    return "";
  return std::string(reinterpret_cast<const char *>(&info.token), sizeof info.token);
#else
  if (!object.ok() || H5Oget_info(object, &info) < 0)
    return "";
  return std::to_string(info.addr);
#endif
}

uint64_t Hdf5File::memberCount(const std::string &path) const {
  Silence silence;
  Handle group(H5Gopen2(impl->file, path.c_str(), H5P_DEFAULT), H5Gclose);
  H5G_info_t info;
  return group.ok() && H5Gget_info(group, &info) >= 0 ? info.nlinks : 0;
}

llvm::Expected<std::vector<std::string>> Hdf5File::members(const std::string &path) const {
  Silence silence;
  Handle group(H5Gopen2(impl->file, path.c_str(), H5P_DEFAULT), H5Gclose);
  std::vector<std::string> names;
  auto add = [](hid_t, const char *name, const H5L_info_t *, void *data) -> herr_t {
    static_cast<std::vector<std::string> *>(data)->push_back(name);
    return 0;
  };
  if (!group.ok() || H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &names) < 0)
    return fail(path, "the group cannot be read");
  std::sort(names.begin(), names.end());
  return names;
}

template <class T>
static bool readInto(const Dataset &dataset, hid_t memory, std::vector<T> &values) {
  values.resize(dataset.count);
  return dataset.count == 0 ||
         H5Dread(dataset.set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0;
}

static const char *kUnreadable =
    "the data cannot be read: damaged, or compressed with a filter other than gzip";

llvm::Expected<Array<double>> Hdf5File::doubles(const std::string &path) const {
  Silence silence;
  Dataset dataset(impl->file, path);
  if (!dataset.ok())
    return fail(path, "the dataset cannot be opened");
  if (!isNumeric(dataset.type))
    return fail(path, "expected numbers, found another type");
  if (!dataset.readShape(impl->mostValues(H5Tget_size(dataset.type))))
    return fail(path, "shape " + shapeText(dataset.shape) + " does not fit into a file of " +
                          llvm::Twine(impl->bytes) + " bytes");
  if (!impl->take(dataset.count, impl->valuesLeft))
    return tooMany(path, dataset.shape);
  Array<double> array{dataset.shape, {}};
  if (!readInto(dataset, H5T_NATIVE_DOUBLE, array.values))
    return fail(path, kUnreadable);
  return array;
}

llvm::Expected<Array<float>> Hdf5File::floats(const std::string &path, bool &rounded) const {
  rounded = false;
  {
    Silence silence;
    Dataset dataset(impl->file, path);
    const bool isFloat = dataset.ok() && H5Tget_class(dataset.type) == H5T_FLOAT &&
                         H5Tget_size(dataset.type) <= sizeof(float);
    if (isFloat && dataset.readShape(impl->mostValues(H5Tget_size(dataset.type)))) {
      if (!impl->take(dataset.count, impl->valuesLeft))
        return tooMany(path, dataset.shape);
      Array<float> array{dataset.shape, {}};
      if (!readInto(dataset, H5T_NATIVE_FLOAT, array.values))
        return fail(path, kUnreadable);
      return array;
    }
  }
  llvm::Expected<Array<double>> wide = doubles(path);
  if (!wide)
    return wide.takeError();
  Array<float> array{wide->shape, {}};
  array.values.reserve(wide->values.size());
  for (double value : wide->values) {
    array.values.push_back(static_cast<float>(value));
    rounded |= static_cast<double>(array.values.back()) != value && value == value;
  }
  return array;
}

llvm::Expected<Array<std::string>> Hdf5File::strings(const std::string &path) const {
  Silence silence;
  Dataset dataset(impl->file, path);
  if (!dataset.ok())
    return fail(path, "the dataset cannot be opened");
  const size_t size = std::max<size_t>(H5Tget_size(dataset.type), 1);
  if (!dataset.readShape(impl->mostValues(size)))
    return fail(path, "shape " + shapeText(dataset.shape) + " does not fit into a file of " +
                          llvm::Twine(impl->bytes) + " bytes");
  Array<std::string> array{dataset.shape, {}};
  if (dataset.count == 0)
    return array;
  if (!impl->take(dataset.count, impl->stringsLeft) || size * dataset.count > kMostValues)
    return tooMany(path, dataset.shape);
  bool read = false;
  if (H5Tget_class(dataset.type) == H5T_INTEGER)
    read = readIntegerStrings(dataset, array.values);
  else if (H5Tget_class(dataset.type) != H5T_STRING)
    return fail(path, "expected strings, found another type");
  else if (H5Tis_variable_str(dataset.type) > 0)
    read = impl->mayReadVariable(dataset, file) && readVariableStrings(dataset, array.values);
  else
    read = readFixedStrings(dataset, array.values);
  if (!read)
    return fail(path, kUnreadable);
  return array;
}

llvm::Expected<std::string> Hdf5File::string(const std::string &path) const {
  llvm::Expected<Array<std::string>> array = strings(path);
  if (!array)
    return array.takeError();
  if (array->values.size() != 1)
    return fail(path, "expected one string, found an array of shape " + shapeText(array->shape));
  return array->values.front();
}

} // namespace snnc::compiler::nir
