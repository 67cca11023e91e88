#include "compiler/export/nir/hdf5_writer.h"

#include "common/support/diag.h"

#include <hdf5.h>

#include <cassert>
#include <numeric>

namespace snnc::compiler::export_nir {
namespace {

constexpr size_t kGrowth = 1 << 20; // bytes that the file in memory grows by

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
  operator hid_t() const { return id; }

private:
  hid_t id;
  herr_t (*close)(hid_t);
};

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

hid_t spaceOf(llvm::ArrayRef<uint64_t> shape) {
  if (shape.empty())
    return H5Screate(H5S_SCALAR);
  const std::vector<hsize_t> extents(shape.begin(), shape.end());
  return H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
}

} // namespace

struct Hdf5Writer::Impl {
  hid_t file = H5I_INVALID_HID;
  std::string failed; // the first path

  void note(const std::string &path, bool ok) {
    if (!ok && failed.empty())
      failed = path;
  }

  // `values` in the memory type of `memory`; the file's type is `stored`.
  void write(const std::string &path, hid_t stored, hid_t memory, llvm::ArrayRef<uint64_t> shape,
             const void *values) {
    const Silence silence;
    const Handle space(spaceOf(shape), H5Sclose);
    const Handle link(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
    H5Pset_create_intermediate_group(link, 1);
    const Handle create(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(create, false);
    const Handle set(H5Dcreate2(file, path.c_str(), stored, space, link, create, H5P_DEFAULT),
                     H5Dclose);
    note(path, set >= 0 && H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  }
};

Hdf5Writer::Hdf5Writer() : impl(std::make_unique<Impl>()) {
  H5dont_atexit();
  const Silence silence;
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access, kGrowth, /*backing_store=*/false);
  const Handle create(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  H5Pset_obj_track_times(create, false);
  // The name is nobody's: nothing is opened or written under it.
  impl->file = H5Fcreate("snnc.nir", H5F_ACC_TRUNC, create, access);
  impl->note("/", impl->file >= 0);
}

Hdf5Writer::~Hdf5Writer() {
  if (impl->file >= 0)
    H5Fclose(impl->file);
}

void Hdf5Writer::group(const std::string &path) {
  const Silence silence;
  const Handle link(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(link, 1);
  const Handle made(H5Gcreate2(impl->file, path.c_str(), link, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  impl->note(path, made >= 0);
}

[[maybe_unused]] static uint64_t countOf(llvm::ArrayRef<uint64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), uint64_t{1}, std::multiplies<>());
}

void Hdf5Writer::floats(const std::string &path, llvm::ArrayRef<float> values,
                        llvm::ArrayRef<uint64_t> shape) {
  assert(values.size() == countOf(shape));
  impl->write(path, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, shape, values.data());
}

void Hdf5Writer::doubles(const std::string &path, llvm::ArrayRef<double> values,
                         llvm::ArrayRef<uint64_t> shape) {
  assert(values.size() == countOf(shape));
  impl->write(path, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, shape, values.data());
}

void Hdf5Writer::integers(const std::string &path, llvm::ArrayRef<int64_t> values,
                          llvm::ArrayRef<uint64_t> shape) {
  assert(values.size() == countOf(shape));
  impl->write(path, H5T_STD_I64LE, H5T_NATIVE_INT64, shape, values.data());
}

void Hdf5Writer::string(const std::string &path, llvm::StringRef value) {
  strings(path, {value.str()}, {});
}

void Hdf5Writer::strings(const std::string &path, llvm::ArrayRef<std::string> values,
                         llvm::ArrayRef<uint64_t> shape) {
  assert(values.size() == countOf(shape));
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  std::vector<const char *> pointers;
  for (const std::string &value : values)
    pointers.push_back(value.c_str());
  impl->write(path, type, type, shape, pointers.data());
}

llvm::Expected<std::vector<char>> Hdf5Writer::finish() {
  const Silence silence;
  std::vector<char> bytes;
  if (impl->failed.empty()) {
    const bool flushed = H5Fflush(impl->file, H5F_SCOPE_GLOBAL) >= 0;
    const ssize_t size = H5Fget_file_image(impl->file, nullptr, 0);
    impl->note("/", flushed && size > 0);
    bytes.resize(size > 0 ? static_cast<size_t>(size) : 0);
    if (!bytes.empty())
      impl->note("/", H5Fget_file_image(impl->file, bytes.data(), bytes.size()) == size);
  }
  if (impl->failed.empty())
    return bytes;
  return support::Diag(support::DiagCode::OutOfMemory, {"", 0, impl->failed},
                       "libhdf5 has no room for '" + impl->failed + "'")
      .help("free memory, or export a smaller network")
      .take();
}

} // namespace snnc::compiler::export_nir
