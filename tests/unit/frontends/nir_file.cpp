#include "tests/unit/frontends/nir_file.h"

#include <gtest/gtest.h>
#include <hdf5.h>

#include <algorithm>

namespace snnc {
namespace {

hid_t spaceOf(const std::vector<uint64_t> &shape) {
  if (shape.empty())
    return H5Screate(H5S_SCALAR);
  const std::vector<hsize_t> extents(shape.begin(), shape.end());
  return H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
}

hid_t groupsAsNeeded() {
  const hid_t list = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(list, 1);
  return list;
}

void write(hid_t file, const std::string &path, hid_t type, hid_t memory,
           const std::vector<uint64_t> &shape, const void *data, bool gzip) {
  const hid_t space = spaceOf(shape), link = groupsAsNeeded();
  const hid_t create = H5Pcreate(H5P_DATASET_CREATE);
  if (gzip && !shape.empty() && std::find(shape.begin(), shape.end(), 0u) == shape.end()) {
    // Chunks that do not divide the array, as h5py makes them.
    std::vector<hsize_t> chunk;
    for (uint64_t extent : shape)
      chunk.push_back(std::min<uint64_t>((extent + 1) / 2 + (extent > 2), 64));
    H5Pset_chunk(create, static_cast<int>(chunk.size()), chunk.data());
    H5Pset_deflate(create, 4);
  }
  const hid_t set = H5Dcreate2(file, path.c_str(), type, space, link, create, H5P_DEFAULT);
  ASSERT_GE(set, 0) << path;
  if (data) {
    ASSERT_GE(H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), 0) << path;
  }
  H5Dclose(set);
  H5Pclose(create);
  H5Pclose(link);
  H5Sclose(space);
}

} // namespace

