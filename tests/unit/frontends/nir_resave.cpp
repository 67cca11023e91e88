#include "tests/unit/frontends/nir_resave.h"

#include <gtest/gtest.h>
#include <hdf5.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace snnc {
namespace {

template <class T> void shuffled(std::vector<T> &items, support::Rng &rng) {
  for (size_t i = items.size(); i > 1; --i)
    std::swap(items[i - 1], items[rng.below(i)]);
}

std::vector<std::string> datasetsOf(hid_t file) {
  std::vector<std::string> paths;
  auto add = [](hid_t, const char *name, const H5O_info_t *info, void *data) -> herr_t {
    if (info->type == H5O_TYPE_DATASET)
      static_cast<std::vector<std::string> *>(data)->push_back(name);
    return 0;
  };
#if H5_VERSION_GE(1, 12, 0)
  H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, add, &paths, H5O_INFO_BASIC);
#else
  H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, add, &paths);
#endif
  return paths;
}

// One dataset on its way.
class Copy {
public:
  Copy(hid_t from, hid_t to, const std::string &path, const ResaveOptions &options,
       support::Rng &rng)
      : to(to), path(path), options(options), rng(rng), set(H5Dopen2(from, path.c_str(), 0)),
        type(H5Dget_type(set)), space(H5Dget_space(set)),
        extents(static_cast<size_t>(std::max(0, H5Sget_simple_extent_ndims(space)))) {
    H5Sget_simple_extent_dims(space, extents.data(), nullptr);
    count = static_cast<size_t>(H5Sget_simple_extent_npoints(space));
  }
  ~Copy() {
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(set);
  }

  void run() { H5Tget_class(type) == H5T_STRING ? strings() : numbers(); }

private:
  void write(hid_t as, const void *data, bool compress) {
    const hid_t links = H5Pcreate(H5P_LINK_CREATE), create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    if (compress && count != 0 && !extents.empty()) {
      std::vector<hsize_t> chunk;
      for (hsize_t extent : extents)
        chunk.push_back(std::min<hsize_t>((extent + 1) / 2 + (extent > 2), 64));
      H5Pset_chunk(create, static_cast<int>(chunk.size()), chunk.data());
      H5Pset_deflate(create, 4);
    }
    const hid_t made = H5Dcreate2(to, path.c_str(), as, space, links, create, 0);
    EXPECT_GE(made, 0) << path;
    EXPECT_GE(H5Dwrite(made, as, H5S_ALL, H5S_ALL, 0, data), 0) << path;
    H5Dclose(made);
    H5Pclose(create);
    H5Pclose(links);
  }

  void numbers() {
    std::vector<char> bytes(std::max<size_t>(1, count * H5Tget_size(type)));
    EXPECT_GE(H5Dread(set, type, H5S_ALL, H5S_ALL, 0, bytes.data()), 0) << path;
    write(type, bytes.data(), options.gzip);
  }

  std::vector<std::string> readStrings() {
    const hid_t memory = H5Tcopy(H5T_C_S1);
    H5Tset_size(memory, H5T_VARIABLE);
    H5Tset_cset(memory, H5Tget_cset(type));
    std::vector<char *> pointers(count);
    EXPECT_GE(H5Dread(set, memory, H5S_ALL, H5S_ALL, 0, pointers.data()), 0) << path;
    std::vector<std::string> texts(pointers.begin(), pointers.end());
    H5Dvlen_reclaim(memory, space, 0, pointers.data());
    H5Tclose(memory);
    return texts;
  }

  void strings() {
    std::vector<std::string> texts = readStrings();
    if (options.shuffle && extents.size() == 2) { // edges
      std::vector<size_t> order(texts.size() / 2);
      std::iota(order.begin(), order.end(), size_t{0});
      shuffled(order, rng);
      std::vector<std::string> edges;
      for (size_t edge : order)
        edges.insert(edges.end(), {texts[2 * edge], texts[2 * edge + 1]});
      texts = std::move(edges);
    }
    const hid_t as = H5Tcopy(H5T_C_S1);
    if (!options.fixedStrings) {
      H5Tset_size(as, H5T_VARIABLE);
      H5Tset_cset(as, H5T_CSET_UTF8);
      std::vector<const char *> pointers;
      for (const std::string &text : texts)
        pointers.push_back(text.c_str());
      write(as, pointers.data(), false);
    } else {
      size_t width = 1;
      for (const std::string &text : texts)
        width = std::max(width, text.size());
      H5Tset_size(as, width);
      H5Tset_strpad(as, H5T_STR_NULLPAD);
      std::string bytes;
      for (const std::string &text : texts)
        bytes += text + std::string(width - text.size(), '\0');
      write(as, bytes.data(), options.gzip);
    }
    H5Tclose(as);
  }

  hid_t to;
  const std::string &path;
  const ResaveOptions &options;
  support::Rng &rng;
  hid_t set, type, space;
  std::vector<hsize_t> extents;
  size_t count = 0;
};

} // namespace

std::string resave(const std::string &from, const std::string &name, const ResaveOptions &options,
                   support::Rng &rng) {
  H5dont_atexit();
  const std::string path = testing::TempDir() + "snnc_" + name + ".nir";
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (options.shuffle)
    H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  const hid_t source = H5Fopen(from.c_str(), H5F_ACC_RDONLY, 0);
  const hid_t target = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, 0, access);
  EXPECT_GE(source, 0) << from;
  EXPECT_GE(target, 0) << path;
  std::vector<std::string> datasets = datasetsOf(source);
  if (options.shuffle)
    shuffled(datasets, rng);
  for (const std::string &dataset : datasets)
    Copy(source, target, dataset, options, rng).run();
  H5Fclose(target);
  H5Fclose(source);
  H5Pclose(access);
  return path;
}

} // namespace snnc
