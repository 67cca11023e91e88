#include "common/net/verify_maps.h"

#include "common/net/net.h"
#include "common/net/window_walk.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

namespace snnc::net {
namespace {

// Products of extents that may be anything: saturates above kMaxElements.
uint64_t product(std::initializer_list<uint64_t> factors) {
  uint64_t result = 1;
  for (uint64_t factor : factors)
    if (__builtin_mul_overflow(result, factor, &result) || result > kMaxElements)
      result = factor == 0 ? 0 : kMaxElements + 1;
  return result;
}

template <class T> std::optional<size_t> firstBad(const std::vector<T> &values) {
  if constexpr (std::is_floating_point_v<T>)
    for (size_t i = 0; i < values.size(); ++i)
      if (!std::isfinite(values[i]))
        return i;
  return std::nullopt;
}

// The padding behind is as wide as out says; wider than the kernel reaches and than the padding
// ahead, it would be all that some place sees.
std::string axisProblem(const std::string &name, const char *axisName, const WindowAxis &axis) {
  for (const auto &[what, value, least] :
       {std::tuple("input", axis.in, 1), std::tuple("output", axis.out, 1),
        std::tuple("kernel", axis.kernel, 1), std::tuple("stride", axis.stride, 1),
        std::tuple("dilation", axis.dilation, 1), std::tuple("padding", axis.pad, 0)})
    if (value < least || value > static_cast<int64_t>(kMaxElements))
      return llvm::formatv("the {0} of {1} is {2}{3}, expected {4} .. {5}", what, name, value,
                           axisName, least, kMaxElements);
  const int64_t reach = (axis.kernel - 1) * axis.dilation;
  const int64_t behind = (axis.out - 1) * axis.stride + reach + 1 - axis.pad - axis.in;
  if (behind > std::max(axis.pad, reach))
    return llvm::formatv(
        "{0} slides over {1} input{2} with stride {3} and stops at {4} outputs: {5} "
        "elements of padding behind, expected at most {6}",
        name, axis.in, axisName, axis.stride, axis.out, behind, std::max(axis.pad, reach));
  return "";
}

std::string windowProblem(const std::string &name, const Window &window) {
  const std::string rows = axisProblem(name, " rows", axisH(window));
  return rows.empty() ? axisProblem(name, " columns", axisW(window)) : rows;
}

std::string wrongCount(const std::string &name, uint64_t count, uint64_t expected) {
  return llvm::formatv("{0} has {1} weights, expected {2}", name, count, expected);
}

template <class T> MapRules rulesOfMap(const std::string &name, const DenseMap<T> &map) {
  MapRules rules{product({map.rows}), product({map.cols}), {}, firstBad(map.values)};
  if (const uint64_t expected = uint64_t{map.rows} * map.cols; map.values.size() != expected)
    rules.broken = wrongCount(name, map.values.size(), expected);
  return rules;
}

template <class T> MapRules rulesOfMap(const std::string &name, const SparseMap<T> &map) {
  MapRules rules{product({map.posts}), product({map.pres}), {}, firstBad(map.values)};
  if (!isSound(map))
    rules.broken = "the sparse weights of " + name +
                   " are not sound: row starts ascend, targets ascend within a source and exist";
  return rules;
}

template <class T> MapRules rulesOfMap(const std::string &name, const ConvMap<T> &map) {
  const Window &window = map.window;
  MapRules rules{product({map.outChannels, window.outH, window.outW}),
                 product({map.inChannels, window.inH, window.inW}),
                 {},
                 firstBad(map.kernel)};
  if (map.groups == 0 || map.inChannels % map.groups != 0 || map.outChannels % map.groups != 0) {
    rules.broken = llvm::formatv("{0} has {1} groups for {2} input and {3} output channels, "
                                 "expected a divisor of both",
                                 name, map.groups, map.inChannels, map.outChannels);
    return rules;
  }
  rules.broken = windowProblem(name, window);
  const uint64_t expected =
      product({map.outChannels, map.inChannels / map.groups, window.kernelH, window.kernelW});
  if (rules.broken.empty() && expected > kMaxElements)
    rules.broken = llvm::formatv("{0} has a kernel of more than {1} weights", name, kMaxElements);
  if (rules.broken.empty() && map.kernel.size() != expected)
    rules.broken = wrongCount(name, map.kernel.size(), expected);
  return rules;
}

MapRules rulesOfMap(const std::string &name, const PoolMap &map) {
  const Window &window = map.window;
  MapRules rules{product({map.channels, window.outH, window.outW}),
                 product({map.channels, window.inH, window.inW}),
                 windowProblem(name, window),
                 {}};
  if (const uint64_t size = product({window.kernelH, window.kernelW});
      rules.broken.empty() && size > kMaxElements)
    rules.broken =
        llvm::formatv("the window of {0} has more than {1} elements", name, kMaxElements);
  return rules;
}

template <class T> MapRules rulesOfMap(const std::string &name, const DiagonalMap<T> &map) {
  MapRules rules{product({map.size}), product({map.size}), {}, firstBad(map.values)};
  if (map.values.size() != 1 && map.values.size() != map.size)
    rules.broken =
        llvm::formatv("{0} has {1} weights, expected 1 or {2}", name, map.values.size(), map.size);
  return rules;
}

template <class Variant> MapRules visited(const std::string &name, const Variant &map) {
  return std::visit([&](const auto &form) { return rulesOfMap(name, form); }, map);
}

} // namespace

MapRules rulesOf(const std::string &name, const Weights &map) {
  return visited(name, map);
}
MapRules rulesOf(const std::string &name, const PoolMap &map) {
  return rulesOfMap(name, map);
}
MapRules rulesOf(const std::string &name,
                 const std::variant<DenseInts, SparseInts, ConvInts> &map) {
  return visited(name, map);
}
MapRules rulesOf(const std::string &name, const std::variant<DenseInts, SparseInts> &map) {
  return visited(name, map);
}

} // namespace snnc::net