NirFile::NirFile(const std::string &name, bool graph)
    : file(testing::TempDir() + "snnc_" + name + ".nir") {
  H5dont_atexit(); // before the library opens: the reader asks for it too late in these tests
  id = H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  EXPECT_GE(id, 0) << file;
  if (!graph)
    return;
  string("/version", "1.0.7");
  string("/node/type", "NIRGraph");
  H5Gclose(H5Gcreate2(id, "/node/nodes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}

NirFile::~NirFile() {
  path();
}

std::string NirFile::path() {
  if (id >= 0)
    H5Fclose(id);
  id = -1;
  return file;
}

void NirFile::numbers(const std::string &path, const std::vector<double> &values,
                      std::vector<uint64_t> shape) {
  write(id, path, narrow ? H5T_IEEE_F32LE : H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, shape, values.data(),
        gzip);
}

void NirFile::integers(const std::string &path, const std::vector<int64_t> &values,
                       std::vector<uint64_t> shape) {
  write(id, path, H5T_STD_I64LE, H5T_NATIVE_INT64, shape, values.data(), gzip);
}

void NirFile::bytes(const std::string &path, std::vector<uint64_t> shape) {
  write(id, path, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, shape, nullptr, true);
}

static void writeStrings(hid_t file, const std::string &path, const std::vector<std::string> &flat,
                         const std::vector<uint64_t> &shape, NirFile::Strings form) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  if (form == NirFile::Strings::Fixed) {
    size_t width = 1;
    for (const std::string &text : flat)
      width = std::max(width, text.size());
    H5Tset_size(type, width);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    std::string bytes;
    for (const std::string &text : flat)
      bytes += text + std::string(width - text.size(), '\0');
    write(file, path, type, type, shape, bytes.data(), false);
  } else {
    H5Tset_size(type, H5T_VARIABLE);
    if (form == NirFile::Strings::Variable)
      H5Tset_cset(type, H5T_CSET_UTF8);
    std::vector<const char *> pointers;
    for (const std::string &text : flat)
      pointers.push_back(text.c_str());
    write(file, path, type, type, shape, pointers.data(), false);
  }
  H5Tclose(type);
}

void NirFile::string(const std::string &path, const std::string &value) {
  writeStrings(id, path, {value}, {}, strings);
}

void NirFile::edges(const std::vector<std::string> &flat, const std::string &graph) {
  if (flat.empty()) // what h5py makes of an empty list
    return write(id, graph + "/edges", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {0}, nullptr, false);
  writeStrings(id, graph + "/edges", flat, {flat.size() / 2, 2}, strings);
}

void NirFile::group(const std::string &path) {
  const hid_t links = groupsAsNeeded();
  const hid_t made = H5Gcreate2(id, path.c_str(), links, H5P_DEFAULT, H5P_DEFAULT);
  ASSERT_GE(made, 0) << path;
  H5Gclose(made);
  H5Pclose(links);
}

void NirFile::link(const std::string &target, const std::string &path) {
  ASSERT_GE(H5Lcreate_hard(id, target.c_str(), id, path.c_str(), H5P_DEFAULT, H5P_DEFAULT), 0);
}

static std::string nodePath(const std::string &name) {
  return "/node/nodes/" + name + "/";
}

void NirFile::input(const std::string &name, std::vector<int64_t> shape) {
  string(nodePath(name) + "type", "Input");
  integers(nodePath(name) + "shape", shape, {shape.size()});
}

void NirFile::output(const std::string &name, std::vector<int64_t> shape) {
  string(nodePath(name) + "type", "Output");
  integers(nodePath(name) + "shape", shape, {shape.size()});
}

void NirFile::linear(const std::string &name, const std::vector<double> &weights, uint64_t rows,
                     uint64_t cols) {
  string(nodePath(name) + "type", "Linear");
  numbers(nodePath(name) + "weight", weights, {rows, cols});
}

void NirFile::affine(const std::string &name, const std::vector<double> &weights, uint64_t rows,
                     uint64_t cols, const std::vector<double> &bias) {
  string(nodePath(name) + "type", "Affine");
  numbers(nodePath(name) + "weight", weights, {rows, cols});
  numbers(nodePath(name) + "bias", bias, {bias.size()});
}

void NirFile::neuron(const std::string &name, const std::string &type,
                     const std::vector<std::pair<std::string, double>> &params, uint64_t size) {
  string(nodePath(name) + "type", type);
  for (const auto &[key, value] : params)
    numbers(nodePath(name) + key, std::vector<double>(std::max<uint64_t>(size, 1), value),
            size == 0 ? std::vector<uint64_t>{} : std::vector<uint64_t>{size});
}

void NirFile::graph(const std::string &name) {
  string(nodePath(name) + "type", "NIRGraph");
  group(nodePath(name) + "nodes");
}

void NirFile::node(const std::string &name, const std::string &type, const std::string &field,
                   const std::vector<double> &values, std::vector<uint64_t> shape) {
  string(nodePath(name) + "type", type);
  numbers(nodePath(name) + field, values, shape);
}

void NirFile::remove(const std::string &path) {
  if (H5Lexists(id, path.c_str(), H5P_DEFAULT) > 0)
    H5Ldelete(id, path.c_str(), H5P_DEFAULT);
}

void NirFile::text(const std::string &name, const std::string &field, const std::string &value) {
  remove(nodePath(name) + field);
  string(nodePath(name) + field, value);
}

void NirFile::set(const std::string &name, const std::string &field,
                  const std::vector<int64_t> &values) {
  const std::string path = nodePath(name) + field;
  remove(path);
  integers(path, values,
           values.size() == 1 ? std::vector<uint64_t>{} : std::vector<uint64_t>{values.size()});
}

void NirFile::conv2d(const std::string &name, std::vector<uint64_t> weightShape) {
  uint64_t count = 1;
  for (uint64_t extent : weightShape)
    count *= extent;
  std::vector<double> weights(count);
  for (uint64_t i = 0; i < count; ++i)
    weights[i] = static_cast<double>(i + 1) / 8;
  node(name, "Conv2d", "weight", weights, weightShape);
  set(name, "stride", {1, 1});
  set(name, "padding", {0, 0});
  set(name, "dilation", {1, 1});
  set(name, "groups", {1});
}

void NirFile::pool(const std::string &name, const std::string &type, int64_t kernel, int64_t stride,
                   int64_t padding) {
  string(nodePath(name) + "type", type);
  set(name, "kernel_size", {kernel, kernel});
  set(name, "stride", {stride, stride});
  set(name, "padding", {padding, padding});
}

void NirFile::lif(const std::string &name, uint64_t size, double tau, double r, double reset) {
  std::vector<std::pair<std::string, double>> params = {
      {"tau", tau}, {"r", r}, {"v_leak", 0}, {"v_threshold", 1}};
  if (reset >= 0)
    params.emplace_back("v_reset", reset);
  neuron(name, "LIF", params, size);
}

} // namespace snnc
