// Rules of linear maps by themselves, for net/verify.h. Private to common/net.
#pragma once

#include "common/net/linear_map.h"

#include <optional>
#include <string>
#include <variant>

namespace snnc::net {

struct MapRules {
  // Elements of the target and source that the map joins; counts above kMaxElements are
  // kMaxElements + 1.
  uint64_t rows = 0, cols = 0;
  // The first broken rule, about "'fc'"; empty if the map is sound. Linear in the stored weights.
  std::string broken;
  std::optional<size_t> notFinite; // the first weight that is no number
};

// `name` is how messages call the map.
MapRules rulesOf(const std::string &name, const Weights &map);
MapRules rulesOf(const std::string &name, const PoolMap &map);
MapRules rulesOf(const std::string &name, const std::variant<DenseInts, SparseInts, ConvInts> &map);
MapRules rulesOf(const std::string &name, const std::variant<DenseInts, SparseInts> &map);

} // namespace snnc::net
